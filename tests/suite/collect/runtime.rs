//! The runtime that a process has mapped, whatever its program is called.

use std::fs;

use sysray::collect::ProcessCollector;

use super::process::{BOOT, Ticks, Tree};

/// A process of so many threads, whose mappings reach over several pieces of reading.
fn tree(threads: i64, library: &str) -> Tree {
    let tree = Tree::new();
    tree.stat(7, "launcher", threads, [1, 1], 250);
    tree.file("7/cmdline", "launcher\0");
    tree.file("7/maps", &maps(library));
    tree
}

/// Mappings in which the library's name stands across the end of the first 32 KiB.
fn maps(library: &str) -> String {
    let line = "7f0000000000-7f0000001000 r--p 00000000 08:01 131 /usr/lib/libother.so\n";
    let last = "7f0000002000-7f0000003000 r-xp 00000000 08:01 132 /opt/embedded/lib/server/";
    let mut text = line.repeat((32 << 10) / line.len() - 2);
    let padding = (32 << 10) - text.len() - last.len() - 3;
    text.push_str(&format!("{}\n{last}{library}\n", "x".repeat(padding - 1)));
    text + &line.repeat(100)
}

fn runtime(ticks: &mut Ticks) -> Option<String> {
    ticks.one(7).runtime.map(|text| text.to_string())
}

#[test]
fn a_virtual_machine_within_a_program_is_found() {
    let tree = tree(12, "libjvm.so");
    let text = fs::read(tree.0.path().join("proc/7/maps")).unwrap();
    assert!(text[..32 << 10].ends_with(b"lib"), "the name stands across two pieces");
    assert_eq!(runtime(&mut tree.ticks(ProcessCollector::since_boot(BOOT))).as_deref(), Some("jvm"));
}

#[test]
fn what_cannot_be_one_is_not_looked_through() {
    let few = tree(4, "libjvm.so");
    assert_eq!(runtime(&mut few.ticks(ProcessCollector::since_boot(BOOT))), None);
    let other = tree(12, "libjson.so");
    assert_eq!(runtime(&mut other.ticks(ProcessCollector::since_boot(BOOT))), None);
}

#[test]
fn it_is_looked_for_when_the_program_begins_and_a_minute_later_and_then_no_more() {
    let tree = tree(12, "libother.so");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    let mut for_s = |seconds: i64| {
        let mut all = (0..seconds).map(|second| {
            tree.faults(7, second);
            runtime(&mut ticks)
        });
        all.any(|runtime| runtime.is_some())
    };
    assert!(!for_s(30));
    tree.file("7/maps", &maps("libjvm.so"));
    assert!(for_s(61), "it has loaded one in its first minute");
}

#[test]
fn another_program_of_the_same_process_has_its_own() {
    let tree = tree(12, "libjvm.so");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    assert_eq!(runtime(&mut ticks).as_deref(), Some("jvm"));
    let path = tree.0.path().join("proc/7/stat");
    let stat = fs::read_to_string(&path).unwrap();
    fs::write(&path, stat.replace("4096000 100 0 1 2 3", "4096000 100 0 4 5 6")).unwrap();
    tree.file("7/maps", &maps("libother.so"));
    assert_eq!(runtime(&mut ticks), None);
}
