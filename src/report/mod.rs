//! Findings → paper: what a report says, and how it is laid out as text, Markdown and JSON; and a recording
//! step by step, as text.
//!
//! [`gather`] asks the questions in `queries/reports/` through whatever answers SQL ([`Ask`]) and
//! fills the model [`Report`]; the three renderings only lay that model out, so they cannot differ
//! in a number. This room opens no store and knows no query engine.

mod alerts;
mod ask;
mod gather;
mod markdown;
mod model;
mod quality;
mod replay;
mod resources;
mod sheets;
mod text;

pub use ask::{Ask, Failure};
pub use gather::{Options, gather};
pub use markdown::markdown;
pub use model::*;
pub use replay::{Steps, replay};
pub use text::text;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing was recorded in the range; on the command line this is exit code 4.
    #[error("nothing was recorded {0}; `sysray query 'select min(ts), max(ts) from system'` tells what was")]
    Empty(String),
    /// The store holds several hosts and none was chosen.
    #[error("the recording holds several hosts; choose one with --host: {}", .0.join(", "))]
    SeveralHosts(Vec<String>),
    /// The host that was chosen has no samples in the range.
    #[error("nothing was recorded of host {host} in the range; there is: {}", .known.join(", "))]
    UnknownHost { host: String, known: Vec<String> },
    /// No step can be told of these tables.
    #[error(
        "a replay tells of `system`, `process` and `event`, and there is but {0}; ask it: `sysray query --store FILE 'select * from {0}'`"
    )]
    NoSteps(String),
    /// A question could not be answered.
    #[error("report question {question}: {source}")]
    Question { question: &'static str, source: Failure },
}

/// The report as JSON, with a line feed at its end. Its shape is that of [`Report`]; times are
/// RFC 3339 with the offset of the report's zone; what is unknown is null.
pub fn json(report: &Report) -> String {
    let mut json = serde_json::to_string_pretty(report).expect("the model has only string keys");
    json.push('\n');
    json
}
