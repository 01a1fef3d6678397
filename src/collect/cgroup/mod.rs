//! `cgroup` from the control group trees: the kernel's Documentation/admin-guide/cgroup-v2.rst and
//! cgroup-v1.
//!
//! Where both versions are mounted, groups of one path make one row.

mod device;
mod tree;
mod v1;
mod v2;

use std::collections::HashMap;
use std::path::Path;

use device::Devices;
use tree::{Group, Version, hierarchies, walk};

use super::container::container_of;
use super::mount::parse_mountinfo;
use super::{Collector, Error, Host};
use crate::schema::rows::Cgroup;
use crate::schema::{Sample, Text};

/// Ticks after which a group's limits are read again.
const LIMITS_TICKS: u32 = 10;

/// Reads all control groups.
#[derive(Default)]
pub struct CgroupCollector {
    known: HashMap<String, Known>,
    devices: Devices,
    ticks: u32,
}

/// What is kept of a group from tick to tick.
struct Known {
    id: Option<i64>,
    limits: Limits,
    /// Ticks until the limits are read again.
    left: u32,
    path: Text,
    container: Option<Text>,
    runtime: Option<Text>,
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

impl Collector for CgroupCollector {
    fn name(&self) -> &'static str {
        "cgroup"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cgroup"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        // Our own view: the folders are to be opened by these paths.
        let text = match host.proc_if_any("self/mountinfo")? {
            Some(text) => text,
            None => host.proc("1/mountinfo")?,
        };
        let mounts = parse_mountinfo(text);
        let groups = walk(host, &hierarchies(host, &mounts));
        self.ticks = self.ticks.wrapping_add(1);
        self.devices.begin_tick();
        for group in &groups {
            if let Some(row) = self.row(host, group) {
                sample.cgroup.push(row);
            }
        }
        let tick = self.ticks;
        self.known.retain(|_, known| known.tick == tick);
        Ok(())
    }
}

impl CgroupCollector {
    /// The row of a group; none for one that vanished meanwhile, or of which no figures are kept.
    fn row(&mut self, host: &mut Host, group: &Group) -> Option<Cgroup> {
        let mut figures = Cgroup::default();
        let mut versions = [false; 2];
        for (version, folder) in &group.folders {
            let before = figures.clone();
            match version {
                Version::V2 => v2::figures(host, folder, &mut self.devices, &mut figures),
                Version::V1(controllers) => {
                    v1::figures(host, folder, controllers, &mut self.devices, &mut figures);
                }
            }
            versions[usize::from(*version != Version::V2)] |= figures != before;
        }
        let version = match versions {
            [true, false] => "v2",
            [false, true] => "v1",
            [true, true] => "hybrid",
            [false, false] => return None,
        };
        let known = self.known(host, group);
        let limits = known.limits;
        Some(Cgroup {
            path: known.path.clone(),
            cgroup_id: group.id,
            version: Some(version.into()),
            container: known.container.clone(),
            runtime: known.runtime.clone(),
            leaf: Some(group.leaf),
            memory_max_bytes: limits.memory_max_bytes,
            memory_high_bytes: limits.memory_high_bytes,
            pids_limit: limits.pids_limit,
            quota_us: limits.quota_us,
            period_us: limits.period_us,
            weight: limits.weight,
            ..figures
        })
    }

    fn known(&mut self, host: &mut Host, group: &Group) -> &Known {
        let tick = self.ticks;
        let fresh = |known: &Known| known.id == group.id && known.left > 0;
        if !self.known.get(&group.path).is_some_and(fresh) {
            let mut limits = Limits::default();
            for (version, folder) in &group.folders {
                match version {
                    Version::V2 => v2::limits(host, folder, &mut limits),
                    Version::V1(controllers) => v1::limits(host, folder, controllers, &mut limits),
                }
            }
            let container = container_of(&group.path);
            let runtime = container.as_ref().map(|c| c.runtime.into());
            let container = container.and_then(|c| c.id).map(Text::from);
            let path = group.path.as_str().into();
            let known = Known { id: group.id, limits, left: LIMITS_TICKS, path, container, runtime, tick };
            self.known.insert(group.path.clone(), known);
        }
        let known = self.known.get_mut(&group.path).expect("it was put in above where it was missing");
        known.left -= 1;
        known.tick = tick;
        known
    }
}

/// A file of a group; what cannot be read is unknown, as in a group that just went away.
fn read<'a>(host: &'a mut Host, folder: &Path, file: &str) -> Option<&'a str> {
    host.read(folder.join(file)).ok()
}
