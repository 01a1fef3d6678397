//! Of processes.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use sysray::collect::ProcessCollector;

use super::super::process::{BOOT, Tree};
use super::FORBIDDEN;

/// `/proc/PID` of another's process, of a kernel thread, of one that waits where the kernel does not say.
#[test]
fn what_is_hidden_of_a_process_is_unknown() {
    let tree = Tree::new();
    tree.stat(7, "theirs", 1, [1, 1], 250);
    tree.state(7, 'D');
    tree.file("7/wchan", "0");
    tree.file("7/cmdline", "theirs\0");
    if Path::new(FORBIDDEN).exists() {
        symlink(FORBIDDEN, tree.0.path().join("proc/7/io")).unwrap();
        assert_eq!(fs::read(FORBIDDEN).unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    }
    tree.stat(8, "kworker/0:1", 1, [1, 1], 250);
    let path = tree.0.path().join("proc/8/stat");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace(" 4194304 ", " 69238880 ")).unwrap();
    tree.file("8/cmdline", "");
    tree.file("8/status", "Name:\tkworker/0:1\nUid:\t0\t0\t0\t0\n");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    let theirs = ticks.one(7);
    assert_eq!((theirs.read_bytes, theirs.write_chars, theirs.read_calls), (None, None, None));
    assert_eq!((theirs.wchan, theirs.exe, theirs.open_files), (None, None, None));
    assert_eq!(theirs.cmdline.as_deref(), Some("theirs"));
    let kernel = ticks.one(8);
    assert_eq!(kernel.is_kernel, Some(true));
    assert_eq!((kernel.cmdline, kernel.exe, kernel.open_files), (None, None, None));
    assert_eq!((kernel.rss_anon_bytes, kernel.rss_peak_bytes, kernel.swap_bytes), (None, None, None));
}

/// The kernel hides addresses as 0, or as 1 that stands for memory there is: they show no change of program.
#[test]
fn addresses_that_are_hidden_show_no_exec() {
    let tree = Tree::new();
    tree.stat(7, "theirs", 1, [1, 1], 250);
    let path = tree.0.path().join("proc/7/stat");
    let line = fs::read_to_string(&path).unwrap();
    assert!(line.contains(" 100 0 1 2 3 ") && line.contains(" 1 2 3 4 5 6 7 0"));
    let hidden =
        line.replace(" 100 0 1 2 3 ", " 100 0 1 1 0 ").replace(" 1 2 3 4 5 6 7 0", " 0 0 0 0 0 0 0 0");
    fs::write(&path, &hidden).unwrap();
    tree.file("7/cmdline", "first\0");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    ticks.one(7);
    ticks.one(7);
    tree.file("7/cmdline", "second\0");
    fs::write(&path, hidden.replace(" 1 1 0 0 20 ", " 2 1 0 0 20 ")).unwrap();
    assert_eq!(ticks.one(7).cmdline.as_deref(), Some("first"), "it looks the same");
    fs::write(&path, hidden.replace("(theirs)", "(other)")).unwrap();
    assert_eq!(ticks.one(7).cmdline.as_deref(), Some("second"), "its name is told to everybody");
}

/// `kernel.task_delayacct` is switched on while the host runs: who began before is never booked, and reads 0.
#[test]
fn block_delay_of_who_began_before_it_was_switched_on_is_unknown() {
    let delays = |boot_line: &str| {
        let tree = Tree::new();
        tree.file("sys/kernel/task_delayacct", "1\n");
        tree.file("cmdline", boot_line);
        tree.file("uptime", "100.00 1.00\n");
        let delay = |ticks: i64| {
            move |tree: &Tree, pid: i64, start: i64| {
                tree.stat(pid, "worker", 1, [1, 1], start);
                let path = tree.0.path().join(format!("proc/{pid}/stat"));
                let line = fs::read_to_string(&path).unwrap();
                fs::write(&path, line.replace("0 33 0 0 1", &format!("0 {ticks} 0 0 1"))).unwrap();
            }
        };
        delay(0)(&tree, 7, 5_000);
        delay(4)(&tree, 8, 5_000);
        let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
        let before = (ticks.one(7).block_delay_us, ticks.one(8).block_delay_us);
        delay(0)(&tree, 9, 10_050);
        (before, ticks.one(9).block_delay_us)
    };
    assert_eq!(delays("quiet\n"), ((None, Some(40_000)), Some(0)));
    assert_eq!(delays("quiet delayacct\n"), ((Some(0), Some(40_000)), Some(0)), "on since boot");
}

/// Before Linux 5.14 it is on unless the kernel was built or started without, which shows nowhere.
#[test]
fn block_delay_of_a_kernel_that_cannot_be_switched_is_known_where_there_is_some() {
    let delay = |release: &str| {
        let tree = Tree::new();
        tree.file("sys/kernel/osrelease", release);
        tree.stat(7, "waited", 1, [1, 1], 250);
        tree.stat(8, "worker", 1, [1, 1], 250);
        let path = tree.0.path().join("proc/8/stat");
        let line = fs::read_to_string(&path).unwrap();
        fs::write(&path, line.replace("0 33 0 0 1", "0 0 0 0 1")).unwrap();
        let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
        [ticks.one(7).block_delay_us, ticks.one(8).block_delay_us]
    };
    assert_eq!(delay("3.10.0-1160.el7.x86_64\n"), [Some(330_000), None]);
    assert_eq!(delay("4.18.0-553.el8_10.x86_64\n"), [Some(330_000), None]);
    assert_eq!(delay("5.4-rc1\n"), [Some(330_000), None]);
    assert_eq!(delay("5.14.0-70.el9.x86_64\n"), [None, None], "the switch is there, and hidden from us");
    assert_eq!(delay("6.18.44\n"), [None, None]);
}
