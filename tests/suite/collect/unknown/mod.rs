//! Zeros that mean unknown: what a kernel prints where it has nothing to say, and what becomes of it.
//! `docs/numbers.md` has the whole table, with the test of each row; here are those that no other file has.

#![allow(clippy::unwrap_used)]

mod group;
mod process;

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use sysray::collect::{
    Collector, CpuCollector, DiskCollector, Error, Host, MemoryCollector, NetworkCollector,
    PressureCollector, SystemCollector,
};
use sysray::schema::Sample;
use sysray::schema::rows::{Disk, Network};

use super::put;

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

/// The drivers of some hypervisors give memory back and count nothing.
#[test]
fn memory_in_a_balloon_that_nobody_counted_is_unknown() {
    let balloon = |meminfo: &str, vmstat: &str| {
        let tree = tempfile::tempdir().unwrap();
        put(tree.path(), "proc/meminfo", &format!("MemTotal: 100 kB\n{meminfo}"));
        put(tree.path(), "proc/vmstat", vmstat);
        sample(tree.path(), MemoryCollector).memory.into_iter().next().unwrap().balloon_bytes
    };
    assert_eq!(balloon("", "balloon_inflate 0\nballoon_deflate 0\n"), None);
    assert_eq!(balloon("", "balloon_inflate 5\nballoon_deflate 5\n"), Some(0));
    assert_eq!(balloon("", "balloon_inflate 5\nballoon_deflate 3\n"), Some(8192));
    assert_eq!(
        balloon("Balloon: 0 kB\n", "balloon_inflate 0\nballoon_deflate 0\n"),
        Some(0),
        "all count there"
    );
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

/// What one look at a tree brings.
fn sample(tree: &Path, mut collector: impl Collector) -> Sample {
    let (mut host, mut sample) = (Host::at(tree), Sample::default());
    host.patience = Duration::from_secs(20);
    collector.collect(&mut host, &mut sample).unwrap();
    sample
}
