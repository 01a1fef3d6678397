//! A disk that takes nothing for a while: the tick never waits for it, what fits into memory is
//! written when it goes on, and what does not is told.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use sysray::collect::{Collector, Error, Host};
use sysray::schema::rows::{Cpu, Process, Sample};
use sysray::store::{Disk, DiskFile, Folder, RealDisk};
use tempfile::TempDir;

use crate::record::{Meanwhile, booted, numbers, record_on, rows, texts};

/// Whether writes hang.
#[derive(Default)]
struct Switch {
    stuck: Mutex<bool>,
    changed: Condvar,
}

impl Switch {
    fn turn(&self, stuck: bool) {
        *self.stuck.lock().unwrap() = stuck;
        self.changed.notify_all();
    }

    fn wait(&self) {
        let stuck = self.stuck.lock().unwrap();
        drop(self.changed.wait_while(stuck, |stuck| *stuck).unwrap());
    }
}

struct Sticking(Arc<Switch>);

impl Disk for Sticking {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.make_folder(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(StickingFile(RealDisk.create(path)?, self.0.clone())))
    }

    fn open_lock(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        RealDisk.open_lock(path)
    }

    fn publish(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.publish(from, to)
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.replace(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_folder(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_folder(path)
    }
}

struct StickingFile(Box<dyn DiskFile>, Arc<Switch>);

impl DiskFile for StickingFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.1.wait();
        self.0.write_at(bytes, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.1.wait();
        self.0.sync()
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn reserve(&mut self, up_to: u64) -> io::Result<()> {
        self.0.reserve(up_to)
    }

    fn file(&self) -> &File {
        self.0.file()
    }
}

/// A host whose disk sticks from one tick on until another.
struct Host1 {
    ticks: usize,
    stuck: std::ops::Range<usize>,
    disk: Arc<Switch>,
    /// Bytes of a command line that nothing can make smaller.
    cmdline_bytes: usize,
}

impl Collector for Host1 {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "process"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.disk.turn(self.stuck.contains(&self.ticks));
        self.ticks += 1;
        sample.cpu.push(Cpu { user_us: Some(100 * self.ticks as i64), ..Cpu::default() });
        let mut state = self.ticks as u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from_u32(0x4e00 + (state >> 45) as u32 % 0x5000).unwrap()
        };
        let cmdline: String = (0..self.cmdline_bytes / 3).map(|_| random()).collect();
        sample.process.push(Process { pid: 7, cmdline: Some(cmdline.into()), ..Process::default() });
        Ok(())
    }
}

fn record(stuck: std::ops::Range<usize>, ticks: usize, cmdline_bytes: usize) -> (TempDir, Vec<String>) {
    let dir = TempDir::new().unwrap();
    let disk = Arc::<Switch>::default();
    let folder = Folder::on(dir.path(), Arc::new(Sticking(disk.clone())));
    let (tree, clock) = booted("b1", 0);
    let host = Host1 { ticks: 0, stuck, disk, cmdline_bytes };
    let told = record_on(&folder, Host::at(tree.path()), &clock, host, &vec![Meanwhile::Nothing; ticks]);
    (dir, told)
}

#[test]
fn a_write_that_blocks_for_ninety_ticks_costs_none() {
    let (dir, told) = record(3..93, 100, 30);
    assert_eq!(numbers(&rows(dir.path(), "cpu"), "tick"), (1..=100).map(Some).collect::<Vec<_>>());
    assert_eq!(rows(dir.path(), "process").num_rows(), 100);
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn when_memory_runs_short_rows_of_processes_are_left_out_and_that_is_told() {
    // About five megabytes a tick: tight after six ticks.
    let (dir, told) = record(2..24, 30, 5 << 20);
    let cpu = numbers(&rows(dir.path(), "cpu"), "tick");
    let processes = rows(dir.path(), "process").num_rows();
    assert_eq!(cpu.len(), 30, "ticks without rows of processes are small");
    assert!(processes < 20, "{processes}");
    let dropped: i64 = numbers(&rows(dir.path(), "recorder"), "dropped_rows").into_iter().flatten().sum();
    assert_eq!(dropped as usize, 30 - processes);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(texts(&rows(dir.path(), "event"), "kind"), ["start", "error", "stop"]);
}
