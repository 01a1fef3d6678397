//! Rules over the rows of each tick, that tell in `event` when they begin to hold and when that is over.
//!
//! Nothing here waits: a command is run by another thread.

mod command;
mod condition;
mod defaults;
mod filter;
mod past;
mod rule;
mod told;
mod tracked;
mod watch;

use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;

use self::command::{Commands, Variables};
use self::watch::{Look, News, Watch};
use crate::schema::Micros;
use crate::schema::rows::{Event, Sample};
use crate::time::show;

pub use self::defaults::{DEFAULTS, DefaultRule};
pub use self::past::{Past, State, past};
pub use self::rule::{Rule, Which, Wrong};

/// All rules of a recording.
pub struct Alerts {
    watches: Vec<Watch>,
    commands: Commands,
    host: String,
    store: PathBuf,
    news: Vec<News>,
}

impl Alerts {
    /// Watches these rules; their commands are told the host and the store.
    pub fn new(rules: Vec<Rule>, host: &str, store: PathBuf) -> Self {
        let enabled = rules.into_iter().filter(|rule| rule.is_enabled);
        Alerts {
            watches: enabled.filter_map(Watch::new).collect(),
            commands: Commands::new(),
            host: host.into(),
            store,
            news: Vec::new(),
        }
    }

    /// Takes in the rows of a tick at `ts`, on the monotonic clock `now`, and hands out what is to be told.
    /// `about` knows of a table its rows' interval in microseconds, and whether it was read, of which it may
    /// have no rows.
    pub fn see(
        &mut self,
        ts: Micros,
        now: Duration,
        rows: &Sample,
        about: impl Fn(&str) -> (Option<i64>, bool),
    ) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        for (rule, what) in self.commands.failures() {
            events.push(told::failed(&rule, &what));
        }
        for watch in &mut self.watches {
            let (interval_us, is_read) = about(watch.rule.condition.table.name);
            watch.see(&Look { rows, ts, now, interval_us, is_read }, &mut self.news);
            for News { event, is_change } in self.news.drain(..) {
                if is_change && !watch.rule.command.is_empty() {
                    let variables = variables(&event, ts, &self.host, &self.store);
                    self.commands.call(&watch.rule, variables);
                }
                events.push(event);
            }
        }
        events
    }

    /// Ends the commands, and hands out what is to be told of them.
    pub fn close(self) -> Vec<Event> {
        self.commands.close().iter().map(|(rule, what)| told::failed(rule, what)).collect()
    }
}

/// What a command is told of a change.
fn variables(event: &Event, ts: Micros, host: &str, store: &std::path::Path) -> Variables {
    let detail: serde_json::Value =
        event.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok()).unwrap_or_default();
    let text = |key: &str| match &detail[key] {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let state = match event.kind.as_deref() {
        Some(told::ALERT) => "raised",
        _ => "cleared",
    };
    let given = |text: &Option<crate::schema::Text>| text.as_deref().unwrap_or_default().to_string();
    vec![
        ("SYSRAY_ALERT_NAME", text("rule")),
        ("SYSRAY_ALERT_STATE", state.into()),
        ("SYSRAY_ALERT_SEVERITY", given(&event.severity)),
        ("SYSRAY_ALERT_WHEN", text("when")),
        ("SYSRAY_ALERT_ENTITY", text("name")),
        ("SYSRAY_ALERT_VALUE", text("value")),
        ("SYSRAY_ALERT_MESSAGE", given(&event.message)),
        ("SYSRAY_ALERT_TS", show(ts, &TimeZone::UTC)),
        ("SYSRAY_ALERT_HOST", host.into()),
        ("SYSRAY_ALERT_STORE", store.display().to_string()),
    ]
}
