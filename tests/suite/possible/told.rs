//! What may stand in a row, by all that truly happened: unknown, or what was counted since the row before.

use std::collections::HashMap;

use sysray::record::Deltas;
use sysray::schema::rows::Sample;
use sysray::schema::{Decrease, Kind, Row, Rows, Value, entity_of};

use super::kernel::{Thing, World, is_of_processes, over, rules};

/// What was last told of all entities of a table.
#[derive(Clone, Default)]
pub struct Told {
    seen: HashMap<String, Seen>,
    /// When the table was last read, by the boot clock.
    pub read_at: Option<i64>,
    /// What each counter stood at when somebody looked, and what was told of it since; unknown once a row was.
    sums: HashMap<(String, usize), Option<i64>>,
}

#[derive(Clone)]
struct Seen {
    truth: Vec<i64>,
    shown: Vec<Option<i64>>,
    /// The highest that those have shown which may step back.
    high: Vec<Option<i64>>,
    lives: Vec<u64>,
}

impl Told {
    /// Checks the rows of a tick. Behind a restart a row may be unknown where it need not be.
    pub fn check<R: Row>(&mut self, world: &World<R>, rows: &Rows<R>, is_restarted: bool) {
        let is_counter = |at: &usize| R::table().columns[*at].kind == Kind::Counter;
        let mut there = HashMap::new();
        for row in rows.iter() {
            let name = entity_of(row);
            let thing = world.things.iter().find(|thing| thing.name == name).unwrap();
            let values = row.values();
            let told: Vec<Option<i64>> = (0..values.len())
                .filter(is_counter)
                .map(|at| match values[at] {
                    Value::Int(told) => Some(told),
                    _ => None,
                })
                .collect();
            let seen = self.seen.remove(&name);
            for (at, told) in told.iter().enumerate() {
                let of = format!("{} {name} counter {at}, told {told:?}", R::table().name);
                match &seen {
                    Some(seen) => {
                        judge(seen, thing, &world.rules, R::sources(), at, *told, is_restarted, &of)
                    }
                    None => self.judge_first(thing, &world.rules, at, *told, is_restarted, &of),
                }
                let sum = self.sums.entry((name.clone(), at)).or_insert(None);
                let is_unread = seen.as_ref().is_some_and(|seen| seen.is_unread(thing, at));
                let counted = if is_unread { Some(0) } else { *told };
                *sum = sum.zip(counted).map(|(sum, told)| sum + told);
            }
            there.insert(name, Seen::of(thing, &world.rules, &told, seen.as_ref()));
        }
        self.seen = there;
    }

    fn judge_first<R>(
        &self,
        thing: &Thing<R>,
        rules: &[Decrease],
        at: usize,
        told: Option<i64>,
        is_restarted: bool,
        of: &str,
    ) where
        R: Row,
    {
        let is_newborn = is_of_processes::<R>() && self.read_at.is_some_and(|read| thing.start >= read);
        let expected = thing.counters[at].shown(rules[at]).filter(|_| is_newborn);
        assert!(told == expected || (is_restarted && told.is_none()), "{of}: first seen, {expected:?}");
    }

    /// Checks that what was told since the last call leads to what counters stand at now.
    pub fn add_up<R: Row>(&mut self, totals: &Rows<R>) {
        let is_counter = |at: &usize| R::table().columns[*at].kind == Kind::Counter;
        let before = std::mem::take(&mut self.sums);
        for row in totals.iter() {
            let (name, values) = (entity_of(row), row.values());
            let counters: Vec<usize> = (0..values.len()).filter(is_counter).collect();
            for (at, rule) in rules::<R>().into_iter().enumerate() {
                let Value::Int(total) = values[counters[at]] else { continue };
                if let Some(Some(sum)) = before.get(&(name.clone(), at)) {
                    let is_same = match rule {
                        Decrease::Wrap(range) => (total - sum).rem_euclid(range) == 0,
                        _ => total == *sum,
                    };
                    assert!(is_same, "{} {name} counter {at}: {sum} adds up, {total} found", R::table().name);
                }
                self.sums.insert((name.clone(), at), Some(total));
            }
        }
    }
}

impl Seen {
    /// Whether it is of what is not read in each tick, and was not since.
    fn is_unread<R: Row>(&self, thing: &Thing<R>, at: usize) -> bool {
        over::<R>()[at].is_some_and(|pace| thing.counters[pace].truth == self.truth[pace])
    }

    fn of<R: Row>(thing: &Thing<R>, rules: &[Decrease], told: &[Option<i64>], before: Option<&Seen>) -> Seen {
        let shown: Vec<Option<i64>> =
            thing.counters.iter().zip(rules).map(|(counter, rule)| counter.shown(*rule)).collect();
        // Where nothing was told it is counted on from what is shown now.
        let high = |at: usize| {
            let high = before.and_then(|before| before.high[at]).filter(|_| told[at].is_some());
            shown[at].map(|now| high.map_or(now, |high| high.max(now)))
        };
        let high = (0..shown.len()).map(high).collect();
        let truth = thing.counters.iter().map(|counter| counter.truth).collect();
        Seen { truth, high, shown, lives: thing.lives.clone() }
    }
}

/// Whether it shows that what a file tells began anew: a total is smaller that can neither wrap nor step back.
fn anew(seen: &Seen, now: &[Option<i64>], rules: &[Decrease], files: &[usize], file: usize) -> bool {
    (0..now.len()).filter(|at| files[*at] == file).any(|at| {
        let (Some(before), Some(now)) = (seen.shown[at], now[at]) else { return false };
        now < before
            && match rules[at] {
                Decrease::Null => true,
                Decrease::Wrap(range) => (now - before).rem_euclid(range) >= range / 8,
                Decrease::Hold => false,
            }
    })
}

#[allow(clippy::too_many_arguments)]
fn judge<R: Row>(
    seen: &Seen,
    thing: &Thing<R>,
    rules: &[Decrease],
    files: &[usize],
    at: usize,
    told: Option<i64>,
    is_restarted: bool,
    of: &str,
) {
    let now: Vec<Option<i64>> = thing.counters.iter().zip(rules).map(|(c, rule)| c.shown(*rule)).collect();
    let (Some(before), Some(shown)) = (seen.shown[at], now[at]) else {
        return assert_eq!(told, None, "{of}: it is not known on both sides");
    };
    if seen.is_unread(thing, at) {
        return assert_eq!(told, None, "{of}: it was not read since");
    }
    if anew(seen, &now, rules, files, files[at]) {
        return assert_eq!(told, None, "{of}: it began anew");
    }
    let Some(told) = told else {
        // By more than it may step back it has begun anew, though nothing else of its file shows that.
        let is_anew =
            rules[at] == Decrease::Hold && seen.high[at].is_some_and(|high| high - shown >= 5_000_000);
        return assert!(is_restarted || is_anew, "{of}: {before} and {shown} are known");
    };
    assert!(told >= 0, "{of}: less than nothing");
    let counted = thing.counters[at].truth - seen.truth[at];
    if thing.lives[files[at]] != seen.lives[files[at]] {
        // It does not show that it began anew.
        let most = match rules[at] {
            Decrease::Wrap(range) => shown.max(range / 8),
            _ => shown,
        };
        return assert!(told <= most, "{of}: more than the {most} there can have been");
    }
    let expected = match rules[at] {
        Decrease::Hold => (shown - seen.high[at].unwrap_or(shown)).max(0),
        _ => counted,
    };
    assert_eq!(told, expected, "{of}: from {before} to {shown}");
}

/// A recorder that lives and dies: what it has recorded since its last keyframe is all that it leaves.
pub struct Life {
    pub deltas: Deltas,
    key: Sample,
    of_key: Told,
    frames: Vec<(Sample, Told)>,
}

impl Life {
    pub fn new() -> Life {
        let (deltas, key, of_key) = Default::default();
        Life { deltas, key, of_key, frames: Vec::new() }
    }

    /// A keyframe: what counters stand at.
    pub fn keep(&mut self, told: &Told) {
        (self.key, self.of_key) = (self.deltas.totals(), told.clone());
        self.frames.clear();
    }

    /// A frame.
    pub fn record(&mut self, interval: Sample, told: &Told) {
        self.frames.push((interval, told.clone()));
    }

    /// Ends well, and begins again.
    pub fn end_and_begin(&mut self) {
        let totals = self.deltas.totals();
        self.deltas = Deltas::default();
        self.deltas.begin(totals);
    }

    /// Is killed before its last `lost` frames were written, and begins again; what was told then.
    pub fn die_and_begin(&mut self, lost: usize) -> Told {
        self.frames.truncate(self.frames.len().saturating_sub(lost));
        self.deltas = Deltas::default();
        self.deltas.begin(self.key.clone());
        self.frames.iter().for_each(|(interval, _)| self.deltas.advance(interval.clone()));
        // A frame without rows does not say whether the table was read: what had rows before is counted on from.
        let last = self.frames.iter().rfind(|(interval, _)| !interval.is_empty());
        let told = last.map_or(&self.of_key, |(_, told)| told).clone();
        self.keep(&told);
        told
    }
}
