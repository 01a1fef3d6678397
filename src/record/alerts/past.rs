//! What was raised in a recording, as its events tell.

use serde_json::Value as Json;

use super::told::{ALERT, ALERT_CLEAR};
use crate::record::events::{START, STOP};
use crate::schema::rows::Event;
use crate::schema::{Micros, Text};

/// A rule that was raised.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    pub host: Text,
    pub rule: String,
    /// What it was raised for: empty where the table has one row.
    pub name: String,
    /// That by its key columns.
    pub entity: String,
    /// What is compared with what.
    pub when: String,
    pub severity: String,
    pub state: State,
    /// Since when it held.
    pub since: Option<Micros>,
    /// When it was raised.
    pub raised: Micros,
    /// Until when it was so, as far as is known.
    pub until: Option<Micros>,
    /// The worst value that is known: the one it was raised by, and once it is cleared that of all its time.
    pub worst: Option<f64>,
    /// What was told when it was raised.
    pub message: String,
}

/// Where a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It holds.
    Raised,
    /// It does not hold any more.
    Cleared,
    /// The recording ended while it held: nobody knows.
    Ended,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::Raised => "raised",
            State::Cleared => "cleared",
            State::Ended => "ended",
        }
    }
}

/// What was raised by these events of one host, which come in order of time; newest first.
pub fn past<'a>(host: &Text, events: impl Iterator<Item = (Micros, &'a Event)>) -> Vec<Past> {
    let mut raised: Vec<Past> = Vec::new();
    for (ts, event) in events {
        match event.kind.as_deref() {
            // What was not cleared by then nobody knows of, and the next recording begins anew.
            Some(START | STOP) => {
                for open in raised.iter_mut().filter(|past| past.state == State::Raised) {
                    open.state = State::Ended;
                    open.until = (event.kind.as_deref() == Some(STOP)).then_some(ts);
                }
            }
            Some(ALERT) => raised.push(read(host, ts, event)),
            Some(ALERT_CLEAR) => {
                let over = read(host, ts, event);
                let is_it = |past: &&mut Past| past.rule == over.rule && past.entity == over.entity;
                if let Some(open) = raised.iter_mut().rev().find(is_it) {
                    (open.state, open.until) = (State::Cleared, Some(ts));
                    open.worst = over.worst.or(open.worst);
                }
            }
            _ => {}
        }
    }
    raised.reverse();
    raised
}

fn read(host: &Text, ts: Micros, event: &Event) -> Past {
    let detail: Json =
        event.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok()).unwrap_or_default();
    let text = |key: &str| detail[key].as_str().unwrap_or_default().to_string();
    let given = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_string();
    let kind = event.kind.as_deref();
    Past {
        host: host.clone(),
        rule: text("rule"),
        name: text("name"),
        entity: text("entity"),
        when: text("when"),
        severity: given(&event.severity),
        state: State::Raised,
        since: detail["since_us"].as_i64().map(Micros),
        raised: ts,
        until: None,
        worst: detail[if kind == Some(ALERT) { "value" } else { "worst" }].as_f64(),
        message: given(&event.message),
    }
}
