//! What a kernel counts, and what it says of that: entities that come and go, begin anew, wrap, step back and are
//! not told of, over any table of the schema.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, new_null_array,
};
use sysray::schema::{Decrease, Kind, Row, Rows, Type, entity_of};

use super::random::Random;

/// A total that may step back does so by less than this.
pub const STEP_BACK: i64 = 4_500_000;

/// One counter of an entity.
#[derive(Clone, Debug)]
pub struct Counter {
    /// All that it has ever counted, since the world began.
    pub truth: i64,
    /// What of that the kernel has forgotten: it began anew.
    forgotten: i64,
    /// How far it has stepped back just now.
    back: i64,
    /// Whether the kernel tells it.
    pub is_told: bool,
}

/// One entity.
#[derive(Clone, Debug)]
pub struct Thing<R> {
    /// What it is called.
    pub name: String,
    keys: Vec<(usize, i64)>,
    pub counters: Vec<Counter>,
    /// How often each of the files began anew that tell of it.
    pub lives: Vec<u64>,
    pub is_there: bool,
    /// When it came to be, in ticks of the boot clock.
    pub start: i64,
    /// The row that told of it last, to be told again where nothing has changed.
    row: Option<Arc<R>>,
}

/// All entities of one table.
pub struct World<R: Row> {
    pub things: Vec<Thing<R>>,
    pub rules: Vec<Decrease>,
    known: BTreeSet<Vec<(usize, i64)>>,
    row: PhantomData<R>,
}

/// The counters of a table: their names, and what a decrease means.
pub fn rules<R: Row>() -> Vec<Decrease> {
    R::table().columns.iter().filter(|column| column.kind == Kind::Counter).map(|c| c.decrease).collect()
}

/// Of each counter that is not read in each tick the place of the one that tells in how long it counted; of that one
/// its own.
pub fn over<R: Row>() -> Vec<Option<usize>> {
    let counters: Vec<_> = R::table().columns.iter().filter(|column| column.kind == Kind::Counter).collect();
    let place = |name: &str| counters.iter().position(|counter| counter.name == name);
    let paces: Vec<usize> = counters.iter().filter_map(|counter| place(counter.over?)).collect();
    let own = |at| Some(at).filter(|at| paces.contains(at));
    counters
        .iter()
        .enumerate()
        .map(|(at, counter)| counter.over.and_then(place).or_else(|| own(at)))
        .collect()
}

impl Counter {
    /// What the kernel says.
    pub fn shown(&self, rule: Decrease) -> Option<i64> {
        let all = self.truth - self.forgotten;
        let shown = match rule {
            Decrease::Wrap(range) => all % range,
            Decrease::Hold => (all - self.back).max(0),
            Decrease::Null => all,
        };
        self.is_told.then_some(shown)
    }

    fn count(&mut self, random: &mut Random, rule: Decrease) {
        self.truth += match rule {
            Decrease::Wrap(range) => random.sized(range / 64),
            _ => random.sized(1 << 40),
        };
        self.back = if rule == Decrease::Hold && random.in_100(20) { random.sized(STEP_BACK) } else { 0 };
    }
}

impl<R: Row> World<R> {
    pub fn new() -> World<R> {
        World { things: Vec::new(), rules: rules::<R>(), known: BTreeSet::new(), row: PhantomData }
    }

    /// Something happens: much of it to counters, some of it to what has them.
    pub fn go_on(&mut self, random: &mut Random, now: i64) {
        for thing in &mut self.things {
            let over = over::<R>();
            if random.in_100(70) {
                for ((counter, rule), over) in thing.counters.iter_mut().zip(&self.rules).zip(&over) {
                    if over.is_none() {
                        counter.count(random, *rule);
                    }
                }
            }
            if let Some(pace) = over.iter().flatten().next().filter(|_| random.in_100(30)) {
                for at in (0..over.len()).filter(|at| over[*at].is_some() && at != pace) {
                    thing.counters[at].count(random, self.rules[at]);
                }
                thing.is_read_at(*pace, random);
            }
            if random.in_100(4) {
                thing.is_there = !thing.is_there;
                // Some come back as they went, as a CPU does; others are new ones of an old name.
                if random.in_100(50) {
                    (0..thing.lives.len()).for_each(|file| thing.begin_anew(file, random, &self.rules));
                }
            }
            if random.in_100(4) {
                let file = random.below(thing.lives.len() as i64) as usize;
                thing.begin_anew(file, random, &self.rules);
            }
            if random.in_100(3) {
                let counter = random.below(thing.counters.len() as i64) as usize;
                match over[counter] {
                    // When it was read is always known.
                    Some(pace) if pace == counter => {}
                    Some(pace) => {
                        thing.counters[counter].is_told ^= true;
                        thing.is_read_at(pace, random);
                    }
                    None => thing.counters[counter].is_told ^= true,
                }
            }
        }
        if random.in_100(2) {
            self.things.iter_mut().for_each(|thing| thing.is_there = false);
        }
        while self.things.is_empty() || (random.in_100(6) && self.things.len() < 12) {
            self.come(random, now);
        }
        let length = self.things.len() as i64;
        if random.in_100(10) {
            self.things.swap(random.below(length) as usize, random.below(length) as usize);
        }
    }

    fn come(&mut self, random: &mut Random, now: i64) {
        let start = now - random.below(3);
        let keys = R::table().columns.iter().enumerate().filter(|(_, column)| column.kind == Kind::Key);
        let keys: Vec<(usize, i64)> = keys
            .map(|(at, column)| match column.datatype {
                Type::Timestamp => (at, start),
                // Those of others come at a pace of their own.
                _ if column.name == "netns" => (at, 0),
                _ => (at, random.below(6)),
            })
            .collect();
        let is_one_of_many = !keys.is_empty();
        if !self.known.insert(keys.clone()) || (!is_one_of_many && !self.things.is_empty()) {
            return;
        }
        let old = !is_of_processes::<R>();
        let counter = |rule: &Decrease| {
            let truth = match rule {
                Decrease::Wrap(range) if old => range - random.sized(range / 2),
                _ if old => random.sized(1 << 50),
                _ => random.sized(1 << 30),
            };
            Counter { truth, forgotten: 0, back: 0, is_told: random.in_100(95) }
        };
        let mut counters: Vec<Counter> = self.rules.iter().map(counter).collect();
        over::<R>().into_iter().flatten().for_each(|pace| counters[pace].is_told = true);
        let files = R::sources().iter().max().map_or(0, |last| last + 1);
        let (name, lives) = (String::new(), vec![0; files]);
        let thing = Thing { name, keys, counters, lives, is_there: true, start, row: None };
        self.things.push(Thing { name: entity_of(&row_of(&thing, &self.rules)), ..thing });
    }

    /// The rows of those that are there; of some that have not changed the very row of before.
    pub fn rows(&mut self, random: &mut Random) -> Rows<R> {
        let mut rows = Rows::default();
        for thing in self.things.iter_mut().filter(|thing| thing.is_there) {
            let now = row_of(thing, &self.rules);
            let again = thing.row.take().filter(|row| random.in_100(80) && row.values() == now.values());
            let row = again.unwrap_or_else(|| Arc::new(now));
            thing.row = Some(row.clone());
            rows.share(row);
        }
        rows
    }
}

impl<R: Row> Thing<R> {
    /// What is not read in each tick is read now.
    fn is_read_at(&mut self, pace: usize, random: &mut Random) {
        self.counters[pace].truth += 1 + random.sized(1 << 24);
    }

    /// What one of the kernel's files tells of it begins with nothing, and has counted a little by now.
    fn begin_anew(&mut self, file: usize, random: &mut Random, rules: &[Decrease]) {
        let of_file = |at: usize| R::sources()[at] == file;
        // A process's key says when it began.
        if is_of_processes::<R>() {
            return;
        }
        // Of what can wrap alone nobody can tell a wrap from a new begin close to it: that is another promise.
        let can_be_told = (0..rules.len()).filter(|at| of_file(*at)).all(|at| match rules[at] {
            Decrease::Wrap(range) => {
                self.counters[at].shown(rules[at]).is_some_and(|shown| shown < range / 8 * 7)
            }
            _ => true,
        });
        let over = over::<R>();
        let pace = (0..rules.len()).filter(|at| of_file(*at)).find_map(|at| over[at]);
        if !can_be_told || pace.is_some_and(of_file) {
            return;
        }
        if let Some(pace) = pace {
            self.is_read_at(pace, random);
        }
        self.lives[file] += 1;
        for (at, counter) in self.counters.iter_mut().enumerate().filter(|(at, _)| of_file(*at)) {
            counter.forgotten = counter.truth;
            counter.count(random, rules[at]);
            counter.back = 0;
        }
    }
}

pub fn is_of_processes<R: Row>() -> bool {
    ["process", "thread"].contains(&R::table().name)
}

/// The row that the kernel's files make.
fn row_of<R: Row>(thing: &Thing<R>, rules: &[Decrease]) -> R {
    let table = R::table();
    let mut shown = thing.counters.iter().zip(rules).map(|(counter, rule)| counter.shown(*rule));
    let columns = table.columns.iter().enumerate().map(|(at, column)| -> ArrayRef {
        let key = thing.keys.iter().find(|(place, _)| *place == at).map(|(_, key)| *key);
        let key = key.filter(|_| column.name != "netns");
        match (column.kind, column.datatype, key) {
            (Kind::Counter, ..) => Arc::new(Int64Array::from(vec![shown.next().unwrap()])),
            (_, Type::Int64, Some(key)) => Arc::new(Int64Array::from(vec![key])),
            (_, Type::Timestamp, Some(key)) => {
                Arc::new(TimestampMicrosecondArray::from(vec![key]).with_timezone("UTC"))
            }
            (_, Type::Utf8, Some(key)) => Arc::new(StringArray::from(vec![format!("n{key}")])),
            _ if column.name == "start_ticks" => Arc::new(Int64Array::from(vec![thing.start])),
            _ => new_null_array(table.schema().field(at + 3).data_type(), 1),
        }
    });
    let schema = table.schema();
    let fields = schema.fields().iter().skip(3).map(|field| field.as_ref().clone().with_nullable(true));
    let schema = arrow::datatypes::Schema::new(fields.collect::<Vec<_>>());
    let batch = RecordBatch::try_new(Arc::new(schema), columns.collect()).unwrap();
    R::read(&batch, 0)
}
