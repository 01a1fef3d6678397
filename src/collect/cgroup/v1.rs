//! The files of a v1 group: text → figures, in the units of v2. What v2 told already stays.

use super::Limits;
use super::device::Devices;
use super::files::Files;
use crate::collect::Host;
use crate::collect::parse::{int, pairs};
use crate::schema::rows::Cgroup;

/// A memory limit above this is none: the kernel writes the highest number of whole pages.
const NO_LIMIT_BYTES: i64 = 1 << 62;

/// Adds the group's CPU time, memory and tasks as far as the tree of these controllers has them: as long as all
/// stay the same, nothing ran in it.
pub fn signs(host: &mut Host, files: &mut Files, controllers: &[&str], row: &mut Cgroup) {
    let mut number = |file| files.read(host, file).and_then(int);
    for controller in controllers {
        match *controller {
            "cpuacct" => row.usage_us = row.usage_us.or_else(|| number("cpuacct.usage").map(|ns| ns / 1000)),
            "memory" => row.memory_bytes = row.memory_bytes.or_else(|| number("memory.usage_in_bytes")),
            "pids" => row.pids = row.pids.or_else(|| number("pids.current")),
            _ => {}
        }
    }
}

/// Adds what happens only where something runs.
pub fn events(host: &mut Host, files: &mut Files, controllers: &[&str], row: &mut Cgroup) {
    for controller in controllers {
        match *controller {
            "cpu" => cpu(host, files, row),
            "cpuacct" => modes(host, files, row),
            "memory" => memory(host, files, row),
            "pids" => {
                let events = files.read(host, "pids.events").and_then(|text| value(text, "max"));
                row.pids_max_events = row.pids_max_events.or(events);
            }
            _ => {}
        }
    }
}

/// Adds what the files tell for which the kernel sums over the whole tree below.
pub fn sums(
    host: &mut Host,
    files: &mut Files,
    controllers: &[&str],
    devices: &mut Devices,
    row: &mut Cgroup,
) {
    if controllers.contains(&"memory") {
        memory_stat(host, files, row);
    }
    if controllers.contains(&"blkio") {
        blkio(host, files, devices, row);
    }
}

/// Adds what the group may use in the tree of these controllers.
pub fn limits(host: &mut Host, files: &Files, controllers: &[&str], limits: &mut Limits) {
    let mut number = |file| files.read_once(host, file).and_then(int);
    if controllers.contains(&"cpu") {
        limits.quota_us = limits.quota_us.or(number("cpu.cfs_quota_us").filter(|quota| *quota >= 0));
        limits.period_us = limits.period_us.or(number("cpu.cfs_period_us"));
        limits.weight = limits.weight.or(number("cpu.shares").map(weight_of));
    }
    if controllers.contains(&"memory") {
        let max = number("memory.limit_in_bytes").filter(|limit| (0..NO_LIMIT_BYTES).contains(limit));
        limits.memory_max_bytes = limits.memory_max_bytes.or(max);
    }
    if controllers.contains(&"pids") {
        limits.pids_limit = limits.pids_limit.or(number("pids.max"));
    }
}

/// Shares as a weight, rounded as the kernel does.
fn weight_of(shares: i64) -> i64 {
    (shares.saturating_mul(100).saturating_add(512) / 1024).clamp(1, 10_000)
}

fn cpu(host: &mut Host, files: &mut Files, row: &mut Cgroup) {
    let Some(text) = files.read(host, "cpu.stat") else { return };
    row.periods = row.periods.or(value(text, "nr_periods"));
    row.throttled_periods = row.throttled_periods.or(value(text, "nr_throttled"));
    row.throttled_us = row.throttled_us.or(value(text, "throttled_time").map(|ns| ns / 1000));
}

fn modes(host: &mut Host, files: &mut Files, row: &mut Cgroup) {
    if row.user_us.is_some() {
        return;
    }
    let units = host.units;
    let text = files.read(host, "cpuacct.stat").unwrap_or_default();
    let mode = |key| value(text, key).map(|ticks| units.ticks_to_us(ticks));
    row.user_us = mode("user");
    row.system_us = row.system_us.or(mode("system"));
}

fn memory(host: &mut Host, files: &mut Files, row: &mut Cgroup) {
    row.memory_max_events = row.memory_max_events.or(files.read(host, "memory.failcnt").and_then(int));
    let kills = files.read(host, "memory.oom_control").and_then(|text| value(text, "oom_kill"));
    row.oom_kills = row.oom_kills.or(kills);
}

fn memory_stat(host: &mut Host, files: &Files, row: &mut Cgroup) {
    let Some(text) = files.read_once(host, "memory.stat") else { return };
    row.anon_bytes = row.anon_bytes.or(value(text, "total_rss"));
    row.file_bytes = row.file_bytes.or(value(text, "total_cache"));
    row.swap_bytes = row.swap_bytes.or(value(text, "total_swap"));
    let refaults = |suffix: &str| value(text, &format!("total_workingset_refault{suffix}"));
    let both = || Some(refaults("_anon")?.saturating_add(refaults("_file")?));
    row.refaults = row.refaults.or_else(|| refaults("").or_else(both));
}

fn blkio(host: &mut Host, files_of: &Files, devices: &mut Devices, row: &mut Cgroup) {
    let mut sum = |what: &str| {
        // Without `_recursive` the kernel is older than 4.12 and tells of the group alone.
        let files = [format!("blkio.throttle.{what}_recursive"), format!("blkio.throttle.{what}")];
        let text = files.iter().find_map(|file| files_of.read_once(host, file).map(str::to_string))?;
        blkio_sum(&text, |number| devices.is_lowest(host, number))
    };
    if let Some((reads, writes)) = sum("io_serviced") {
        row.reads = row.reads.or(Some(reads));
        row.writes = row.writes.or(Some(writes));
    }
    if let Some((read, written)) = sum("io_service_bytes") {
        row.read_bytes = row.read_bytes.or(Some(read));
        row.write_bytes = row.write_bytes.or(Some(written));
    }
}

/// A blkio file of `MAJOR:MINOR Read N` lines, summed over the devices that `is_lowest` names:
/// read, written.
///
/// `None` without any such line: many kernels then do not count, and say `Total 0` all the same.
fn blkio_sum(text: &str, mut is_lowest: impl FnMut(&str) -> bool) -> Option<(i64, i64)> {
    let (mut read, mut written) = (0_i64, 0_i64);
    let mut counts = false;
    for (device, rest) in pairs(text) {
        let Some((what, number)) = rest.split_once(' ') else { continue };
        let column = match what {
            "Read" => &mut read,
            "Write" => &mut written,
            _ => continue,
        };
        counts = true;
        if is_lowest(device) {
            *column = column.saturating_add(int(number).unwrap_or(0));
        }
    }
    counts.then_some((read, written))
}

fn value(text: &str, key: &str) -> Option<i64> {
    pairs(text).find(|(k, _)| *k == key).and_then(|(_, rest)| int(rest))
}
