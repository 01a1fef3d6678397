//! Fixed answers: an hour in which a backup ran from 14:05 to 14:07.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use sysray::time::Micros;
use sysray::tui::course::Course;
use sysray::tui::event::Moment;
use sysray::tui::model::{Mark, Severity, What};
use sysray::tui::sheet::Sheet;

use super::{SECOND, START};

pub fn numbers(values: &[Option<f64>]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

pub fn whole(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

pub fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

pub fn times(values: &[i64]) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(values.to_vec()).with_timezone("UTC"))
}

pub fn truths(values: &[bool]) -> ArrayRef {
    Arc::new(BooleanArray::from(values.to_vec()))
}

pub fn sheet(columns: Vec<(&str, ArrayRef)>) -> Sheet {
    Sheet::new(
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, of)| (name, of, true)))
            .unwrap(),
    )
}

/// How busy the CPUs were then.
fn busy(second: i64) -> f64 {
    if (300..420).contains(&second) { 97.0 } else { 5.0 + (second % 7) as f64 }
}

pub fn processes(ts: i64) -> Sheet {
    sheet(vec![
        ("ts", times(&[ts; 5])),
        ("pid", whole(&[1, 200, 210, 300, 400])),
        ("start_time", times(&[START - 9, START - 8, START - 7, START - 6, START - 5])),
        ("ppid", whole(&[0, 1, 200, 1, 1])),
        ("comm", texts(&[Some("systemd"), Some("nginx"), Some("nginx"), Some("backup"), Some("java")])),
        (
            "cmdline",
            texts(&[
                Some("/sbin/init"),
                Some("nginx: master"),
                Some("nginx: worker"),
                Some("tar czf /backup/all.tgz /srv"),
                Some("/usr/bin/java -Xmx2g -Xms512m -XX:+UseG1GC -cp a:b kafka.Kafka server.properties"),
            ]),
        ),
        ("exe", texts(&[None, None, None, Some("/usr/bin/tar"), Some("/usr/lib/jvm/bin/java")])),
        ("username", texts(&[Some("root"), Some("root"), Some("www-data"), Some("backup"), Some("kafka")])),
        (
            "cgroup",
            texts(&[
                Some("/"),
                Some("/system.slice/nginx"),
                Some("/system.slice/nginx"),
                Some("/cron"),
                None,
            ]),
        ),
        ("state", texts(&[Some("S"), Some("S"), Some("R"), Some("D"), Some("S")])),
        ("cpu_pct", numbers(&[Some(0.1), Some(0.4), Some(12.5), Some(94.0), None])),
        ("rss_bytes", whole(&[12 << 20, 8 << 20, 30 << 20, 200 << 20, 2200 << 20])),
        ("read_bytes_per_s", numbers(&[Some(0.0), Some(0.0), None, Some(52_428_800.0), Some(4096.0)])),
        ("write_bytes_per_s", numbers(&[Some(0.0), Some(1024.0), None, Some(31_457_280.0), Some(0.0)])),
        ("io_bytes_per_s", numbers(&[Some(0.0), Some(1024.0), None, Some(83_886_080.0), Some(4096.0)])),
        ("threads", whole(&[1, 1, 4, 1, 80])),
    ])
}

pub fn moment(ts: Micros) -> Moment {
    let second = ts.0.saturating_sub(START) / SECOND;
    let system = sheet(vec![
        ("ts", times(&[ts.0])),
        ("cpu", numbers(&[Some(busy(second))])),
        ("iowait_pct", numbers(&[Some(12.0)])),
        ("steal_pct", numbers(&[None])),
        ("load1", numbers(&[Some(1.25)])),
        ("memory_used_pct", numbers(&[Some(61.5)])),
        ("memory_available_bytes", whole(&[3 << 30])),
        ("disk_read_bytes_per_s", numbers(&[Some(52_432_896.0)])),
        ("runnable", whole(&[3])),
        ("io_some_pct", numbers(&[Some(44.0)])),
    ]);
    let disk = sheet(vec![
        ("ts", times(&[ts.0; 2])),
        ("device", texts(&[Some("sda"), Some("nvme0n1")])),
        ("busy_pct", numbers(&[Some(3.0), Some(99.0)])),
        ("queue_length", numbers(&[Some(0.1), Some(12.4)])),
        ("counted", truths(&[true, true])),
    ]);
    let cgroup = sheet(vec![
        ("ts", times(&[ts.0; 3])),
        ("path", texts(&[Some("/system.slice"), Some("/system.slice/nginx"), Some("/cron")])),
        ("cpu_pct", numbers(&[Some(13.0), Some(12.9), Some(94.0)])),
        ("memory_bytes", whole(&[60 << 20, 40 << 20, 300 << 20])),
    ]);
    let core = sheet(vec![
        ("ts", times(&[ts.0; 2])),
        ("cpu", whole(&[0, 1])),
        ("busy_pct", numbers(&[Some(99.0), Some(4.0)])),
    ]);
    let cpu = sheet(vec![
        ("ts", times(&[ts.0])),
        ("busy_pct", numbers(&[Some(51.5)])),
        ("user_pct", numbers(&[Some(40.0)])),
    ]);
    let memory = sheet(vec![
        ("ts", times(&[ts.0])),
        ("total_bytes", whole(&[8 << 30])),
        ("used_bytes", whole(&[5 << 30])),
        ("swap_total_bytes", whole(&[0])),
        ("cached_bytes", whole(&[1 << 30])),
        ("major_faults_per_s", numbers(&[Some(12_000.0)])),
    ]);
    let pressure = sheet(vec![
        ("ts", times(&[ts.0; 2])),
        ("resource", texts(&[Some("cpu"), Some("io")])),
        ("some_pct", numbers(&[Some(3.0), Some(44.0)])),
        ("full_pct", numbers(&[None, Some(21.0)])),
    ]);
    let sheets = BTreeMap::from([
        ("system", system),
        ("process", processes(ts.0)),
        ("disk", disk),
        ("cgroup", cgroup),
        ("core", core),
        ("cpu", cpu),
        ("memory", memory),
        ("pressure", pressure),
    ]);
    Moment { ts, sheets }
}

pub fn course(from: Micros, to: Micros, columns: usize) -> Course {
    let mut course = Course::new(from, to, columns);
    let seconds: Vec<i64> = (1..=3600).filter(|second| !(2400..2700).contains(second)).collect();
    let ts: Vec<i64> = seconds.iter().map(|second| START + second * SECOND).collect();
    course.take_in(&sheet(vec![
        ("ts", times(&ts)),
        ("bucket_us", whole(&vec![SECOND; ts.len()])),
        ("cpu", numbers(&seconds.iter().map(|second| Some(busy(*second))).collect::<Vec<_>>())),
        ("memory_used_pct", numbers(&vec![Some(61.5); ts.len()])),
        ("disk_read_bytes_per_s", numbers(&seconds.iter().map(|s| Some(busy(*s) * 1e6)).collect::<Vec<_>>())),
    ]));
    course
}

pub fn history(from: Micros, to: Micros, columns: usize) -> Course {
    let mut course = Course::new(from, to, columns);
    let ts: Vec<i64> = (301..420).map(|second| START + second * SECOND).collect();
    course.take_in(&sheet(vec![
        ("ts", times(&ts)),
        ("cpu_pct", numbers(&vec![Some(94.0); ts.len()])),
        ("rss_bytes", numbers(&(0..ts.len()).map(|at| Some(1e6 * at as f64)).collect::<Vec<_>>())),
    ]));
    course
}

pub fn marks() -> Vec<Mark> {
    let mark = |second: i64, severity, what| Mark {
        ts: Micros(START + second * SECOND),
        until: None,
        severity,
        what,
        peak: None,
    };
    let event = |kind: &str, text: &str| What::Event { kind: kind.into(), text: text.into() };
    vec![
        mark(1, Severity::Info, event("start", "recording begins")),
        mark(301, Severity::Critical, What::Unusual { column: "cpu", value: 97.0, median: 8.0 }),
        mark(2400, Severity::Warning, event("gap", "nothing recorded for 300 s")),
        mark(3000, Severity::Info, event("note", "deployed v2")),
    ]
}
