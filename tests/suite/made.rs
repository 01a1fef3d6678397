//! `Made`: a store into which ticks are written as a recorder would, and what a reader finds there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sysray::schema::rows::{Cpu, Process};
use sysray::schema::{Batch, Micros, Row, Stamp, TABLES, table};
use sysray::store::{
    Catalog, Done, Error, Folder, Identity, Keep, Moment, Part, PartName, Policy, Rotation, Tables, Writer,
    maintain,
};
use sysray::time::Range;
use tempfile::TempDir;

/// 2026-11-22 14:00:00 UTC, as microseconds.
pub const START: i64 = 1_795_356_000_000_000;
pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3600 * SECOND;

/// A store in a folder of its own.
pub struct Made {
    dir: TempDir,
    next: u64,
}

impl Made {
    pub fn new() -> Made {
        let dir = TempDir::new().unwrap();
        Identity::read_or_create(&Folder::at(dir.path())).unwrap();
        Made { dir, next: 1 }
    }

    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    pub fn folder(&self) -> Folder {
        Folder::at(self.root())
    }

    /// Writes a part of `ticks` ticks, ten seconds apart, with two processes each, and leaves it open.
    pub fn open_part(&mut self, from: i64, ticks: i64) -> Writer {
        let name = PartName { host: "web1".into(), first_seq: self.next, from: Micros(from) };
        let mut writer = Writer::begin(&self.folder(), &name, "boot").unwrap();
        for n in 1..=ticks {
            let (moment, tables) = tick(self.next, from + n * 10 * SECOND);
            writer.append(Moment { monotonic: Micros(n), ..moment }, &tables, &[]).unwrap();
            self.next += 1;
        }
        writer
    }

    pub fn part(&mut self, from: i64, ticks: i64) {
        drop(self.open_part(from, ticks));
    }

    pub fn maintain(&self, policy: &Policy, now: i64) -> Done {
        maintain(&self.folder(), "web1", policy, Micros(now)).unwrap().unwrap()
    }

    /// The ticks of `cpu` as a reader finds them, in order.
    pub fn ticks(&self) -> Vec<i64> {
        ticks(self.root(), "cpu").unwrap()
    }

    /// Segments of what was recorded, without tiers.
    pub fn recorded(&self) -> usize {
        let is_tier = |path: &PathBuf| path.to_string_lossy().contains("/month=");
        self.files(".parquet").iter().filter(|path| !is_tier(path)).count()
    }

    pub fn files(&self, ending: &str) -> Vec<PathBuf> {
        files(self.root(), ending)
    }
}

/// A tick of one CPU and two processes.
pub fn tick(seq: u64, ts: i64) -> (Moment, Box<Tables>) {
    let stamp = Stamp { ts: Micros(ts), tick: seq as i64, interval_us: Some(10 * SECOND) };
    let (mut cpu, mut process) = <(<Cpu as Row>::Batch, <Process as Row>::Batch)>::default();
    cpu.push(&stamp, &Cpu { user_us: Some(seq as i64), ..Cpu::default() });
    for pid in [20, 10] {
        process
            .push(&stamp, &Process { pid, user_us: Some(1), comm: Some("a".into()), ..Process::default() });
    }
    let id = |name: &str| TABLES.iter().position(|t| t.name == name).unwrap() as u32;
    let moment = Moment { seq, wall: Micros(ts), monotonic: Micros(ts - START) };
    (moment, Box::new([(id("cpu"), cpu.finish()), (id("process"), process.finish())]))
}

/// The ticks of a table's rows as a reader finds them, file by file.
pub fn ticks(root: &Path, name: &str) -> Result<Vec<i64>, Error> {
    let selection = Catalog::open(root)?.select(table(name).unwrap(), &Range::ALL)?;
    let mut ticks = Vec::new();
    for segment in &selection.segments {
        let file = segment.file.try_clone().unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            ticks.extend(batch.unwrap()["tick"].as_primitive::<Int64Type>().values().iter().copied());
        }
    }
    for tail in &selection.tail {
        ticks.extend(tail.batch["tick"].as_primitive::<Int64Type>().values().iter().copied());
    }
    Ok(ticks)
}

/// The files below a folder whose names end so.
pub fn files(root: &Path, ending: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(root, ending, &mut found);
    found.sort();
    found
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub fn ticks_of(part: &Part, table: &str) -> Vec<i64> {
    let batches = part.batches(table, |_| true);
    let ticks = batches.iter().flat_map(|batch| batch["tick"].as_primitive::<Int64Type>().values().to_vec());
    ticks.collect()
}

pub fn keep(seconds: u64) -> Keep {
    let time = Duration::from_secs(seconds);
    Keep { process: time, raw: time, minute: time, hour: time }
}

pub fn hourly() -> Policy {
    Policy { rotation: Rotation::HOUR, ..Policy::default() }
}
