//! Data quality: how many samples were due and taken, where they are missing and why, and which
//! collectors failed. What is missing is told, never filled in.

use serde::Deserialize;

use super::Error;
use super::ask::{At, Inquiry, question};
use super::gather::Zone;
use super::model::{CollectorFailure, Gap, Quality};
use crate::time::Micros;

/// Samples further apart than this many nominal intervals have a gap between them. A tick that came
/// late by less than that is late, not missing.
const GAP_INTERVALS: f64 = 1.8;

/// Kinds of events from the most telling about a gap to the least.
const CAUSES: [&str; 9] =
    ["unclean_boot", "boot", "suspend", "clock_step", "gap", "skipped", "lost", "stop", "start"];

#[derive(Deserialize)]
struct Samples {
    samples: i64,
    nominal_us: Option<f64>,
    mean_us: Option<f64>,
    max_us: Option<i64>,
    accounted_us: Option<i64>,
    first_ts: Option<At>,
    last_ts: Option<At>,
}

#[derive(Deserialize)]
struct Step {
    before_ts: At,
    ts: At,
    /// Of a tier: how long before `ts` its rows can begin.
    bucket_us: Option<i64>,
}

#[derive(Deserialize)]
struct Interruption {
    ts: At,
    until_ts: Option<At>,
    kind: String,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Failed {
    collector: String,
    errors: Option<i64>,
    first_ts: At,
    last_ts: At,
    last_error: Option<String>,
}

pub(super) fn quality(inquiry: &Inquiry, clock: &Zone) -> Result<Quality, Error> {
    let samples: Vec<Samples> = inquiry.rows(question!("samples"))?;
    let counted = samples.into_iter().next().filter(|s| s.samples > 0);
    let counted = counted.ok_or_else(|| Error::Empty("in the range".into()))?;
    let nominal_us = counted.nominal_us.map(|us| us.round() as i64).filter(|us| *us > 0);
    let expected = nominal_us.map(|us| whole(inquiry.to.0 - inquiry.from.0, us).max(1));
    let coverage = expected.map(|due| (100.0 * counted.samples as f64 / due as f64).min(100.0));
    Ok(Quality {
        samples: counted.samples,
        expected_samples: expected,
        coverage_pct: coverage,
        nominal_interval_us: nominal_us,
        mean_interval_us: counted.mean_us,
        max_interval_us: counted.max_us,
        accounted_us: counted.accounted_us,
        gaps: match nominal_us {
            Some(us) => gaps(inquiry, clock, &counted, us)?,
            None => Vec::new(),
        },
        failures: failures(inquiry, clock)?,
    })
}

fn gaps(inquiry: &Inquiry, clock: &Zone, counted: &Samples, nominal_us: i64) -> Result<Vec<Gap>, Error> {
    let gap_us = (GAP_INTERVALS * nominal_us as f64) as i64;
    let inner = question!("gaps");
    let steps: Vec<Step> = inquiry.rows_of(inner, &inner.sql.replace("$gap_us", &gap_us.to_string()))?;
    let causes: Vec<Interruption> = inquiry.rows(question!("interruptions"))?;
    let mut spans: Vec<(Micros, Micros)> = Vec::new();
    if let Some(At(first)) = counted.first_ts.filter(|At(first)| first.0 - inquiry.from.0 > gap_us) {
        spans.push((inquiry.from, Micros(first.0 - nominal_us)));
    }
    spans.extend(steps.iter().map(|s| (s.before_ts.0, Micros(s.ts.0.0 - s.bucket_us.unwrap_or(nominal_us)))));
    if let Some(At(last)) = counted.last_ts.filter(|At(last)| inquiry.to.0 - last.0 > gap_us) {
        spans.push((last, inquiry.to));
    }
    let told = |(begin, end): (Micros, Micros)| Gap {
        begin: clock.moment(begin),
        end: clock.moment(end),
        length_us: end.0 - begin.0,
        missed_samples: whole(end.0 - begin.0, nominal_us),
        cause: cause(&causes, begin, Micros(end.0 + nominal_us)),
    };
    Ok(spans.into_iter().map(told).collect())
}

/// The event within the gap, or up to the first sample after it, that explains it best.
fn cause(events: &[Interruption], begin: Micros, end: Micros) -> Option<String> {
    let place = |event: &Interruption| CAUSES.iter().position(|kind| *kind == event.kind);
    let within = |event: &&Interruption| {
        let until = event.until_ts.map_or(event.ts.0, |t| t.0);
        event.ts.0 <= end && until > begin
    };
    let best = events.iter().filter(within).min_by_key(|event| place(event))?;
    Some(match &best.message {
        Some(message) => format!("{}: {message}", best.kind),
        None => best.kind.clone(),
    })
}

fn failures(inquiry: &Inquiry, clock: &Zone) -> Result<Vec<CollectorFailure>, Error> {
    let rows: Vec<Failed> = inquiry.rows(question!("failures"))?;
    let told = |row: Failed| CollectorFailure {
        collector: row.collector,
        errors: row.errors,
        first: clock.moment(row.first_ts.0),
        last: clock.moment(row.last_ts.0),
        last_error: row.last_error,
    };
    Ok(rows.into_iter().map(told).collect())
}

fn whole(length_us: i64, interval_us: i64) -> i64 {
    (length_us as f64 / interval_us as f64).round() as i64
}
