//! One round of all collectors, and the rows of the interval since the round before.

use std::time::Duration;

use arrow::array::RecordBatch;

use crate::collect::{Collector, Host};
use crate::schema::rows::Recorder;
use crate::schema::{Sample, Stamp, TABLES, Table};
use crate::time::Clock;

use super::batches::Batches;
use super::deltas::Deltas;
use super::{cost, derived, headline};

/// What the recorder's row about the whole of it is called.
const WHOLE: &str = "recorder";

/// Reads the collectors and remembers the totals of the round before.
pub struct Sampler<'a> {
    host: Host,
    clock: &'a dyn Clock,
    collectors: Vec<Watched>,
    deltas: Deltas,
    boot_ticks: Option<i64>,
}

/// A collector and what it cost so far.
struct Watched {
    collector: Box<dyn Collector>,
    read_at: Option<Duration>,
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
        let watched = |collector: Box<dyn Collector>| {
            let (zero, name) = (Some(0), collector.name().into());
            let totals = Recorder {
                collector: name,
                elapsed_us: zero,
                rows: zero,
                read_calls: zero,
                errors: zero,
                ..Recorder::default()
            };
            Watched { collector, read_at: None, interval_us: None, totals }
        };
        let collectors = collectors.into_iter().map(watched).collect();
        Sampler { host, clock, collectors, deltas: Deltas::default(), boot_ticks: None }
    }

    /// Takes the sample that the first rows are counted from.
    pub fn prime(&mut self, own: Recorder) {
        self.tick(own, false);
    }

    /// Counts on from totals of this boot that were known at an instant of the monotonic clock, so
    /// that the first rows span the time since. The recorder's own figures begin anew.
    pub fn resume(&mut self, mut totals: Sample, at: Duration, own: Recorder) {
        totals.recorder = self.collectors.iter().map(|w| w.totals.clone()).collect();
        totals.recorder.push(Recorder { collector: WHOLE.into(), ..own });
        self.deltas.begin(totals);
        self.boot_ticks = boot_ticks_at(&self.host, at);
        for watched in &mut self.collectors {
            watched.read_at = Some(at);
        }
    }

    /// The totals that the last rows end with.
    pub fn totals(&self) -> Sample {
        self.deltas.totals()
    }

    /// Takes a sample; `own` is the recorder's row about itself, counters as totals.
    pub fn tick(&mut self, own: Recorder, keep_totals: bool) -> Tick {
        let boot_ticks = boot_ticks(&self.host);
        let mut rows = Sample::default();
        for watched in &mut self.collectors {
            watched.collect(&mut self.host, self.clock, &mut rows);
        }
        let cost = cost::now();
        rows.recorder.extend(self.collectors.iter().map(|w| w.totals.clone()));
        rows.recorder.push(Recorder {
            collector: WHOLE.into(),
            cpu_us: cost.cpu_us,
            rss_bytes: cost.rss_bytes,
            ..own
        });
        let totals = keep_totals.then(|| rows.clone());
        self.deltas.take(&mut rows, self.boot_ticks);
        self.boot_ticks = boot_ticks;
        let intervals: Vec<_> = self
            .collectors
            .iter()
            .flat_map(|w| w.collector.tables().iter().map(|table| (*table, w.interval_us)))
            .collect();
        let mut tick = Tick { rows: Sample::default(), totals, intervals };
        headline::fill(&mut rows, |table| tick.interval_us(table));
        // The headline and the recorder's rows are of the whole round, as the CPU times are.
        let whole = tick.interval_us("cpu");
        tick.intervals.retain(|(table, _)| *table != "system");
        tick.intervals.extend([("system", whole), ("recorder", whole)]);
        Tick { rows, ..tick }
    }

    /// The host that is read, for what is not read every tick.
    pub fn host(&mut self) -> &mut Host {
        &mut self.host
    }
}

impl Watched {
    fn collect(&mut self, host: &mut Host, clock: &dyn Clock, rows: &mut Sample) {
        let (began, reads, count) = (clock.monotonic(), host.reads(), rows.len());
        let result = self.collector.collect(host, rows);
        let add = |total: &mut Option<i64>, more: i64| *total = total.map(|n| n + more);
        add(&mut self.totals.elapsed_us, (clock.monotonic() - began).as_micros() as i64);
        add(&mut self.totals.read_calls, host.reads() - reads);
        add(&mut self.totals.rows, (rows.len() - count) as i64);
        self.totals.error = None;
        match result {
            Ok(()) => {
                self.interval_us = self.read_at.map(|before| (began - before).as_micros() as i64);
                self.read_at = Some(began);
            }
            Err(error) => {
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
