//! The files of a v2 group: text → figures.

use super::Limits;
use super::device::{Devices, Transfers};
use super::files::Files;
use crate::collect::Host;
use crate::collect::parse::{int, pairs};
use crate::schema::rows::Cgroup;

/// Adds the group's CPU time, memory and tasks: as long as these stay the same, nothing ran in it.
pub fn signs(host: &mut Host, files: &mut Files, row: &mut Cgroup) {
    if let Some(text) = files.read(host, "cpu.stat") {
        cpu_stat(text, row);
    }
    row.memory_bytes = files.read(host, "memory.current").and_then(int);
    row.pids = files.read(host, "pids.current").and_then(int);
}

/// Adds what happens only where something runs.
pub fn events(host: &mut Host, files: &mut Files, row: &mut Cgroup) {
    if row.memory_bytes.is_some() {
        row.swap_bytes = files.read(host, "memory.swap.current").and_then(int).or(row.swap_bytes);
        if let Some(text) = files.read(host, "memory.events") {
            memory_events(text, row);
        }
    }
    if row.pids.is_some() {
        let events = files.read(host, "pids.events").unwrap_or_default();
        row.pids_max_events = value(events, "max");
    }
}

/// Adds how long its tasks waited, which goes on while none of them runs.
pub fn waits(host: &mut Host, files: &mut Files, row: &mut Cgroup) {
    let mut pressure = |file| files.read(host, file).map_or((None, None), pressure_totals);
    (row.cpu_some_us, row.cpu_full_us) = pressure("cpu.pressure");
    (row.memory_some_us, row.memory_full_us) = pressure("memory.pressure");
    (row.io_some_us, row.io_full_us) = pressure("io.pressure");
    (_, row.irq_full_us) = pressure("irq.pressure");
}

/// Adds what the files tell for which the kernel sums over the whole tree below.
pub fn sums(host: &mut Host, files: &mut Files, devices: &mut Devices, row: &mut Cgroup) {
    if let Some(text) = files.read_once(host, "memory.stat") {
        memory_stat(text, row);
    }
    if let Some(text) = files.read_once(host, "io.stat").map(str::to_string) {
        let sum = io_stat(&text, |number| devices.is_lowest(host, number));
        (row.reads, row.writes) = (Some(sum.reads), Some(sum.writes));
        (row.read_bytes, row.write_bytes) = (Some(sum.read_bytes), Some(sum.write_bytes));
    }
}

/// Adds what the group may use. `max` is no limit.
pub fn limits(host: &mut Host, files: &Files, limits: &mut Limits) {
    let mut read = |file| files.read_once(host, file).map(str::to_string);
    if let Some((quota, period)) = read("cpu.max").as_deref().and_then(|text| text.trim().split_once(' ')) {
        (limits.quota_us, limits.period_us) = (int(quota), int(period));
    }
    let mut number = |file| files.read_once(host, file).and_then(int);
    limits.weight = number("cpu.weight");
    limits.memory_max_bytes = number("memory.max");
    limits.memory_high_bytes = number("memory.high");
    limits.pids_limit = number("pids.max");
}

fn cpu_stat(text: &str, row: &mut Cgroup) {
    for (key, rest) in pairs(text) {
        let column = match key {
            "usage_usec" => &mut row.usage_us,
            "user_usec" => &mut row.user_us,
            "system_usec" => &mut row.system_us,
            "nr_periods" => &mut row.periods,
            "nr_throttled" => &mut row.throttled_periods,
            "throttled_usec" => &mut row.throttled_us,
            _ => continue,
        };
        *column = int(rest);
    }
}

fn memory_stat(text: &str, row: &mut Cgroup) {
    for (key, rest) in pairs(text) {
        match key {
            "anon" => row.anon_bytes = int(rest),
            "file" => row.file_bytes = int(rest),
            "slab" => row.slab_bytes = int(rest),
            // One number until Linux 5.9, then one for each of two kinds of page.
            "workingset_refault" | "workingset_refault_anon" | "workingset_refault_file" => {
                row.refaults = int(rest).map(|n| row.refaults.unwrap_or(0).saturating_add(n));
            }
            _ => {}
        }
    }
}

fn memory_events(text: &str, row: &mut Cgroup) {
    row.memory_high_events = value(text, "high");
    row.memory_max_events = value(text, "max");
    row.oom_kills = value(text, "oom_kill");
    row.oom_group_kills = value(text, "oom_group_kill");
}

fn value(text: &str, key: &str) -> Option<i64> {
    pairs(text).find(|(k, _)| *k == key).and_then(|(_, rest)| int(rest))
}

/// `io.stat` summed over the devices that `is_lowest` names. A group without I/O has no lines.
fn io_stat(text: &str, mut is_lowest: impl FnMut(&str) -> bool) -> Transfers {
    let mut sum = Transfers::default();
    let mut counts = false;
    for word in text.split_ascii_whitespace() {
        let Some((key, number)) = word.split_once('=') else {
            counts = word.contains(':') && is_lowest(word);
            continue;
        };
        let column = match key {
            "rbytes" => &mut sum.read_bytes,
            "wbytes" => &mut sum.write_bytes,
            "rios" => &mut sum.reads,
            "wios" => &mut sum.writes,
            _ => continue,
        };
        if counts {
            *column = column.saturating_add(int(number).unwrap_or(0));
        }
    }
    sum
}

/// The totals of a pressure file: some, full.
fn pressure_totals(text: &str) -> (Option<i64>, Option<i64>) {
    let total = |kind: &str| {
        let (_, rest) = pairs(text).find(|(key, _)| *key == kind)?;
        rest.split_ascii_whitespace().find_map(|word| word.strip_prefix("total=")).and_then(int)
    };
    (total("some"), total("full"))
}
