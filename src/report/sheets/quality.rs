//! The sheets about the recording itself: how complete it is, and what it cost.

use super::{Block, Grid, LISTED, Piece, instant, known, left, ours, right, theirs};
use crate::export::figures::{amount, bytes, length};
use crate::report::model::*;

pub(super) fn quality(report: &Report) -> Vec<Block> {
    let quality = &report.quality;
    let due = known(quality.expected_samples, |n| n.to_string());
    let share = known(quality.coverage_pct, |pct| amount("_pct", pct));
    let interval = format!(
        "{} nominal (median), {} mean, {} longest",
        known(quality.nominal_interval_us, length),
        known(quality.mean_interval_us, |us| amount("_us", us)),
        known(quality.max_interval_us, length),
    );
    let covered = known(quality.accounted_us, length);
    let whole = length(report.scope.length_us);
    let missing = quality.gaps.iter().map(|g| g.length_us).sum();
    let gaps = match quality.gaps.len() {
        0 => "none".into(),
        n => format!("{n}, {} in all", length(missing)),
    };
    let failed = match quality.failures.len() {
        0 => "none".into(),
        n => n.to_string(),
    };
    let mut blocks = vec![Block::Facts(vec![
        ("Samples", ours(format!("{} of {due} expected ({share})", quality.samples))),
        ("Interval", ours(interval)),
        ("Accounted for", ours(format!("{covered} of {whole}"))),
        ("Gaps", ours(gaps)),
        ("Failed collectors", ours(failed)),
    ])];
    if !quality.gaps.is_empty() {
        blocks.push(Block::Grid(gaps_grid(&quality.gaps)));
    }
    if quality.gaps.len() > LISTED {
        blocks.push(Block::Note(format!("The {LISTED} longest gaps; the JSON form has all of them.")));
    }
    if !quality.failures.is_empty() {
        blocks.push(Block::Grid(failures_grid(&quality.failures)));
    }
    blocks
}

fn gaps_grid(gaps: &[Gap]) -> Grid {
    let mut longest: Vec<&Gap> = gaps.iter().collect();
    longest.sort_by_key(|gap| std::cmp::Reverse(gap.length_us));
    longest.truncate(LISTED);
    longest.sort_by_key(|gap| gap.begin.micros());
    let row = |gap: &&Gap| {
        vec![
            ours(instant(&gap.begin)),
            ours(instant(&gap.end)),
            ours(length(gap.length_us)),
            ours(gap.missed_samples.to_string()),
            theirs(&gap.cause),
        ]
    };
    Grid {
        columns: vec![
            left("gap from", 19),
            left("to", 19),
            right("length", 12),
            right("missed", 8),
            left("cause", 0),
        ],
        rows: longest.iter().map(row).collect(),
    }
}

fn failures_grid(failures: &[CollectorFailure]) -> Grid {
    let row = |failure: &CollectorFailure| {
        vec![
            vec![Piece::Theirs(failure.collector.clone())],
            ours(known(failure.errors, |n| n.to_string())),
            ours(instant(&failure.first)),
            ours(instant(&failure.last)),
            theirs(&failure.last_error),
        ]
    };
    Grid {
        columns: vec![
            left("collector", 12),
            right("errors", 8),
            left("first", 19),
            left("last", 19),
            left("last error", 0),
        ],
        rows: failures.iter().map(row).collect(),
    }
}

pub(super) fn cost(recorder: &Option<RecorderCost>) -> String {
    let Some(cost) = recorder else { return "Unknown: the recording does not tell.".into() };
    let time = known(cost.cpu_seconds, |s| length((s * 1e6) as i64));
    let share = known(cost.cpu_pct, |pct| amount("_pct", pct));
    let [rss, written, journal, store] =
        [cost.rss_max_bytes, cost.written_bytes, cost.journal_bytes, cost.store_bytes]
            .map(|b| known(b, bytes));
    let [skipped, dropped] = [cost.skipped_ticks, cost.dropped_frames].map(|n| known(n, |n| n.to_string()));
    let late = known(cost.late_max_us, |us| amount("_us", us as f64));
    format!(
        "CPU {time} ({share} of one CPU), memory {rss} at most, {written} written, journal {journal}, store \
         {store}, ticks skipped {skipped}, frames dropped {dropped}, latest tick {late} late."
    )
}
