//! Zeros that mean unknown: what a kernel prints where it has nothing to say, and what becomes of it.
//! `docs/numbers.md` has the whole table, with the test of each row; here are those that no other file has.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use sysray::collect::{
    CgroupCollector, Collector, CpuCollector, DiskCollector, Error, Host, MemoryCollector, NetworkCollector,
    PressureCollector, ProcessCollector, SystemCollector,
};
use sysray::schema::Sample;
use sysray::schema::rows::{Cgroup, Disk, Network};

use super::process::{BOOT, Tree};

/// A file that the kernel refuses to read to whoever asks, root included.
const FORBIDDEN: &str = "/proc/sys/vm/compact_memory";
/// A file that answers EINVAL.
const INVALID: &str = "/sys/class/net/lo/speed";

#[test]
fn what_a_kernel_refuses_is_unknown_and_what_fails_is_an_error() {
    let refused = |errno: i32| {
        Error::Read { path: "f".into(), source: io::Error::from_raw_os_error(errno) }.is_unknown()
    };
    for (errno, why) in [
        (2, "no such file in this kernel"),
        (13, "not for us"),
        (95, "pressure is compiled in and off (psi=0), or off for a group"),
        (22, "the link is down"),
        (19, "the group or the device went away"),
        (3, "the process went away"),
    ] {
        assert!(refused(errno), "{why}");
    }
    assert!(!refused(5) && !refused(24) && !refused(12), "a disk that fails, too few descriptors, no memory");
}

#[test]
fn pressure_that_is_switched_off_has_no_rows() {
    let tree = tempfile::tempdir().unwrap();
    fs::create_dir_all(tree.path().join("proc/pressure")).unwrap();
    for file in ["cpu", "memory", "io"] {
        symlink(INVALID, tree.path().join("proc/pressure").join(file)).unwrap();
    }
    assert_eq!(sample(tree.path(), PressureCollector).pressure.len(), 0);
}

/// The kernel works them out every two seconds, and counts what is exact all the time.
#[test]
fn the_means_of_pressure_begin_with_0_and_its_totals_are_exact() {
    let tree = tempfile::tempdir().unwrap();
    put(tree.path(), "proc/pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1234\n");
    let sample = sample(tree.path(), PressureCollector);
    let row = sample.pressure.iter().next().unwrap();
    assert_eq!((row.some_avg10, row.some_us, row.full_us), (Some(0.0), Some(1234), None));
}

#[test]
fn a_clock_rate_of_0_is_unknown() {
    let tree = tempfile::tempdir().unwrap();
    put(tree.path(), "proc/stat", "cpu 1 1 1 1 1 1 1 1 1 1\ncpu0 1 1 1 1\ncpu1 1 1 1 1\ncpu2 1 1 1 1\n");
    let file = |cpu: u8| format!("sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_cur_freq");
    put(tree.path(), &file(0), "0\n");
    put(tree.path(), &file(1), "<unknown>\n");
    put(tree.path(), &file(2), "2400000\n");
    let sample = sample(tree.path(), CpuCollector::default());
    let rates: Vec<_> = sample.cpu_core.iter().map(|core| core.frequency_hz).collect();
    assert_eq!(rates, [None, None, Some(2_400_000_000)]);
}

/// A mode that the kernel has is told as it stands, 0 too: what it does not book there is in another mode, or
/// was never this host's. One that it has not is unknown.
#[test]
fn cpu_modes_are_told_as_they_stand_and_unknown_where_there_are_none() {
    let modes = |line: &str| {
        let tree = tempfile::tempdir().unwrap();
        put(tree.path(), "proc/stat", &format!("cpu {line}\ncpu0 {line}\n"));
        let sample = sample(tree.path(), CpuCollector::default());
        let row = sample.cpu.iter().next().unwrap();
        [row.iowait_us, row.irq_us, row.steal_us, row.guest_us, row.guest_nice_us]
    };
    assert_eq!(
        modes("9 0 9 9 0 0 0 0 0 0"),
        [Some(0); 5],
        "idle ticks off, no IRQ time, no hypervisor that tells"
    );
    assert_eq!(modes("9 0 9 9 4 3 2 1"), [Some(40_000), Some(30_000), Some(10_000), None, None]);
    assert_eq!(modes("9 0 9 9"), [None; 5]);
}

#[test]
fn no_limit_of_open_files_is_unknown() {
    let limit = |text: &str| {
        let tree = tempfile::tempdir().unwrap();
        put(tree.path(), "proc/sys/fs/file-nr", text);
        let sample = sample(tree.path(), SystemCollector);
        let row = sample.system.iter().next().unwrap();
        (row.open_files, row.open_files_limit)
    };
    assert_eq!(limit("1824\t0\t1608920\n"), (Some(1824), Some(1_608_920)));
    assert_eq!(limit("1824\t0\t9223372036854775807\n"), (Some(1824), None), "as systemd sets it");
    assert_eq!(limit("1824\t0\t18446744073709551615\n"), (Some(1824), None));
}

#[test]
fn swap_and_huge_pages_of_0_are_none_and_without_lines_unknown() {
    let memory = |text: &str| {
        let tree = tempfile::tempdir().unwrap();
        put(tree.path(), "proc/meminfo", &format!("MemTotal: 100 kB\n{text}"));
        let row = sample(tree.path(), MemoryCollector).memory.into_iter().next().unwrap();
        [row.swap_total_bytes, row.huge_pages_total, row.hardware_corrupted_bytes, row.vmalloc_used_bytes]
    };
    let none = "SwapTotal: 0 kB\nHugePages_Total: 0\nHardwareCorrupted: 0 kB\nVmallocUsed: 0 kB\n";
    assert_eq!(memory(none), [Some(0), Some(0), Some(0), None]);
    assert_eq!(memory(""), [None; 4]);
}

/// What the files of an interface say, and what is made of it.
#[test]
fn what_an_interface_does_not_say_is_unknown() {
    type Told = fn(&Network) -> String;
    let speed: Told = |row| format!("{:?}", row.speed_bits_per_s);
    let mac: Told = |row| format!("{:?}", row.mac.as_deref());
    let duplex: Told = |row| format!("{:?}", row.duplex.as_deref());
    let carrier: Told = |row| format!("{:?}", row.carrier);
    let nohandler: Told = |row| format!("{:?}", row.rx_nohandler);
    let said = [
        ("speed", Some("10000\n"), "Some(10000000000)", speed),
        ("speed", Some("-1\n"), "None", speed),
        ("speed", Some("4294967295\n"), "None", speed),
        ("speed", Some("0\n"), "None", speed),
        ("speed", None, "None", speed),
        ("address", Some("00:00:00:00:00:00\n"), "None", mac),
        ("address", Some("02:00:00:00:00:01\n"), "Some(\"02:00:00:00:00:01\")", mac),
        ("duplex", Some("unknown\n"), "None", duplex),
        ("duplex", Some("full\n"), "Some(\"full\")", duplex),
        ("carrier", Some("0\n"), "Some(false)", carrier),
        ("carrier", None, "None", carrier),
        // Linux 4.6 began to count them.
        ("statistics/rx_nohandler", Some("0\n"), "Some(0)", nohandler),
        ("none", Some("0\n"), "None", nohandler),
    ];
    for (file, text, expected, told) in said {
        let tree = tempfile::tempdir().unwrap();
        let folder = tree.path().join("sys/class/net/eth0");
        put(tree.path(), "proc/net/dev", &format!("eth0: {}\n", ["0"; 16].join(" ")));
        put(tree.path(), "sys/class/net/eth0/ifindex", "2\n");
        match text {
            Some(text) => put(&folder, file, text),
            // While the link is down the kernel answers EINVAL.
            None => symlink(INVALID, folder.join(file)).unwrap(),
        }
        let sample = sample(tree.path(), NetworkCollector::default());
        assert_eq!(told(sample.network.iter().next().unwrap()), expected, "{file}: {text:?}");
    }
}

/// A line of `/proc/diskstats`, and what of it is known.
#[test]
fn what_a_driver_does_not_count_is_unknown() {
    type Told = fn(&Disk) -> [Option<i64>; 3];
    let discards: Told = |row| [row.discards, row.flushes, row.flush_us];
    let times: Told = |row| [row.read_us, row.busy_us, row.in_flight];
    let lines: [(&str, [Option<i64>; 3], Told); 12] = [
        // Fields came with Linux 4.18 and 5.5.
        ("8 0 sda 5 0 40 1 5 0 40 1 0 2 2", [None, None, None], discards),
        ("8 0 sda 5 0 40 1 5 0 40 1 0 2 2 3 0 8 1", [Some(3), None, None], discards),
        ("8 0 sda 5 0 40 1 5 0 40 1 0 2 2 3 0 8 1 0 0", [Some(3), Some(0), Some(0)], discards),
        // Flushes are counted where requests are, of whole disks.
        ("8 1 sda1 5 0 40 1 5 0 40 1 0 2 2 3 0 8 1 0 0", [Some(3), None, None], discards),
        ("253 0 dm-0 5 0 40 1 5 0 40 1 0 2 2 3 0 8 1 0 0", [Some(3), None, None], discards),
        ("9 0 md0 5 0 40 1 5 0 40 1 0 2 2 3 0 8 1 0 0", [Some(3), None, None], discards),
        ("252 0 zram0 5 0 40 1 5 0 40 1 0 2 2 3 0 8 1 0 0", [Some(3), None, None], discards),
        ("259 0 pmem0 5 0 40 1 5 0 40 1 0 2 2 3 0 8 1 0 0", [Some(3), None, None], discards),
        // Multipath works on requests.
        ("253 1 dm-1 5 0 40 1 5 0 40 1 0 2 2 3 0 8 1 4 9", [Some(3), Some(4), Some(9000)], discards),
        // RAID kept no times before Linux 5.14.
        ("9 0 md0 5 0 40 0 5 0 40 0 0 0 0", [None, None, None], times),
        ("9 0 md0 5 0 40 1 5 0 40 1 0 2 2", [Some(1000), Some(2000), Some(0)], times),
        ("8 0 sda 5 0 40 0 5 0 40 0 0 0 0", [Some(0), Some(0), Some(0)], times),
    ];
    for (line, expected, told) in lines {
        let tree = tempfile::tempdir().unwrap();
        put(tree.path(), "proc/diskstats", &format!("8 0 sda 0 0 0 0 0 0 0 0 0 0 0\n{line}\n"));
        let sample = sample(tree.path(), DiskCollector::default());
        assert_eq!(told(sample.disk.iter().last().unwrap()), expected, "{line}");
    }
}

/// A RAM disk of an old kernel counts nothing, and there are sixteen of them.
#[test]
fn a_ram_disk_that_counts_nothing_has_no_rows() {
    let tree = tempfile::tempdir().unwrap();
    put(tree.path(), "proc/diskstats", "1 0 ram0 0 0 0 0 0 0 0 0 0 0 0\n1 1 ram1 5 0 8 0 0 0 0 0 0 0 0\n");
    let sample = sample(tree.path(), DiskCollector::default());
    let devices: Vec<_> = sample.disk.iter().map(|row| &*row.device).collect();
    assert_eq!(devices, ["ram1"]);
}

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

/// The files of a group, and what of it is known.
#[test]
fn what_a_group_does_not_say_is_unknown() {
    type Told = fn(&Cgroup) -> [Option<i64>; 3];
    /// When, the files and what they say, and what is known.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], [Option<i64>; 3], Told);
    let limits: Told = |row| [row.memory_max_bytes, row.pids_limit, row.quota_us];
    let cpu: Told = |row| [row.usage_us, row.periods, row.throttled_us];
    let io: Told = |row| [row.reads, row.read_bytes, row.write_bytes];
    let waits: Told = |row| [row.cpu_some_us, row.cpu_full_us, row.irq_full_us];
    let memory: Told = |row| [row.memory_bytes, row.swap_bytes, row.oom_kills];
    let used = ("cpu.stat", "usage_usec 5\n");
    let said: [Case; 9] = [
        (
            "no limit",
            &[("memory.max", "max\n"), ("pids.max", "max\n"), ("cpu.max", "max 100000\n")],
            [None, None, None],
            limits,
        ),
        (
            "limits",
            &[("memory.max", "4096\n"), ("pids.max", "9\n"), ("cpu.max", "50000 100000\n")],
            [Some(4096), Some(9), Some(50_000)],
            limits,
        ),
        ("without the controller cpu", &[], [Some(5), None, None], cpu),
        (
            "with it, and without a quota",
            &[("cpu.stat", "usage_usec 5\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n")],
            [Some(5), Some(0), Some(0)],
            cpu,
        ),
        ("without the controller io", &[], [None, None, None], io),
        ("with it, and without I/O", &[("io.stat", "")], [Some(0), Some(0), Some(0)], io),
        (
            "before Linux 5.13",
            &[("cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n")],
            [Some(7), None, None],
            waits,
        ),
        ("without swap accounting", &[("memory.current", "4096\n")], [Some(4096), None, None], memory),
        (
            "with it",
            &[
                ("memory.current", "4096\n"),
                ("memory.swap.current", "0\n"),
                ("memory.events", "oom_kill 0\n"),
            ],
            [Some(4096), Some(0), Some(0)],
            memory,
        ),
    ];
    for (when, files, expected, told) in said {
        let tree = v2_tree();
        for (file, text) in [&[used], files].concat() {
            put(tree.path(), &format!("sys/fs/cgroup/a/{file}"), text);
        }
        assert_eq!(told(&group(tree.path(), "/a")), expected, "{when}");
    }
}

/// Some task of a host always runs. A container's root is a group like others, and has `cgroup.events`.
#[test]
fn that_all_tasks_wait_for_a_cpu_is_unknown_of_the_root_of_the_host() {
    let pressure =
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=7\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=3\n";
    let tree = v2_tree();
    put(tree.path(), "sys/fs/cgroup/cpu.pressure", pressure);
    put(tree.path(), "sys/fs/cgroup/a/cpu.pressure", pressure);
    let full = |path: &str| group(tree.path(), path).cpu_full_us;
    assert_eq!((full("/"), full("/a")), (None, Some(3)));
    put(tree.path(), "sys/fs/cgroup/cgroup.events", "populated 1\nfrozen 0\n");
    assert_eq!(full("/"), Some(3));
}

/// A v1 tree may say `Total 0` and count nothing; one that names devices does count.
#[test]
fn io_of_a_v1_group_that_names_no_device_is_unknown() {
    let reads = |text: &str| {
        let tree = tempfile::tempdir().unwrap();
        put(
            tree.path(),
            "proc/self/mountinfo",
            "30 23 0:27 / /sys/fs/cgroup rw - cgroup cgroup rw,blkio,memory\n",
        );
        put(tree.path(), "sys/fs/cgroup/a/memory.usage_in_bytes", "4096\n");
        put(tree.path(), "sys/fs/cgroup/a/memory.limit_in_bytes", "9223372036854771712\n");
        put(tree.path(), "sys/fs/cgroup/a/blkio.throttle.io_serviced", text);
        let row = group(tree.path(), "/a");
        assert_eq!(row.memory_max_bytes, None, "the highest number of pages is no limit");
        row.reads
    };
    assert_eq!(reads("Total 0\n"), None);
    assert_eq!(reads("8:0 Read 3\n8:0 Write 0\n8:0 Total 3\nTotal 3\n"), Some(3));
}

fn v2_tree() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    put(tree.path(), "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(tree.path(), "sys/fs/cgroup/cpu.stat", "usage_usec 9\n");
    tree
}

fn group(tree: &Path, path: &str) -> Cgroup {
    let rows = sample(tree, CgroupCollector::default()).cgroup;
    rows.into_iter().find(|row| &*row.path == path).unwrap_or_else(|| panic!("no row of {path}"))
}

/// What one look at a tree brings.
fn sample(tree: &Path, mut collector: impl Collector) -> Sample {
    let (mut host, mut sample) = (Host::at(tree), Sample::default());
    host.patience = Duration::from_secs(20);
    collector.collect(&mut host, &mut sample).unwrap();
    sample
}

fn put(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
