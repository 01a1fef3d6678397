//! `cgroup`, and the containers that paths tell of.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use sysray::collect::{CgroupCollector, Collector, Container, Host, container_of};
use sysray::schema::Sample;
use sysray::schema::rows::Cgroup;

use super::{HOSTS, collect, show};

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

/// A host that makes a group a request must not fill the recorder.
#[test]
fn of_too_many_groups_the_deepest_are_left_out() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    for n in 0..1100 {
        put(root, &format!("sys/fs/cgroup/outer{n}/cpu.stat"), "usage_usec 1\n");
        put(root, &format!("sys/fs/cgroup/outer{n}/inner/cpu.stat"), "usage_usec 1\n");
    }
    put(root, "sys/fs/cgroup/cpu.stat", "usage_usec 1\n");
    let rows = rows(&mut CgroupCollector::default(), root);
    assert_eq!(rows.len(), 2000);
    assert_eq!(rows.keys().filter(|path| !path.ends_with("inner")).count(), 1101);
}

#[test]
fn containers_by_path() {
    let id = "0123456789abcdef".repeat(4);
    let cases = [
        ("/", None),
        ("/system.slice/sshd.service", None),
        ("/user.slice/user-1000.slice/session-2.scope", None),
        ("/docker", None),
        ("/docker/ID", Some(("docker", "ID"))),
        ("/docker/ID/system.slice/nginx.service", Some(("docker", "ID"))),
        ("/system.slice/docker-ID.scope", Some(("docker", "ID"))),
        ("/system.slice/docker.service", None),
        ("/ecs/0a1b/ID", Some(("docker", "ID"))),
        ("/kubepods.slice", Some(("kubernetes", ""))),
        ("/kubepods/burstable/pod11-22", Some(("kubernetes", ""))),
        ("/kubepods/burstable/pod11-22/ID", Some(("kubernetes", "ID"))),
        (
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-ID.scope",
            Some(("containerd", "ID")),
        ),
        (
            "/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:ID",
            Some(("containerd", "ID")),
        ),
        ("/kubepods.slice/kubepods-pod1.slice/crio-ID.scope", Some(("cri-o", "ID"))),
        ("/kubepods.slice/kubepods-pod1.slice/crio-conmon-ID.scope", Some(("kubernetes", ""))),
        ("/kubepods.slice/kubepods-pod1.slice/docker-ID.scope/init", Some(("docker", "ID"))),
        ("/machine.slice/libpod-ID.scope/container", Some(("podman", "ID"))),
        ("/machine.slice/libpod-conmon-ID.scope", None),
        ("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope", Some(("podman", "ID"))),
        ("/libpod_parent/libpod-ID", Some(("podman", "ID"))),
        ("/lxc/web", Some(("lxc", "web"))),
        ("/lxc.payload.web/system.slice/cron.service", Some(("lxc", "web"))),
        ("/lxc.payload/web", Some(("lxc", "web"))),
        ("/lxc.monitor.web", None),
        ("/machine.slice/systemd-nspawn@build.service/payload", Some(("systemd-nspawn", "build"))),
        (r"/machine.slice/machine-build\x2dbox.scope", Some(("systemd-nspawn", "build-box"))),
        (r"/machine.slice/machine-qemu\x2d1\x2dvm.scope", None),
        ("/docker/ID/docker/abcd", Some(("docker", "ID"))),
        ("/system.slice/docker-tooshort.scope", None),
        ("/machine.slice/machine-\\xé.scope", Some(("systemd-nspawn", "\\xé"))),
    ];
    for (path, expected) in cases {
        let expected = expected.map(|(runtime, name)| Container {
            runtime,
            id: (!name.is_empty()).then(|| name.replace("ID", &id)),
        });
        assert_eq!(container_of(&path.replace("ID", &id)), expected, "{path}");
    }
}

fn rows(collector: &mut CgroupCollector, tree: &Path) -> HashMap<String, Cgroup> {
    at(collector, tree, Duration::ZERO)
}

fn at(collector: &mut CgroupCollector, tree: &Path, now: Duration) -> HashMap<String, Cgroup> {
    let mut sample = Sample::default();
    let mut host = Host::at(tree);
    host.now = now;
    collector.collect(&mut host, &mut sample).unwrap();
    sample.cgroup.into_iter().map(|row| (row.path.to_string(), row)).collect()
}

fn put(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
