//! What stands out of a course, and what does not.

use sysray::time::Micros;
use sysray::tui::desk::anomalies::{Point, found};
use sysray::tui::model::Severity;
use sysray::tui::words::Lang;

use super::{SECOND, START};

fn points(values: impl IntoIterator<Item = f64>, length: i64) -> Vec<Point> {
    let point = |(at, value)| Point { ts: Micros(START + (at as i64 + 1) * length), length, value };
    values.into_iter().enumerate().map(point).collect()
}

fn calm(many: usize) -> Vec<f64> {
    (0..many).map(|at| 5.0 + (at * 7 % 5) as f64).collect()
}

#[test]
fn a_spike_is_found_where_it_is_greatest() {
    let mut values = calm(600);
    values[300..320].fill(80.0);
    values[307] = 97.0;
    let found = found(&points(values, SECOND), "cpu");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].ts.0, START + 308 * SECOND);
    assert_eq!(found[0].severity, Severity::Critical);
    assert_eq!(found[0].text(Lang::En), "cpu 97 %, median 7 %");
    assert_eq!(
        (found[0].kind(Lang::Fr), found[0].text(Lang::Fr)),
        ("anomalie", "cpu 97 %, médiane 7 %".into())
    );
    assert!(found[0].peak.is_none());
}

#[test]
fn a_calm_or_a_busy_host_has_none() {
    assert!(found(&points(calm(600), SECOND), "cpu").is_empty());
    assert!(found(&points(vec![98.0; 600], SECOND), "cpu").is_empty());
    let noisy = (0..600).map(|at| f64::from(at * 37 % 100));
    assert!(found(&points(noisy, SECOND), "cpu").is_empty());
    assert!(found(&points(vec![100.0; 10], SECOND), "cpu").is_empty(), "nothing is usual yet");
}

#[test]
fn still_disks_that_wake_up_a_little_are_nothing() {
    let mut values = vec![0.0; 600];
    values[100] = 1e6;
    assert!(found(&points(values.clone(), SECOND), "disk_read_bytes_per_s").is_empty());
    values[100] = 1e8;
    assert_eq!(found(&points(values, SECOND), "disk_read_bytes_per_s").len(), 1);
}

#[test]
fn in_minutes_the_sample_is_looked_for() {
    let mut values = calm(600);
    values[300] = 97.0;
    let found = found(&points(values, 60 * SECOND), "cpu");
    assert_eq!(found[0].peak, Some(("cpu", Micros(START + 300 * 60 * SECOND))));
}
