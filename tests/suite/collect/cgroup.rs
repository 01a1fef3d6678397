//! `cgroup`, and the containers that paths tell of.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::fs;
use std::path::Path;

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
                for row in &mut sample.cgroup {
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
fn limits_that_change_are_seen_within_ten_ticks() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(root, "sys/fs/cgroup/a/cpu.stat", "usage_usec 5\n");
    put(root, "sys/fs/cgroup/a/cpu.max", "max 100000\n");
    let mut collector = CgroupCollector::default();
    assert_eq!(rows(&mut collector, root)["/a"].quota_us, None);
    put(root, "sys/fs/cgroup/a/cpu.max", "50000 100000\n");
    let seen = (1..=10).find(|_| rows(&mut collector, root)["/a"].quota_us == Some(50_000));
    assert!(seen.is_some());
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
    let mut sample = Sample::default();
    collector.collect(&mut Host::at(tree), &mut sample).unwrap();
    sample.cgroup.into_iter().map(|row| (row.path.to_string(), row)).collect()
}

fn put(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
