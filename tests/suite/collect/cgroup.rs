//! `cgroup`.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use sysray::collect::{CgroupCollector, Collector, Host, Mount, parse_mountinfo};
use sysray::schema::Sample;
use sysray::schema::rows::Cgroup;

use super::{HOSTS, collect, put, show};

#[test]
fn groups_of_each_host() {
    for host in HOSTS {
        let shown = collect(host, CgroupCollector::default()).map_or_else(
            |error| error,
            |mut sample| {
                for row in sample.cgroup.iter_mut() {
                    assert!(row.cgroup_id.take().is_some(), "{} has an inode", row.path);
                }
                show(&sample.cgroup)
            },
        );
        insta::assert_snapshot!(format!("cgroup-{host}"), shown);
    }
}

/// What a stack of devices passes down is charged in each layer.
#[test]
fn io_counts_in_the_lowest_layer_only() {
    let sample = collect("large", CgroupCollector::default()).unwrap();
    let root = sample.cgroup.iter().find(|row| &*row.path == "/").unwrap();
    // Two NVMe disks with 900 reads of 4096 bytes each; md0, dm-0, dm-1 and zram0 carry the same again.
    assert_eq!((root.reads, root.read_bytes), (Some(1800), Some(1800 * 4096)));
    assert_eq!((root.writes, root.write_bytes), (Some(3600), Some(1800 * 8192)));
}

#[test]
fn a_group_made_anew_has_another_id_and_its_own_limits() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(root, "sys/fs/cgroup/a/cpu.stat", "usage_usec 5\n");
    put(root, "sys/fs/cgroup/a/pids.max", "10\n");
    let mut collector = CgroupCollector::default();
    let first = rows(&mut collector, root).remove("/a").unwrap();
    assert_eq!((first.pids_limit, first.usage_us), (Some(10), Some(5)));
    // Held open, so that the new folder cannot get the number of the old.
    let _held = fs::File::open(root.join("sys/fs/cgroup/a")).unwrap();
    fs::rename(root.join("sys/fs/cgroup/a"), root.join("away")).unwrap();
    assert_eq!(rows(&mut collector, root).len(), 0);
    put(root, "sys/fs/cgroup/a/cpu.stat", "usage_usec 1\n");
    put(root, "sys/fs/cgroup/a/pids.max", "max\n");
    let second = rows(&mut collector, root).remove("/a").unwrap();
    assert_eq!((second.pids_limit, second.usage_us), (None, Some(1)));
    assert_ne!(first.cgroup_id, second.cgroup_id);
}

/// The kernel counts as many groups as before, and the new one has used more than the old.
#[test]
fn a_group_made_anew_between_two_ticks_is_another_at_once() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(root, "sys/fs/cgroup/cgroup.stat", "nr_descendants 1\n");
    put(root, "sys/fs/cgroup/a/cpu.stat", "usage_usec 5\n");
    put(root, "sys/fs/cgroup/a/memory.max", "4096\n");
    let mut collector = CgroupCollector::default();
    let mut told = |second| {
        let row = at(&mut collector, root, Duration::from_secs(second)).remove("/a").unwrap();
        (row.cgroup_id, row.usage_us, row.memory_max_bytes)
    };
    let inode = |folder: &str| Some(fs::metadata(root.join(folder)).unwrap().ino() as i64);
    assert_eq!(told(1), (inode("sys/fs/cgroup/a"), Some(5), Some(4096)));
    fs::rename(root.join("sys/fs/cgroup/a"), root.join("away")).unwrap();
    put(root, "sys/fs/cgroup/a/cpu.stat", "usage_usec 900\n");
    let anew = (inode("sys/fs/cgroup/a"), Some(900), None);
    assert_ne!(anew.0, inode("away"));
    assert_eq!(told(2), anew);
    assert_eq!(told(3), anew);
}

#[test]
fn limits_that_change_are_seen_within_a_minute() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(root, "sys/fs/cgroup/a/cpu.stat", "usage_usec 5\n");
    put(root, "sys/fs/cgroup/a/cpu.max", "max 100000\n");
    let mut collector = CgroupCollector::default();
    assert_eq!(rows(&mut collector, root)["/a"].quota_us, None);
    put(root, "sys/fs/cgroup/a/cpu.max", "50000 100000\n");
    let quota = |collector: &mut CgroupCollector, second: u64| {
        at(collector, root, Duration::from_secs(second))["/a"].quota_us
    };
    let seen = (1..=62).find(|second| quota(&mut collector, *second) == Some(50_000));
    assert!(seen.is_some());
    put(root, "sys/fs/cgroup/a/cpu.max", "70000 100000\n");
    assert_eq!(quota(&mut collector, seen.unwrap() + 50), Some(50_000), "and are not read in each tick");
    assert_eq!(quota(&mut collector, seen.unwrap() + 61), Some(70_000));
}

/// `memory.stat` and `io.stat` make the kernel add up the whole tree below: what they tell is read every ten
/// seconds, and stands in the rows between as it was.
#[test]
fn what_the_kernel_sums_up_is_read_seldom() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(root, "sys/fs/cgroup/a/cpu.stat", "usage_usec 5\n");
    put(root, "sys/fs/cgroup/a/memory.stat", "anon 100\n");
    let mut collector = CgroupCollector::default();
    let mut told = |second: u64| {
        let row = at(&mut collector, root, Duration::from_secs(second)).remove("/a").unwrap();
        (row.usage_us.unwrap(), row.anon_bytes.unwrap())
    };
    assert_eq!(told(100), (5, 100));
    let mut read = Vec::new();
    for second in 101..=130 {
        put(root, "sys/fs/cgroup/a/cpu.stat", &format!("usage_usec {second}\n"));
        put(root, "sys/fs/cgroup/a/memory.stat", &format!("anon {second}\n"));
        let (usage_us, anon_bytes) = told(second);
        assert_eq!(usage_us, second as i64, "what is cheap is read every tick");
        if anon_bytes == second as i64 {
            read.push(second);
        }
    }
    assert_eq!(read.len(), 3, "{read:?}");
    assert!(read.windows(2).all(|pair| pair[1] - pair[0] == 10), "{read:?}");
}

/// What nothing ran in is told as before by three files: CPU time, memory and tasks.
#[test]
fn of_a_group_in_which_nothing_runs_only_the_waiting_is_read() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    let set = |file: &str, text: &str| put(root, &format!("sys/fs/cgroup/a/{file}"), text);
    set("cpu.stat", "usage_usec 5\nuser_usec 3\nsystem_usec 2\n");
    set("memory.current", "4096\n");
    set("memory.swap.current", "0\n");
    set("pids.current", "2\n");
    set("pids.events", "max 1\n");
    set("io.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=10\n");
    let mut collector = CgroupCollector::default();
    let mut second = 0;
    let mut told = || {
        second += 1;
        let row = at(&mut collector, root, Duration::from_secs(second)).remove("/a").unwrap();
        (
            row.usage_us.unwrap(),
            row.swap_bytes.unwrap(),
            row.io_some_us.unwrap(),
            row.pids_max_events.unwrap(),
        )
    };
    assert_eq!(told(), (5, 0, 10, 1));
    assert_eq!(told(), (5, 0, 10, 1));
    set("io.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=900010\n");
    assert_eq!(told(), (5, 0, 900_010, 1), "tasks that wait do not run");
    set("memory.current", "0\n");
    set("memory.swap.current", "4096\n");
    assert_eq!(told(), (5, 4096, 900_010, 1), "others may push it out of memory");
    set("pids.events", "max 2\n");
    set("cpu.stat", "usage_usec 6\nuser_usec 3\nsystem_usec 3\n");
    assert_eq!(told(), (6, 4096, 900_010, 2), "it has run");
    // Nobody is in it any more: nothing in it can wait.
    set("pids.current", "0\n");
    told();
    let mut seen = Vec::new();
    for total in 1..=30 {
        set("io.pressure", &format!("some avg10=0.00 avg60=0.00 avg300=0.00 total={total}\n"));
        seen.push(told().2);
    }
    seen.dedup();
    assert!((3..=4).contains(&seen.len()), "all is read again every ten seconds: {seen:?}");
}

/// systemd and container engines make a group in one tree of v1 after the other.
#[test]
fn a_tree_that_got_the_path_later_is_read_too() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    let mounts = "30 23 0:27 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n\
                  31 23 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
    put(root, "proc/self/mountinfo", mounts);
    put(root, "sys/fs/cgroup/cpuacct/a/cpuacct.usage", "5000\n");
    put(root, "sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n");
    let mut collector = CgroupCollector::default();
    let mut told = |second| {
        let row = at(&mut collector, root, Duration::from_secs(second)).remove("/a").unwrap();
        (row.usage_us, row.memory_bytes)
    };
    assert_eq!(told(1), (Some(5), None));
    put(root, "sys/fs/cgroup/memory/a/memory.usage_in_bytes", "4096\n");
    assert!((2..15).any(|second| told(second) == (Some(5), Some(4096))));
}

/// A group that went is looked for no longer, and one that came at the same time is found, though the
/// kernel counts as many as before.
#[test]
fn one_that_came_as_another_went_is_found() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(root, "sys/fs/cgroup/cgroup.stat", "nr_descendants 1\nnr_dying_descendants 0\n");
    put(root, "sys/fs/cgroup/cpu.stat", "usage_usec 9\n");
    put(root, "sys/fs/cgroup/a/cpu.stat", "usage_usec 5\n");
    let mut collector = CgroupCollector::default();
    assert!(rows(&mut collector, root).contains_key("/a"));
    fs::rename(root.join("sys/fs/cgroup/a"), root.join("sys/fs/cgroup/b")).unwrap();
    assert!(!rows(&mut collector, root).contains_key("/a"));
    assert!(rows(&mut collector, root).contains_key("/b"), "in the tick behind");
}

/// systemd's hybrid: the v2 tree has pressure, and those of v1 what has a controller.
#[test]
fn groups_of_one_path_in_both_versions_make_one_row() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(
        root,
        "proc/self/mountinfo",
        "30 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
         31 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n\
         32 23 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n",
    );
    let pressure = "some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
    put(root, "sys/fs/cgroup/unified/both/cpu.pressure", pressure);
    put(root, "sys/fs/cgroup/memory/both/memory.usage_in_bytes", "4096\n");
    put(root, "sys/fs/cgroup/systemd/both/tasks", "1\n");
    put(root, "sys/fs/cgroup/unified/new/cpu.pressure", pressure);
    put(root, "sys/fs/cgroup/memory/old/memory.usage_in_bytes", "8192\n");
    put(root, "sys/fs/cgroup/systemd/bare/tasks", "1\n");
    let rows = rows(&mut CgroupCollector::default(), root);
    let told = |path: &str| {
        let row = &rows[path];
        (row.version.as_deref().unwrap().to_string(), row.cpu_some_us, row.memory_bytes)
    };
    assert_eq!(told("/both"), ("hybrid".into(), Some(7), Some(4096)));
    assert_eq!(told("/new"), ("v2".into(), Some(7), None));
    assert_eq!(told("/old"), ("v1".into(), None, Some(8192)));
    assert!(!rows.contains_key("/bare"), "what only systemd's own tree has keeps no figures");
    let inode = fs::metadata(root.join("sys/fs/cgroup/unified/both")).unwrap().ino() as i64;
    assert_eq!(rows["/both"].cgroup_id, Some(inode), "v2's, which is looked at first");
}

/// This host, where it lets us: a group's files are open when it goes, and another comes by its name.
#[test]
fn a_group_that_comes_by_the_name_of_one_that_went_is_read_anew() {
    let mounts = parse_mountinfo(&fs::read_to_string("/proc/self/mountinfo").unwrap());
    let pids = |mount: &&Mount| mount.fstype == "cgroup2" || (mount.fstype == "cgroup" && mount.has("pids"));
    let Some(mount) = mounts.iter().find(pids).filter(|mount| !mount.root.starts_with("/..")) else { return };
    let folder = Path::new(&mount.path).join(format!("sysray-test-{}", std::process::id()));
    if fs::create_dir(&folder).is_err() {
        return;
    }
    let path =
        format!("{}/{}", mount.root.trim_end_matches('/'), folder.file_name().unwrap().to_str().unwrap());
    let mut collector = CgroupCollector::default();
    let mut host = Host::here();
    let mut tick = |second: u64| {
        let mut sample = Sample::default();
        host.now = Duration::from_secs(second);
        collector.collect(&mut host, &mut sample).unwrap();
        sample.cgroup.into_iter().find(|row| *row.path == *path)
    };
    let told = |row: Option<Cgroup>| row.map(|row| row.cgroup_id.unwrap());
    let first = told(tick(100));
    assert_eq!(told(tick(101)), first, "its files are open by now");
    fs::remove_dir(&folder).unwrap();
    assert_eq!(told(tick(102)), None, "reading them is ENODEV");
    fs::create_dir(&folder).unwrap();
    let second = told(tick(110));
    fs::remove_dir(&folder).unwrap();
    assert!(first.is_some() && second.is_some() && first != second, "{first:?} {second:?}");
}

/// What the kernel sums up costs as much as there are groups: above 500 it is read as much less often.
#[test]
fn with_many_groups_what_the_kernel_sums_up_is_read_less_often() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    for n in 1..1000 {
        put(root, &format!("sys/fs/cgroup/g{n}/memory.stat"), "anon 1\n");
        put(root, &format!("sys/fs/cgroup/g{n}/cpu.stat"), "usage_usec 1\n");
    }
    let mut collector = CgroupCollector::default();
    let mut told_anew = |second: u64| {
        let rows = at(&mut collector, root, Duration::from_secs(second));
        rows.values().filter(|row| row.anon_bytes == Some(2)).count()
    };
    assert_eq!((100..=120).step_by(4).map(&mut told_anew).max(), Some(0));
    for n in 1..1000 {
        put(root, &format!("sys/fs/cgroup/g{n}/memory.stat"), "anon 2\n");
    }
    let told: Vec<usize> = (124..=140).step_by(4).map(told_anew).collect();
    assert!((450..750).contains(&told[2]), "{told:?}");
    assert_eq!(told[4], 999, "all of them within 20 s");
}

pub fn rows(collector: &mut CgroupCollector, tree: &Path) -> HashMap<String, Cgroup> {
    at(collector, tree, Duration::ZERO)
}

fn at(collector: &mut CgroupCollector, tree: &Path, now: Duration) -> HashMap<String, Cgroup> {
    let mut sample = Sample::default();
    let mut host = Host::at(tree);
    host.now = now;
    collector.collect(&mut host, &mut sample).unwrap();
    sample.cgroup.into_iter().map(|row| (row.path.to_string(), row)).collect()
}
