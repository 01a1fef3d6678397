//! `host`.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use sysray::collect::{Collector, Host, HostCollector};
use sysray::schema::Sample;

use super::{HOSTS, collect, show};

#[test]
fn inventory_of_each_host() {
    for host in HOSTS {
        let mut sample = collect(host, HostCollector).unwrap();
        let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hosts").join(host);
        for row in sample.host.iter_mut() {
            assert_eq!(row.sysray_version.take().as_deref(), Some(env!("CARGO_PKG_VERSION")));
            // These are in files that the fixtures of other collectors own.
            assert_eq!(row.boot_time.take().is_some(), has(&tree, "proc/stat", "btime "));
            assert_eq!(row.memory_bytes.take().is_some(), has(&tree, "proc/meminfo", "kB"));
            if !tree.join("proc/sys/kernel/arch").exists() {
                assert_eq!(row.architecture.take().as_deref(), Some(std::env::consts::ARCH));
            }
        }
        insta::assert_snapshot!(format!("host-{host}"), show(&sample.host));
    }
}

/// Whether a line that makes the column known is there.
fn has(tree: &Path, file: &str, mark: &str) -> bool {
    let text = std::fs::read(tree.join(file)).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().any(|line| {
        let begins = line.starts_with("MemTotal:") || line.starts_with("btime ");
        begins && line.contains(mark) && line.bytes().any(|b| b.is_ascii_digit())
    })
}

/// Recordings of one machine are told by the hash: it must never come out another way.
#[test]
fn the_hash_of_a_machine_id_stays() {
    let tree = tempfile::tempdir().unwrap();
    std::fs::create_dir(tree.path().join("etc")).unwrap();
    let hash = |id: &str| {
        std::fs::write(tree.path().join("etc/machine-id"), id).unwrap();
        let mut sample = Sample::default();
        HostCollector.collect(&mut Host::at(tree.path()), &mut sample).unwrap();
        sample.host.remove(0).machine_id.map(|hash| hash.to_string())
    };
    let one = hash("00112233445566778899aabbccddeeff\n");
    insta::assert_snapshot!(one.clone().unwrap(), @"243b953566c7f04f049776e8a14e244e");
    assert_eq!(hash("00112233445566778899AABBCCDDEEFF"), one);
    assert_ne!(hash("00112233445566778899aabbccddeefe\n"), one);
    assert_eq!(hash("uninitialized\n"), None);
    assert_eq!(hash(""), None);
}

/// An image of docker that was unpacked to a machine's disk keeps docker's mark.
#[test]
fn docker_is_told_by_its_mounts_as_well() {
    let tree = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(tree.path().join("proc/1")).unwrap();
    std::fs::write(tree.path().join(".dockerenv"), "").unwrap();
    let runtime = |mountinfo: &str| {
        std::fs::write(tree.path().join("proc/1/mountinfo"), mountinfo).unwrap();
        let mut sample = Sample::default();
        HostCollector.collect(&mut Host::at(tree.path()), &mut sample).unwrap();
        sample.host.remove(0).container_runtime.map(|runtime| runtime.to_string())
    };
    assert_eq!(runtime("1 1 8:1 / / rw - ext4 /dev/sda1 rw\n"), None);
    let inside = "1 1 0:9 / / rw - overlay overlay rw\n2 1 8:1 /c/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n";
    assert_eq!(runtime(inside).as_deref(), Some("docker"));
}
