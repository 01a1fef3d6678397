//! What a recording says of any span of time, whenever its ticks were: counters by the share of an interval that
//! lies in the span.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::cli::Sysray;

/// How far a reading of a tool may lie from when it was told, in seconds.
const INSTANT: f64 = 0.25;
/// Within what time of an instant a gauge's rows are looked at.
const AROUND: f64 = 1.5;

/// A row of a table: seconds since 1970 at which it begins and ends, and values.
#[derive(Debug)]
struct Row {
    from: f64,
    to: f64,
    values: Vec<Option<f64>>,
}

/// Rows by entity.
#[derive(Debug, Default)]
pub struct Recorded {
    rows: BTreeMap<String, Vec<Row>>,
}

/// The least and the greatest that something may have been, and what it most likely was.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    pub least: f64,
    pub greatest: f64,
    pub likely: f64,
}

impl Within {
    /// Of all that it may have been, the likeliest first.
    fn of(values: impl Iterator<Item = f64>) -> Option<Within> {
        let all: Vec<f64> = values.collect();
        let (least, greatest) =
            (all.iter().copied().reduce(f64::min)?, all.iter().copied().reduce(f64::max)?);
        Some(Within { least, greatest, likely: all[0] })
    }

    pub fn exactly(value: f64) -> Within {
        Within { least: value, greatest: value, likely: value }
    }

    pub fn map(self, by: impl Fn(f64) -> f64) -> Within {
        Within { least: by(self.least), greatest: by(self.greatest), likely: by(self.likely) }
    }

    /// How far off a number is.
    pub fn off(&self, number: f64) -> f64 {
        (self.least - number).max(number - self.greatest).max(0.0)
    }
}

impl Recorded {
    /// The values of SQL expressions over a table's columns; `entity` is one as well, or empty.
    pub fn ask(store: &Path, table: &str, entity: &str, only: &str, values: &[&str]) -> Recorded {
        let entity = if entity.is_empty() { "''" } else { entity };
        let values: Vec<String> =
            values.iter().enumerate().map(|(at, sql)| format!("cast({sql} as double) as v{at}")).collect();
        let only = if only.is_empty() { "true" } else { only };
        let sql = format!(
            "select cast(ts as bigint) as ts, interval_us, {entity} as entity, {} from {table} where {only} order by 1",
            values.join(", ")
        );
        let json = Sysray::new(&["query", "--format", "json", &sql]).store(store).prints();
        let told: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
        let mut recorded = Recorded::default();
        for row in told {
            let to = row["ts"].as_f64().unwrap() / 1e6;
            let from = to - row["interval_us"].as_f64().unwrap_or(0.0) / 1e6;
            let values = (0..values.len()).map(|at| row[format!("v{at}")].as_f64()).collect();
            let entity = row["entity"].as_str().unwrap().to_string();
            recorded.rows.entry(entity).or_default().push(Row { from, to, values });
        }
        recorded
    }

    pub fn entities(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// One expression's sum over a span by another's, or by its seconds, wherever about that the span began and
    /// ended. `None` where that is not known.
    pub fn over(
        &self,
        entity: &str,
        (from, to): (f64, f64),
        above: usize,
        below: Option<usize>,
    ) -> Option<Within> {
        let rows = self.rows.get(entity)?;
        let (begins, ends) = (about(rows, from), about(rows, to));
        let spans = begins.iter().flat_map(|from| ends.iter().map(move |to| (*from, *to)));
        let ratios: Option<Vec<f64>> = spans.map(|span| ratio(rows, span, above, below)).collect();
        Within::of(ratios?.into_iter())
    }

    /// What a gauge was around an instant.
    pub fn around(&self, entity: &str, at: f64, value: usize) -> Option<Within> {
        let mut rows: Vec<&Row> =
            self.rows.get(entity)?.iter().filter(|row| (row.to - at).abs() <= AROUND).collect();
        rows.sort_by(|a, b| (a.to - at).abs().total_cmp(&(b.to - at).abs()));
        Within::of(rows.into_iter().filter_map(|row| row.values[value]))
    }

    /// What something was in the whole recording.
    pub fn ever(&self, entity: &str, value: usize) -> Option<Within> {
        Within::of(self.rows.get(entity)?.iter().filter_map(|row| row.values[value]))
    }

    /// What a gauge was at an instant, as if it went straight from row to row.
    pub fn at(&self, entity: &str, at: f64, value: usize) -> Option<f64> {
        let rows = self.rows.get(entity)?;
        let next = rows.iter().position(|row| row.to >= at).filter(|next| *next > 0)?;
        let (before, behind) = (&rows[next - 1], &rows[next]);
        let (a, b) = (before.values[value]?, behind.values[value]?);
        Some(a + (b - a) * (at - before.to) / (behind.to - before.to))
    }
}

/// Moments that one which is known so well may stand for: itself, a little sooner and later, and the ticks before and
/// behind, since what happened in an interval may all have happened at one end of it.
fn about(rows: &[Row], at: f64) -> Vec<f64> {
    let before = rows.iter().rev().map(|row| row.to).find(|to| *to <= at);
    let behind = rows.iter().map(|row| row.to).find(|to| *to >= at);
    [at, at - INSTANT, at + INSTANT].into_iter().chain(before).chain(behind).collect()
}

/// `None` where a part of the span has no row, or one whose value is unknown; 0 by 0 is 0.
fn ratio(rows: &[Row], (from, to): (f64, f64), above: usize, below: Option<usize>) -> Option<f64> {
    let (mut sum, mut by, mut covered) = (0.0, 0.0, 0.0);
    for row in rows {
        let overlap = row.to.min(to) - row.from.max(from);
        if overlap <= 0.0 || row.to <= row.from {
            continue;
        }
        let share = overlap / (row.to - row.from);
        sum += share * row.values[above]?;
        by += share * below.map_or(Some(row.to - row.from), |below| row.values[below])?;
        covered += overlap;
    }
    let is_whole = (covered - (to - from)).abs() < 0.05 * (to - from);
    is_whole.then_some(if by > 0.0 { sum / by } else { 0.0 })
}

/// Ten rows of a second each of an entity without a name, with these values.
#[cfg(test)]
fn ten(value: impl Fn(usize) -> f64) -> Recorded {
    let row = |at: usize| Row { from: at as f64, to: at as f64 + 1.0, values: vec![Some(value(at))] };
    Recorded { rows: [(String::new(), (0..10).map(row).collect())].into() }
}

#[test]
fn a_steady_rate_is_one_number_wherever_the_span_began() {
    let over = ten(|_| 50.0).over("", (2.3, 7.6), 0, None).unwrap();
    assert!((over.least - 50.0).abs() < 1e-9 && (over.greatest - 50.0).abs() < 1e-9, "{over:?}");
    assert!(over.off(51.0) > 0.99);
}

#[test]
fn a_burst_within_the_span_is_one_number_and_one_at_its_edge_may_lie_outside() {
    let burst = |second: usize| ten(move |at| if at == second { 60.0 } else { 0.0 });
    let inside = burst(5).over("", (2.5, 8.5), 0, None).unwrap();
    assert!((inside.likely - 10.0).abs() < 1e-9);
    assert!(inside.off(5.0) > 3.0 && inside.off(10.0) == 0.0, "{inside:?}");
    let edge = burst(2).over("", (2.5, 8.5), 0, None).unwrap();
    assert!(edge.off(0.0) == 0.0 && edge.off(9.0) < 0.5, "{edge:?}");
}

#[test]
fn what_no_row_tells_is_unknown() {
    assert!(ten(|_| 1.0).over("", (5.0, 15.0), 0, None).is_none());
    assert!(ten(|_| 1.0).over("other", (2.0, 5.0), 0, None).is_none());
}
