//! What stands out of a course: values far above the median, measured by the median of deviations from it,
//! which a few spikes do not move.

use std::collections::BTreeMap;

use super::super::model::{Mark, Severity, What};
use super::super::sheet::Sheet;
use crate::time::Micros;

/// A value, and how long the row is that it is of, which ends at `ts`.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub ts: Micros,
    pub length: i64,
    pub value: f64,
}

/// The headline numbers that are watched.
pub const WATCHED: [&str; 9] = [
    "cpu",
    "memory_used_pct",
    "disk_read_bytes_per_s",
    "disk_write_bytes_per_s",
    "network_rx_bytes_per_s",
    "network_tx_bytes_per_s",
    "cpu_some_pct",
    "memory_some_pct",
    "io_some_pct",
];

/// So many deviations above the median is unusual; of normal noise one value in hundreds of millions is.
const DEVIATIONS: f64 = 6.0;
/// What makes a median deviation comparable to a standard deviation.
const NORMAL: f64 = 1.4826;
/// With fewer values nothing is usual yet.
const LEAST_POINTS: usize = 30;
/// Unusual values so many rows apart are one anomaly.
const APART: i64 = 5;
/// More of one number say that its course is not of the kind that this can judge; the greatest are kept.
const MOST: usize = 100;

/// The anomalies of one number, whose points are in the order of time.
pub fn found(points: &[Point], column: &'static str) -> Vec<Mark> {
    if points.len() < LEAST_POINTS {
        return Vec::new();
    }
    let usual = median(points.iter().map(|point| point.value).collect());
    let deviation = NORMAL * median(points.iter().map(|point| (point.value - usual).abs()).collect());
    let bound = usual + (DEVIATIONS * deviation).max(least(column, usual));
    let mut spans: Vec<(Point, Micros, Micros)> = Vec::new();
    for point in points.iter().filter(|point| point.value > bound) {
        let begin = Micros(point.ts.0 - point.length);
        match spans.last_mut() {
            Some((most, _, end)) if begin.0 - end.0 <= APART * point.length.max(1_000_000) => {
                *end = point.ts;
                if point.value > most.value {
                    *most = *point;
                }
            }
            _ => spans.push((*point, begin, point.ts)),
        }
    }
    spans.sort_by(|(one, ..), (other, ..)| other.value.total_cmp(&one.value));
    spans.truncate(MOST);
    let mark = |(most, _, end): (Point, Micros, Micros)| Mark {
        ts: most.ts,
        until: (end > most.ts).then_some(end),
        severity: if is_bad(column, most.value) { Severity::Critical } else { Severity::Warning },
        what: What::Unusual { column, value: most.value, median: usual },
        // A sample is where it is; in a longer row it has to be looked for.
        peak: (most.length > 60_000_000 - 1).then_some((column, Micros(most.ts.0 - most.length))),
    };
    spans.into_iter().map(mark).collect()
}

/// So much above the median is nothing yet, however still it was otherwise.
fn least(column: &str, usual: f64) -> f64 {
    match column {
        "memory_used_pct" => 10.0,
        _ if column.ends_with("bytes_per_s") => (usual * 3.0).max(8_388_608.0),
        _ => 25.0,
    }
}

fn is_bad(column: &str, value: f64) -> bool {
    match column {
        "cpu" | "memory_used_pct" => value >= 95.0,
        _ if column.ends_with("_some_pct") => value >= 50.0,
        _ => false,
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Stretches in which cgroups were held back by their limits.
pub fn throttled(sheets: &[Sheet]) -> Vec<Mark> {
    let mut spans: BTreeMap<String, Vec<(Micros, Micros, f64)>> = BTreeMap::new();
    for sheet in sheets {
        for row in 0..sheet.len() {
            let (Some(ts), Some(path)) = (sheet.time(row, "ts"), sheet.text(row, "path")) else { continue };
            let share = sheet.number(row, "throttled_pct").unwrap_or(0.0);
            let spans = spans.entry(path).or_default();
            match spans.last_mut() {
                Some((_, end, most)) if ts.0 - end.0 <= 300_000_000 => (*end, *most) = (ts, most.max(share)),
                _ => spans.push((ts, ts, share)),
            }
        }
    }
    let mark = |path: &str, (ts, end, most): (Micros, Micros, f64)| Mark {
        ts,
        until: (end > ts).then_some(end),
        severity: Severity::Warning,
        what: What::Throttled { path: path.into(), share: most },
        peak: None,
    };
    spans.into_iter().flat_map(|(path, spans)| spans.into_iter().map(move |span| mark(&path, span))).collect()
}
