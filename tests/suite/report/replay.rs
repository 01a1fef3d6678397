//! A recording step by step, as text.
//!
//! `told` is the one helper: all that a replay writes.

use serde_json::json;
use sysray::report::{self, Error, Steps};
use sysray::time::Range;

use super::options;
use super::recording::Recording;

/// Four samples, ten seconds apart, the last of them behind a gap of an hour.
fn recording() -> Recording {
    let mut recording = Recording::default();
    let seconds = ["14:00:10", "14:00:20", "14:00:30", "15:00:40"];
    for (place, time) in seconds.iter().enumerate() {
        let (at, tick) = (format!("2026-11-22T{time}Z"), place as i64 + 1);
        let system = json!({
            "tick": tick, "cpu_busy_us": 2_500_000 * tick, "cpu_capacity_us": 20_000_000, "runnable": tick,
            "memory_used_pct": 61.25, "disk_read_bytes": 10_485_760, "disk_write_bytes": 0,
        });
        recording.add("system", "web1", &at, Some(10_000_000), system);
        for (pid, comm, cpu_us) in [(10, "idle", 0), (20, "postgres", 9_870_000), (30, "cron", 10_000)] {
            let process = json!({
                "tick": tick, "pid": pid, "comm": comm, "cpu_us": cpu_us, "state": "R", "rss_bytes": 1_288_490_189,
                "username": "root", "write_bytes": 35_651_584,
            });
            recording.add("process", "web1", &at, Some(10_000_000), process);
        }
    }
    let gap = json!({
        "tick": 4, "kind": "gap", "severity": "warning", "message": "the recorder was killed",
    });
    recording.add("event", "web1", "2026-11-22T15:00:40Z", None, gap);
    recording
}

fn told(recording: &Recording, every_us: Option<i64>, processes: usize) -> Result<String, Error> {
    let mut text = String::new();
    let ask = recording.answer();
    report::replay(&ask, &options(Range::ALL), &Steps { every_us, processes, tables: None }, |step| {
        text.push_str(step);
        Ok::<(), Error>(())
    })?;
    Ok(text)
}

#[test]
fn each_sample_is_a_line_with_its_busiest_processes_and_what_happened() {
    insta::assert_snapshot!(told(&recording(), None, 2).unwrap());
}

#[test]
fn of_each_span_the_last_sample_is_told() {
    let minutes = told(&recording(), Some(60_000_000), 1).unwrap();
    let steps: Vec<&str> =
        minutes.lines().filter(|line| line.starts_with("2026")).map(|line| &line[11..19]).collect();
    assert_eq!(steps, ["15:00:30", "16:00:40"]);
    assert_eq!(minutes.matches("postgres").count(), 2);
}

#[test]
fn without_samples_there_is_nothing_to_go_through() {
    assert!(matches!(told(&Recording::default(), None, 5), Err(Error::Empty(_))));
}
