//! Counters that are not read in each tick: what `io.stat` and `memory.stat` of control groups say.

use std::fs;
use std::path::{Path, PathBuf};

use sysray::collect::{CgroupCollector, Collector, Error, Host};
use sysray::query::tiers::quoted;
use sysray::schema::Micros;
use sysray::schema::rows::Sample;
use sysray::store::{Folder, Policy, Unproved, maintain, prove};
use sysray::tui::panel::{over, question};
use tempfile::TempDir;

use super::counters::kill;
use super::{HOUR, START, Sysray};
use crate::collect::put;
use crate::record::Meanwhile::{Nothing, Stall};
use crate::record::{Meanwhile, SECOND, booted, numbers, record_on, rows};

const MIB: i64 = 1 << 20;

/// A host whose groups each read 1 MiB by 256 reads, meet 10 refaults and use 1 ms of CPU between two ticks. After
/// some there is one more.
struct Busy {
    groups: CgroupCollector,
    root: PathBuf,
    ticks: i64,
    second_at: i64,
    /// How many MiB it is in truth.
    mib: i64,
}

impl Busy {
    fn new(root: &Path, ticks: i64, second_at: i64) -> Busy {
        put(root, "proc/self/mountinfo", "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Busy { groups: CgroupCollector::default(), root: root.into(), ticks, second_at, mib: 1 }
    }
}

impl Collector for Busy {
    fn name(&self) -> &'static str {
        "cgroup"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cgroup"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.ticks += 1;
        let many = 100 + self.ticks;
        for group in ["web", "db"].iter().take(if self.ticks < self.second_at { 1 } else { 2 }) {
            let set = |file: &str, text: String| {
                put(&self.root, &format!("sys/fs/cgroup/{group}/{file}"), &text);
            };
            set("cpu.stat", format!("usage_usec {}\n", many * 1000));
            set(
                "io.stat",
                format!("8:0 rbytes={} wbytes=0 rios={} wios=0\n", self.mib * many * MIB, many * 256),
            );
            set("memory.stat", format!("anon 4096\nworkingset_refault_anon {}\n", many * 10));
        }
        self.groups.collect(host, sample)
    }
}

/// Records a host of its own.
fn record(root: &Path, script: &[Meanwhile]) {
    record_of(&booted("b1", 0).0, root, 0, (0, i64::MAX), script);
}

/// Records the host, whose groups' folders stay the same; how many ticks there were up to its end.
fn record_of(
    host: &TempDir,
    root: &Path,
    since: i64,
    (ticks, second_at): (i64, i64),
    script: &[Meanwhile],
) -> i64 {
    let clock = booted("b1", since).1;
    let busy = Busy::new(host.path(), ticks, second_at);
    record_on(&Folder::at(root), Host::at(host.path()), &clock, busy, script);
    ticks + 1 + script.len() as i64
}

fn seal(root: &Path) {
    maintain(&Folder::at(root), "web1", &Policy::default(), Micros(START + 20 * HOUR)).unwrap();
}

fn asked(root: &Path, sql: &str) -> Vec<String> {
    let said = Sysray::new(&["query", "--format", "csv", sql]).store(root).prints();
    said.lines().skip(1).map(str::to_string).collect()
}

/// Nine rows of ten said that nothing was read, and the tenth ten times as much a second.
#[test]
fn what_is_read_every_ten_seconds_is_told_over_ten_seconds_and_unknown_between() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), &[Nothing; 65]);
    let cgroup = rows(dir.path(), "cgroup");
    let intervals = numbers(&cgroup, "stat_interval_us");
    let read: Vec<usize> = (0..65).filter(|row| intervals[*row].is_some()).collect();
    assert!((6..=7).contains(&read.len()) && read.windows(2).all(|two| two[1] - two[0] == 10), "{read:?}");
    assert!(read[1..].iter().all(|row| intervals[*row] == Some(10 * SECOND)), "{intervals:?}");
    let counted = |column: &str, a_tick: i64| {
        let told = numbers(&cgroup, column);
        assert!((0..65).all(|row| told[row].is_some() == intervals[row].is_some()), "{column}: {told:?}");
        assert!(read[1..].iter().all(|row| told[*row] == Some(10 * a_tick)), "{column}: {told:?}");
        // From the sample that was taken before the first row until it was last read nothing is missing.
        assert_eq!(
            told.iter().flatten().sum::<i64>(),
            a_tick * (read[read.len() - 1] as i64 + 1),
            "{column}"
        );
    };
    counted("reads", 256);
    counted("writes", 0);
    counted("read_bytes", MIB);
    counted("refaults", 10);
    assert_eq!(numbers(&cgroup, "usage_us"), [Some(1000); 65], "what is read in each is told in each");

    let rates = "select distinct read_bytes_per_s from cgroup where stat_interval_us = 10000000";
    assert_eq!(asked(dir.path(), rates), ["1048576.0"]);
    seal(dir.path());
    assert_eq!(asked(dir.path(), rates), ["1048576.0"]);
    let of_minute = "select read_bytes = refaults / 10 * 1048576 as told, \
                     read_bytes_per_s = 1000000 * read_bytes / stat_interval_us as rate \
                     from cgroup_1m where read_bytes is not null";
    let told = asked(dir.path(), of_minute);
    assert!(!told.is_empty() && told.iter().all(|row| row == "true,true"), "{told:?}");
    let rate = "select rate(read_bytes, stat_interval_us) from cgroup where stat_interval_us = 10000000";
    assert_eq!(asked(dir.path(), rate), ["1048576.0"]);
    assert_eq!(asked(dir.path(), "select max(read_bytes_per_s_max) < 1600000 from cgroup_1m"), ["true"]);
}

/// The panel had a number in each sample, and has the last one read still.
#[test]
fn the_panel_of_cgroups_shows_what_was_last_read() {
    let dir = TempDir::new().unwrap();
    record(dir.path(), &[Nothing; 40]);
    let sql = over(question("cgroup").unwrap().sql, Micros(START + 25 * SECOND), Micros(START + 40 * SECOND));
    let sql = sql.replace("$host", &quoted("web1"));
    let shown = asked(dir.path(), &format!("select read_bytes_per_s, count(*) from ({sql}) group by 1"));
    assert_eq!(shown, ["1048576.0,15"]);
    let course = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/panels/cgroup_course.sql"));
    let course = over(course, Micros(START + 11 * SECOND), Micros(START + 30 * SECOND));
    let course = course.replace("$host", &quoted("web1")).replace("$path", "'/web'");
    let course = course.replace("{cgroup}", "(select *, interval_us as bucket_us, cpu_pct as cpu_pct_max, memory_bytes as memory_bytes_max, read_bytes_per_s as read_bytes_per_s_max, write_bytes_per_s as write_bytes_per_s_max, throttled_pct as throttled_pct_max from cgroup)");
    let course =
        format!("select distinct read_bytes_per_s from ({course}) where ts <= '2026-11-22T14:00:20Z'");
    assert_eq!(asked(dir.path(), &course), ["1048576.0"]);
}

/// Rows in which nothing was read are no gap in what is proved; one in which a group is seen first is.
#[test]
fn counters_add_up_over_rows_in_which_they_were_not_read() {
    let dir = TempDir::new().unwrap();
    let script =
        [&[Nothing; 25][..], &[Stall(HOUR)], &[Nothing; 25], &[Stall(HOUR)], &[Nothing; 12]].concat();
    let host = booted("b1", 0).0;
    let ticks = record_of(&host, dir.path(), 0, (0, i64::MAX), &script);
    let proved = || {
        let proof = prove(dir.path(), &mut |_, _| {}).unwrap();
        assert_eq!(proof.findings, vec![]);
        let table = proof.tables.into_iter().find(|table| table.table == "cgroup").unwrap();
        (table.counters, table.spans, table.unproved.into_iter().collect::<Vec<_>>())
    };
    // CPU time, reads, their bytes, refaults, and the time in which those counted; three spans.
    assert_eq!(proved(), (5, 15, vec![]));
    seal(dir.path());
    assert_eq!(proved(), (5, 15, vec![]));
    // A second recording of the boot counts on, over the time of the last reading of the first.
    let next = record_of(&host, dir.path(), 3 * HOUR, (ticks, ticks + 8), &[Nothing; 15]);
    let intervals = numbers(&rows(dir.path(), "cgroup"), "stat_interval_us");
    assert!(intervals[0].is_some_and(|us| us > HOUR / 2), "{intervals:?}");
    assert_eq!(
        proved(),
        (5, 25, vec![(Unproved::Unknown, 5)]),
        "of the other group, which was seen in between"
    );
    // So it does behind one that was killed, whose totals are made of its rows.
    kill(dir.path(), |frame, count| frame + 1 < count);
    record_of(&host, dir.path(), 4 * HOUR, (next, 0), &[Nothing; 15]);
    let (counters, spans, unproved) = proved();
    assert!(counters == 10 && spans > 30, "{counters} {spans} {unproved:?}");
    assert!(unproved.iter().all(|(why, _)| *why == Unproved::Unknown), "{unproved:?}");
}

/// A file of other numbers in the place of the right one.
#[test]
fn what_was_read_and_does_not_add_up_is_found() {
    let (host, clocks) = (booted("b1", 0).0, [booted("b1", 0).1, booted("b1", 0).1]);
    let (dir, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let script = [&[Nothing; 25][..], &[Stall(HOUR)], &[Nothing; 12]].concat();
    for ((root, clock), mib) in [dir.path(), other.path()].into_iter().zip(&clocks).zip([1, 2]) {
        let busy = Busy { mib, ..Busy::new(host.path(), 0, i64::MAX) };
        record_on(&Folder::at(root), Host::at(host.path()), clock, busy, &script);
        seal(root);
    }
    let files = crate::made::files(dir.path(), ".parquet").into_iter();
    for path in files.filter(|path| path.to_string_lossy().contains("/cgroup/host=web1/date=")) {
        fs::copy(other.path().join(path.strip_prefix(dir.path()).unwrap()), path).unwrap();
    }
    let output = Sysray::new(&["store", "verify", "--counters"]).store(dir.path()).run();
    let said = String::from_utf8(output.stdout).unwrap();
    let found = |column: &str| said.contains(&format!(" {column} does not add up"));
    assert!(found("read_bytes") && !found("reads") && !found("stat_interval_us"), "{said}");
}
