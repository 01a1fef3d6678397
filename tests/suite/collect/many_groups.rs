//! More groups than there are rows for.

use std::collections::HashSet;

use sysray::collect::{CgroupCollector, Collector, Host};
use sysray::schema::Sample;

use super::put;

/// A host that makes a group a request must not fill the recorder. Parents of which no inner group is left are what is
/// summed over.
#[test]
fn of_too_many_groups_the_deepest_are_left_out_and_it_is_told_once() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(root, "sys/fs/cgroup/cgroup.stat", "nr_descendants 2700\nnr_dying_descendants 3\n");
    for n in 0..1100 {
        put(root, &format!("sys/fs/cgroup/outer{n}/cpu.stat"), "usage_usec 1\n");
        put(root, &format!("sys/fs/cgroup/outer{n}/inner/cpu.stat"), "usage_usec 1\n");
    }
    for n in 0..500 {
        put(root, &format!("sys/fs/cgroup/outer7/inner{n}/cpu.stat"), "usage_usec 1\n");
    }
    put(root, "sys/fs/cgroup/cpu.stat", "usage_usec 1\n");
    let mut collector = CgroupCollector::default();
    let mut sample = Sample::default();
    collector.collect(&mut Host::at(root), &mut sample).unwrap();
    let paths: HashSet<&str> = sample.cgroup.iter().map(|row| &*row.path).collect();
    assert_eq!(paths.len(), 2000);
    assert_eq!(paths.iter().filter(|path| !path.contains("inner")).count(), 1101);
    // All groups of one parent are there, or none.
    let inner_of_7 = paths.iter().filter(|path| path.starts_with("/outer7/")).count();
    assert!(inner_of_7 == 0 || inner_of_7 == 501, "{inner_of_7}");
    for row in sample.cgroup.iter() {
        let inside = format!("{}/", row.path.trim_end_matches('/'));
        let is_leaf = !paths.iter().any(|path| path.starts_with(&inside) && path.len() > inside.len());
        assert_eq!(row.leaf, Some(is_leaf), "{}", row.path);
    }
    assert_eq!(sample.event.len(), 1);
    let event = sample.event.first().unwrap();
    assert_eq!((event.kind.as_deref(), event.subject.as_deref()), (Some("left_out"), Some("cgroup")));
    assert_eq!(event.detail.as_deref(), Some(r#"{"groups":2701,"most":2000}"#));
    let mut next = Sample::default();
    collector.collect(&mut Host::at(root), &mut next).unwrap();
    assert!(next.event.is_empty(), "it is told once");
}

/// All containers of one host may be in one group: of more than a thousand as many are kept as there is room for.
#[test]
fn of_one_parent_with_too_many_some_are_kept() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(root, "sys/fs/cgroup/cpu.stat", "usage_usec 1\n");
    for n in 0..2100 {
        put(root, &format!("sys/fs/cgroup/docker/{n}/cpu.stat"), "usage_usec 1\n");
    }
    put(root, "sys/fs/cgroup/docker/cpu.stat", "usage_usec 1\n");
    let mut sample = Sample::default();
    CgroupCollector::default().collect(&mut Host::at(root), &mut sample).unwrap();
    assert_eq!(sample.cgroup.len(), 2000);
    let docker = sample.cgroup.iter().find(|row| &*row.path == "/docker").unwrap();
    assert_eq!(docker.leaf, Some(false));
    assert_eq!(sample.event.first().unwrap().detail.as_deref(), Some(r#"{"groups":2102,"most":2000}"#));
}
