//! Of control groups.

use std::path::Path;

use sysray::collect::CgroupCollector;
use sysray::schema::rows::Cgroup;

use super::super::put;
use super::sample;

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
