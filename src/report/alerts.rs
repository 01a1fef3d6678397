//! Alerts that were raised in the range, or before it and lasted into it, as the recorder told them.

use serde::Deserialize;

use super::Error;
use super::ask::{At, Inquiry, question};
use super::gather::Zone;
use super::model::Alert;
use crate::record::alerts::{Past, State, past};
use crate::schema::rows::Event;
use crate::schema::{Micros, Text};

#[derive(Deserialize)]
struct Told {
    ts: At,
    kind: Option<String>,
    severity: Option<String>,
    message: Option<String>,
    detail: Option<String>,
}

/// In order of time.
pub(super) fn alerts(inquiry: &Inquiry, clock: &Zone) -> Result<Vec<Alert>, Error> {
    let told: Vec<Told> = inquiry.rows(question!("alerts"))?;
    let text = |text: Option<String>| text.map(|text| Text::from(text.as_str()));
    let event = |told: Told| {
        let event = Event {
            kind: text(told.kind),
            severity: text(told.severity),
            message: text(told.message),
            detail: text(told.detail),
            ..Event::default()
        };
        (told.ts.0, event)
    };
    let events: Vec<(Micros, Event)> = told.into_iter().map(event).collect();
    let mut all = past(&inquiry.host.into(), events.iter().map(|(ts, event)| (*ts, event)));
    all.reverse();
    // When a recorder that was killed left off, nobody knows: what it had raised before is not told again.
    let lasts =
        |past: &Past| past.state == State::Raised || past.until.is_some_and(|until| until > inquiry.from);
    all.retain(|past| past.raised > inquiry.from || lasts(past));
    let shown = |past: Past| Alert {
        rule: past.rule,
        when: past.when,
        name: past.name,
        entity: past.entity,
        severity: past.severity,
        state: past.state.word().into(),
        since: past.since.map(|since| clock.moment(since)),
        raised: clock.moment(past.raised),
        until: past.until.map(|until| clock.moment(until)),
        worst: past.worst,
        message: past.message,
    };
    Ok(all.into_iter().map(shown).collect())
}
