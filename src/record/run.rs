//! The recording itself, from the first sample to the last seal.

use std::time::Duration;

use crate::collect::{Collector, Host, Settings};
use crate::schema::Micros;
use crate::schema::rows::Sample;
use crate::store::{Catalog, Folder, Identity, Lock, Policy};
use crate::time::Clock;

use super::recording::Recording;
use super::{Error, Maintenance, Sampler, Standing, Sync, boot_id, cost, events, opening, schedule};

/// The wall clock stepped if it parts from the monotonic one by more than this between two ticks.
const STEP_US: i64 = 200_000;

/// What is to be recorded, and how.
pub struct Options {
    /// Between two ticks.
    pub interval: Duration,
    /// End after so many ticks.
    pub count: Option<u64>,
    /// The store.
    pub folder: Folder,
    /// Its bounds.
    pub policy: Policy,
    /// When what was recorded is made to outlive a power cut.
    pub sync: Sync,
    /// Where the kernel's files are.
    pub host: Host,
    /// What is read each tick.
    pub collectors: Vec<Box<dyn Collector>>,
    /// What is read at the start of each part: fills `host`.
    pub inventory: Box<dyn Collector>,
    /// How often collectors read.
    pub settings: Settings,
    /// The most CPU time it may take over a while, in percent of one CPU; `None`: no bound.
    pub budget_pct: Option<f64>,
    /// How it stands towards other processes.
    pub standing: Standing,
}

/// What [`Options::budget_pct`] is where nobody says otherwise.
pub const DEFAULT_BUDGET_PCT: f64 = 1.0;

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
    let folder = options.folder.clone();
    let mut identity = Identity::read_or_create(&folder)?;
    let _lock = Lock::recorder(&folder)?;
    let mut inventory = Sample::default();
    options.inventory.collect(&mut options.host, &mut inventory)?;
    let about = inventory.host.pop().unwrap_or_default();
    let name = |text: Option<crate::schema::Text>, otherwise: &str| text.unwrap_or_else(|| otherwise.into());
    let hostname = name(about.hostname, "host");
    let label = identity.label(&folder, &name(about.machine_id, &hostname), &hostname)?;
    let mut maintenance = maintenance(&label);

    let catalog = Catalog::open(folder.root())?;
    let boot = boot_id(&mut options.host);
    if let Some(seen) = about.boot_time.filter(|_| !boot.is_empty()) {
        options.host.boot = Some(identity.boot(&folder, &boot, seen)?);
    }
    let mut recording = Recording::begin(&folder, &label, &boot, &options, catalog.last_seq(&label)?)?;
    for told in opening::events(&catalog, &label, options.interval, about.boot_time, clock.wall())? {
        if told.kind.as_deref() == Some(events::LOST) {
            watcher.trouble(told.message.as_deref().unwrap_or_default());
        }
        recording.tell(told);
    }
    opening::trim(&catalog, &folder, &label);
    // Parts that an earlier recording left are sealed while this one goes on.
    if catalog.parts().next().is_some() {
        maintenance.want();
    }
    let left = opening::totals(&catalog, folder.root(), &label, &boot, clock.monotonic())?;
    drop(catalog);

    let began = clock.monotonic();
    let mut sampler = Sampler::new(options.host, clock, options.collectors);
    match left {
        Some((totals, at)) => sampler.resume(totals, at, recording.own.clone()),
        None => sampler.prime(recording.own.clone()),
    }
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
            recording.tell(events::clock_step(stepped_us));
        } else if let Some(before) =
            last_ts.filter(|t| ts.0 - t.0 > options.interval.as_micros() as i64 * 3 / 2)
        {
            recording.tell(events::gap(before, ts, "the recorder was not run in time"));
        }
        recording.late((now.0.0 - due.0).max(0));
        let tick = sampler.tick(recording.own.clone(), false);
        let rows = tick.rows.len();
        recording.turn(ts, stepped);
        let written = recording.write((ts, now.1), tick, &mut options.inventory, &mut sampler);
        if let Err(error) = written {
            watcher.trouble(&error.to_string());
        }
        recording.look(ts, &mut maintenance, watcher);
        match maintenance.tend(now.1) {
            Ok(true) => recording.weigh(),
            Ok(false) => {}
            Err(what) => {
                recording.tell(events::error("maintenance", what.clone()));
                watcher.trouble(&what);
            }
        }
        if watcher.is_watching() {
            let cost = cost::now();
            watcher.ticked(&Progress {
                ticks: recording.ticks(),
                elapsed: clock.monotonic() - began,
                rows,
                written_bytes: recording.written_bytes(),
                cpu_us: cost.cpu_us,
                rss_bytes: cost.rss_bytes,
            });
        }
        (last, last_ts) = (now, Some(ts));
        let missed;
        (due, missed) = schedule::following(due, clock.wall(), options.interval);
        recording.skipped(missed);
    }
    watcher.sealing();
    let summary = recording.close(clock, &sampler)?;
    if let Err(what) = maintenance.finish() {
        watcher.trouble(&what);
    }
    Ok(summary)
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
