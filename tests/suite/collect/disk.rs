//! `disk`.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use sysray::collect::{Collector, DiskCollector, Host, parse_diskstats};
use sysray::schema::Sample;
use sysray::schema::rows::Disk;

use super::{HOSTS, collect, put, show};

#[test]
fn devices_of_each_kernel() {
    for host in HOSTS {
        let shown = collect(host, DiskCollector::default()).map_or_else(|e| e, |sample| show(&sample.disk));
        insta::assert_snapshot!(format!("disk-{host}"), shown);
    }
}

/// Some fields are of kernels to come, some of kernels long gone, and some lines are of no device.
#[test]
fn lines_of_any_length() {
    let one = |text: &str| parse_diskstats(text).pop();
    let fields = |n: usize| format!("8 0 sda {}", (1..=n).map(|i| i.to_string() + " ").collect::<String>());
    assert_eq!(one(&fields(4)), None, "a partition before Linux 2.6.25");
    assert_eq!(one(&fields(10)), None, "a line that was cut");
    let old = one(&fields(11)).unwrap();
    assert_eq!((old.read_bytes, old.read_us, old.queue_us), (Some(3 * 512), Some(4000), Some(11_000)));
    assert_eq!((old.discards, old.flushes), (None, None));
    let newer = one(&fields(15)).unwrap();
    assert_eq!((newer.discard_bytes, newer.discard_us, newer.flushes), (Some(14 * 512), Some(15_000), None));
    let newest = one(&fields(17)).unwrap();
    assert_eq!((newest.flushes, newest.flush_us), (Some(16), Some(17_000)));
    assert_eq!(one(&fields(30)), Some(newest), "what a kernel may add is passed over");
}

#[test]
fn a_file_without_any_device_is_an_error() {
    let tree = tempfile::tempdir().unwrap();
    put(tree.path(), "proc/diskstats", "nothing of the kind\n");
    let error = DiskCollector::default().collect(&mut Host::at(tree.path()), &mut Sample::default());
    let error = error.unwrap_err().to_string();
    assert!(error.ends_with("diskstats: no line of it is about a device"), "{error}");
    put(tree.path(), "proc/diskstats", "");
    assert_eq!(rows(&mut DiskCollector::default(), tree.path()), [], "a host without disks has no rows");
}

/// On a guest that is given a mapped device and nothing below it, that device is what counts.
#[test]
fn what_stands_on_nothing_visible_counts() {
    let tree = tempfile::tempdir().unwrap();
    let counted = |devices: &[&str]| {
        let lines = devices.iter().map(|d| format!("253 0 {d} 9 0 8 1 9 0 8 1 0 1 2\n"));
        put(tree.path(), "proc/diskstats", &lines.collect::<String>());
        let rows = rows(&mut DiskCollector::default(), tree.path());
        let counted = rows.into_iter().filter(|r| r.counted == Some(true));
        counted.map(|r| r.device.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(counted(&["dm-0"]), "dm-0");
    assert_eq!(counted(&["dm-0", "zd0", "zram0"]), "dm-0");
    assert_eq!(counted(&["dm-0", "sda", "sda1", "md127", "sr0"]), "sda sr0");
    assert_eq!(
        counted(&["nvme0n1", "nvme0n1p3", "nvme10n1", "mmcblk0", "mmcblk0p1"]),
        "nvme0n1 nvme10n1 mmcblk0"
    );
    assert_eq!(counted(&["nvme0n1", "nvme0c0n1", "nvme0c3n1"]), "nvme0c0n1 nvme0c3n1");
    assert_eq!(counted(&["xvda1", "xvda2"]), "xvda1 xvda2", "partitions whose disk is not shown");
}

/// A stick is pulled and another put in between two ticks: it has the name and other facts.
#[test]
fn a_device_that_was_replaced_is_looked_at_again() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    let plug = |disk_seq: &str, reads: u32| {
        put(root, "proc/diskstats", &format!("8 0 sda {reads} 0 8 1 9 0 8 1 0 1 2\n"));
        put(root, "sys/devices/usb/sda/diskseq", disk_seq);
    };
    plug("4", 100);
    fs::create_dir_all(root.join("sys/class/block")).unwrap();
    std::os::unix::fs::symlink("../../devices/usb/sda", root.join("sys/class/block/sda")).unwrap();
    let mut collector = DiskCollector::default();
    assert_eq!(rows(&mut collector, root)[0].disk_seq, Some(4));
    plug("5", 3);
    assert_eq!(rows(&mut collector, root)[0].disk_seq, Some(5));
}

/// The one that came has done more than the one that went, which only its number shows.
#[test]
fn a_device_that_was_replaced_by_a_busier_one_is_another_and_so_are_its_partitions() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    build(root, &[("sda", ""), ("sda1", "sda"), ("sdb", "")]);
    let plug = |uevent: &str, disk_seq: &str, reads: u32| {
        let line = |device| format!("8 0 {device} {reads} 0 8 1 9 0 8 1 0 1 2\n");
        put(root, "proc/diskstats", &["sda", "sda1", "sdb"].map(line).concat());
        put(root, "sys/kernel/uevent_seqnum", uevent);
        put(root, "sys/devices/sda/diskseq", disk_seq);
        put(root, "sys/devices/sdb/diskseq", "7\n");
    };
    let mut collector = DiskCollector::default();
    let mut told = || rows(&mut collector, root).into_iter().map(|row| row.disk_seq).collect::<Vec<_>>();
    plug("2040\n", "4\n", 100);
    assert_eq!(told(), [Some(4), Some(4), Some(7)]);
    plug("2041\n", "9\n", 5000);
    assert_eq!(told(), [Some(9), Some(9), Some(7)]);
    plug("2041\n", "9\n", 6000);
    assert_eq!(told(), [Some(9), Some(9), Some(7)]);
}

/// `losetup` changes no name in diskstats; the first I/O through the device shows that it is in use.
#[test]
fn a_loop_device_shows_once_a_file_is_behind_it() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/diskstats", "7 0 loop0 0 0 0 0 0 0 0 0 0 0 0\n");
    put(root, "sys/devices/loop0/size", "0");
    fs::create_dir_all(root.join("sys/class/block")).unwrap();
    std::os::unix::fs::symlink("../../devices/loop0", root.join("sys/class/block/loop0")).unwrap();
    let mut collector = DiskCollector::default();
    assert_eq!(rows(&mut collector, root), []);
    put(root, "sys/devices/loop0/loop/backing_file", "/images/a b.img\n");
    put(root, "sys/devices/loop0/size", "2048\n");
    put(root, "proc/diskstats", "7 0 loop0 5 0 40 1 0 0 0 0 0 1 1\n");
    let shown = rows(&mut collector, root);
    assert_eq!(shown[0].name.as_deref(), Some("/images/a b.img"));
    assert_eq!((shown[0].size_bytes, shown[0].counted), (Some(1 << 20), Some(true)));
}

/// Linux 5.4 says `iostats` 0 of RAID devices, and counts their I/O.
#[test]
fn counters_are_unknown_where_nobody_counts() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(
        root,
        "proc/diskstats",
        "9 0 md0 5 0 40 1 0 0 0 0 0 1 1\n9 1 md1 0 0 0 0 0 0 0 0 0 0 0\n8 0 sda 5 0 40 1 0 0 0 0 0 1 1\n",
    );
    fs::create_dir_all(root.join("sys/class/block")).unwrap();
    for device in ["md0", "md1", "sda"] {
        put(root, &format!("sys/devices/{device}/queue/iostats"), "0\n");
        let link = root.join("sys/class/block").join(device);
        std::os::unix::fs::symlink(format!("../../devices/{device}"), link).unwrap();
    }
    let rows = rows(&mut DiskCollector::default(), root);
    let reads: Vec<_> = rows.iter().map(|row| (&*row.device, row.reads)).collect();
    assert_eq!(reads, [("md0", Some(5)), ("md1", None), ("sda", None)]);
}

/// A volume over an encrypted mirror, of which one half has two ways, and another volume that takes a partition and
/// the rest of that: whatever stands on what, each byte is counted at the disks.
#[test]
fn a_stack_of_lvm_luks_raid_and_multipath_is_counted_once() {
    let tree = tempfile::tempdir().unwrap();
    let stack = [
        ("sda", ""),
        ("sdb", ""),
        ("sdc", ""),
        ("sdc1", "sdc"),
        ("sdc2", "sdc"),
        ("dm-0", "sda sdb"),
        ("md127", "dm-0 sdc1"),
        ("dm-1", "md127"),
        ("dm-2", "dm-1"),
        ("dm-3", "dm-1 sdc2"),
    ];
    let names = [("dm-0", "mpatha"), ("dm-1", "luks-4f2a"), ("dm-2", "vg0-root"), ("dm-3", "vg0-data")];
    build(tree.path(), &stack);
    for (device, name) in names {
        put(tree.path(), &format!("sys/devices/{device}/dm/name"), name);
    }
    let rows = rows(&mut DiskCollector::default(), tree.path());
    let shown = rows.iter().map(|row| {
        let text = |text: &Option<sysray::schema::Text>| text.as_deref().unwrap_or("-").to_string();
        format!("{} {} {} {}", row.device, text(&row.kind), text(&row.name), text(&row.parents))
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "sda disk - -",
            "sdb disk - -",
            "sdc disk - -",
            "sdc1 partition - sdc",
            "sdc2 partition - sdc",
            "dm-0 dm mpatha sda,sdb",
            "md127 md - dm-0,sdc1",
            "dm-1 dm luks-4f2a md127",
            "dm-2 dm vg0-root dm-1",
            "dm-3 dm vg0-data dm-1,sdc2",
        ]
    );
    let counted = rows.iter().filter(|row| row.counted == Some(true));
    assert_eq!(counted.map(|row| &*row.device).collect::<Vec<_>>(), ["sda", "sdb", "sdc"]);
}

/// Makes devices and what each is made of; a number behind the name is a partition's where its disk is named.
fn build(root: &Path, devices: &[(&str, &str)]) {
    let line = |(device, _): &(&str, &str)| format!("8 0 {device} 5 0 40 1 5 0 40 1 0 1 1\n");
    put(root, "proc/diskstats", &devices.iter().map(line).collect::<String>());
    fs::create_dir_all(root.join("sys/class/block")).unwrap();
    for (device, parents) in devices {
        let is_partition =
            device.strip_prefix(parents).is_some_and(|rest| !parents.is_empty() && !rest.is_empty());
        let folder = if is_partition { format!("{parents}/{device}") } else { (*device).to_string() };
        put(root, &format!("sys/devices/{folder}/size"), "2048\n");
        if is_partition {
            put(root, &format!("sys/devices/{folder}/partition"), "1\n");
        } else {
            let slaves = parents.split_whitespace();
            slaves.for_each(|parent| put(root, &format!("sys/devices/{folder}/slaves/{parent}"), ""));
        }
        std::os::unix::fs::symlink(
            format!("../../devices/{folder}"),
            root.join("sys/class/block").join(device),
        )
        .unwrap();
    }
}

fn rows(collector: &mut DiskCollector, tree: &Path) -> Vec<Disk> {
    let mut sample = Sample::default();
    collector.collect(&mut Host::at(tree), &mut sample).unwrap();
    sample.disk.into_iter().collect()
}
