//! Questions worth asking, kept in `queries/examples`: an answer to "what can I ask", and a
//! beginning for one's own.

use super::Error;
use super::parameters::{Parameter, parameters};
use crate::schema::{either, near};

/// A question with what it answers.
#[derive(Debug)]
pub struct Example {
    /// Its word, as in the file's name.
    pub name: &'static str,
    /// The file: a line of comment that says what is asked, one a parameter, then the SQL.
    pub sql: &'static str,
}

impl Example {
    /// What is asked, in one line.
    pub fn about(&self) -> &'static str {
        self.sql.lines().next().unwrap_or_default().trim_start_matches("--").trim()
    }

    /// What of it can be chosen.
    pub fn parameters(&self) -> Vec<Parameter> {
        parameters(self.sql)
    }
}

/// The example of that name, with or without the `@` before it.
///
/// # Errors
/// No such example, with those that may have been meant.
pub fn example(name: &str) -> Result<&'static Example, Error> {
    let name = name.trim().trim_start_matches('@');
    let unknown = || {
        let hint = match near(name, EXAMPLES.iter().map(|example| example.name)).as_slice() {
            [] => "`sysray query --examples` lists them".to_string(),
            close => format!("did you mean {}?", either(close)),
        };
        Error::Other(format!("no example `{name}`; {hint}"))
    };
    EXAMPLES.iter().find(|example| example.name == name).ok_or_else(unknown)
}

macro_rules! examples {
    ($($name:literal),* $(,)?) => {
        /// The examples, by what they are about.
        pub static EXAMPLES: &[Example] = &[$(Example {
            name: $name,
            sql: include_str!(concat!("../../queries/examples/", $name, ".sql")),
        }),*];
    };
}

examples![
    "top-cpu",
    "cpu-spike",
    "cpu-above-90",
    "cpu-over-time",
    "run-queue",
    "steal",
    "short-lived",
    "top-memory",
    "memory-growth",
    "memory-leak",
    "oom",
    "swapping",
    "disk-latency",
    "disk-saturation",
    "top-io",
    "blocked",
    "full-disks",
    "network-top",
    "network-errors",
    "retransmits",
    "listen-overflows",
    "pressure",
    "cgroup-throttling",
    "containers",
    "process-history",
    "at-instant",
    "what-changed",
    "restarts",
    "thread-growth",
    "events",
    "gaps",
    "recorder-cost",
];
