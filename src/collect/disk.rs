//! `disk` from `/proc/diskstats` and `/sys/class/block`: the kernel's Documentation/admin-guide/iostats.rst.
//!
//! Counters are read each tick; what a device is, only when it is new, was replaced, or after
//! [`FACTS_TICKS`]. Whether it was replaced its number says, which is read where the kernel had something to say
//! of any device, and where there is none what it has counted.

use std::collections::{HashMap, HashSet};

use super::block::{BlockDevice, SECTOR_BYTES, counted, disk_seq, head_of_path, is_memory};
use super::parse::int;
use super::uevent::Uevents;
use super::{Collector, Error, Host};
use crate::schema::rows::Disk;
use crate::schema::{Sample, Text};

/// Ticks after which sysfs is read again for all devices.
const FACTS_TICKS: u32 = 60;

/// Reads the counters of block devices.
#[derive(Default)]
pub struct DiskCollector {
    known: HashMap<Text, Known>,
    uevents: Uevents,
    ticks: u32,
}

struct Known {
    facts: BlockDevice,
    parents: Option<Text>,
    kind: Text,
    counted: bool,
    /// Reads and writes as of the last tick.
    operations: i64,
}

impl Collector for DiskCollector {
    fn name(&self) -> &'static str {
        "disk"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["disk"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let path = host.proc_path("diskstats");
        let Some(text) = host.proc_if_any("diskstats")? else { return Ok(()) };
        let rows = parse_diskstats(text);
        if rows.is_empty() && !text.trim().is_empty() {
            return Err(Error::Parse { path, what: "no line of it is about a device".into() });
        }
        self.learn(host, &rows);
        for mut row in rows {
            let Some(known) = self.known.get(&row.device).filter(|k| k.shows()) else { continue };
            known.describe(&mut row);
            sample.disk.push(row);
        }
        Ok(())
    }
}

impl DiskCollector {
    /// Brings what is known up to the devices that are there.
    fn learn(&mut self, host: &mut Host, rows: &[Disk]) {
        self.ticks += 1;
        if self.ticks > FACTS_TICKS {
            self.ticks = 0;
            self.known.clear();
        }
        if self.uevents.were_sent(host) {
            self.forget_replaced(host);
        }
        let all: HashSet<&str> = rows.iter().map(|row| &*row.device).collect();
        let before = self.known.len();
        self.known.retain(|device, _| all.contains(&**device));
        let mut changed = self.known.len() != before;
        for row in rows {
            let operations = row.reads.unwrap_or(0).saturating_add(row.writes.unwrap_or(0));
            match self.known.get_mut(&row.device) {
                Some(known) if !known.looks_replaced(operations) => known.operations = operations,
                _ => {
                    let facts = BlockDevice::read(host, &row.device, &all);
                    let kind = facts.kind.into();
                    let known = Known { facts, kind, parents: None, counted: false, operations };
                    self.known.insert(row.device.clone(), known);
                    changed = true;
                }
            }
        }
        if changed {
            self.relate();
        }
    }

    /// Forgets devices under whose name there is another now, and their partitions.
    fn forget_replaced(&mut self, host: &mut Host) {
        let whole = self.known.iter().filter(|(_, known)| known.facts.kind != "partition");
        let is_another = |(device, known): &(&Text, &Known)| {
            known.facts.disk_seq.is_some_and(|seq| disk_seq(host, device).is_some_and(|now| now != seq))
        };
        let replaced: HashSet<Text> = whole.filter(is_another).map(|(device, _)| device.clone()).collect();
        let is_on_one = |known: &Known| {
            known.facts.kind == "partition"
                && known.facts.parents.iter().any(|disk| replaced.contains(disk.as_str()))
        };
        self.known.retain(|device, known| !replaced.contains(device) && !is_on_one(known));
    }

    /// Works out what depends on all devices together.
    fn relate(&mut self) {
        let paths: Vec<(String, Text)> =
            self.known.keys().filter_map(|path| Some((head_of_path(path)?, path.clone()))).collect();
        for (head, path) in paths {
            let Some(head) = self.known.get_mut(head.as_str()) else { continue };
            if !head.facts.parents.iter().any(|p| **p == *path) {
                head.facts.parents.push(path.to_string());
                head.facts.parents.sort_unstable();
            }
        }
        let shown = self.known.iter().filter(|(_, k)| k.shows());
        let sums: HashSet<Text> =
            counted(shown.map(|(device, k)| (&**device, &k.facts))).into_iter().map(Text::from).collect();
        for (device, known) in &mut self.known {
            known.counted = sums.contains(device);
            known.parents = (!known.facts.parents.is_empty()).then(|| known.facts.parents.join(",").into());
        }
    }
}

impl Known {
    /// Whether it has rows: a loop device with a file, a RAM disk that was used, and all others.
    fn shows(&self) -> bool {
        match self.facts.kind {
            "loop" => self.facts.name.is_some(),
            kind => !is_memory(kind) || kind == "zram" || self.operations > 0,
        }
    }

    /// Whether another device may bear the name now: totals fell, or one without rows was used.
    fn looks_replaced(&self, operations: i64) -> bool {
        operations < self.operations || (!self.shows() && operations != self.operations)
    }

    /// Whether its counters stand still whatever it does. Drivers that take whole bios may count
    /// although their queue says that nobody does.
    fn is_uncounted(&self) -> bool {
        self.facts.accounted == Some(false) && (self.operations == 0 || !is_bio_driver(self.facts.kind))
    }

    /// Whether its driver counts what is read and written and not how long that takes, as that of RAID did
    /// before Linux 5.14.
    fn keeps_no_times(&self, row: &Disk) -> bool {
        let times = [row.read_us, row.write_us, row.busy_us, row.queue_us];
        self.facts.kind == "md" && self.operations > 0 && times.iter().all(|time| *time == Some(0))
    }

    fn describe(&self, row: &mut Disk) {
        let facts = &self.facts;
        row.disk_seq = facts.disk_seq;
        row.kind = Some(self.kind.clone());
        row.name = facts.name.clone();
        row.model = facts.model.clone();
        row.rotational = facts.rotational;
        row.parents = self.parents.clone();
        row.counted = Some(self.counted);
        row.size_bytes = facts.size_bytes;
        if facts.kind == "partition" {
            // The kernel books flushes on the disk, and writes 0 here.
            (row.flushes, row.flush_us) = (None, None);
        }
        if takes_bios(facts, &row.device) && row.flushes == Some(0) {
            // Flushes are counted where requests are, and those have none.
            (row.flushes, row.flush_us) = (None, None);
        }
        if self.keeps_no_times(row) {
            let times = [
                &mut row.read_us,
                &mut row.write_us,
                &mut row.discard_us,
                &mut row.busy_us,
                &mut row.queue_us,
                &mut row.in_flight,
            ];
            times.into_iter().for_each(|time| *time = None);
        }
        if self.is_uncounted() {
            let counters = [
                &mut row.in_flight,
                &mut row.reads,
                &mut row.reads_merged,
                &mut row.read_bytes,
                &mut row.read_us,
                &mut row.writes,
                &mut row.writes_merged,
                &mut row.write_bytes,
                &mut row.write_us,
                &mut row.discards,
                &mut row.discards_merged,
                &mut row.discard_bytes,
                &mut row.discard_us,
                &mut row.flushes,
                &mut row.flush_us,
                &mut row.busy_us,
                &mut row.queue_us,
            ];
            counters.into_iter().for_each(|counter| *counter = None);
        }
    }
}

/// Kinds whose drivers take bios as a whole, before the kernel makes requests of them.
fn is_bio_driver(kind: &str) -> bool {
    matches!(kind, "dm" | "md" | "bcache" | "drbd" | "zvol" | "zram" | "ram")
}

/// Whether that is true of a device: also of one that is only the head of several ways, and of memory on the
/// bus of memory.
fn takes_bios(facts: &BlockDevice, device: &str) -> bool {
    let is_head = facts.kind == "disk" && !facts.parents.is_empty();
    is_bio_driver(facts.kind) || is_head || device.starts_with("pmem")
}

/// `/proc/diskstats` as the totals of each device. A line that is none of a device is passed over;
/// what an old kernel does not count is unknown.
pub fn parse_diskstats(text: &str) -> Vec<Disk> {
    text.lines().filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Disk> {
    let mut words = line.split_ascii_whitespace();
    let (_major, _minor) = (int(words.next()?)?, int(words.next()?)?);
    let device = words.next()?;
    let mut next = || words.next().and_then(int);
    let bytes = |sectors: Option<i64>| sectors.map(|n| n.saturating_mul(SECTOR_BYTES));
    let us = |ms: Option<i64>| ms.map(|n| n.saturating_mul(1000));
    let row = Disk {
        device: device.into(),
        reads: next(),
        reads_merged: next(),
        read_bytes: bytes(next()),
        read_us: us(next()),
        writes: next(),
        writes_merged: next(),
        write_bytes: bytes(next()),
        write_us: us(next()),
        in_flight: next(),
        busy_us: us(next()),
        queue_us: us(next()),
        discards: next(),
        discards_merged: next(),
        discard_bytes: bytes(next()),
        discard_us: us(next()),
        flushes: next(),
        flush_us: us(next()),
        ..Disk::default()
    };
    // A line that was cut, or the four numbers of a partition before Linux 2.6.25.
    row.queue_us.is_some().then_some(row)
}
