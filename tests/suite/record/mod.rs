//! Recording with a clock that the test turns: what is due when, what a row says, what is noted.
//!
//! `record` is the one helper: it runs a script of what happens while the recorder waits.

/// Disks, interfaces and CPUs that come and go.
mod devices;
/// What a headline says of systems that tell little.
mod little;
/// A recording behind another one.
mod restart;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use sysray::collect::{Collector, Error, Host, Settings};
use sysray::record::{self, Maintenance, Options, Progress, Standing, Sync, Watcher};
use sysray::schema::rows::{Cpu, Process, Sample};
use sysray::schema::{Micros, table};
use sysray::store::{self, Catalog, Folder, Policy};
use sysray::time::{Clock, Range};
use tempfile::TempDir;

/// 2026-11-22 14:00:00 UTC, as microseconds.
pub const START: i64 = 1_795_356_000_000_000;
pub const SECOND: i64 = 1_000_000;

/// A clock that moves when somebody waits.
pub struct TestClock {
    pub wall: AtomicI64,
    pub monotonic: AtomicI64,
}

impl TestClock {
    pub fn pass(&self, wall_us: i64, monotonic_us: i64) {
        self.wall.fetch_add(wall_us, Relaxed);
        self.monotonic.fetch_add(monotonic_us, Relaxed);
    }
}

impl Clock for TestClock {
    fn wall(&self) -> Micros {
        Micros(self.wall.load(Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.monotonic.load(Relaxed) as u64)
    }
}

/// What happens beside the waiting itself.
#[derive(Clone, Copy)]
pub enum Meanwhile {
    Nothing,
    /// Both clocks go on by this: the recorder was not run.
    Stall(i64),
    /// The wall clock alone moves by this.
    Step(i64),
}

/// A host whose totals grow by 100 at each reading.
pub struct Growing(pub i64);

impl Collector for Growing {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "process"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.0 += 100;
        // A total that steps back now and then, as idle time does.
        let idle = if self.0 % 300 == 0 { self.0 - 150 } else { self.0 };
        sample.cpu.push(Cpu {
            user_us: Some(self.0),
            idle_us: Some(idle),
            runnable: Some(3),
            ..Cpu::default()
        });
        sample.process.push(Process {
            pid: 7,
            user_us: Some(self.0),
            state: Some("R".into()),
            ..Process::default()
        });
        Ok(())
    }
}

pub struct Inventory;

impl Collector for Inventory {
    fn name(&self) -> &'static str {
        "host"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["host"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let booted = host.proc("stat").ok().and_then(|text| text.strip_prefix("btime ")?.trim().parse().ok());
        sample.host.push(sysray::schema::rows::Host {
            hostname: Some("web1".into()),
            machine_id: Some("abc".into()),
            boot_time: booted.map(|seconds: i64| Micros(seconds * SECOND)),
            ..Default::default()
        });
        Ok(())
    }
}

#[derive(Default)]
pub struct Quiet(pub Vec<String>);

impl Watcher for Quiet {
    fn is_watching(&self) -> bool {
        false
    }

    fn ticked(&mut self, _: &Progress) {}

    fn trouble(&mut self, what: &str) {
        self.0.push(what.into());
    }

    fn sealing(&mut self) {}
}

/// Records from 0.3 s after `from` on until the script ends, a tick a second.
fn record(root: &Path, from: i64, script: &[Meanwhile]) -> Vec<String> {
    let clock = TestClock { wall: AtomicI64::new(from + 300_000), monotonic: AtomicI64::new(50 * SECOND) };
    record_on(&Folder::at(root), Host::at(root), &clock, Growing(1000), script)
}

/// The same, of a host that has been up since some monotonic beginning and has some totals.
pub fn record_on(
    folder: &Folder,
    host: Host,
    clock: &TestClock,
    totals: impl Collector + 'static,
    script: &[Meanwhile],
) -> Vec<String> {
    record_with(folder, host, clock, totals, script, Settings::default())
}

/// The same, with collectors that are not read every tick.
pub fn record_with(
    folder: &Folder,
    host: Host,
    clock: &TestClock,
    totals: impl Collector + 'static,
    script: &[Meanwhile],
    settings: Settings,
) -> Vec<String> {
    let left = Mutex::new(script.to_vec());
    let stop = |time: Duration| {
        let mut left = left.lock().unwrap();
        if left.is_empty() {
            return true;
        }
        let wait = time.as_micros() as i64;
        match left.remove(0) {
            Meanwhile::Nothing => clock.pass(wait, wait),
            Meanwhile::Stall(more) => clock.pass(wait + more, wait + more),
            Meanwhile::Step(by) => clock.pass(wait + by, wait),
        }
        false
    };
    let options = Options {
        interval: Duration::from_secs(1),
        count: None,
        folder: folder.clone(),
        policy: Policy::default(),
        sync: Sync::Off,
        host,
        collectors: vec![Box::new(totals)],
        inventory: Box::new(Inventory),
        settings,
        budget_pct: None,
        standing: Standing { nice: None, oom_score_adj: None, lock_memory: false },
        alerts: vec![],
    };
    let mut watcher = Quiet::default();
    let maintenance = |_: &str| Maintenance::new(|| Command::new("true"));
    record::run(options, clock, &stop, maintenance, &mut watcher).unwrap();
    watcher.0
}

/// All rows of a table that lie in the journal or a segment.
pub fn rows(root: &Path, name: &str) -> RecordBatch {
    let table = table(name).unwrap();
    let tail = Catalog::open(root).unwrap().select(table, &Range::ALL).unwrap().tail;
    let batches: Vec<_> = tail.iter().map(|t| t.batch.clone()).collect();
    arrow::compute::concat_batches(&table.schema(), &batches).unwrap()
}

pub fn numbers(batch: &RecordBatch, column: &str) -> Vec<Option<i64>> {
    match batch[column].as_primitive_opt::<Int64Type>() {
        Some(numbers) => numbers.iter().collect(),
        None => batch[column]
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .map(|t| t.map(|t| t - START))
            .collect(),
    }
}

pub fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
    batch[column].as_string::<i32>().iter().map(|t| t.unwrap_or("NULL").to_string()).collect()
}

#[test]
fn ticks_fall_on_whole_seconds_and_count_what_happened_between_them() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), START, &[Meanwhile::Nothing; 4]);
    let cpu = rows(dir.path(), "cpu");
    assert_eq!(numbers(&cpu, "ts"), [1, 2, 3, 4].map(|s| Some(s * SECOND)));
    assert_eq!(numbers(&cpu, "user_us"), [Some(100); 4]);
    assert_eq!(numbers(&cpu, "interval_us"), [Some(700_000), Some(SECOND), Some(SECOND), Some(SECOND)]);
    assert_eq!(numbers(&cpu, "tick"), [1, 2, 3, 4].map(Some));
}

#[test]
fn a_total_that_may_step_back_is_held_until_it_is_passed() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), START, &[Meanwhile::Nothing; 5]);
    // Totals 1100 | 1050 1300 1400 1350 1600: never below 0, and their sum is right.
    assert_eq!(numbers(&rows(dir.path(), "cpu"), "idle_us"), [0, 200, 100, 0, 200].map(Some));
}

#[test]
fn the_headline_takes_the_reader_off_the_run_queue_and_counts_processes() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), START, &[Meanwhile::Nothing; 1]);
    let system = rows(dir.path(), "system");
    assert_eq!(numbers(&system, "runnable"), [Some(2)]);
    assert_eq!(numbers(&system, "processes"), [Some(1)]);
    assert_eq!(numbers(&system, "zombies"), [Some(0)]);
    assert_eq!(numbers(&system, "disk_read_bytes"), [None]);
}

#[test]
fn a_recorder_that_was_not_run_notes_the_gap_and_goes_on_in_step() {
    let dir = TempDir::new().unwrap();
    use Meanwhile::{Nothing, Stall};
    record(dir.path(), START, &[Nothing, Nothing, Stall(3_400_000), Nothing]);
    let cpu = rows(dir.path(), "cpu");
    assert_eq!(numbers(&cpu, "ts"), [SECOND, 2 * SECOND, 6_400_000, 7 * SECOND].map(Some));
    assert_eq!(numbers(&cpu, "interval_us")[2], Some(4_400_000));
    assert_eq!(texts(&rows(dir.path(), "event"), "kind"), ["start", "gap", "stop"]);
    let own = numbers(&rows(dir.path(), "recorder"), "skipped_ticks");
    assert_eq!(own.into_iter().flatten().sum::<i64>(), 3);
}

#[test]
fn a_step_of_the_clock_is_noted_and_begins_a_new_part() {
    for by in [-7200 * SECOND, 7200 * SECOND] {
        let dir = TempDir::new().unwrap();
        use Meanwhile::{Nothing, Step};
        record(dir.path(), START, &[Nothing, Step(by), Nothing, Nothing]);
        assert_eq!(texts(&rows(dir.path(), "event"), "kind"), ["start", "clock_step", "stop"], "{by}");
        // The interval is the monotonic clock's, whatever the wall clock did.
        assert_eq!(numbers(&rows(dir.path(), "cpu"), "interval_us")[1..], [Some(SECOND); 3], "{by}");
        assert_eq!(numbers(&rows(dir.path(), "cpu"), "tick"), [1, 2, 3, 4].map(Some), "{by}");
        assert_eq!(Catalog::open(dir.path()).unwrap().parts().count(), 2, "{by}");
    }
}

#[test]
fn a_second_recording_goes_on_behind_the_first_and_notes_what_was_missed() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), START, &[Meanwhile::Nothing; 2]);
    record(dir.path(), START + 60 * SECOND, &[Meanwhile::Nothing; 2]);
    // 3 is the frame in which the first said that it ended.
    assert_eq!(numbers(&rows(dir.path(), "cpu"), "tick"), [1, 2, 4, 5].map(Some));
    assert_eq!(texts(&rows(dir.path(), "event"), "kind"), ["start", "stop", "gap", "start", "stop"]);
}

/// A host of some boot, whose clock goes on where it was.
pub fn booted(boot: &str, since: i64) -> (TempDir, TestClock) {
    let tree = TempDir::new().unwrap();
    fs::create_dir_all(tree.path().join("proc/sys/kernel/random")).unwrap();
    fs::write(tree.path().join("proc/sys/kernel/random/boot_id"), format!("{boot}\n")).unwrap();
    let clock = TestClock {
        wall: AtomicI64::new(START + since + 300_000),
        monotonic: AtomicI64::new(50 * SECOND + since + 300_000),
    };
    (tree, clock)
}

#[test]
fn a_store_in_use_is_refused_and_its_recorder_named() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), START, &[Meanwhile::Nothing; 1]);
    let _held = store::Lock::recorder(&Folder::at(dir.path())).unwrap();
    let refused = store::Lock::recorder(&Folder::at(dir.path())).err().unwrap().to_string();
    assert!(refused.contains(&format!("pid {}", std::process::id())), "{refused}");
}
