//! What stands out in time: events that were recorded, and anomalies that were found.

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
    /// The event's kind; `anomaly` where it was found.
    pub kind: String,
    pub severity: Severity,
    pub text: String,
    /// The headline number that is greatest somewhere in it, from where on to look.
    pub peak: Option<(&'static str, Micros)>,
}

impl Mark {
    /// Whether one goes there with a key: not what a recorder says of its own days.
    pub fn is_stop(&self) -> bool {
        !matches!(self.kind.as_str(), "start" | "stop")
    }
}
