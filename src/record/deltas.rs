//! Totals become what happened in the interval. This is the only place where counters are
//! subtracted, and where it is decided what a first sight or a decrease means.

use std::any::Any;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hasher};
use std::sync::Arc;

use super::ended;
use super::reaped::Reaped;
use crate::schema::rows::{self, Cpu, Process, Thread};
use crate::schema::{Decrease, Row, Rows, every_table};

/// A total that may step back does so by less than this; by more it began anew. Microseconds: an idle CPU does not
/// sleep for longer at a time, which is what the kernel takes back from one kind of idle time for the other.
const HOLD_US: i64 = 5_000_000;
/// A total wrapped where it counted less than this part of its range; else it began anew.
const PART_OF_RANGE: i64 = 8;

macro_rules! deltas {
    ($($name:ident: $row:ident),*) => {
        /// The totals of the tick before, of all tables.
        #[derive(Default)]
        pub struct Deltas {
            $($name: Before<rows::$row>,)*
            reaped: Reaped,
        }

        impl Deltas {
            /// Turns a sample's totals into rows of the interval, and keeps the totals for the next.
            ///
            /// `since` is the boot clock when a table was collected before, in clock ticks. A table that
            /// was not collected keeps the totals it had; `is_read` knows of one without rows whether it was.
            pub fn take(
                &mut self,
                sample: &mut rows::Sample,
                since: impl Fn(&str) -> Option<i64>,
                is_read: impl Fn(&str) -> bool,
            ) {
                // Those have nothing before: they are counted on from what their processes had told.
                let mut ended = std::mem::take(&mut sample.process_exit);
                let before = || self.process.rows.iter().map(|known| &*known.totals);
                ended::count(&mut ended, before(), sample.process.shared());
                if !sample.process.is_empty() {
                    self.reaped.note(before(), sample.process.shared(), &ended);
                }
                let has_other_cpus = self.has_other_cpus(sample);
                $(
                    if sample.$name.is_empty() && is_read(stringify!($name)) {
                        self.$name.forget();
                    }
                    self.$name.take(&mut sample.$name, since(stringify!($name)), has_other_cpus);
                )*
                self.reaped.take_off(sample.process.shared_mut());
                sample.process_exit = ended;
            }

            /// Whether other CPUs have rows than before, be they as many.
            fn has_other_cpus(&self, sample: &rows::Sample) -> bool {
                let before = self.cpu_core.rows.iter().map(|known| known.totals.cpu);
                !sample.cpu_core.is_empty() && before.ne(sample.cpu_core.iter().map(|core| core.cpu))
            }

            /// CPU time of the interval that no row tells, and parents of those who used it do.
            pub fn unseen_cpu_us(&self) -> i64 {
                self.reaped.unseen_cpu_us()
            }

            /// The totals of the tick before, of all tables.
            pub fn totals(&self) -> rows::Sample {
                rows::Sample { $($name: self.$name.totals()),* }
            }

            /// Begins with totals that were known before.
            pub fn begin(&mut self, totals: rows::Sample) {
                $(self.$name.begin(totals.$name);)*
            }

            /// Goes on by an interval that was recorded: what it had is added to the totals.
            pub fn advance(&mut self, interval: rows::Sample) {
                $(self.$name.advance(interval.$name);)*
            }
        }
    };
}
every_table!(deltas);

/// The totals of the tick before. Rows come in nearly the same order from tick to tick, so where the one
/// before stands is mostly known; an index is made for those where it is not.
struct Before<R> {
    rows: Vec<Known<R>>,
    /// The totals of this tick, while they are put together.
    next: Vec<Known<R>>,
    index: HashMap<u64, usize, BuildHasherDefault<Hashed>>,
    is_indexed: bool,
    /// Whether the interval before had no rows, of those that are gone on by.
    has_missed: bool,
}

/// What was known of one entity.
struct Known<R> {
    totals: Arc<R>,
    /// The row of an interval in which they stayed what they are, once there was one.
    still: Option<Arc<R>>,
}

impl<R> Default for Before<R> {
    fn default() -> Self {
        let (rows, next, index) = Default::default();
        Before { rows, next, index, is_indexed: false, has_missed: false }
    }
}

impl<R: Row> Before<R> {
    fn take(&mut self, rows: &mut Rows<R>, since: Option<i64>, has_other_cpus: bool) {
        if rows.is_empty() {
            return;
        }
        let mut next = std::mem::take(&mut self.next);
        let mut likely = 0;
        for row in rows.shared_mut() {
            let is_new = row.has_own_interval() && row.own_interval_us().is_none();
            let known = match self.find(row, &mut likely).filter(|_| !is_new) {
                Some(at) if Arc::ptr_eq(&self.rows[at].totals, row) => self.still(at, row),
                Some(at) => changed(&self.rows[at].totals, row, has_other_cpus),
                None => {
                    let totals = row.clone();
                    if !is_newborn(&**row, since) {
                        Arc::make_mut(row).counters(&R::default(), |now, _, _| *now = None);
                    }
                    Known { totals, still: None }
                }
            };
            next.push(known);
        }
        self.pass_on(&mut next);
        self.keep(next);
    }

    /// A row whose totals are the very ones of the tick before: nothing was counted.
    fn still(&mut self, at: usize, row: &mut Arc<R>) -> Known<R> {
        let known = &mut self.rows[at];
        let still = known.still.take().unwrap_or_else(|| {
            let mut still = R::clone(row);
            still.counters(row, |now, _, _| *now = now.map(|_| 0));
            still.forget_unread();
            Arc::new(still)
        });
        let totals = std::mem::replace(row, still.clone());
        Known { totals, still: Some(still) }
    }

    /// Rows of a pace of their own come in some ticks only; those of before stand until there are others.
    fn pass_on(&mut self, next: &mut Vec<Known<R>>) {
        let has_own = |known: &Known<R>| known.totals.has_own_interval();
        if !next.iter().any(has_own) {
            next.extend(self.rows.drain(..).filter(has_own));
        }
    }

    fn keep(&mut self, rows: Vec<Known<R>>) {
        self.next = std::mem::replace(&mut self.rows, rows);
        self.next.clear();
        self.is_indexed = false;
    }

    /// None is there any more, but for those that come at a pace of their own: one that comes is seen first.
    fn forget(&mut self) {
        let mut next = Vec::new();
        self.pass_on(&mut next);
        self.keep(next);
    }

    fn begin(&mut self, totals: Rows<R>) {
        self.keep(totals.shared().iter().map(|row| Known { totals: row.clone(), still: None }).collect());
    }

    fn totals(&self) -> Rows<R> {
        let mut totals = Rows::default();
        self.rows.iter().for_each(|known| totals.share(known.totals.clone()));
        totals
    }

    fn advance(&mut self, mut interval: Rows<R>) {
        // Rows of processes may have been left out of a frame.
        let has_missed = std::mem::replace(&mut self.has_missed, interval.is_empty());
        if interval.is_empty() {
            return;
        }
        let mut likely = 0;
        for row in interval.iter_mut() {
            match self.find(row, &mut likely) {
                Some(at) => {
                    row.count_unread();
                    row.counters(&self.rows[at].totals, |now, before, _| {
                        *now = now.zip(before).map(|(now, before)| now + before);
                    });
                }
                // One that began in the interval: what it counted there is all that it has had.
                None if !has_missed => {}
                None => row.counters(&R::default(), |now, _, _| *now = None),
            }
        }
        self.begin(interval);
    }

    /// Where the row before of the same key is. It is mostly the one at `likely`, or one soon behind.
    fn find(&mut self, row: &R, likely: &mut usize) -> Option<usize> {
        let ahead = self.rows.iter().skip(*likely).take(LOOK_AHEAD).position(|r| r.totals.same_key(row));
        let at = match ahead {
            Some(ahead) => *likely + ahead,
            None => self.look_up(row)?,
        };
        *likely = at + 1;
        Some(at)
    }

    fn look_up(&mut self, row: &R) -> Option<usize> {
        if !self.is_indexed {
            self.index.clear();
            self.index.extend(self.rows.iter().enumerate().map(|(at, row)| (hash(&*row.totals), at)));
            self.is_indexed = true;
        }
        let at = *self.index.get(&hash(row))?;
        // Two keys of one hash: the later stands in the index, and the other is looked for.
        let there = self.rows.get(at).filter(|r| r.totals.same_key(row)).map(|_| at);
        there.or_else(|| self.rows.iter().position(|r| r.totals.same_key(row)))
    }
}

/// Rows that are looked at before the index is asked: a few entities may have gone.
const LOOK_AHEAD: usize = 8;

/// A row whose totals are not those of the tick before: it becomes what happened since.
fn changed<R: Row>(before: &Arc<R>, row: &mut Arc<R>, has_other_cpus: bool) -> Known<R> {
    let (mut is_held, mut now) = (false, R::clone(row));
    // Files of which a counter began anew, as bits: so did all others of them, whether they are smaller or not.
    let mut anew = 0_u64;
    let mut files = R::sources().iter().map(|file| 1_u64 << file);
    now.counters(before, |now, before, decrease| {
        let file = files.next().unwrap_or(0);
        anew |= if has_begun_anew(*now, before, decrease) { file } else { 0 };
    });
    // Of what may step back another sum is told where there are other CPUs.
    let is_other_sum =
        online(&**before).zip(online(&**row)).is_some_and(|(before, now)| before != now || has_other_cpus);
    let is_anew = |file: Option<&usize>, decrease: Decrease| {
        file.is_none_or(|file| anew & (1_u64 << file) != 0) || (is_other_sum && decrease == Decrease::Hold)
    };
    let mut files = R::sources().iter();
    now.counters(before, |now, before, decrease| {
        is_held |= !is_anew(files.next(), decrease) && hold(now, before, decrease);
    });
    let totals = if is_held { Arc::new(now.clone()) } else { row.clone() };
    let mut files = R::sources().iter();
    now.counters(before, |now, before, decrease| {
        let is_known = !is_anew(files.next(), decrease);
        *now = counted(*now, before, decrease).filter(|_| is_known);
    });
    now.forget_unread();
    *row = Arc::new(now);
    Known { totals, still: None }
}

/// How many CPUs a row is the sum of, if it is of all of them.
fn online<R: Row>(row: &R) -> Option<i64> {
    (row as &dyn Any).downcast_ref::<Cpu>()?.online
}

/// Whether a total is smaller than before for another reason than that it wrapped, or may step back.
fn has_begun_anew(now: Option<i64>, before: Option<i64>, decrease: Decrease) -> bool {
    let step = now.zip(before).map_or(0, |(now, before)| now - before);
    step < 0
        && match decrease {
            Decrease::Null => true,
            Decrease::Hold => false,
            Decrease::Wrap(range) => wrapped(step, range).is_none(),
        }
}

/// A total that only seems to step back stays what it was; whether it did.
fn hold(now: &mut Option<i64>, before: Option<i64>, decrease: Decrease) -> bool {
    if let (Decrease::Hold, Some(n), Some(b)) = (decrease, *now, before)
        && n < b
        && b - n < HOLD_US
    {
        *now = before;
        return true;
    }
    false
}

/// What was counted between two totals; unknown where one is, or where the second is smaller and did not wrap.
fn counted(now: Option<i64>, before: Option<i64>, decrease: Decrease) -> Option<i64> {
    let step = now.zip(before).map(|(now, before)| now - before)?;
    match decrease {
        _ if step >= 0 => Some(step),
        Decrease::Wrap(range) => wrapped(step, range),
        Decrease::Null | Decrease::Hold => None,
    }
}

/// What was counted by a total that is smaller than before. Of a sum several parts may have wrapped.
fn wrapped(step: i64, range: i64) -> Option<i64> {
    let counted = step.rem_euclid(range);
    (counted < range / PART_OF_RANGE).then_some(counted)
}

/// Whether the entity came to be in the interval, so that its totals are the interval's.
fn is_newborn<R: Row>(row: &R, since: Option<i64>) -> bool {
    let row = row as &dyn Any;
    let process = || row.downcast_ref::<Process>()?.start_ticks;
    let thread = || row.downcast_ref::<Thread>()?.start_ticks;
    match (process().or_else(thread), since) {
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
