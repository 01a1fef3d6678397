//! The sheet of alerts: what was raised, of what, from when to when, and how bad it was.

use super::{Block, Grid, LISTED, Piece, instant, known, left, ours, right};
use crate::export::figures::amount;
use crate::report::model::Alert;

pub(super) fn alerts(alerts: &[Alert]) -> Vec<Block> {
    if alerts.is_empty() {
        return vec![Block::Note("None was raised.".into())];
    }
    let mut listed: Vec<&Alert> = alerts.iter().collect();
    listed.sort_by_key(|alert| (std::cmp::Reverse(rank(alert)), std::cmp::Reverse(alert.raised.micros())));
    listed.truncate(LISTED);
    listed.sort_by_key(|alert| alert.raised.micros());
    let mut blocks = vec![Block::Grid(Grid {
        columns: vec![
            left("severity", 8),
            left("rule", 20),
            left("since", 19),
            left("until", 19),
            right("worst", 11),
            left("of", 0),
        ],
        rows: listed.into_iter().map(row).collect(),
    })];
    if alerts.len() > LISTED {
        let many = alerts.len();
        blocks.push(Block::Note(format!(
            "Of {many} the {LISTED} most severe, and of those the latest; the JSON form has all of them."
        )));
    }
    blocks
}

fn rank(alert: &Alert) -> u8 {
    match alert.severity.as_str() {
        "critical" => 2,
        "warning" => 1,
        _ => 0,
    }
}

fn row(alert: &Alert) -> Vec<super::Line> {
    let until = match (&alert.until, alert.state.as_str()) {
        (Some(until), _) => instant(until),
        (None, "raised") => "still raised".into(),
        (None, _) => super::UNKNOWN.into(),
    };
    // `filesystem.used_pct > 95 %`: the unit is in the column's name.
    let column = alert.when.split(' ').next().unwrap_or_default();
    vec![
        match alert.severity.as_str() {
            word @ ("info" | "warning" | "critical") => ours(word),
            other => vec![Piece::Theirs(other.into())],
        },
        vec![Piece::Theirs(alert.rule.clone())],
        ours(instant(alert.since.as_ref().unwrap_or(&alert.raised))),
        ours(until),
        ours(known(alert.worst, |worst| amount(column, worst))),
        match alert.name.as_str() {
            "" => ours("the host"),
            name => vec![Piece::Theirs(name.into())],
        },
    ]
}
