//! Totals become what happened in the interval. This is the only place where counters are
//! subtracted, and where it is decided what a first sight or a decrease means.

use std::any::Any;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hasher};

use crate::schema::rows::{self, Process};
use crate::schema::{Decrease, Row, every_table};

/// A total that may step back does so by less than this; by more it began anew. Microseconds.
const HOLD_US: i64 = 60_000_000;
/// Where a 32-bit count of milliseconds, kept here in microseconds, wraps.
const WRAP_US: i64 = (1 << 32) * 1000;

macro_rules! deltas {
    ($($name:ident: $row:ident),*) => {
        /// The totals of the tick before, of all tables.
        #[derive(Default)]
        pub struct Deltas {
            $($name: Before<rows::$row>,)*
        }

        impl Deltas {
            /// Turns a sample's totals into rows of the interval, and keeps the totals for the next.
            ///
            /// `since` is the boot clock at the tick before, in clock ticks. A table that was not
            /// collected keeps the totals it had.
            pub fn take(&mut self, sample: &mut rows::Sample, since: Option<i64>) {
                $(self.$name.take(&mut sample.$name, since);)*
            }

            /// The totals of the tick before, of all tables.
            pub fn totals(&self) -> rows::Sample {
                rows::Sample { $($name: self.$name.rows.clone()),* }
            }

            /// Begins with totals that were known before.
            pub fn begin(&mut self, totals: rows::Sample) {
                $(self.$name.keep(totals.$name);)*
            }

            /// Goes on by an interval that was recorded: what it had is added to the totals.
            pub fn advance(&mut self, interval: rows::Sample) {
                $(self.$name.advance(interval.$name);)*
            }
        }
    };
}
every_table!(deltas);

struct Before<R> {
    rows: Vec<R>,
    index: HashMap<u64, usize, BuildHasherDefault<Hashed>>,
}

impl<R> Default for Before<R> {
    fn default() -> Self {
        Before { rows: Vec::new(), index: HashMap::default() }
    }
}

impl<R: Row> Before<R> {
    fn take(&mut self, rows: &mut [R], since: Option<i64>) {
        if rows.is_empty() {
            return;
        }
        for row in rows.iter_mut() {
            if let Some(before) = self.find(row) {
                row.counters(before, hold);
            }
        }
        let totals = rows.to_vec();
        for row in rows.iter_mut() {
            match self.find(row) {
                Some(before) => row.counters(before, subtract),
                None if is_newborn(row, since) => {}
                None => row.counters(&R::default(), |now, _, _| *now = None),
            }
        }
        self.keep(totals);
    }

    fn keep(&mut self, totals: Vec<R>) {
        self.index.clear();
        self.index.extend(totals.iter().enumerate().map(|(at, row)| (hash(row), at)));
        self.rows = totals;
    }

    fn advance(&mut self, mut interval: Vec<R>) {
        if interval.is_empty() {
            return;
        }
        for row in &mut interval {
            // Without a row before, what it began with is all that it has had, or unknown.
            if let Some(before) = self.find(row) {
                row.counters(before, |now, before, _| {
                    *now = now.zip(before).map(|(now, before)| now + before)
                });
            }
        }
        self.keep(interval);
    }

    fn find(&self, row: &R) -> Option<&R> {
        let at = *self.index.get(&hash(row))?;
        // Two keys of one hash: the later stands in the index, and the other is looked for.
        self.rows.get(at).filter(|r| r.same_key(row)).or_else(|| self.rows.iter().find(|r| r.same_key(row)))
    }
}

/// A total that only seems to step back stays what it was.
fn hold(now: &mut Option<i64>, before: Option<i64>, decrease: Decrease) {
    if let (Decrease::Hold, Some(n), Some(b)) = (decrease, *now, before)
        && n < b
        && b - n < HOLD_US
    {
        *now = before;
    }
}

fn subtract(now: &mut Option<i64>, before: Option<i64>, decrease: Decrease) {
    *now = match (*now, before) {
        (Some(now), Some(before)) if now >= before => Some(now - before),
        (Some(now), Some(before)) if decrease == Decrease::Wrap32 && before < WRAP_US => {
            Some(now - before + WRAP_US)
        }
        _ => None,
    };
}

/// Whether the entity came to be in the interval, so that its totals are the interval's.
fn is_newborn<R: Row>(row: &R, since: Option<i64>) -> bool {
    let process = (row as &dyn Any).downcast_ref::<Process>();
    match (process.and_then(|p| p.start_ticks), since) {
        // One that began in the very clock tick of the listing and was not in it began behind it.
        (Some(start), Some(since)) => start >= since,
        _ => false,
    }
}

fn hash<R: Row>(row: &R) -> u64 {
    let mut hasher = BuildHasherDefault::<DefaultHasher>::default().build_hasher();
    row.hash_key(&mut hasher);
    hasher.finish()
}

/// Passes on a number that is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
