//! `numa`: each node's memory, and where its pages came from.
//!
//! `Tree` is the helper: a host with the files that a test gives it.

use std::fs;
use std::path::Path;

use sysray::collect::{Collector, Host, NumaCollector};
use sysray::schema::Sample;
use sysray::schema::rows::Numa;

use super::{HOSTS, collect, put, show};

#[test]
fn numa_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, NumaCollector::default()) {
            Ok(sample) => show(&sample.numa),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("numa-{host}"), shown);
    }
}

struct Tree(tempfile::TempDir, NumaCollector);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Tree(tempfile::tempdir().unwrap(), NumaCollector::default());
        files.iter().for_each(|(path, text)| tree.write(path, text));
        tree
    }

    fn write(&self, path: &str, text: &str) {
        put(self.0.path(), path, text);
    }

    fn node(&self, number: i64, file: &str, text: &str) {
        self.write(&format!("sys/devices/system/node/node{number}/{file}"), text);
    }

    fn tick(&mut self) -> Vec<Numa> {
        let mut sample = Sample::default();
        self.1.collect(&mut Host::at(self.0.path()), &mut sample).unwrap();
        sample.numa.into_iter().collect()
    }
}

const NUMASTAT: &str =
    "numa_hit 7\nnuma_miss 1\nnuma_foreign 2\ninterleave_hit 3\nlocal_node 4\nother_node 5\n";

#[test]
fn nodes_come_and_go_and_are_told_in_the_order_of_their_numbers() {
    let mut tree = Tree::new(&[]);
    assert_eq!(tree.tick(), []);
    for number in [10, 2] {
        tree.node(number, "meminfo", &format!("Node {number} MemTotal:  {number} kB\n"));
    }
    tree.node(2, "cpulist", "\n");
    tree.node(10, "cpulist", "0-3\n");
    let numbers = |rows: Vec<Numa>| {
        rows.iter().map(|row| (row.node, row.total_bytes, row.cpus.clone())).collect::<Vec<_>>()
    };
    assert_eq!(numbers(tree.tick()), [(2, Some(2048), None), (10, Some(10_240), Some("0-3".into()))]);
    fs::remove_dir_all(tree.0.path().join("sys/devices/system/node/node2")).unwrap();
    // One that was taken away while it was read has a folder, and nothing in it.
    fs::create_dir(tree.0.path().join("sys/devices/system/node/node3")).unwrap();
    assert_eq!(numbers(tree.tick()), [(10, Some(10_240), Some("0-3".into()))]);
}

#[test]
fn where_the_kernel_was_told_not_to_count_its_zeros_are_unknown() {
    let mut tree = Tree::new(&[]);
    tree.node(0, "meminfo", "Node 0 MemTotal:  8 kB\n");
    tree.node(0, "numastat", NUMASTAT);
    assert_eq!((tree.tick()[0].numa_hit, tree.tick()[0].other_node), (Some(7), Some(5)));
    tree.write("proc/sys/vm/numa_stat", "0\n");
    assert_eq!((tree.tick()[0].numa_hit, tree.tick()[0].total_bytes), (None, Some(8192)));
    tree.write("proc/sys/vm/numa_stat", "1\n");
    assert_eq!(tree.tick()[0].numa_foreign, Some(2));
}

#[test]
fn lines_that_are_cut_short_or_of_no_kind_are_passed_over() {
    let mut tree = Tree::new(&[]);
    tree.node(
        0,
        "meminfo",
        "Node 0 MemTotal:  8 kB\nNode 0 MemFree: many kB\nNode 0 Dirty:\nNode\n\nNode 0 Mapped:  1",
    );
    tree.node(0, "numastat", "numa_hit\nnuma_miss x\nother_node 3\n");
    let row = tree.tick().remove(0);
    assert_eq!((row.free_bytes, row.dirty_bytes, row.mapped_bytes), (None, None, None));
    assert_eq!((row.numa_hit, row.numa_miss, row.other_node), (None, None, Some(3)));
}

/// The nodes of this host have its memory between them.
#[test]
#[cfg(target_os = "linux")]
fn this_host_is_told_as_its_files_tell_it() {
    if !Path::new("/sys/devices/system/node/node0/meminfo").exists() {
        return;
    }
    let mut sample = Sample::default();
    NumaCollector::default().collect(&mut Host::here(), &mut sample).unwrap();
    let nodes = fs::read_dir("/sys/devices/system/node").unwrap().flatten();
    let nodes = nodes.filter(|entry| entry.path().join("meminfo").exists()).count();
    assert_eq!(sample.numa.len(), nodes);
    for row in sample.numa.iter() {
        let folder = format!("/sys/devices/system/node/node{}", row.node);
        let text = fs::read_to_string(format!("{folder}/meminfo")).unwrap();
        let total = text.lines().find(|line| line.contains("MemTotal")).unwrap();
        let kib: i64 = total.split_whitespace().nth(3).unwrap().parse().unwrap();
        assert_eq!(row.total_bytes, Some(kib * 1024));
        assert!(row.free_bytes.unwrap() > 0 && row.numa_hit.unwrap() > 0, "{row:?}");
        let cpus = fs::read_to_string(format!("{folder}/cpulist")).unwrap();
        assert_eq!(row.cpus.as_deref().unwrap_or_default(), cpus.trim());
    }
}
