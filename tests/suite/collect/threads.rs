//! `process` where there are several threads, or where the last one is about to end.

use std::fs;
use std::sync::{Arc, Mutex};

use sysray::collect::ProcessCollector;
use sysray::collect::taskstats::{Group, Refused, parse_group};
use sysray::schema::rows::Process;

use super::process::{BOOT, Tree};

/// Of more threads the kernel is asked, and goes on to be when there is one left.
#[test]
fn cpu_time_of_many_threads_is_the_schedulers_where_it_may_be_asked() {
    let tree = Tree::new();
    let group = Arc::new(Mutex::new(None));
    let asked = group.clone();
    let collector = ProcessCollector::since_boot(BOOT).with_groups(move |pid| {
        assert_eq!(pid, 7, "of one thread nobody is asked");
        *asked.lock().unwrap()
    });
    tree.stat(8, "alone", 1, [1, 1], 250);
    let mut ticks = tree.ticks(collector);
    let mut told = |threads, ticks_used: i64, main_ns: i64, all: Option<[i64; 2]>| {
        tree.stat(7, "worker", threads, [ticks_used, 0], 250);
        tree.file("7/schedstat", &format!("{main_ns} 5000000 {main_ns}\n"));
        let of_all = |[ran_ns, waited_ns]: [i64; 2]| Group { ran_ns, waited_ns, ..Group::default() };
        *group.lock().unwrap() = all.map(of_all);
        let row = ticks.one(7);
        (row.cpu_us.unwrap(), row.run_delay_us)
    };
    assert_eq!(told(1, 2, 19_000_000, None), (19_000, Some(5_000)));
    assert_eq!(told(3, 12, 20_000_000, Some([150_000_000, 80_000_000])), (119_000, None), "ticks, once");
    assert_eq!(told(3, 20, 20_000_000, Some([157_000_000, 81_000_000])), (126_000, Some(81_000)));
    assert_eq!(
        told(1, 21, 21_000_000, Some([158_000_000, 82_000_000])),
        (127_000, Some(82_000)),
        "one is left"
    );
    assert_eq!(told(2, 31, 22_000_000, None), (227_000, None), "nobody says any more");
}

/// An answer of Linux 6.18 about a process that two threads have ended of, which ran for 0.093 s.
#[test]
fn what_the_kernel_says_of_a_thread_group() {
    let answer: &[u8] = include_bytes!("kernel/taskstats-16-group.bin");
    let told = parse_group(answer, 31).unwrap().unwrap();
    let expected = Group { ran_ns: 627_442_614, waited_ns: 560_049_397, switches: Some((90, 156)) };
    assert_eq!(told, expected);
    for length in 0..answer.len() {
        assert!(!matches!(parse_group(&answer[..length], 31), Ok(Some(_))), "{length} bytes of it");
    }
    let error = |code: i32| {
        let mut error = answer[..36].to_vec();
        error[..4].copy_from_slice(&36u32.to_ne_bytes());
        error[4..6].copy_from_slice(&2u16.to_ne_bytes());
        error[16..20].copy_from_slice(&(-code).to_ne_bytes());
        parse_group(&error, 31)
    };
    assert_eq!((error(3), error(1)), (Ok(None), Err(Refused)), "it has ended; we may not ask");
}

/// The kernel shows a main thread that has ended as a zombie without memory, whatever its others do.
#[test]
fn a_process_whose_main_thread_has_ended_is_told_by_one_that_lives() {
    let tree = Tree::new();
    tree.file("7/status", "VmRSS:\t 100 kB\n");
    tree.stat(7, "server", 3, [5, 5], 250);
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    assert_eq!(ticks.one(7).state.as_deref(), Some("S"));
    let line = fs::read_to_string(tree.0.path().join("proc/7/stat")).unwrap();
    tree.file("7/stat", &line.replace(") S ", ") Z "));
    tree.file("7/status", "Name:\tserver\n");
    for (tid, state) in [(7, "Z"), (8, "Z"), (9, "R")] {
        tree.file(&format!("7/task/{tid}/stat"), "");
        tree.file(&format!("{tid}/stat"), &line.replace(") S ", &format!(") {state} ")));
    }
    tree.file("9/status", "VmRSS:\t 300 kB\nUid:\t5\t5\t5\t5\n");
    for _ in 0..2 {
        let row = ticks.one(7);
        assert_eq!((row.state.as_deref(), row.rss_bytes, row.uid), (Some("R"), Some(300 << 10), Some(5)));
    }
    tree.file("9/stat", &line.replace(") S ", ") Z "));
    assert_eq!(ticks.one(7).state.as_deref(), Some("Z"), "all have ended");
}

/// Its memory goes first, and with it what it runs; it may run for a while still.
#[test]
fn a_process_that_is_ending_keeps_what_it_was_known_to_run() {
    let tree = Tree::new();
    tree.stat(7, "worker", 1, [1, 1], 250);
    tree.file("7/cmdline", "worker\0--fast\0");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    let kept = |row: Process| row.cmdline.as_deref().map(str::to_string);
    assert_eq!(kept(ticks.one(7)).as_deref(), Some("worker --fast"));
    ticks.one(7);
    let line = fs::read_to_string(tree.0.path().join("proc/7/stat")).unwrap();
    assert!(line.contains(" 100 0 1 2 3 "));
    tree.file(
        "7/stat",
        &line.replace(" 100 0 1 2 3 ", " 0 0 0 0 0 ").replace(" 1 2 3 4 5 6 7 0", " 0 0 0 0 0 0 0 0"),
    );
    tree.file("7/cmdline", "");
    assert_eq!(kept(ticks.one(7)).as_deref(), Some("worker --fast"));
}
