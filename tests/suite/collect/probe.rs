//! What is not read of a process, and why its row is right all the same.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sysray::collect::{About, Collector, ProcessCollector};
use sysray::schema::Sample;

use super::process::{BOOT, Ticks, Tree};

/// A process that has not run has nothing new to say: what else stands in its files is not even opened.
/// Each test of the probe changes `stat` behind its back, to see whether that was read.
#[test]
fn a_process_that_has_not_run_is_not_read() {
    let (tree, mut ticks) = still();
    tree.faults(7, 5);
    assert_eq!(ticks.one(7).minor_faults, Some(0));
    tree.schedstat(7, "2000 0 4");
    assert_eq!(ticks.one(7).minor_faults, Some(5), "it has run");
}

#[test]
fn a_slice_too_short_for_the_clock_shows_in_the_count() {
    let (tree, mut ticks) = still();
    tree.faults(7, 5);
    tree.schedstat(7, "1000 0 4");
    assert_eq!(ticks.one(7).minor_faults, Some(5));
}

#[test]
fn a_process_that_waited_for_a_cpu_is_read() {
    let (tree, mut ticks) = still();
    tree.faults(7, 5);
    tree.schedstat(7, "1000 9 3");
    assert_eq!(ticks.one(7).minor_faults, Some(5));
}

/// Of threads beside the main one `schedstat` does not tell.
#[test]
fn a_process_with_threads_is_read_each_tick() {
    let (tree, mut ticks) = still();
    tree.schedstat(7, "1000 0 4");
    tree.stat(7, "worker", 2, [1, 1], 250);
    ticks.one(7);
    tree.stat(7, "worker", 2, [2, 1], 250);
    assert_eq!(ticks.one(7).user_us, Some(20_000));
}

/// One that was runnable may have waited ever since, which shows nowhere in its numbers.
#[test]
fn a_process_that_was_running_is_read() {
    let (tree, mut ticks) = still();
    tree.schedstat(7, "1000 0 4");
    tree.state(7, 'R');
    assert_eq!(ticks.one(7).state.as_deref(), Some("R"));
    tree.state(7, 'S');
    assert_eq!(ticks.one(7).state.as_deref(), Some("S"), "the numbers are the same, and it was read");
}

/// What runs between the two readings has moved the numbers only behind the baseline: the next tick sees it.
#[test]
fn the_baseline_is_read_before_stat() {
    use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};

    let (tree, mut ticks) = still();
    tree.schedstat(7, "2000 0 4");
    let watch = inotify::init(CreateFlags::NONBLOCK).unwrap();
    let place = |file: &str| {
        inotify::add_watch(&watch, tree.0.path().join("proc/7").join(file), WatchFlags::OPEN).unwrap()
    };
    let (schedstat, stat) = (place("schedstat"), place("stat"));
    ticks.one(7);
    let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
    let mut reader = Reader::new(&watch, &mut buffer);
    let opened: Vec<i32> = std::iter::from_fn(|| reader.next().ok().map(|event| event.wd())).collect();
    assert_eq!(opened, [schedstat, stat]);
}

#[test]
fn on_a_kernel_whose_numbers_stand_still_all_is_read() {
    let (tree, mut ticks) = still();
    tree.file("thread-self/schedstat", "0 0 0\n");
    tree.faults(7, 5);
    ticks.own = None;
    assert_eq!(ticks.one(7).minor_faults, Some(5), "zeros");
    tree.file("thread-self/schedstat", "5 5 5\n");
    ticks.one(7);
    tree.faults(7, 6);
    assert_eq!(ticks.one(7).minor_faults, Some(6), "our own have not moved though we waited and run");
}

#[test]
fn a_process_that_kept_still_for_long_is_read_all_the_same() {
    let (tree, mut ticks) = still();
    tree.faults(7, 5);
    tree.file("7/cgroup", "0::/moved\n");
    let read = (1..=10).find(|_| ticks.one(7).minor_faults == Some(5));
    assert!(read.is_some(), "within ten seconds");
    assert_eq!(ticks.one(7).cgroup.as_deref(), Some("/moved"), "what others do to it is seen as well");
}

/// One that is read for the second time in its life was once not due for up to twenty seconds.
#[test]
fn what_is_done_to_a_young_process_is_seen_within_ten_seconds() {
    for pid in [7, 30, 71] {
        let tree = Tree::new();
        tree.own(1);
        tree.stat(pid, "worker", 1, [1, 1], 250);
        tree.file(&format!("{pid}/cgroup"), "0::/born\n");
        let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
        let runs = |second: u32| tree.schedstat(pid, &format!("{}000 0 {second}", second + 1));
        (0..2).for_each(|second| {
            runs(second);
            ticks.one(pid);
        });
        tree.file(&format!("{pid}/cgroup"), "0::/moved\n");
        let seen = (2..=12).find(|second| {
            runs(*second);
            ticks.one(pid).cgroup.as_deref() == Some("/moved")
        });
        assert!(seen.is_some(), "{pid}");
    }
}

#[test]
fn while_cpus_are_waited_for_stat_is_read() {
    let (tree, mut ticks) = still();
    let pressure = |total: i64| {
        let text = format!("some avg10=0.00 avg60=0.00 avg300=0.00 total={total}\n");
        tree.file("pressure/cpu", &text);
    };
    pressure(0);
    ticks.one(7);
    pressure(50_000);
    tree.state(7, 'R');
    assert_eq!(ticks.one(7).state.as_deref(), Some("S"), "nobody waited for long");
    pressure(250_000);
    assert_eq!(ticks.one(7).state.as_deref(), Some("R"), "somebody did, and it is this one");
}

/// As many as the kernel says could run were found running: nobody waits whom nobody saw.
#[test]
fn where_all_that_run_were_seen_running_nobody_else_is_read() {
    let (tree, mut ticks) = still();
    let runnable = |count: u32| tree.file("loadavg", &format!("1.00 1.00 1.00 {count}/300 9\n"));
    let burns = |ticks: u32| {
        tree.stat(8, "burner", 1, [0, 0], 250);
        tree.state(8, 'R');
        tree.schedstat(8, &format!("{ticks} 0 {ticks}"));
    };
    runnable(2);
    burns(1);
    ticks.one(7);
    burns(2);
    tree.state(7, 'R');
    runnable(1);
    assert_eq!(ticks.one(7).state.as_deref(), Some("S"), "the burner is who runs");
    burns(3);
    runnable(2);
    assert_eq!(ticks.one(7).state.as_deref(), Some("R"), "there is one more, and it is this one");
}

#[test]
fn while_a_group_is_throttled_stat_is_read() {
    let (tree, mut ticks) = still();
    tree.state(7, 'R');
    ticks.host.is_throttled = true;
    assert_eq!(ticks.one(7).state.as_deref(), Some("R"));
}

/// What has not changed is not even copied: the row is the one of the tick before.
#[test]
fn a_process_that_kept_still_has_the_same_row() {
    let (_tree, mut ticks) = still();
    let mut row = || {
        let mut sample = Sample::default();
        ticks.host.now += Duration::from_secs(1);
        ticks.collector.collect(&mut ticks.host, &mut sample).unwrap();
        sample.process.shared()[0].clone()
    };
    let first = row();
    assert!((0..20).all(|_| Arc::ptr_eq(&first, &row())), "whether it was looked at or not");
}

/// A directory of users that does not answer before the first tick is over.
#[test]
fn users_that_no_file_has_are_asked_for_aside() {
    static MAY_ANSWER: AtomicBool = AtomicBool::new(false);
    let tree = Tree::new();
    tree.stat(7, "worker", 1, [1, 1], 250);
    tree.file("7/status", "Uid:\t5000\t5000\t5000\t5000\n");
    let directory = |uid: i64| {
        // A tick that waited for it as long as it has patience would have the name.
        let patience = Instant::now() + Duration::from_secs(10);
        while !MAY_ANSWER.load(Ordering::SeqCst) && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(1));
        }
        (uid == 5000).then(|| "ann@corp".to_string())
    };
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT).with_directory(directory));
    assert_eq!(ticks.one(7).username, None, "no tick waits for it");
    MAY_ANSWER.store(true, Ordering::SeqCst);
    assert!(comes(|| ticks.one(7).username.as_deref() == Some("ann@corp")));
}

/// A process whose memory is locked keeps whoever asks for its command line waiting, perhaps for ever.
#[test]
fn a_command_line_that_does_not_come_delays_no_tick_and_no_other() {
    let tree = Tree::new();
    let hangs = tree.0.path().join("proc/7/cmdline");
    for pid in [7, 8] {
        tree.stat(pid, "worker", 1, [1, 1], 250);
        tree.file(&format!("{pid}/cmdline"), "worker\0");
    }
    fs::remove_file(&hangs).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, &hangs, 0o600.into()).unwrap();
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    ticks.host.patience = Duration::from_millis(500);
    let begun = Instant::now();
    assert_eq!(ticks.one(7).cmdline, None);
    // Where the thread that asks both did not begin in time, they are asked together once more.
    assert!(comes(|| ticks.one(8).cmdline.as_deref() == Some("worker")));
    assert_eq!(ticks.one(7).cmdline, None);
    assert!(begun.elapsed() < Duration::from_secs(60), "a tick waited");
    // It lets go of its memory, and its command line can be had again.
    drop(fs::OpenOptions::new().write(true).open(&hangs).unwrap());
    fs::remove_file(&hangs).unwrap();
    fs::write(&hangs, "late\0").unwrap();
    assert!(comes(|| ticks.one(7).cmdline.as_deref() == Some("late")));
}

/// However long a thread takes from the end of its answer to the next question.
#[test]
fn who_was_told_that_a_question_is_over_is_not_refused_the_next_for_it() {
    let host = Tree::new().host();
    for _ in 0..3 {
        let (told, tells) = std::sync::mpsc::channel();
        let put = host.aside.ask(About::Process, move || {
            move || {
                told.send(()).unwrap();
                std::thread::sleep(Duration::from_millis(200));
            }
        });
        assert!(put);
        tells.recv().unwrap();
    }
}

/// Of four threads that ask such things one at least is left for others, however many processes hang.
#[test]
fn processes_that_never_answer_leave_others_their_answers() {
    let tree = Tree::new();
    let hangs = |pid: i64| {
        tree.stat(pid, "worker", 1, [1, 1], 250);
        rustix::fs::mkfifoat(
            rustix::fs::CWD,
            tree.0.path().join(format!("proc/{pid}/cmdline")),
            0o600.into(),
        )
        .unwrap();
    };
    let directory = |uid: i64| (uid == 5000).then(|| "ann@corp".to_string());
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT).with_directory(directory));
    ticks.host.patience = Duration::from_millis(20);
    for pid in 10..16 {
        hangs(pid);
        ticks.one(pid);
    }
    tree.stat(7, "worker", 1, [1, 1], 250);
    tree.file("7/status", "Uid:\t5000\t5000\t5000\t5000\n");
    assert!(comes(|| ticks.one(7).username.as_deref() == Some("ann@corp")));
    for pid in 10..16 {
        drop(
            fs::OpenOptions::new()
                .read(true)
                .write(true)
                .open(tree.0.path().join(format!("proc/{pid}/cmdline"))),
        );
    }
}

/// Whether a later tick has it. What is asked aside comes as late as the machine is busy, and not never.
fn comes(mut done: impl FnMut() -> bool) -> bool {
    let patience = Instant::now() + Duration::from_secs(60);
    while !done() {
        if Instant::now() >= patience {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

/// A process that was read, and has not run since: the next look is by the probe alone.
fn still() -> (Tree, Ticks) {
    let tree = Tree::new();
    tree.own(1);
    tree.stat(7, "worker", 1, [1, 1], 250);
    tree.schedstat(7, "1000 0 3");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    // The first two looks are in full, and one of the next ten as well: that of its turn.
    (0..12).for_each(|_| drop(ticks.one(7)));
    (tree, ticks)
}
