//! What counters stand at, now and then, in the table `base`: what a recording's rows are proved by. It is
//! a hundred rows on a small host and some thousand on a large one, and once an hour.

use crate::schema::rows::{Base, Sample};
use crate::schema::{Kind, Micros, Row, Rows, Text, Tier, Value, entity_of, every_table};

/// The tables whose counters are written down: of entities that are few and live long, and of which a row has
/// all that was counted since the row before. `system` is made of others, a process's I/O has less in it than
/// its totals do (`reaped`), and `recorder` begins anew with each recording.
const TABLES: [&str; 13] = [
    "cpu",
    "cpu_core",
    "interrupt",
    "softirq",
    "memory",
    "numa",
    "pressure",
    "disk",
    "network",
    "protocol",
    "softnet",
    "cgroup",
    "power",
];

/// When they were written down.
#[derive(Debug, Default)]
pub struct Bases {
    /// The hour of the last tick in which they were.
    hour: Option<i64>,
    /// Whether anything was recorded behind that.
    is_behind: bool,
    /// Whether the recording counts on from the one before.
    counts_on: bool,
}

impl Bases {
    /// Of a recording that counts on from what the one before it had counted.
    pub fn counts_on(&mut self) {
        self.counts_on = true;
    }

    /// The rows of a tick at `ts`, in which totals stand so: none unless it is the first of an hour.
    pub fn of_tick(&self, ts: Micros, totals: impl FnOnce() -> Sample) -> Rows<Base> {
        if self.hour == Some(hour(ts)) { Rows::default() } else { self.rows(&totals()) }
    }

    /// The rows of what a recording ends with.
    pub fn of_end(&self, totals: &Sample) -> Rows<Base> {
        if self.is_behind { self.rows(totals) } else { Rows::default() }
    }

    /// Notes that a tick was kept, and with it the rows that it had.
    pub fn kept(&mut self, ts: Micros) {
        self.is_behind = self.hour == Some(hour(ts));
        self.hour = Some(hour(ts));
        self.counts_on = true;
    }

    fn rows(&self, totals: &Sample) -> Rows<Base> {
        all(totals, !self.counts_on).into()
    }
}

fn hour(ts: Micros) -> i64 {
    ts.0.div_euclid(Tier::Hour.length_us())
}

macro_rules! all {
    ($($name:ident: $row:ident),*) => {
        fn all(totals: &Sample, begins_anew: bool) -> Vec<Base> {
            let mut bases = Vec::new();
            $(
                if TABLES.contains(&stringify!($name)) {
                    add(&totals.$name, begins_anew, &mut bases);
                }
            )*
            bases
        }
    };
}
every_table!(all);

fn add<R: Row>(totals: &Rows<R>, begins_anew: bool, bases: &mut Vec<Base>) {
    let table: Text = R::table().name.into();
    let counters: Vec<(usize, Text)> = (0..)
        .zip(R::table().columns)
        .filter(|(_, column)| column.kind == Kind::Counter)
        .map(|(at, column)| (at, column.name.into()))
        .collect();
    // What is read at a pace of its own may be another thing of the same name the next time.
    for row in totals.iter().filter(|row| !row.has_own_interval()) {
        let (entity, values): (Text, _) = (entity_of(row).into(), row.values());
        bases.extend(counters.iter().filter_map(|(at, column)| match values[*at] {
            Value::Int(total) if total != 0 => Some(Base {
                table_name: table.clone(),
                entity: entity.clone(),
                column_name: column.clone(),
                begins_anew: Some(begins_anew),
                total: Some(total),
            }),
            _ => None,
        }));
    }
}
