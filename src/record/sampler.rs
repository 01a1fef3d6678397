//! One round of all collectors, and the rows of the interval since the round before.

use std::collections::BTreeMap;
use std::time::Duration;

use arrow::array::RecordBatch;

use crate::collect::{Collector, Host};
use crate::schema::rows::{Event, Recorder};
use crate::schema::{Rows, Sample, Stamp, TABLES, Table};
use crate::time::Clock;

use super::batches::Batches;
use super::cost::{self, Beside, Cost};
use super::deltas::Deltas;
use super::ended;
use super::possible::Possible;
use super::resume::Left;
use super::{derived, headline};

/// What the recorder's row about the whole of it is called, and those about what is no collector: making
/// frames of rows, writing them, what is asked aside, and the child that seals.
const WHOLE: &str = "recorder";
const FRAME: &str = "frame";
const JOURNAL: &str = "journal";
const ASIDE: &str = "aside";
const MAINTENANCE: &str = "maintenance";

/// What counts energy wraps within minutes: over a longer pause nobody knows how often it did.
const LONGEST_WITHOUT_WRAPS: Duration = Duration::from_secs(30);

/// Reads the collectors and remembers the totals of the round before.
pub struct Sampler<'a> {
    host: Host,
    clock: &'a dyn Clock,
    collectors: Vec<Watched>,
    /// What the thread that writes the journal has cost so far, in CPU time.
    journal_us: i64,
    beside: Beside,
    cost: Cost,
    deltas: Deltas,
    possible: Possible,
    /// Whether there was a sample that rows were made of: until then everything is read.
    has_rows: bool,
    /// Of the sample that the first rows are counted from.
    first_events: Rows<Event>,
}

/// A collector and what it cost so far.
struct Watched {
    collector: Box<dyn Collector>,
    /// Its own interval; `None`: every tick.
    every: Option<Duration>,
    read_at: Option<Duration>,
    /// Whether it was read in this tick, and did not fail.
    is_read: bool,
    /// The boot clock then, in clock ticks, and at the time before.
    boot_ticks: Option<i64>,
    boot_ticks_before: Option<i64>,
    interval_us: Option<i64>,
    totals: Recorder,
}

/// The rows of one tick.
pub struct Tick {
    /// Counters are what happened in the interval.
    pub rows: Sample,
    /// The kernel's totals of the same instant, where they were asked for.
    pub totals: Option<Sample>,
    intervals: Vec<(&'static str, Option<i64>)>,
}

impl Tick {
    /// The interval of a table's rows: its collector's own.
    pub fn interval_us(&self, table: &str) -> Option<i64> {
        self.intervals.iter().find(|(name, _)| *name == table).and_then(|(_, us)| *us)
    }

    /// Its tables that have rows, derived columns included.
    pub fn batches(&self, stamp: Stamp) -> Vec<(&'static Table, RecordBatch)> {
        let stamp = |table: &str| Stamp { interval_us: self.interval_us(table), ..stamp };
        let built = Batches::default().build(&self.rows, stamp).into_iter();
        let table = |id: u32| &TABLES[id as usize];
        built.map(|(id, batch)| (table(id), derived::extend(table(id), &batch))).collect()
    }
}

impl<'a> Sampler<'a> {
    /// A sampler over these collectors. Its first round only learns the totals: see [`Sampler::prime`].
    pub fn new(host: Host, clock: &'a dyn Clock, collectors: Vec<Box<dyn Collector>>) -> Self {
        let watched = |collector: Box<dyn Collector>| Watched {
            totals: part(collector.name()),
            collector,
            every: None,
            read_at: None,
            is_read: false,
            boot_ticks: None,
            boot_ticks_before: None,
            interval_us: None,
        };
        let collectors = collectors.into_iter().map(watched).collect();
        let (journal_us, beside, cost, deltas, possible) = Default::default();
        let first_events = Default::default();
        Sampler {
            host,
            clock,
            collectors,
            journal_us,
            beside,
            cost,
            deltas,
            possible,
            has_rows: false,
            first_events,
        }
    }

    /// Whether there is a collector of that name.
    pub fn reads(&self, collector: &str) -> bool {
        self.collectors.iter().any(|watched| watched.collector.name() == collector)
    }

    /// Has a collector read no more often than that; `None`: every tick.
    pub fn set_interval(&mut self, collector: &str, every: Option<Duration>) {
        let named = self.collectors.iter_mut().filter(|watched| watched.collector.name() == collector);
        named.for_each(|watched| watched.every = every);
    }

    /// The same of several.
    pub fn set_intervals(&mut self, intervals: &BTreeMap<&'static str, Duration>) {
        intervals.iter().for_each(|(collector, every)| self.set_interval(collector, Some(*every)));
    }

    /// Takes the sample that the first rows are counted from. What it tells as events comes with them.
    pub fn prime(&mut self, own: Recorder) {
        self.first_events = self.tick(own, false).rows.event;
        self.has_rows = false;
    }

    /// Counts on from totals of this boot that were known before, so that the first rows span the time
    /// since. The recorder's own figures begin anew.
    pub fn resume(&mut self, mut left: Left, own: Recorder) {
        self.cost = cost::now(&mut self.host);
        left.totals.recorder = self.costs(own).into();
        if self.clock.monotonic().saturating_sub(left.read_at(&["power"])) > LONGEST_WITHOUT_WRAPS {
            left.totals.power = Rows::default();
        }
        for watched in &mut self.collectors {
            let at = left.read_at(watched.collector.tables());
            watched.read_at = Some(at);
            watched.boot_ticks = boot_ticks_at(&self.host, at);
        }
        self.deltas.begin(left.totals);
    }

    /// When a table's rows were read last, on the monotonic clock; `None` where no collector reads any.
    pub fn read_at(&self, table: &str) -> Option<Duration> {
        self.collectors.iter().find(|watched| watched.collector.tables().contains(&table))?.read_at
    }

    /// Whether a table was read in the last round, of which its rows may be none.
    pub fn is_read(&self, table: &str) -> bool {
        self.collectors.iter().any(|w| w.is_read && w.collector.tables().contains(&table))
    }

    /// The totals that the last rows end with.
    pub fn totals(&self) -> Sample {
        self.deltas.totals()
    }

    /// Notes what the thread that writes the journal has cost so far, in CPU time.
    pub fn note_journal(&mut self, cpu_us: i64) {
        self.journal_us = cpu_us;
    }

    /// What all has cost as of the last sample.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Takes a sample; `own` is the recorder's row about itself, counters as totals.
    pub fn tick(&mut self, own: Recorder, keep_totals: bool) -> Tick {
        let mut rows = Sample::default();
        self.host.now = self.clock.monotonic();
        let mut cpu_us = cost::thread_us();
        for watched in &mut self.collectors {
            watched.is_read = false;
            if watched.is_due(self.host.now, self.has_rows) {
                watched.collect(&mut self.host, self.clock, &mut rows, &mut cpu_us);
            }
        }
        self.has_rows = true;
        let told = std::mem::take(&mut self.first_events);
        rows.event = told.into_iter().chain(std::mem::take(&mut rows.event)).collect();
        self.cost = cost::now(&mut self.host);
        rows.recorder = self.costs(own).into();
        let totals = keep_totals.then(|| rows.clone());
        let since = |table: &str| {
            self.collectors.iter().find(|w| w.collector.tables().contains(&table))?.boot_ticks_before
        };
        let is_read =
            |table: &str| self.collectors.iter().any(|w| w.is_read && w.collector.tables().contains(&table));
        self.deltas.take(&mut rows, since, is_read);
        ended::put_together(&mut rows.process_exit);
        self.host.is_throttled = rows.cgroup.iter().any(|group| group.throttled_us > Some(0));
        let intervals: Vec<_> = self
            .collectors
            .iter()
            .flat_map(|w| w.collector.tables().iter().map(|table| (*table, w.interval_us)))
            .collect();
        let mut tick = Tick { rows: Sample::default(), totals, intervals };
        self.possible.judge(&mut rows, tick.interval_us("cpu"));
        headline::fill(&mut rows, self.deltas.unseen_cpu_us(), |table| tick.interval_us(table));
        // The headline and the recorder's rows are of the whole round, as the CPU times are.
        let whole = tick.interval_us("cpu");
        tick.intervals.retain(|(table, _)| *table != "system");
        tick.intervals.extend([("system", whole), ("recorder", whole)]);
        Tick { rows, ..tick }
    }

    /// The recorder's rows: one a collector, one each of what is none, which together make up all that the
    /// recorder is charged for, and one about the whole.
    fn costs(&mut self, own: Recorder) -> Vec<Recorder> {
        let mut rows: Vec<Recorder> = self.collectors.iter().map(|watched| watched.totals.clone()).collect();
        let collected: i64 = rows.iter().filter_map(|row| row.cpu_us).sum();
        let thread = cost::thread_us();
        let beside = self.cost.own_us.zip(thread).map(|(own, thread)| {
            let (journal, aside) = self.beside.split(own - thread, self.journal_us);
            (own - journal - aside - collected, journal, aside)
        });
        let parts = [
            (FRAME, beside.map(|(frame, ..)| frame)),
            (JOURNAL, beside.map(|(_, journal, _)| journal)),
            (ASIDE, beside.map(|(.., aside)| aside)),
            (MAINTENANCE, self.cost.children_us),
        ];
        rows.extend(parts.into_iter().map(|(name, cpu_us)| Recorder {
            collector: name.into(),
            elapsed_us: cpu_us,
            cpu_us,
            ..Recorder::default()
        }));
        rows.push(Recorder {
            collector: WHOLE.into(),
            cpu_us: self.cost.cpu_us(),
            rss_bytes: self.cost.rss_bytes,
            ..own
        });
        rows
    }

    /// The host that is read, for what is not read every tick.
    pub fn host(&mut self) -> &mut Host {
        &mut self.host
    }
}

/// A part that has cost nothing yet.
fn part(name: &str) -> Recorder {
    let zero = Some(0);
    Recorder {
        collector: name.into(),
        elapsed_us: zero,
        cpu_us: zero,
        rows: zero,
        read_calls: zero,
        errors: zero,
        ..Recorder::default()
    }
}

fn add(total: &mut Option<i64>, more: i64) {
    *total = total.map(|n| n + more);
}

impl Watched {
    /// Whether it is to be read now. The first rows are of everything, so that a short recording has them.
    fn is_due(&self, now: Duration, has_rows: bool) -> bool {
        let (Some(every), Some(read_at), true) = (self.every, self.read_at, has_rows) else { return true };
        // Ticks come when they can: one that is a little early is the one that was meant.
        now + every / 20 >= read_at + every
    }

    fn collect(&mut self, host: &mut Host, clock: &dyn Clock, rows: &mut Sample, cpu_us: &mut Option<i64>) {
        let (began, reads, count) = (clock.monotonic(), host.reads(), rows.len());
        let had = rows.lengths();
        let boot_ticks = boot_ticks(host);
        let result = self.collector.collect(host, rows);
        let now_us = cost::thread_us();
        add(&mut self.totals.elapsed_us, (clock.monotonic() - began).as_micros() as i64);
        if let (Some(before), Some(now)) = (*cpu_us, now_us) {
            add(&mut self.totals.cpu_us, now - before);
        }
        *cpu_us = now_us;
        add(&mut self.totals.read_calls, host.reads() - reads);
        add(&mut self.totals.rows, (rows.len() - count) as i64);
        self.totals.error = None;
        match result {
            Ok(()) => {
                self.interval_us = self.read_at.map(|before| (began - before).as_micros() as i64);
                self.read_at = Some(began);
                self.is_read = true;
                self.boot_ticks_before = std::mem::replace(&mut self.boot_ticks, boot_ticks);
            }
            Err(error) => {
                // Some rows without the others would be of another interval than it is told.
                rows.shorten(&had);
                add(&mut self.totals.errors, 1);
                self.totals.error = Some(error.to_string().into());
            }
        }
    }
}

/// The boot clock in clock ticks, as the kernel stamps the start of processes.
#[cfg(target_os = "linux")]
fn boot_ticks(host: &Host) -> Option<i64> {
    use rustix::time::{ClockId, clock_gettime};
    let now = clock_gettime(ClockId::Boottime);
    let per_s = host.units.ticks_per_s;
    Some(now.tv_sec * per_s + now.tv_nsec * per_s / 1_000_000_000)
}

/// The boot clock at an instant of the monotonic one, which is the same here.
fn boot_ticks_at(host: &Host, at: Duration) -> Option<i64> {
    let micros = i64::try_from(at.as_micros()).ok()?;
    cfg!(target_os = "linux").then(|| micros / 1000 * host.units.ticks_per_s / 1000)
}

/// Elsewhere start times are no boot clock's.
#[cfg(not(target_os = "linux"))]
fn boot_ticks(_host: &Host) -> Option<i64> {
    None
}
