//! `cgroup` from the control group trees: the kernel's Documentation/admin-guide/cgroup-v2.rst and
//! cgroup-v1.
//!
//! Where both versions are mounted, groups of one path make one row.

mod device;
mod files;
mod homes;
mod names;
mod tree;
mod v1;
mod v2;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use device::Devices;
use files::Files;
use names::{Called, Names};
use tree::{Group, MAX_GROUPS, Tree, Version};

use super::container::{container_of, pod_of, unit_of};
use super::{Collector, Error, Host, Settings};
use crate::schema::rows::{Cgroup, Event};
use crate::schema::{Sample, Text};

/// What the kernel sums up is dear (`memory.stat` alone took 15 to 33 µs, measured), so of many groups it is
/// read less often: as much time lies between one and the next.
const SUMS_OF_ONE: Duration = Duration::from_millis(20);

/// After so many ticks in which nothing ran in a group, its files that are read no more are closed: each costs the
/// kernel some 5 KiB.
const STILL_TICKS: u32 = 3;

/// Reads all control groups.
pub struct CgroupCollector {
    limits_every: Duration,
    sums_every: Duration,
    tree: Tree,
    known: HashMap<String, Known>,
    devices: Devices,
    names: Names,
    ticks: u32,
    /// Whether it was told that groups are left out.
    is_told: bool,
}

/// What is kept of a group from tick to tick.
struct Known {
    id: Option<i64>,
    /// Its files in each tree that has the path, v2 first.
    files: Vec<(Version, Files)>,
    limits: Limits,
    limits_due: Duration,
    /// What is not read every tick, as last read; nothing in the other columns.
    sums: Cgroup,
    sums_due: Duration,
    /// Whether they are from v2, and from v1.
    sums_from: [bool; 2],
    /// The same of all of its figures.
    from: [bool; 2],
    /// In how many ticks in a row nothing ran in it.
    still_ticks: u32,
    path: Text,
    /// It is the host's own root, and not what a container sees as one.
    is_root: bool,
    container: Option<Text>,
    runtime: Option<Text>,
    pod_uid: Option<Text>,
    unit: Option<Text>,
    /// The row as it was last told: it is the same as long as nothing has changed.
    told: Arc<Cgroup>,
    tick: u32,
}

/// What an administrator sets, and seldom.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Limits {
    memory_max_bytes: Option<i64>,
    memory_high_bytes: Option<i64>,
    pids_limit: Option<i64>,
    quota_us: Option<i64>,
    period_us: Option<i64>,
    weight: Option<i64>,
}

impl Default for CgroupCollector {
    fn default() -> Self {
        CgroupCollector::new(&Settings::default())
    }
}

impl CgroupCollector {
    /// One that works as the settings say.
    pub fn new(settings: &Settings) -> Self {
        CgroupCollector {
            limits_every: settings.cgroup_limits,
            sums_every: settings.cgroup_stat,
            tree: Tree::default(),
            known: HashMap::new(),
            devices: Devices::default(),
            names: Names::default(),
            ticks: 0,
            is_told: false,
        }
    }
}

impl Collector for CgroupCollector {
    fn name(&self) -> &'static str {
        "cgroup"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cgroup"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.tree.look(host)?;
        let all = self.tree.all();
        let is_news = all.is_some() && !self.is_told;
        self.is_told = all.is_some();
        sample.event.extend(all.filter(|_| is_news).map(left_out));
        self.ticks = self.ticks.wrapping_add(1);
        self.devices.begin_tick();
        let mut groups = std::mem::take(&mut self.tree.groups);
        let least = if self.sums_every.is_zero() { Duration::ZERO } else { SUMS_OF_ONE };
        let every = self.sums_every.max(least * groups.len() as u32);
        for group in &mut groups {
            match self.row(host, group, every) {
                Some(row) => sample.cgroup.share(row),
                // It went away, and another may have come at the same time.
                None => self.tree.doubt(),
            }
        }
        self.tree.groups = groups;
        let tick = self.ticks;
        self.known.retain(|_, known| known.tick == tick);
        self.names.forget_others(tick);
        Ok(())
    }
}

impl CgroupCollector {
    /// The row of a group; none for one that vanished meanwhile, or of which no figures are kept. One that was made
    /// anew under its path is told as the one that it is now.
    ///
    /// `every` is how often it is read what the kernel has to sum up.
    fn row(&mut self, host: &mut Host, group: &mut Group, every: Duration) -> Option<Arc<Cgroup>> {
        host.has_met_another = false;
        let row = self.told(host, group, every);
        // Files that are kept open say themselves that their group is gone.
        let is_kept = self.known.get(&group.path).is_some_and(Known::is_kept);
        let id = if is_kept && !host.has_met_another { group.id } else { group.id_now() };
        if id == group.id {
            return row;
        }
        group.id = id;
        self.tree.doubt();
        id.and_then(|_| self.told(host, group, every))
    }

    /// What the files under its path say, as the row of that group.
    fn told(&mut self, host: &mut Host, group: &Group, every: Duration) -> Option<Arc<Cgroup>> {
        if self.known.get(&group.path).is_none_or(|known| !known.is_of(group)) {
            self.known.insert(group.path.clone(), Known::new(host, group));
        }
        let known = self.known.get_mut(&group.path).expect("it was put in above where it was missing");
        known.tick = self.ticks;
        let is_due = known.read_sums(host, &mut self.devices, every);
        let figures = known.figures(host, is_due);
        let version = match known.from {
            [true, false] => "v2",
            [false, true] => "v1",
            [true, true] => "hybrid",
            [false, false] => return None,
        };
        known.read_limits(host, self.limits_every);
        let limits = known.limits;
        let named = known.container.as_ref().zip(known.runtime.as_deref());
        let called =
            named.map(|(id, runtime)| self.names.called(host, (&group.path, id), runtime, self.ticks));
        let Called { container: container_name, pod } = called.unwrap_or_default();
        let row = Cgroup {
            path: known.path.clone(),
            cgroup_id: group.id,
            version: Some(version.into()),
            container: known.container.clone(),
            container_name,
            runtime: known.runtime.clone(),
            pod,
            pod_uid: known.pod_uid.clone(),
            unit: known.unit.clone(),
            leaf: Some(group.leaf),
            memory_max_bytes: limits.memory_max_bytes,
            memory_high_bytes: limits.memory_high_bytes,
            pids_limit: limits.pids_limit,
            quota_us: limits.quota_us,
            period_us: limits.period_us,
            weight: limits.weight,
            ..figures
        };
        if *known.told != row {
            known.told = Arc::new(row);
        }
        Some(known.told.clone())
    }
}

impl Known {
    /// Whether that is the group as it was: a tree of v1 may have got its path later than another.
    fn is_of(&self, group: &Group) -> bool {
        let trees = group.folders.iter().map(|(version, _)| version);
        self.id == group.id && self.files.iter().map(|(version, _)| version).eq(trees)
    }

    /// Whether files in the folder that it has its number from are kept open.
    fn is_kept(&self) -> bool {
        self.files.first().is_some_and(|(_, files)| files.are_kept())
    }

    fn new(host: &mut Host, group: &Group) -> Self {
        let container = container_of(&group.path);
        let mut has_events = |folder: &Path| host.read(folder.join("cgroup.events")).is_ok();
        let is_root = group.path == "/" && !group.folders.iter().any(|(_, folder)| has_events(folder));
        Known {
            id: group.id,
            files: group.folders.iter().map(|(v, folder)| (v.clone(), Files::new(folder.clone()))).collect(),
            limits: Limits::default(),
            limits_due: Duration::ZERO,
            sums: Cgroup::default(),
            sums_due: Duration::ZERO,
            sums_from: [false; 2],
            from: [false; 2],
            still_ticks: 0,
            path: group.path.as_str().into(),
            is_root,
            runtime: container.as_ref().map(|c| c.runtime.into()),
            container: container.and_then(|c| c.id).map(Text::from),
            pod_uid: pod_of(&group.path).map(Text::from),
            unit: unit_of(&group.path).map(Text::from),
            told: Arc::default(),
            tick: 0,
        }
    }

    /// When something is due that was read now. The first time it is sooner, by each group's own share,
    /// so that no tick has to do it for all.
    fn next(&self, due: Duration, now: Duration, every: Duration) -> Duration {
        if due > Duration::ZERO {
            return now + every;
        }
        let turn = self.path.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        now + every * (1 + turn % 100) / 100
    }

    /// What is read every tick: of a group in which nothing ran the waiting of those that are in it, and what it was
    /// told with last otherwise. All of it where that is due.
    fn figures(&mut self, host: &mut Host, is_due: bool) -> Cgroup {
        let mut figures = self.sums.clone();
        let mut from = self.sums_from;
        for (version, files) in &mut self.files {
            let before = figures.clone();
            match version {
                Version::V2 => v2::signs(host, files, &mut figures),
                Version::V1(controllers) => v1::signs(host, files, controllers, &mut figures),
            }
            from[usize::from(*version != Version::V2)] |= figures != before;
        }
        let signs = |row: &Cgroup| (row.usage_us, row.memory_bytes, row.pids);
        let is_telling = figures.usage_us.is_some() && figures.pids.is_some();
        let is_still = is_telling && signs(&figures) == signs(&self.told);
        self.still_ticks = if is_still { self.still_ticks.saturating_add(1) } else { 0 };
        let has_events = !is_still || is_due;
        if is_still && !is_due {
            figures = (*self.told).clone();
        } else {
            self.from = from;
        }
        // Of an empty one nobody waits.
        let has_waits = has_events || figures.pids != Some(0);
        for (version, files) in &mut self.files {
            let before = figures.clone();
            match version {
                Version::V2 => {
                    if has_events {
                        v2::events(host, files, &mut figures);
                    }
                    if has_waits {
                        v2::waits(host, files, &mut figures);
                    }
                }
                Version::V1(controllers) if has_events => v1::events(host, files, controllers, &mut figures),
                Version::V1(_) => {}
            }
            self.from[usize::from(*version != Version::V2)] |= figures != before;
            if self.still_ticks >= STILL_TICKS {
                files.close_unasked();
            }
        }
        if self.is_root {
            // Some task of a host always runs: the kernel prints 0, and before 5.19 a number without meaning.
            figures.cpu_full_us = None;
        }
        figures
    }

    /// Reads what the kernel sums up, where that is due; whether it was.
    fn read_sums(&mut self, host: &mut Host, devices: &mut Devices, every: Duration) -> bool {
        if host.now < self.sums_due {
            return false;
        }
        (self.sums, self.sums_from) = Default::default();
        for (version, files) in &mut self.files {
            let before = self.sums.clone();
            match version {
                Version::V2 => v2::sums(host, files, devices, &mut self.sums),
                Version::V1(controllers) => v1::sums(host, files, controllers, devices, &mut self.sums),
            }
            self.sums_from[usize::from(*version != Version::V2)] |= self.sums != before;
        }
        if self.sums_from != [false; 2] {
            // As a total it is when that was: what is taken off is when it was before.
            self.sums.stat_interval_us = i64::try_from(host.now.as_micros()).ok();
        }
        self.sums_due = self.next(self.sums_due, host.now, every);
        true
    }

    fn read_limits(&mut self, host: &mut Host, every: Duration) {
        if host.now < self.limits_due {
            return;
        }
        self.limits = Limits::default();
        for (version, files) in &self.files {
            match version {
                Version::V2 => v2::limits(host, files, &mut self.limits),
                Version::V1(controllers) => v1::limits(host, files, controllers, &mut self.limits),
            }
        }
        self.limits_due = self.next(self.limits_due, host.now, every);
    }
}

fn left_out(all: usize) -> Event {
    let message = format!(
        "there are {all} control groups or more: {MAX_GROUPS} of them are read at most, the deepest are left out"
    );
    let detail = serde_json::json!({ "groups": all, "most": MAX_GROUPS });
    Event {
        detail: Some(detail.to_string().into()),
        ..Event::about("left_out", Event::WARNING, "cgroup", &message)
    }
}
