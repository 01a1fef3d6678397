//! What the model wants done. Carried out elsewhere; what comes of it is an [`Event`](super::Event).

use super::words::Lang;
use crate::query::tiers::{literal, quoted};
use crate::time::Micros;

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// End the program.
    Quit,
    /// Look what the recording spans by now.
    Look,
    /// Move the cursor.
    Go(Go),
    /// The course of the headline numbers over a range, in so many columns.
    Course { from: Micros, to: Micros, columns: usize },
    /// The course of what has these keys: of a process `pid` and `start_time`, of a cgroup `path`.
    History { of: Subject, from: Micros, to: Micros, columns: usize },
    /// What stands out of a range: events and anomalies.
    Marks { from: Micros, to: Micros },
    /// The events of a range alone.
    Events { from: Micros, to: Micros },
    /// What was typed and is being worked on is no longer wanted.
    Cancel,
    /// A typed question, by the number that its answer bears.
    Ask(u64, String),
    /// When a typed condition on `system` holds next, later than this or, going back, earlier.
    Until { number: u64, from: Micros, condition: String, is_back: bool },
    /// What was logged between two instants; of these files too.
    Logs { from: Micros, to: Micros, files: Vec<String>, errors: bool, lang: Lang },
    /// What the glossary has.
    Words { text: String, lang: Lang },
    /// Write something somewhere.
    Export(Export),
    /// Write the report of a range.
    Report { host: String, from: Micros, to: Micros, lang: Lang },
    /// Give the text to the clipboard.
    Copy(String),
    /// Another host.
    Host(String),
}

/// What is written, and where to: rows where the name ends as a file of rows does, else a range as a store.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    pub host: String,
    pub from: Micros,
    pub to: Micros,
    pub of: Exported,
    pub into: String,
    /// In which it is said what was written.
    pub lang: Lang,
}

/// Which rows are written.
#[derive(Clone, Debug, PartialEq)]
pub enum Exported {
    /// Those of a table in the range.
    Table(&'static str),
    /// In the range those of one process or cgroup.
    Of(Subject),
    /// The answer to a question, which says itself which range it is about.
    Answer(String),
}

/// A move of the cursor, and what is wanted of the sample it ends at.
#[derive(Clone, Debug, PartialEq)]
pub struct Go {
    pub from: Micros,
    pub to: Move,
    pub questions: Vec<&'static str>,
}

/// Where to.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// So many samples on, or back.
    Samples(i64),
    /// The sample at this instant, else the last before.
    At(Micros),
    /// The sample in a range where a headline number is greatest.
    Peak { from: Micros, to: Micros, column: &'static str },
    /// The first sample of all.
    Start,
    /// The last.
    End,
}

/// What a history is of.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// One process.
    Process { pid: i64, start_time: Micros, name: String },
    /// One cgroup.
    Cgroup { path: String },
}

impl Subject {
    /// Its name, for a title.
    pub fn name(&self) -> String {
        match self {
            Subject::Process { pid, name, .. } => format!("{name} ({pid})"),
            Subject::Cgroup { path } => path.clone(),
        }
    }

    /// What asks for its course, tables in braces.
    pub fn sql(&self) -> String {
        match self {
            Subject::Process { pid, start_time, .. } => {
                PROCESS_COURSE.replace("$pid", &pid.to_string()).replace("$start", &literal(*start_time))
            }
            Subject::Cgroup { path } => CGROUP_COURSE.replace("$path", &quoted(path)),
        }
    }
}

const PROCESS_COURSE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/panels/process_course.sql"));
const CGROUP_COURSE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/panels/cgroup_course.sql"));
