//! The SQL behind a panel, as it can be pasted into `sysray query`: it answers what the panel shows.

use super::super::model::Model;
use super::super::panel::{Panel, over, question};
use crate::query::tiers::{Grain, Scope, filled, literal, quoted};

const EVENTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/panels/event.sql"));

/// The panel's question; `None` of one that none is behind.
pub fn sql(model: &Model) -> Option<String> {
    let panel = model.screen.focused();
    match (panel, panel.questions().first().and_then(|name| question(name))) {
        (Panel::Question, _) => Some(model.asked.sql.clone()).filter(|sql| !sql.is_empty()),
        (Panel::Events, _) => over_range(model, EVENTS),
        (Panel::History, _) => over_range(model, &model.subject.as_ref()?.sql()),
        (_, Some(question)) => {
            // The rows that are shown may be those of a sample before.
            let shown = model.sheet(question.name).and_then(|sheet| sheet.time(0, "ts"));
            let at = shown.unwrap_or(model.time.cursor);
            let of_one = format!("ts = {}", literal(at));
            Some(over(&here(model, question.sql).replace("ts > $from and ts <= $to", &of_one), at, at))
        }
        _ => None,
    }
}

/// What is asked about the range that the strip shows, of recorded rows.
fn over_range(model: &Model, sql: &str) -> Option<String> {
    let (from, to) = model.time.shown()?;
    let grain = Grain { seconds_up_to: i64::MAX, minutes_up_to: i64::MAX };
    let sql = filled(sql, &Scope { held: &[], host: &model.host, from, to, grain });
    Some(over(&here(model, &sql), from, to))
}

/// Without its comment, about the host that is shown.
fn here(model: &Model, sql: &str) -> String {
    let text: Vec<&str> = sql.lines().filter(|line| !line.starts_with("--")).collect();
    text.join("\n").replace("$host", &quoted(&model.host))
}
