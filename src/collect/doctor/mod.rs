//! What of the columns is NULL on this host, for this user, why, and what would change it.
//!
//! What is NULL is not guessed: it is counted in rows that the collectors brought. Only the reasons are
//! looked for here, each where the kernel tells it. Nothing is changed.

mod asked;
mod cgroup;
mod device;
mod evidence;
mod filled;
mod kernel;
mod netns;
mod process;
mod recorder;
mod rights;

pub use asked::Asked;
pub use filled::{Filled, filled};

use std::collections::BTreeSet;

use super::Host;
use crate::schema::Sample;
use evidence::Evidence;
use rights::Rights;

/// Whether something is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// All of it.
    Known,
    /// In some rows, or not to its full extent.
    Partly,
    /// In no row.
    Unknown,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub what: &'static str,
    pub state: State,
    /// The columns that are NULL in every row, as `table.column`; a table alone has no rows.
    pub unknown: Vec<String>,
    /// Those that are NULL in some rows.
    pub partly: Vec<String>,
    /// What was seen; empty where all is known.
    pub why: String,
    /// What would change it; empty where all is known, or nothing would.
    pub remedy: String,
}

/// All that was found.
#[derive(Clone, Debug)]
pub struct Report {
    pub findings: Vec<Finding>,
    /// Columns that no row has a value in and no finding explains: this host has no such thing, or nothing of the kind happens on it.
    pub rest: Vec<String>,
    /// Columns that no row has a value in.
    pub unknown_columns: usize,
    /// Columns that some row has no value in, of those with a finding.
    pub partly_columns: usize,
    /// All columns of the tables that were looked at.
    pub columns: usize,
}

/// What is looked at, and by whom.
struct Asking<'a> {
    host: &'a mut Host,
    evidence: Evidence,
    rights: Rights,
    asked: &'a Asked,
}

/// Judges the rows that this host's collectors brought; `asked` is what no file of the host tells.
pub fn examine(host: &mut Host, rows: &Sample, asked: &Asked) -> Report {
    let (evidence, rights) = (Evidence::of(rows), Rights::read(host));
    let mut asking = Asking { host, evidence, rights, asked };
    let rooms = [
        process::findings,
        kernel::findings,
        netns::findings,
        device::findings,
        cgroup::findings,
        recorder::findings,
    ];
    let findings: Vec<Finding> = rooms.iter().flat_map(|findings| findings(&mut asking)).collect();
    let named: BTreeSet<&String> = findings.iter().flat_map(|finding| &finding.unknown).collect();
    let silent = asking.evidence.unknown();
    let rest: Vec<String> = silent.iter().filter(|column| !named.contains(column)).cloned().collect();
    let named = named.iter().filter(|column| column.contains('.')).count();
    Report {
        unknown_columns: named + rest.len(),
        partly_columns: findings.iter().map(|finding| finding.partly.len()).sum(),
        columns: asking.evidence.columns(),
        rest,
        findings,
    }
}

impl Asking<'_> {
    /// A finding about columns: `cause` says why they are NULL, and the way out, if they are.
    fn columns(
        &mut self,
        what: &'static str,
        columns: &[&str],
        cause: impl FnOnce(&mut Self) -> (String, String),
    ) -> Finding {
        let of = |wanted: fn(&Evidence, &str) -> bool| -> Vec<String> {
            columns.iter().filter(|column| wanted(&self.evidence, column)).map(ToString::to_string).collect()
        };
        let (unknown, partly) = (of(Evidence::is_unknown), of(Evidence::is_partly));
        if unknown.is_empty() && partly.is_empty() {
            return known(what);
        }
        let (mut why, remedy) = cause(self);
        if let Some(share) = self.evidence.share(&partly) {
            why += &format!("; {share}");
        }
        let state = if unknown.is_empty() { State::Partly } else { State::Unknown };
        Finding { what, state, unknown, partly, why, remedy }
    }
}

/// A finding of something that is as it should be.
fn known(what: &'static str) -> Finding {
    let (unknown, partly) = (vec![], vec![]);
    Finding { what, state: State::Known, unknown, partly, why: String::new(), remedy: String::new() }
}

/// A finding that costs no column.
fn partly(what: &'static str, why: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding { state: State::Partly, why: why.into(), remedy: remedy.into(), ..known(what) }
}

/// A finding of columns, or a whole table, that no row has.
fn unknown(what: &'static str, columns: Vec<String>, why: &str, remedy: &str) -> Finding {
    let (why, remedy) = (why.into(), remedy.into());
    Finding { state: State::Unknown, unknown: columns, why, remedy, ..known(what) }
}
