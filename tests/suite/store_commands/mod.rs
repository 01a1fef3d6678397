//! `sysray store`: what its commands find, make and leave alone.
//!
//! `Kept` is the one helper: a store with every sort of row that holds a name, as a recorder and its
//! maintenance leave it.

mod bounds;
mod counters;
mod cut;
mod readers;
mod recover;
mod redact;
#[cfg(feature = "desk")]
mod unread;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::Array;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use sysray::schema::rows::{
    Cgroup, Event, Filesystem, Host, Interrupt, Network, Power, Process, Recorder, System,
};
use sysray::schema::{Batch, Micros, Row, Stamp, TABLES, table};
use sysray::store::{
    Catalog, Folder, Identity, Moment, PartName, Policy, Rotation, Verified, Writer, maintain, verify,
};
use sysray::time::Range;
use tempfile::TempDir;

pub use crate::cli::Sysray;

/// 2026-11-22 14:00:00 UTC, as microseconds.
pub const START: i64 = 1_795_356_000_000_000;
pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3600 * SECOND;

pub const HOSTNAME: &str = "quartz.example.com";

pub struct Kept {
    dir: TempDir,
    next: u64,
}

fn text(text: &str) -> Option<sysray::schema::Text> {
    Some(text.into())
}

impl Kept {
    pub fn new() -> Kept {
        let dir = TempDir::new().unwrap();
        let folder = Folder::at(dir.path());
        let mut identity = Identity::read_or_create(&folder).unwrap();
        identity.label(&folder, "feedc0de", HOSTNAME).unwrap();
        Kept { dir, next: 1 }
    }

    /// Two merged hours, a sealed part, and one in the journal: 40 ticks from `START`.
    pub fn usual() -> Kept {
        let mut kept = Kept::new();
        for part in [0, 600, 3600, 4200, 7200] {
            kept.part(START + part * SECOND, 8);
        }
        kept.maintain(START + 2 * HOUR + SECOND);
        kept.maintain(START + 2 * HOUR + SECOND);
        kept.part(START + 2 * HOUR + 600 * SECOND, 8);
        kept
    }

    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a part of ticks ten seconds apart.
    pub fn part(&mut self, from: i64, ticks: i64) -> PathBuf {
        let folder = Folder::at(self.root());
        let name = PartName { host: HOSTNAME.into(), first_seq: self.next, from: Micros(from) };
        let mut writer = Writer::begin(&folder, &name, "boot").unwrap();
        for n in 1..=ticks {
            let ts = Micros(from + n * 10 * SECOND);
            let stamp = Stamp { ts, tick: self.next as i64, interval_us: Some(10 * SECOND) };
            let rows = rows(&stamp, n == 1);
            writer.append(Moment { seq: self.next, wall: ts, monotonic: Micros(n) }, &rows, &[]).unwrap();
            self.next += 1;
        }
        writer.end().unwrap();
        name.path(self.root())
    }

    pub fn maintain(&self, now: i64) {
        let policy = Policy { rotation: Rotation::HOUR, ..Policy::default() };
        maintain(&Folder::at(self.root()), HOSTNAME, &policy, Micros(now)).unwrap().unwrap();
    }

    pub fn verify(&self, deep: bool) -> Verified {
        verify(self.root(), deep, &mut |_| {}).unwrap()
    }

    /// All findings as `path: what`, those that are notes with `note` before.
    pub fn found(&self, deep: bool) -> Vec<String> {
        let line = |finding: &sysray::store::Finding| {
            let note = if finding.is_wrong { "" } else { "note " };
            format!("{note}{}: {}", finding.path.display(), finding.what)
        };
        self.verify(deep).findings.iter().map(line).collect()
    }

    /// The files whose paths hold this.
    pub fn files(&self, part: &str) -> Vec<PathBuf> {
        files(self.root()).into_iter().filter(|path| path.to_string_lossy().contains(part)).collect()
    }
}

pub fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    found
}

/// What every file of a folder holds: to see that nothing was touched.
pub fn contents(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    files(root).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// The ticks of a table as a reader sees them, sorted.
pub fn ticks(root: &Path, of: &str) -> Vec<i64> {
    let mut ticks: Vec<i64> = column(root, of, "tick").iter().map(|tick| tick.parse().unwrap()).collect();
    ticks.sort_unstable();
    ticks
}

/// A column as a reader sees it, as text.
pub fn column(root: &Path, of: &str, name: &str) -> Vec<String> {
    let selection = Catalog::open(root).unwrap().select(table(of).unwrap(), &Range::ALL).unwrap();
    let mut batches: Vec<_> = selection.tail.into_iter().map(|tail| tail.batch).collect();
    for segment in selection.segments {
        let file = segment.file.try_clone().unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        batches.extend(reader.build().unwrap().map(Result::unwrap));
    }
    let cells = batches.iter().flat_map(|batch| {
        let column = batch.column_by_name(name).unwrap().clone();
        // Times as numbers: their zone has a name.
        let is_time = matches!(column.data_type(), DataType::Timestamp(..));
        let column = if is_time { cast(&column, &DataType::Int64).unwrap() } else { column };
        let column = cast(&column, &DataType::Utf8).unwrap();
        let column = arrow::array::AsArray::as_string::<i32>(&column).clone();
        (0..column.len()).map(move |at| column.value(at).to_string()).collect::<Vec<_>>()
    });
    cells.collect()
}

/// One tick of rows; what a part begins with as well.
fn rows(stamp: &Stamp, is_first: bool) -> Vec<(u32, arrow::array::RecordBatch)> {
    let system = System { processes: Some(2), ..System::default() };
    let alice = Process {
        pid: 20,
        start_time: Micros(7),
        comm: text("backup"),
        cmdline: text("/home/alice/bin/backup --to db.example.com --as Secretarial"),
        exe: text("/home/alice/bin/backup (deleted)"),
        username: text("alice"),
        uid: Some(1001),
        cgroup: text("/machine.slice/machine-penthouse.scope"),
        container: text("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        ..Process::default()
    };
    let root = Process {
        pid: 10,
        start_time: Micros(3),
        comm: text("sshd"),
        cmdline: text("sshd: alice [priv]"),
        username: text("root"),
        uid: Some(0),
        ..Process::default()
    };
    let mount = |mount: &str, device: &str| Filesystem {
        mount: mount.into(),
        device: text(device),
        ..Filesystem::default()
    };
    let filesystems = [mount("/", "/dev/sda1"), mount("/media/alice/penthouse", "nas.example.com:/vault")];
    let network =
        Network { interface: "enx0a1b2c3d4e5f".into(), mac: text("0a:1b:2c:3d:4e:5f"), ..Network::default() };
    let interrupt = Interrupt {
        irq: "40".into(),
        devices: text("enx0a1b2c3d4e5f-rx-0, eth1"),
        cpus: "0-1".into(),
        ..Interrupt::default()
    };
    let power = |device: &str| Power { kind: "battery".into(), device: device.into(), ..Power::default() };
    let cgroup = Cgroup { path: "/system.slice/nginx.service".into(), ..Cgroup::default() };
    let recorder =
        Recorder { collector: "disk".into(), error: text("/srv/penthouse/x: gone"), ..Recorder::default() };
    let events = [
        ("error", "quartz lost 10.1.2.3 and alice, see /srv/penthouse/log.txt"),
        ("note", "call Secretarial"),
    ];
    let events = events.map(|(kind, message)| Event {
        kind: text(kind),
        message: text(message),
        detail: text(r#"{"host":"QUARTZ","peer":"fe80::1:2","mac":"0a:1b:2c:3d:4e:5f"}"#),
        ..Event::default()
    });
    let host = Host { hostname: text(HOSTNAME), machine_id: text("feedc0de"), ..Host::default() };
    let mut tables = vec![
        batch(stamp, &[system]),
        batch(stamp, &[alice, root]),
        batch(stamp, &filesystems),
        batch(stamp, &[network]),
        batch(stamp, &[interrupt]),
        batch(stamp, &[power("BAT0"), power("hid-0a:1b:2c:3d:4e:5f-battery")]),
        batch(stamp, &[cgroup]),
        batch(stamp, &[recorder]),
    ];
    if is_first {
        tables.extend([batch(stamp, &events), batch(stamp, &[host])]);
    }
    tables
}

fn batch<R: Row>(stamp: &Stamp, rows: &[R]) -> (u32, arrow::array::RecordBatch) {
    let mut batch = R::Batch::default();
    rows.iter().for_each(|row| batch.push(stamp, row));
    let id = TABLES.iter().position(|table| table.name == R::table().name).unwrap();
    (id as u32, batch.finish())
}
