//! A fixed made store, large enough to ask anything of: a minute of two hosts, second by second, by
//! arithmetic that a reader can follow.
//!
//! `web1` has six processes, of which one comes late and one is another under an old pid, and two
//! disks; its first segment is of a version that had no `load5`, and its last seconds are still in the
//! journal. `db1` has half of that time, and nothing in the journal.

use datafusion::arrow::array::RecordBatch;
use sysray::schema::rows::{Cpu, Disk, Event, Process, System};

use super::shelf::{Shelf, at, batch};

/// The seconds of `web1`; a segment ends with the twentieth and the fortieth, the rest is the journal's.
const SECONDS: i64 = 60;
const SEALED: [std::ops::RangeInclusive<i64>; 2] = [1..=20, 21..=40];
const JOURNAL: std::ops::RangeInclusive<i64> = 41..=SECONDS;

pub fn house() -> Shelf {
    let mut shelf = Shelf::new();
    for (number, seconds) in SEALED.into_iter().enumerate() {
        let systems = system(seconds.clone(), 1);
        let systems = if number == 0 { without(&systems, "load5") } else { systems };
        shelf = shelf
            .segment("system", "web1", &systems)
            .segment("cpu", "web1", &cpu(seconds.clone()))
            .segment("process", "web1", &processes(seconds.clone()))
            .segment("disk", "web1", &disks(seconds));
    }
    shelf
        .segment("event", "web1", &events())
        .tail("system", "web1", system(JOURNAL, 1))
        .tail("cpu", "web1", cpu(JOURNAL))
        .tail("process", "web1", processes(JOURNAL))
        .tail("disk", "web1", disks(JOURNAL))
        .segment("system", "db1", &system(31..=SECONDS, 3))
}

/// A number between 0 and `below` that looks like chance.
fn some(seed: i64, below: i64) -> i64 {
    (seed * 7_919 + seed * seed % 101 * 31) % below
}

/// Busy by chance; load a tenth of the second; every eleventh second nobody knows who runs.
fn system(seconds: std::ops::RangeInclusive<i64>, factor: i64) -> RecordBatch {
    batch(seconds.map(|second| {
        let row = System {
            cpu_busy_us: Some(some(second * factor, 2_000_000)),
            cpu_capacity_us: Some(2_000_000),
            cpu_iowait_us: (second % 4 != 0).then_some(second * 1_000),
            load1: Some(second as f64 / 10.0),
            load5: Some(second as f64 / 50.0),
            runnable: (second % 11 != 0).then_some(second % 5),
            memory_used_pct: Some(40.0 + second as f64 / 3.0),
            disk_reads: Some(some(second, 97)),
            disk_read_bytes: Some(some(second, 97) * 4_096),
            network_rx_bytes: Some(second * second * 100),
            ..System::default()
        };
        (second, row)
    }))
}

fn cpu(seconds: std::ops::RangeInclusive<i64>) -> RecordBatch {
    batch(seconds.map(|second| {
        let user = some(second, 900_000);
        let row = Cpu {
            user_us: Some(user),
            nice_us: Some(0),
            system_us: Some(second * 1_000),
            idle_us: Some(2_000_000 - user - second * 1_000),
            iowait_us: Some(0),
            irq_us: Some(0),
            softirq_us: Some(0),
            steal_us: Some(0),
            ..Cpu::default()
        };
        (second, row)
    }))
}

const COMMS: [&str; 6] = ["postgres", "nginx", "java", "backup", "sh", "java"];

/// Pids from 100. The fourth, `backup`, starts at second 16 and is first seen without counters; the
/// fifth ends at 30, and its pid goes to another.
fn processes(seconds: std::ops::RangeInclusive<i64>) -> RecordBatch {
    let row = |second: i64, index: i64| {
        let late = index == 3;
        let reborn = index == 4 && second > 30;
        let known = !(late && second == 16);
        Process {
            pid: 100 + index,
            start_time: at(match () {
                () if late => 15,
                () if reborn => 30,
                () => -100 * (index + 1),
            }),
            ppid: Some(1),
            comm: Some(if reborn { "O'Reilly \"x\"" } else { COMMS[index as usize] }.into()),
            username: (index != 2).then(|| ["root", "web", "", "root", "web", "web"][index as usize].into()),
            state: Some(["S", "R", "D"][(second % 3) as usize].into()),
            threads: Some(1 + index),
            rss_bytes: Some((index + 1) * 10_000_000 + if index == 2 { second * 1_000_000 } else { 0 }),
            cpu_us: known.then(|| some(second * (index + 2), 400_000)),
            read_bytes: (known && index != 1).then(|| some(second + index, 50) * 512),
            write_bytes: (known && index == 3).then_some(second * 65_536),
            is_kernel: Some(false),
            ..Process::default()
        }
    };
    batch(seconds.flat_map(|second| {
        let there = (0..6).filter(move |index| *index != 3 || second > 15);
        there.map(move |index| (second, row(second, index)))
    }))
}

/// `sda` works all the time; `sdb` does nothing in even seconds.
fn disks(seconds: std::ops::RangeInclusive<i64>) -> RecordBatch {
    let row = |second: i64, device: &str| {
        let idle = device == "sdb" && second % 2 == 0;
        let reads = if idle { 0 } else { some(second, 41) };
        Disk {
            device: device.into(),
            counted: Some(true),
            reads: Some(reads),
            read_bytes: Some(reads * 8_192),
            read_us: Some(reads * 350),
            writes: Some(if idle { 0 } else { second }),
            write_bytes: Some(if idle { 0 } else { second * 4_096 }),
            write_us: Some(if idle { 0 } else { second * 900 }),
            busy_us: Some(if idle { 0 } else { some(second, 1_000_000) }),
            queue_us: Some(if idle { 0 } else { second * 10_000 }),
            ..Disk::default()
        }
    };
    batch(seconds.flat_map(|second| ["sda", "sdb"].map(|device| (second, row(second, device)))))
}

fn events() -> RecordBatch {
    let event = |kind: &str, severity: &str, message: &str| Event {
        kind: Some(kind.into()),
        severity: Some(severity.into()),
        message: Some(message.into()),
        ..Event::default()
    };
    batch([
        (1, event("start", "info", "recording")),
        (16, event("note", "info", "backup begins")),
        (33, event("oom_kill", "critical", "java (102) was killed")),
    ])
}

/// As an older version wrote it.
fn without(rows: &RecordBatch, column: &str) -> RecordBatch {
    let schema = rows.schema();
    let kept: Vec<usize> =
        (0..rows.num_columns()).filter(|index| schema.field(*index).name() != column).collect();
    rows.project(&kept).unwrap()
}
