//! The recorder itself, its thread and its ring, on disks that fail and lose their power.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicI64, AtomicUsize};
use std::time::{Duration, Instant};

use sysray::collect::{Host, Settings};
use sysray::record::{self, Error, Maintenance, Options, Standing, Summary, Sync};
use sysray::schema::Micros;
use sysray::store::{Disk, Folder, Identity, Note, Policy, maintain};

use super::failing::{FAULTS, FailingDisk, Fault, Plan};
use super::host::check_files;
use super::power::PowerCut;
use super::scratch;
use crate::made::{HOUR, SECOND, START, files, ticks};
use crate::record::{Growing, Inventory, Quiet, TestClock, rows, texts};

/// Records so many ticks, a second apart; `waits` is told the number of each before it is taken, and
/// whether that was the last.
fn record(
    root: &Path,
    disk: Arc<dyn Disk>,
    from: i64,
    count: u64,
    waits: &dyn Fn(u64),
) -> Result<Summary, Error> {
    let clock = TestClock { wall: AtomicI64::new(from + 300_000), monotonic: AtomicI64::new(50 * SECOND) };
    let number = AtomicI64::new(0);
    let stop = |time: Duration| {
        waits(number.fetch_add(1, Relaxed) as u64 + 1);
        clock.pass(time.as_micros() as i64, time.as_micros() as i64);
        false
    };
    let options = Options {
        interval: Duration::from_secs(1),
        count: Some(count),
        folder: Folder::on(root, disk),
        policy: Policy::default(),
        sync: Sync::Tick,
        host: Host::at(root),
        collectors: vec![Box::new(Growing(1000))],
        inventory: Box::new(Inventory),
        settings: Settings::default(),
        budget_pct: None,
        standing: Standing { nice: None, oom_score_adj: None, lock_memory: false },
        alerts: vec![],
    };
    let maintenance = |_: &str| Maintenance::new(|| Command::new("true"));
    record::run(options, &clock, &stop, maintenance, &mut Quiet::default())
}

/// The next recording on a disk that works, and the maintenance behind it.
fn go_on(root: &Path) -> Result<(), Error> {
    let disk = FailingDisk::default();
    record(root, Arc::new(disk.clone()), START + HOUR, 2, &|_| ())?;
    let folder = Folder::on(root, Arc::new(disk));
    maintain(&folder, "web1", &Policy::default(), Micros(START + 2 * HOUR)).unwrap();
    assert!(files(root, ".part").is_empty());
    Ok(())
}

fn sorted(root: &Path) -> Vec<i64> {
    let mut read = ticks(root, "cpu").unwrap();
    read.sort_unstable();
    read
}

#[test]
fn ticks_wait_in_memory_while_the_disk_takes_none_and_are_written_once() {
    let dir = scratch();
    let disk = FailingDisk::default();
    record(dir.path(), Arc::new(disk.clone()), START, 6, &|_| ()).unwrap();
    let operations = disk.operations();
    for from in 0..operations {
        for fault in FAULTS {
            let what = format!("{fault:?} from operation {from} on, freed before the fifth tick");
            let dir = scratch();
            let disk = FailingDisk::new(Plan { fault, from, count: u64::MAX });
            let free = |tick: u64| {
                if tick == 5 {
                    disk.free()
                }
            };
            let Ok(summary) = record(dir.path(), Arc::new(disk.clone()), START, 6, &free) else {
                disk.free();
                go_on(dir.path()).unwrap_or_else(|e| panic!("{what}: {e}"));
                check_files(dir.path(), &what);
                continue;
            };
            assert_eq!((summary.ticks, summary.dropped), (6, 0), "{what}");
            assert_eq!(sorted(dir.path()), [1, 2, 3, 4, 5, 6], "{what}");
            go_on(dir.path()).unwrap_or_else(|e| panic!("{what}: {e}"));
            // The number between was that of the frame which says that the recording ended.
            assert_eq!(sorted(dir.path()), [1, 2, 3, 4, 5, 6, 8, 9], "{what}");
            check_files(dir.path(), &what);
        }
    }
}

#[test]
fn an_operation_of_the_recorder_that_fails_once_costs_no_tick() {
    let dir = scratch();
    let disk = FailingDisk::default();
    record(dir.path(), Arc::new(disk.clone()), START, 4, &|_| ()).unwrap();
    for from in 0..disk.operations() {
        for fault in FAULTS {
            let what = format!("{fault:?} at operation {from}");
            let dir = scratch();
            let disk = FailingDisk::new(Plan { fault, from, count: 1 });
            if let Ok(summary) = record(dir.path(), Arc::new(disk), START, 4, &|_| ()) {
                assert_eq!((summary.ticks, summary.dropped), (4, 0), "{what}");
                assert_eq!(sorted(dir.path()), [1, 2, 3, 4], "{what}");
            }
            go_on(dir.path()).unwrap_or_else(|e| panic!("{what}: {e}"));
            check_files(dir.path(), &what);
        }
    }
}

/// Records three ticks, and lets the thread that writes take up what was noted: for so long at most.
fn record_noted(root: &Path, disk: FailingDisk, from: i64, patience: Duration) -> Result<Summary, Error> {
    let (looks, begun) = (disk.clone(), AtomicUsize::new(0));
    // It looks for notes before it syncs a frame; what it finds is in the next one, and then the note is removed.
    let has_looked = || looks.kinds()[begun.load(Relaxed)..].contains(&"sync");
    let is_noted = || std::fs::read_dir(root.join("notes")).map_or(0, Iterator::count) == 0;
    let take_up = |tick: u64| {
        let until = Instant::now() + patience;
        let is_done = || match tick {
            2 => has_looked(),
            3 => is_noted(),
            _ => true,
        };
        if tick == 1 {
            begun.store(looks.kinds().len(), Relaxed);
        }
        while !is_done() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    record(root, Arc::new(disk), from, 3, &take_up)
}

#[test]
fn a_note_is_recorded_whatever_fails_and_once_where_nothing_does() {
    let noted = || {
        let dir = scratch();
        let folder = Folder::at(dir.path());
        Identity::read_or_create(&folder).unwrap();
        let (text, severity) = ("deployed v2".into(), "info".into());
        Note { at_us: START, text, severity, subject: None, user: None }.leave(&folder).unwrap();
        dir
    };
    let told =
        |root: &Path| texts(&rows(root, "event"), "kind").iter().filter(|kind| *kind == "note").count();
    let (dir, disk) = (noted(), FailingDisk::default());
    let sound = Duration::from_secs(60);
    record_noted(dir.path(), disk.clone(), START, sound).unwrap();
    assert_eq!(told(dir.path()), 1);
    for from in 0..disk.operations() {
        for fault in FAULTS {
            let dir = noted();
            let disk = FailingDisk::new(Plan { fault, from, count: 1 });
            let _ = record_noted(dir.path(), disk, START, Duration::from_millis(100));
            record_noted(dir.path(), FailingDisk::default(), START + HOUR, sound).unwrap();
            let (told, left) = (told(dir.path()), dir.path().join("notes").read_dir().unwrap().count());
            assert!(
                (1..=2).contains(&told) && left == 0,
                "{fault:?} at operation {from}: {told} told, {left} left"
            );
        }
    }
}

#[test]
fn a_disk_that_never_comes_back_ends_the_recording_and_what_was_dropped_is_said() {
    std::thread::scope(|scope| {
        for (fault, from) in [(Fault::NoRoom, 30), (Fault::Io, 30), (Fault::Short, 33)] {
            scope.spawn(move || {
                let dir = scratch();
                let disk = FailingDisk::new(Plan { fault, from, count: u64::MAX });
                let summary = record(dir.path(), Arc::new(disk), START, 6, &|_| ()).unwrap();
                assert_eq!(summary.ticks + summary.dropped, 6, "{fault:?}");
                assert!(summary.dropped > 0, "{fault:?}");
                assert_eq!(sorted(dir.path()).len() as u64, summary.ticks, "{fault:?}");
            });
        }
    });
}

#[test]
fn a_disk_that_does_not_answer_any_more_does_not_keep_a_recording_from_ending() {
    // The last thing that the journal asks for is the end of its part; then come the totals.
    let dir = scratch();
    let disk = FailingDisk::default();
    record(dir.path(), Arc::new(disk.clone()), START, 2, &|_| ()).unwrap();
    let written = std::fs::metadata(&files(dir.path(), ".part")[0]).unwrap().len();
    assert!(written > 0);
    std::thread::scope(|scope| {
        for before_end in 1..=4 {
            let from = disk.operations() - before_end;
            scope.spawn(move || {
                let dir = scratch();
                let disk = FailingDisk::default();
                disk.hang_from(from);
                let summary = record(dir.path(), Arc::new(disk), START, 2, &|_| ()).unwrap();
                assert_eq!((summary.ticks, summary.dropped), (2, 0), "from operation {from} on");
            });
        }
    });
}

#[test]
fn a_power_cut_under_the_recorder_leaves_a_store_that_goes_on() {
    let dir = scratch();
    let disk = PowerCut::new(dir.path());
    record(dir.path(), Arc::new(disk.clone()), START, 4, &|_| ()).unwrap();
    let mut images = disk.images();
    let mut sure = 0;
    while images.step().is_some() {
        for seed in 0..3 {
            let what = format!("cut after operation {}, seed {seed}", images.at());
            let left = scratch();
            images.cut(seed, left.path());
            let read = if Identity::read(left.path()).is_ok() { sorted(left.path()) } else { vec![] };
            assert!(
                read.is_sorted_by(|a, b| a < b) && read.iter().all(|tick| (1..=4).contains(tick)),
                "{what}"
            );
            if seed == 0 {
                // What is there although nothing unsynced was left is there whatever comes.
                assert!(read.len() >= sure, "{what}: {read:?}");
                sure = read.len();
            }
            assert!(read.len() >= sure, "{what}: {read:?}, and {sure} were sure");
            go_on(left.path()).unwrap_or_else(|e| panic!("{what}: {e}"));
            check_files(left.path(), &what);
        }
    }
    assert_eq!(sure, 4, "at the end of a recording all of it is sure");
}
