//! `softnet`: what a line says on kernels old and new, and which CPU it is about.
//!
//! `rows` is the one helper: what the collector finds where the two files say so.

use std::fs;

use sysray::collect::{Collector, Host, SoftnetCollector};
use sysray::schema::Sample;
use sysray::schema::rows::Softnet;

use super::{HOSTS, collect, put, show};

#[test]
fn softnet_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, SoftnetCollector::default()) {
            // Of 128 CPUs those that differ in anything but their numbers are at the beginning.
            Ok(sample) => show(&sample.softnet.iter().take(4).cloned().collect()),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("softnet-{host}"), shown);
    }
}

fn rows(softnet_stat: &str, online: Option<&str>) -> Vec<Softnet> {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| put(dir.path(), path, text);
    write("proc/net/softnet_stat", softnet_stat);
    if let Some(online) = online {
        write("sys/devices/system/cpu/online", online);
    }
    let mut sample = Sample::default();
    SoftnetCollector::default().collect(&mut Host::at(dir.path()), &mut sample).unwrap();
    sample.softnet.into_iter().collect()
}

const ZEROS: &str = "00000000 00000000 00000000 00000000 00000000 00000000";

#[test]
fn a_kernel_from_5_10_on_says_which_cpu_a_line_is_about() {
    // CPU 1 is offline, and so has no line.
    let text = format!(
        "ffffffff 00000002 00000003 {ZEROS} 00000004 00000005 00000006 00000000\n\
         0000000a 00000000 00000000 {ZEROS} 00000000 00000000 00000000 00000002 00000000 00000000\n"
    );
    let rows = rows(&text, None);
    let first = Softnet {
        cpu: 0,
        backlog: Some(6),
        processed: Some(4_294_967_295),
        dropped: Some(2),
        squeezed: Some(3),
        received_rps: Some(4),
        flow_limit_dropped: Some(5),
    };
    assert_eq!(rows[0], first);
    assert_eq!((rows.len(), rows[1].cpu, rows[1].processed), (2, 2, Some(10)));
}

#[test]
fn before_that_the_lines_are_the_cpus_online_and_nobody_s_where_those_are_not_as_many() {
    let text =
        format!("00000001 00000000 00000000 {ZEROS} 00000000\n0000000a 00000000 00000000 {ZEROS} 00000000\n");
    let found = rows(&text, Some("0,2\n"));
    assert_eq!(
        found.iter().map(|row| (row.cpu, row.processed)).collect::<Vec<_>>(),
        [(0, Some(1)), (2, Some(10))]
    );
    assert_eq!((found[0].flow_limit_dropped, found[0].backlog), (None, None));
    for online in [Some("0-2"), Some("0"), Some("none"), None] {
        assert_eq!(rows(&text, online), [], "{online:?}");
    }
}

#[test]
fn a_cpu_that_took_nothing_in_has_the_very_row_of_the_tick_before() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("proc/net")).unwrap();
    let mut collector = SoftnetCollector::default();
    let mut tick = |second: &str| {
        let line = |processed: &str, cpu| {
            format!("{processed} 00000000 00000000 {ZEROS} 00000000 00000000 00000000 {cpu}\n")
        };
        let text = line("00000001", "00000000") + &line(second, "00000001");
        fs::write(dir.path().join("proc/net/softnet_stat"), text).unwrap();
        let mut sample = Sample::default();
        collector.collect(&mut Host::at(dir.path()), &mut sample).unwrap();
        sample.softnet.shared().to_vec()
    };
    let (before, now) = (tick("00000001"), tick("00000002"));
    let is_same = |at: usize| std::sync::Arc::ptr_eq(&before[at], &now[at]);
    assert!(is_same(0) && !is_same(1));
}

/// Line by line what the kernel's own file says, on this host.
#[test]
#[cfg(target_os = "linux")]
fn this_host_is_told_as_its_file_tells_it() {
    let read = || fs::read_to_string("/proc/net/softnet_stat").unwrap_or_default();
    let mut sample = Sample::default();
    let before = read();
    SoftnetCollector::default().collect(&mut Host::here(), &mut sample).unwrap();
    let after = read();
    let words = |text: &str, column: usize| -> Vec<i64> {
        text.lines()
            .map(|line| i64::from_str_radix(line.split(' ').nth(column).unwrap(), 16).unwrap())
            .collect()
    };
    let (least, most) = (words(&before, 0), words(&after, 0));
    assert_eq!(sample.softnet.len(), least.len());
    for (at, row) in sample.softnet.iter().enumerate() {
        assert!((least[at]..=most[at]).contains(&row.processed.unwrap()), "{row:?}");
    }
}
