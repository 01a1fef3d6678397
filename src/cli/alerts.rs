//! `sysray alerts`: which rules are watched, and what they have raised. Reads events from the store itself, so
//! that a recorder without SQL can be asked.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::TimestampMicrosecondType;
use jiff::tz::TimeZone;
use serde_json::json;

use super::args::{Alerts, AlertsFormat};
use super::config::{Config, InForce};
use super::{NotSound, NothingRecorded, place};
use crate::export::{self, Format};
use crate::record::alerts::{Past, State, past};
use crate::schema::rows::Event;
use crate::schema::{self, Micros, Row, Text};
use crate::store::{self, Catalog, Recording};
use crate::time::{show, show_duration};

/// Lists rules, and what they raised.
pub fn run(args: Alerts) -> Result<()> {
    let config = Config::read(args.place.config, vec![])?;
    let rules = if args.check { None } else { Some(config.rules()) };
    let alerts = match args.rules {
        true => None,
        false => {
            let root = place::store_of(args.place.store, &config)?;
            // Whose lock cannot be tried here may be recording.
            let is_live = !matches!(store::recorder(&root), Recording::Nobody);
            let mut alerts = of_store(&root, is_live)?;
            if args.check && !is_live {
                let nobody = format!("nobody records into {}: what is raised now is unknown", root.display());
                return Err(NothingRecorded(nobody).into());
            }
            match args.check {
                true => alerts.retain(|alert| alert.state == State::Raised),
                false => alerts.truncate(args.last),
            }
            Some(alerts)
        }
    };
    let mut out = io::stdout().lock();
    match args.format {
        AlertsFormat::Json => {
            let rules = rules.map(|rules| rules.iter().map(rule_as_json).collect::<Vec<_>>());
            let alerts = alerts.as_ref().map(|alerts| alerts.iter().map(alert_as_json).collect::<Vec<_>>());
            let mut all = serde_json::Map::new();
            rules.into_iter().for_each(|rules| drop(all.insert("rules".into(), rules.into())));
            alerts.into_iter().for_each(|alerts| drop(all.insert("alerts".into(), alerts.into())));
            writeln!(out, "{:#}", serde_json::Value::Object(all))?;
        }
        AlertsFormat::Text => {
            if let Some(rules) = &rules {
                write_table(&mut out, &rule_table(rules)?)?;
            }
            if let Some(alerts) = alerts.as_ref().filter(|alerts| !alerts.is_empty()) {
                if rules.is_some() {
                    writeln!(out)?;
                }
                write_table(&mut out, &alert_table(alerts)?)?;
            }
        }
    }
    out.flush()?;
    match alerts.map(|alerts| alerts.len()) {
        Some(0) if args.check => eprintln!("sysray: nothing is raised"),
        Some(0) => eprintln!("sysray: nothing was raised"),
        Some(many) if args.check => return Err(NotSound(format!("{many} raised now")).into()),
        _ => {}
    }
    Ok(())
}

/// What was raised in a store, newest first; `is_live` where somebody may record into it.
fn of_store(root: &Path, is_live: bool) -> Result<Vec<Past>> {
    let Some(table) = schema::table("event") else { return Ok(vec![]) };
    let mut hosts: Vec<(Text, Vec<(Micros, Event)>)> = Vec::new();
    for tail in Catalog::open(root)?.rows(table)? {
        let ts = tail.batch["ts"].as_primitive::<TimestampMicrosecondType>();
        let events = (0..tail.batch.num_rows()).filter(|at| ts.is_valid(*at));
        let events = events.map(|at| (Micros(ts.value(at)), Event::read(&tail.batch, at)));
        match hosts.last_mut() {
            Some((host, all)) if *host == tail.host => all.extend(events),
            _ => hosts.push((tail.host.clone(), events.collect())),
        }
    }
    let mut alerts = Vec::new();
    for (host, events) in &hosts {
        alerts.extend(past(host, events.iter().map(|(ts, event)| (*ts, event))));
    }
    // A recorder that was killed could not say that it ended.
    for alert in alerts.iter_mut().filter(|alert| !is_live && alert.state == State::Raised) {
        alert.state = State::Ended;
    }
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.raised));
    Ok(alerts)
}

fn rule_as_json(in_force: &InForce) -> serde_json::Value {
    let InForce { rule, from } = in_force;
    json!({
        "name": rule.name,
        "when": rule.when(),
        "where": rule.filter.to_string(),
        "for_us": rule.lasts.as_micros() as u64,
        "clear": rule.clear,
        "clear_for_us": rule.clear_lasts.as_micros() as u64,
        "severity": rule.severity,
        "about": rule.about,
        "command": rule.command,
        "from": from,
    })
}

fn alert_as_json(alert: &Past) -> serde_json::Value {
    let time = |ts: Micros| show(ts, &TimeZone::UTC);
    json!({
        "host": &*alert.host,
        "state": alert.state.word(),
        "severity": alert.severity,
        "rule": alert.rule,
        "name": alert.name,
        "entity": alert.entity,
        "since": alert.since.map(time),
        "raised": time(alert.raised),
        "until": alert.until.map(time),
        "worst": alert.worst,
        "message": alert.message,
    })
}

fn rule_table(rules: &[InForce]) -> Result<RecordBatch> {
    let clear = |in_force: &InForce| {
        let rule = &in_force.rule;
        let number = rule.condition.limit(rule.clear);
        match rule.clear_lasts.is_zero() {
            true => number,
            false => format!("{number} for {}", show_duration(rule.clear_lasts)),
        }
    };
    let column = |of: &dyn Fn(&InForce) -> String| column(rules.iter().map(of));
    Ok(RecordBatch::try_from_iter([
        ("rule", column(&|r| r.rule.name.clone())),
        ("when", column(&|r| r.rule.when())),
        ("where", column(&|r| r.rule.filter.to_string())),
        ("for", column(&|r| show_duration(r.rule.lasts))),
        ("clear", column(&clear)),
        ("severity", column(&|r| r.rule.severity.into())),
        ("command", column(&|r| r.rule.command.first().cloned().unwrap_or_default())),
        ("from", column(&|r| r.from.clone())),
    ])?)
}

fn alert_table(alerts: &[Past]) -> Result<RecordBatch> {
    let zone = TimeZone::system();
    let until = |alert: &Past| alert.until.map_or(String::new(), |ts| show(ts, &zone));
    let column = |of: &dyn Fn(&Past) -> String| column(alerts.iter().map(of));
    let mut columns = vec![
        ("state", column(&|a| a.state.word().into())),
        ("severity", column(&|a| a.severity.clone())),
        ("rule", column(&|a| a.rule.clone())),
        ("raised", column(&|a| show(a.raised, &zone))),
        ("until", column(&until)),
        ("message", column(&|a| a.message.clone())),
    ];
    if alerts.iter().any(|alert| alert.host != alerts[0].host) {
        columns.insert(0, ("host", column(&|a| a.host.to_string())));
    }
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// Texts as a column.
fn column(texts: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(texts.map(Some).collect::<StringArray>())
}

fn write_table(out: &mut dyn Write, batch: &RecordBatch) -> Result<()> {
    let mut style = export::Options::default();
    if io::stdout().is_terminal() {
        style.width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    }
    Ok(export::write(Format::Table, &batch.schema(), [batch], &mut *out, &style)?)
}
