//! What can be typed to note something.

use clap::ValueEnum;

use super::Place;
use crate::schema::rows::Event;

pub const NOTE_EXAMPLES: &str = "\
Examples:
  sysray note deployed v2
  sysray note --subject web --severity warning \"failed over to web2\"
  sysray query \"select ts, message, detail from event where kind = 'note'\"

The note stands in the row of a sample soon after; `detail` says when it was noted, and by whom. Where nobody records it \
waits for the next recording. Exit codes: 0 noted, 1 failed, 2 misused.";

#[derive(clap::Args)]
pub struct Note {
    /// What happened: one line, at most 4096 bytes
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,
    /// What it is about: a service, a device, a host
    #[arg(long, value_name = "NAME")]
    pub subject: Option<String>,
    /// How much it matters
    #[arg(long, value_enum, default_value_t)]
    pub severity: Severity,
    #[command(flatten)]
    pub place: Place,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Severity {
    #[default]
    Info,
    Warning,
    Critical,
}

impl Severity {
    /// As `event` has it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => Event::INFO,
            Severity::Warning => Event::WARNING,
            Severity::Critical => Event::CRITICAL,
        }
    }
}
