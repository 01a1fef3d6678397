//! The recording itself, from the first sample to the last seal.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::collect::{Collector, Host, Settings};
use crate::schema::rows::{Event, Sample};
use crate::schema::{Micros, Text};
use crate::store::{Catalog, Folder, Identity, Lock, Policy};
use crate::time::Clock;

use super::alerts::{Alerts, Rule};
use super::budget::{Budget, STEPS, Used};
use super::devices::Devices;
use super::episode::Episode;
use super::inventory::Inventory;
use super::recording::Recording;
use super::storm::Storm;
use super::timing::Reading;
use super::writing::Place;
use super::{
    Error, Maintenance, Outcome, Sampler, Standing, Sync, boot_id, events, opening, program, schedule,
};

/// A tick that begins later than this, and than another was due, ends a gap.
const GAP: Duration = Duration::from_millis(900);
/// The longest wait at once.
const AWAKE: Duration = Duration::from_secs(10);

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
    /// What is watched in the rows of each tick.
    pub alerts: Vec<Rule>,
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
    /// Something failed that the recording survives, or a rule was raised or cleared: one line.
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
    // Threads take after the one that makes them.
    let refused = options.standing.take();
    let folder = options.folder.clone();
    let mut identity = Identity::read_or_create(&folder)?;
    let _lock = Lock::recorder(&folder)?;
    let mut inventory = Sample::default();
    options.inventory.collect(&mut options.host, &mut inventory)?;
    let about = inventory.host.first().cloned().unwrap_or_default();
    let name = |text: Option<crate::schema::Text>, otherwise: &str| text.unwrap_or_else(|| otherwise.into());
    let hostname = name(about.hostname, "host");
    let label = identity.label(&folder, &name(about.machine_id, &hostname), &hostname)?;
    let mut maintenance = maintenance(&label);

    let catalog = Catalog::open(folder.root())?;
    let boot = boot_id(&mut options.host);
    if let Some(seen) = about.boot_time.filter(|_| !boot.is_empty()) {
        options.host.boot = Some(identity.boot(&folder, &boot, seen)?);
    }
    let place = Place {
        folder: folder.clone(),
        host: label.clone(),
        boot_id: boot.clone(),
        policy: options.policy,
        sync: options.sync,
    };
    let looked = Inventory::new(options.inventory, &options.host, inventory.host.clone());
    let mut recording = Recording::begin(place, looked, inventory.host, catalog.last_seq(&label)?)?;
    for told in opening::events(&catalog, &label, options.interval, about.boot_time, clock.wall())? {
        if told.kind.as_deref() == Some(events::LOST) {
            watcher.trouble(told.message.as_deref().unwrap_or_default());
        }
        recording.tell(told);
    }
    if !refused.is_empty() {
        watcher.trouble(&refused.join("; "));
    }
    refused.into_iter().for_each(|what| recording.tell(events::standing(what)));
    opening::trim(&catalog, &folder, &label);
    // Parts that an earlier recording left are sealed while this one goes on.
    if catalog.parts().next().is_some() {
        maintenance.want();
    }
    let left = opening::totals(&catalog, folder.root(), &label, &boot, clock.monotonic())?;
    drop(catalog);

    let began = clock.monotonic();
    let (interval, ticks_per_s) = (options.interval, options.host.units.ticks_per_s);
    let mut sampler = Sampler::new(options.host, clock, options.collectors);
    sampler.set_intervals(&options.settings.intervals);
    let mut budget = options.budget_pct.map(Budget::new);
    match left {
        Some(left) => {
            recording.counts_on();
            sampler.resume(left, recording.own.clone());
        }
        None => sampler.prime(recording.own.clone()),
    }
    program::give_back_pages();
    let mut before = Reading::of(clock);
    let mut last_ts: Option<Micros> = None;
    let mut alerts = Alerts::new(options.alerts, &label, folder.root().into());
    let (mut skips, mut storm, mut devices) = (Episode::default(), Storm::default(), Devices::default());
    let mut due = schedule::next(before.wall, interval);
    let mut deadline = before.until(due);
    while options.count.is_none_or(|count| recording.taken() < count) {
        if !wait(clock, stop, deadline) {
            break;
        }
        let now = Reading::of(clock);
        let late = now.monotonic.saturating_sub(deadline);
        let overdue = schedule::overdue(late, interval);
        let ts = schedule::stamp(due, now.wall, interval);
        let (suspended, stepped) = (now.suspended(&before), now.stepped_us(&before));
        let since = match stepped {
            Some(_) => Micros(ts.0 - (now.monotonic - before.monotonic).as_micros() as i64),
            None => last_ts.unwrap_or(before.wall),
        };
        if let Some(by_us) = stepped {
            recording.tell(events::clock_step(by_us));
        }
        // Of many short ones, as where the interval is short, there is one event and no event each.
        let is_gap = overdue > 0 && late >= GAP;
        match suspended {
            Some(length) => recording.tell(events::suspend(since, ts, length)),
            None if is_gap => recording.tell(events::gap(since, ts, "the recorder was not run in time")),
            None => {}
        }
        recording.late(late.as_micros() as i64);
        recording.skipped(overdue);
        let tick = sampler.tick(recording.own.clone(), false);
        let rows = tick.rows.len();
        if let Some(told) = storm.see(ts, now.monotonic, &tick.rows, ticks_per_s) {
            recording.tell(events::fork_storm(&told));
        }
        for told in devices.see(now.monotonic, &tick.rows, |table| sampler.is_read(table)) {
            recording.tell(told);
        }
        let about = |table: &str| (tick.interval_us(table), sampler.is_read(table));
        for told in alerts.see(ts, now.monotonic, &tick.rows, about) {
            watcher.trouble(&line(&told));
            recording.tell(told);
        }
        recording.turn(ts, stepped.is_some());
        if let Err(error) = recording.write((ts, now.monotonic), tick, &sampler) {
            watcher.trouble(&error.to_string());
        }
        recording.look(ts, &mut maintenance, watcher);
        sampler.note_journal(recording.journal_cpu_us());
        if let Some(news) = budget.as_mut().and_then(|budget| budget.see(now.monotonic, used(&sampler))) {
            if let Some(step) = news.step {
                keep_to(&mut sampler, &options.settings.intervals, interval, step);
            }
            let budget_pct = options.budget_pct.unwrap_or_default();
            let told = events::degraded(&news, budget_pct, interval, |collector| sampler.reads(collector));
            watcher.trouble(told.message.as_deref().unwrap_or_default());
            recording.tell(told);
        }
        match maintenance.tend(now.monotonic) {
            Some(Outcome::Done) => recording.weigh(),
            Some(Outcome::Postponed(why)) => recording.tell(events::postponed(&why)),
            Some(Outcome::Failed(what)) => {
                recording.tell(events::error("maintenance", what.clone()));
                watcher.trouble(&what);
            }
            None => {}
        }
        if last_ts.is_none() {
            program::give_back_pages();
            if let Some(refused) = options.standing.lock() {
                watcher.trouble(&refused);
                recording.tell(events::standing(refused));
            }
        }
        if watcher.is_watching() {
            let cost = sampler.cost();
            watcher.ticked(&Progress {
                ticks: recording.ticks(),
                elapsed: clock.monotonic() - began,
                rows,
                written_bytes: recording.written_bytes(),
                cpu_us: cost.cpu_us(),
                rss_bytes: cost.rss_bytes,
            });
        }
        let after = Reading::of(clock);
        let took = after.monotonic.saturating_sub(now.monotonic);
        let passed;
        (due, passed) = schedule::following(due, after.wall, late, took, interval);
        deadline = after.until(due);
        (before, last_ts) = (now, Some(ts));
        recording.skipped(passed - overdue);
        // What an event of its own explains is not told again. The rest lies before this tick, which was
        // late, or behind it, as it took long; by the clock as it was when the tick began.
        let is_told = suspended.is_some() || is_gap;
        let (untold, by) = if is_told { (passed - overdue, took) } else { (passed, late + took) };
        let from = if is_told || overdue == 0 { ts } else { since };
        let next = after.stepped_us(&now).map_or(due, |by_us| Micros(due.0 - by_us));
        let to = if passed > overdue { next } else { ts };
        if let Some(news) = skips.see((from, to), now.monotonic, untold, by.as_micros() as i64) {
            recording.tell(events::skipped(&news, interval));
        }
    }
    skips.close().into_iter().for_each(|news| recording.tell(events::skipped(&news, interval)));
    storm.close().into_iter().for_each(|told| recording.tell(events::fork_storm(&told)));
    devices.close().into_iter().for_each(|told| recording.tell(told));
    watcher.sealing();
    for told in alerts.close() {
        watcher.trouble(&line(&told));
        recording.tell(told);
    }
    let summary = recording.close(clock, &sampler)?;
    if let Err(what) = maintenance.finish() {
        watcher.trouble(&what);
    }
    Ok(summary)
}

/// An event about a rule, as a line for who watches the recorder.
fn line(event: &Event) -> String {
    let text = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_string();
    format!("{} {}: {}", text(&event.kind), text(&event.subject), text(&event.message))
}

/// What was used so far. Where the system does not tell, nothing.
fn used(sampler: &Sampler<'_>) -> Used {
    let cost = sampler.cost();
    Used { own_us: cost.own_us.unwrap_or(0), children_us: cost.children_us.unwrap_or(0) }
}

/// Reads as often as a step of the budget says, and as seldom as was asked for.
fn keep_to(
    sampler: &mut Sampler<'_>,
    intervals: &BTreeMap<&'static str, Duration>,
    interval: Duration,
    step: usize,
) {
    for (collector, _) in STEPS.iter().flat_map(|step| *step) {
        let ticks = STEPS[step].iter().find(|(name, _)| name == collector).map(|(_, ticks)| *ticks);
        let least = ticks.map(|ticks| interval * ticks);
        sampler.set_interval(collector, least.max(intervals.get(collector).copied()));
    }
}

/// Waits for an instant of the monotonic clock, so that a step of the wall clock cannot hold the
/// recording up. False if it is time to stop.
fn wait(clock: &dyn Clock, stop: Stop<'_>, deadline: Duration) -> bool {
    loop {
        // To wait is to be awake: after a suspend what is left would be too long.
        let left = deadline.saturating_sub(clock.monotonic()).min(AWAKE);
        if stop(left) {
            return false;
        }
        if clock.monotonic() >= deadline {
            return true;
        }
    }
}
