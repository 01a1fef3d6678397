//! What rules are about: rows chosen by patterns, and columns of any table, in the units and names of their messages.

use sysray::record::alerts::Rule;
use sysray::schema::rows::{Cgroup, Disk, Pressure, Process, Sample, System};
use sysray::schema::{Micros, Row, Rows};

use super::{WHEN, Watched, filesystems, line, message};
use crate::made::{SECOND, START};

#[test]
fn rows_are_chosen_by_patterns() {
    let filled =
        || filesystems(&[("/", Some(99)), ("/data/a", Some(99)), ("/data/b", Some(99)), ("/x", Some(99))]);
    for (chosen, mounts) in [
        ("mount = /data*", &["/data/a", "/data/b"][..]),
        ("mount = '/data/?'", &["/data/a", "/data/b"]),
        ("mount != /data*", &["/", "/x"]),
        ("mount != /data* and mount = /*x", &["/x"]),
        ("mount = */*b", &["/data/b"]),
        // What is unknown equals nothing.
        ("fstype = *", &[]),
        ("read_only != true and mount = /", &["/"]),
        ("read_only = false", &[]),
    ] {
        let told = Watched::by(&[WHEN, ("where", chosen)]).sees(filled());
        let told: Vec<&str> =
            told.iter().map(|line| line.trim_start_matches("alert warning full ")).collect();
        assert_eq!(told, mounts, "{chosen}");
    }
}

#[test]
fn stored_and_derived_columns_of_any_table_can_be_compared() {
    let one = |sample: Sample, when: &str| Watched::by(&[("when", when)]).events(sample);
    let system = System {
        processes: Some(300),
        cpu_busy_us: Some(90),
        cpu_capacity_us: Some(100),
        ..System::default()
    };
    let system = || Sample { system: vec![system.clone()].into(), ..Sample::default() };
    let told = one(system(), "system.processes > 200");
    assert_eq!(
        (line(&told[0]).as_str(), message(&told)),
        ("alert warning full", "system.processes is 300 processes, above 200")
    );
    assert_eq!(message(&one(system(), "system.cpu >= 90%")), "system.cpu is 90 %, at or above 90 %");
    let process = Process {
        pid: 7,
        comm: Some("nginx".into()),
        start_time: Micros(START),
        rss_bytes: Some(3 << 30),
        cpu_us: Some(500_000),
        ..Process::default()
    };
    let process = || Sample { process: vec![process.clone()].into(), ..Sample::default() };
    let told = one(process(), "process.rss_bytes > 2GiB");
    assert_eq!(message(&told), "process.rss_bytes of nginx 7 is 3.0 GiB, above 2.0 GiB");
    assert_eq!(
        message(&one(process(), "process.cpu_pct > 20")),
        "process.cpu_pct of nginx 7 is 50 %, above 20 %"
    );
    let group = Cgroup {
        path: "/web".into(),
        cgroup_id: Some(12),
        write_bytes: Some(800 << 20),
        stat_interval_us: Some(10_000_000),
        ..Cgroup::default()
    };
    let told =
        one(Sample { cgroup: vec![group].into(), ..Sample::default() }, "cgroup.write_bytes_per_s > 50MiB/s");
    assert_eq!(message(&told), "cgroup.write_bytes_per_s of /web is 80.0 MiB/s, above 50.0 MiB/s");
    let pressure = Pressure { resource: "memory".into(), full_us: Some(250_000), ..Pressure::default() };
    let told =
        one(Sample { pressure: vec![pressure].into(), ..Sample::default() }, "pressure.full_us > 200ms");
    assert_eq!(message(&told), "pressure.full_us of memory is 250ms, above 200ms");
}

#[test]
fn a_name_that_would_break_a_line_does_not() {
    let process =
        Process { pid: 7, comm: Some("a\nb\x1b[2J".into()), cpu_us: Some(SECOND), ..Process::default() };
    let told = Watched::by(&[("when", "process.cpu_pct > 50")])
        .events(Sample { process: vec![process].into(), ..Sample::default() });
    assert_eq!(message(&told), "process.cpu_pct of a b\u{fffd}[2J 7 is 100 %, above 50 %");
}

/// All tables can be gone through by the names that rules know them by.
#[test]
fn every_table_that_lasts_can_be_watched() {
    let mut watched = 0;
    for table in &sysray::schema::TABLES {
        for column in table.columns.iter().map(|c| c.name).chain(table.derived.iter().map(|d| d.name)) {
            let when = format!("{}.{column} > 1", table.name);
            let Ok(rule) = Rule::read("all", |key| (key == "when").then_some(when.as_str())) else {
                continue;
            };
            let mut host = Watched::all(vec![rule]);
            assert!(
                host.sees(Sample { system: one::<System>(), disk: one::<Disk>(), ..Sample::default() })
                    .is_empty()
            );
            watched += 1;
        }
    }
    assert!(watched > 500, "{watched}");
}

fn one<R: Row>() -> Rows<R> {
    vec![R::default()].into()
}
