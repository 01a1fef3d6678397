//! What stands out in time: events that were recorded, and anomalies that were found.

use super::super::words::{self, Lang};
use crate::export::figures::{amount, number};
use crate::time::Micros;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

impl Severity {
    /// As the table `event` has it.
    pub fn of(word: &str) -> Severity {
        match word {
            "critical" => Severity::Critical,
            "warning" => Severity::Warning,
            _ => Severity::Info,
        }
    }
}

/// Something that stands out.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub ts: Micros,
    /// Until when, where it lasted.
    pub until: Option<Micros>,
    pub severity: Severity,
    pub what: What,
    /// The headline number that is greatest somewhere in it, from where on to look.
    pub peak: Option<(&'static str, Micros)>,
}

/// What it is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// An event, as it was recorded.
    Event { kind: String, text: String },
    /// A number far above its median.
    Unusual { column: &'static str, value: f64, median: f64 },
    /// A cgroup was held back by its limit in so many of its periods, in percent.
    Throttled { path: String, share: f64 },
}

impl Mark {
    /// Its kind: of an event that of the table `event`.
    pub fn kind(&self, lang: Lang) -> &str {
        match &self.what {
            What::Event { kind, .. } => kind,
            What::Unusual { .. } => words::ANOMALY.in_lang(lang),
            What::Throttled { .. } => words::THROTTLED.in_lang(lang),
        }
    }

    /// What there is to say of it.
    pub fn text(&self, lang: Lang) -> String {
        match &self.what {
            What::Event { text, .. } => text.clone(),
            What::Unusual { column, value, median } => format!(
                "{column} {}, {} {}",
                figure(column, *value),
                words::MEDIAN.in_lang(lang),
                figure(column, *median)
            ),
            What::Throttled { path, share } => format!("{path} {} %", number(*share)),
        }
    }

    /// Whether one goes there with a key: not what a recorder says of its own days.
    pub fn is_stop(&self) -> bool {
        !matches!(&self.what, What::Event { kind, .. } if kind == "start" || kind == "stop")
    }
}

fn figure(column: &str, value: f64) -> String {
    if column.ends_with("bytes_per_s") { amount(column, value) } else { format!("{} %", number(value)) }
}
