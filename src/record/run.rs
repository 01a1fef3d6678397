//! The recording itself, from the first sample to the last seal.

use std::path::PathBuf;
use std::time::Duration;

use crate::collect::{Collector, Host};
use crate::schema::rows::{Event, Recorder, Sample};
use crate::schema::{Micros, Stamp};
use crate::store::{Catalog, Identity, Lock, Policy};
use crate::time::Clock;

use super::batches::Batches;
use super::journal::{Journal, boot_id};
use super::{Error, Maintenance, Sampler, Tick, cost, events, schedule};

/// The wall clock stepped if it parts from the monotonic one by more than this between two ticks.
const STEP_US: i64 = 200_000;

/// What is to be recorded, and how.
pub struct Options {
    /// Between two ticks.
    pub interval: Duration,
    /// End after so many ticks.
    pub count: Option<u64>,
    /// The store.
    pub root: PathBuf,
    /// Its bounds.
    pub policy: Policy,
    /// Where the kernel's files are.
    pub host: Host,
    /// What is read each tick.
    pub collectors: Vec<Box<dyn Collector>>,
    /// What is read at the start of each part: fills `host`.
    pub inventory: Box<dyn Collector>,
}

/// Waits for a time, or less; true if the recording shall end.
pub type Stop<'a> = &'a dyn Fn(Duration) -> bool;

/// Where a recording stands.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Ticks recorded.
    pub ticks: u64,
    /// Since the recording began.
    pub elapsed: Duration,
    /// Rows of the last tick.
    pub rows: usize,
    /// Bytes written to the journal so far.
    pub written_bytes: i64,
    /// Own CPU time so far.
    pub cpu_us: Option<i64>,
    /// Own resident memory.
    pub rss_bytes: Option<i64>,
}

/// What a recording was.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    /// Ticks recorded.
    pub ticks: u64,
    /// Ticks taken that could not be written.
    pub dropped: u64,
}

/// Is told how the recording goes.
pub trait Watcher {
    /// Whether anybody looks: else progress is not worked out.
    fn is_watching(&self) -> bool;
    /// A tick was recorded.
    fn ticked(&mut self, progress: &Progress);
    /// Something failed that the recording survives: one line.
    fn trouble(&mut self, what: &str);
    /// The last tick was recorded; the journal is being sealed.
    fn sealing(&mut self);
}

/// Records until the count is reached or `stop` says so, then seals.
pub fn run(
    mut options: Options,
    clock: &dyn Clock,
    stop: Stop<'_>,
    mut maintenance: impl FnMut(&str) -> Maintenance,
    watcher: &mut dyn Watcher,
) -> Result<Summary, Error> {
    let root = options.root.clone();
    let mut identity = Identity::read_or_create(&root)?;
    let _lock = Lock::recorder(&root)?;
    let mut inventory = Sample::default();
    options.inventory.collect(&mut options.host, &mut inventory)?;
    let about = inventory.host.pop().unwrap_or_default();
    let name = |text: Option<crate::schema::Text>, otherwise: &str| text.unwrap_or_else(|| otherwise.into());
    let hostname = name(about.hostname, "host");
    let label = identity.label(&root, &name(about.machine_id, &hostname), &hostname)?;
    let mut maintenance = maintenance(&label);

    let catalog = Catalog::open(&root)?;
    let boot = boot_id(&mut options.host);
    if let Some(seen) = about.boot_time.filter(|_| !boot.is_empty()) {
        options.host.boot = Some(identity.boot(&root, &boot, seen)?);
    }
    let journal = Journal::new(&root, &label, &boot, options.policy, catalog.last_seq(&label)?);
    let mut recording = Recording {
        journal,
        batches: Batches::default(),
        pending: Vec::new(),
        own: Recorder {
            written_bytes: Some(0),
            skipped_ticks: Some(0),
            dropped_frames: Some(0),
            late_us: Some(0),
            ..Recorder::default()
        },
        ticks: 0,
        at_rest_bytes: 0,
    };
    recording.weigh();
    recording.pending.extend(opening(&catalog, options.interval, about.boot_time, clock.wall())?);
    // Parts that an earlier recording left are sealed while this one goes on.
    if catalog.parts().next().is_some() {
        maintenance.want();
    }
    drop(catalog);

    let began = clock.monotonic();
    let mut sampler = Sampler::new(options.host, clock, options.collectors);
    sampler.prime(recording.own.clone());
    let mut last = (clock.wall(), clock.monotonic());
    let mut last_ts: Option<Micros> = None;
    let mut due = schedule::next(last.0, options.interval);
    while options.count.is_none_or(|count| recording.taken() < count) {
        if wait(clock, stop, due) {
            break;
        }
        let now = (clock.wall(), clock.monotonic());
        let stepped_us = (now.0.0 - last.0.0) - (now.1 - last.1).as_micros() as i64;
        let stepped = stepped_us.abs() > STEP_US.max((now.1 - last.1).as_micros() as i64 / 1000);
        let ts = schedule::stamp(due, now.0, options.interval);
        if stepped {
            recording.pending.push(events::clock_step(stepped_us));
        } else if let Some(before) =
            last_ts.filter(|t| ts.0 - t.0 > options.interval.as_micros() as i64 * 3 / 2)
        {
            recording.pending.push(events::gap(before, ts, "the recorder was not run in time"));
        }
        add(&mut recording.own.late_us, (now.0.0 - due.0).max(0));
        let tick = sampler.tick(recording.own.clone(), false);
        match recording.turn(ts, stepped) {
            Ok(true) => {
                maintenance.want();
                recording.weigh();
            }
            Ok(false) => {}
            Err(error) => watcher.trouble(&error.to_string()),
        }
        let rows = tick.rows.len();
        if let Err(error) = recording.write(ts, now.1, tick, &mut options.inventory, sampler.host()) {
            watcher.trouble(&error.to_string());
        }
        match maintenance.tend(now.1) {
            Ok(true) => recording.weigh(),
            Ok(false) => {}
            Err(what) => {
                recording.pending.push(events::error("maintenance", what.clone()));
                watcher.trouble(&what);
            }
        }
        if watcher.is_watching() {
            let cost = cost::now();
            watcher.ticked(&Progress {
                ticks: recording.ticks,
                elapsed: clock.monotonic() - began,
                rows,
                written_bytes: recording.journal.written_bytes(),
                cpu_us: cost.cpu_us,
                rss_bytes: cost.rss_bytes,
            });
        }
        (last, last_ts) = (now, Some(ts));
        let missed;
        (due, missed) = schedule::following(due, clock.wall(), options.interval);
        add(&mut recording.own.skipped_ticks, missed);
    }
    watcher.sealing();
    recording.close(clock)?;
    if let Err(what) = maintenance.finish() {
        watcher.trouble(&what);
    }
    Ok(Summary { ticks: recording.ticks, dropped: recording.own.dropped_frames.unwrap_or(0) as u64 })
}

/// Waits for a due instant on the monotonic clock, so that a step of the wall clock cannot hold
/// the recording up. True if it is time to stop.
fn wait(clock: &dyn Clock, stop: Stop<'_>, due: Micros) -> bool {
    let wall = clock.wall();
    let left = Duration::from_micros((due.0 - wall.0).max(0).unsigned_abs());
    let deadline = clock.monotonic() + left;
    loop {
        let left = deadline.saturating_sub(clock.monotonic());
        if stop(left) {
            return true;
        }
        if clock.monotonic() >= deadline {
            return false;
        }
    }
}

/// What is to be said before the first tick: that the recording began, and what was missed.
fn opening(
    catalog: &Catalog,
    interval: Duration,
    booted: Option<Micros>,
    now: Micros,
) -> Result<Vec<Event>, Error> {
    let mut said = Vec::new();
    if let Some((_, last)) = catalog.extent()? {
        if let Some(boot) = booted.filter(|boot| *boot > last) {
            said.push(events::boot(boot));
        }
        if now > last {
            said.push(events::gap(last, now, "no recorder was running"));
        }
    }
    said.push(events::start(interval.as_secs_f64()));
    Ok(said)
}

fn add(total: &mut Option<i64>, more: i64) {
    *total = total.map(|n| n + more);
}

/// The part of a recording that writes.
struct Recording {
    journal: Journal,
    batches: Batches,
    /// Events that wait for the next frame.
    pending: Vec<Event>,
    own: Recorder,
    ticks: u64,
    /// Size of the journal's parts that are not being written, as of the last look.
    at_rest_bytes: u64,
}

impl Recording {
    /// Looks how large the store is: at the start, and when a maintenance has changed it.
    fn weigh(&mut self) {
        if let Ok((journal, segments)) = self.journal.sizes_at_rest() {
            self.at_rest_bytes = journal;
            self.own.store_bytes = Some(segments as i64);
        }
    }

    /// Ticks taken, those included that could not be written.
    fn taken(&self) -> u64 {
        self.ticks + self.own.dropped_frames.unwrap_or(0).unsigned_abs()
    }

    fn turn(&mut self, ts: Micros, stepped: bool) -> Result<bool, Error> {
        Ok(self.journal.turn(ts, stepped)?)
    }

    fn write(
        &mut self,
        ts: Micros,
        monotonic: Duration,
        mut tick: Tick,
        inventory: &mut Box<dyn Collector>,
        host: &mut Host,
    ) -> Result<(), Error> {
        let mut trouble = Ok(());
        if self.journal.is_between_parts() {
            trouble = inventory.collect(host, &mut tick.rows);
        }
        tick.rows.event.append(&mut self.pending);
        let stamp = Stamp { ts, tick: self.journal.next_seq() as i64, interval_us: None };
        let built =
            self.batches.build(&tick.rows, |table| Stamp { interval_us: tick.interval_us(table), ..stamp });
        let appended = self.journal.append(ts, Micros(monotonic.as_micros() as i64), &built);
        self.own.written_bytes = Some(self.journal.written_bytes());
        self.own.journal_bytes = Some((self.at_rest_bytes + self.journal.part_bytes()) as i64);
        match appended {
            Ok(()) => self.ticks += 1,
            Err(error) => {
                add(&mut self.own.dropped_frames, 1);
                // What happened is still to be told when the disk takes frames again.
                self.pending = tick.rows.event;
                return Err(error.into());
            }
        }
        Ok(trouble?)
    }

    /// Writes down that the recording ended, and ends the part.
    fn close(&mut self, clock: &dyn Clock) -> Result<(), Error> {
        self.pending.push(events::stop(self.ticks));
        let rows = Sample { event: std::mem::take(&mut self.pending), ..Sample::default() };
        let stamp = Stamp { ts: clock.wall(), tick: self.journal.next_seq() as i64, interval_us: None };
        let built = self.batches.build(&rows, |_| stamp);
        let monotonic = Micros(clock.monotonic().as_micros() as i64);
        self.journal.append(stamp.ts, monotonic, &built)?;
        self.journal.end()?;
        Ok(())
    }
}
