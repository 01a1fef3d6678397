//! Whether the rows of a store add up: one base of `base`, and all that was counted behind it, make the next.
//!
//! A base is what counters stood at by the kernel. Of each counter it is said either that it was proved from
//! one base to the next, or why that cannot be, or that it does not add up, which is a finding.

mod bases;
mod rows;
mod window;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::Finding;
use super::rows::TickSet;
use crate::schema::{BASE, Micros, Table, table};
use crate::store::identity::Identity;
use crate::store::{Catalog, Error, layout};
use crate::time::show;
use bases::Bases;
use jiff::tz::TimeZone;
use rows::Source;
use window::Window;

/// So many spans are looked at together: what is in memory is of their entities.
const SPANS: usize = 12;
/// How many counters that do not add up are named, of a table.
const NAMED: usize = 20;
/// How often it is begun anew while maintenance changes the store under it.
const TRIES: usize = 5;

/// What was proved of a store, and what not.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// A table of a host each.
    pub tables: Vec<Proved>,
    /// What does not add up, or cannot be read.
    pub findings: Vec<Finding>,
}

/// What was proved of one table.
#[derive(Clone, Debug, Default)]
pub struct Proved {
    pub host: String,
    pub table: &'static str,
    /// Counters of one entity each, of which at least one span was proved.
    pub counters: u64,
    /// The spans between two bases that were proved, of all of them.
    pub spans: u64,
    /// The same that could not be, by why.
    pub unproved: BTreeMap<Why, u64>,
    /// The same that do not add up.
    pub wrong: u64,
}

/// Why a span of a counter cannot be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A row within it does not know what was counted: the total was unknown, or began anew.
    Unknown,
    /// What it is of was gone at the end.
    Gone,
    /// The recording at its end counts from a sample of its own, as after a boot.
    BeganAnew,
    /// Ticks within it are not there.
    Lost,
    /// The table's rows within it are not there: they were given up, or are damaged.
    NotThere,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Unknown => "unknown or began anew within",
            Why::Gone => "gone at the end",
            Why::BeganAnew => "the recording began anew, as after a boot",
            Why::Lost => "ticks are missing",
            Why::NotThere => "rows are not there",
        })
    }
}

/// A counter that does not add up.
struct Mismatch<'a> {
    entity: &'a str,
    column: &'static str,
    from: bases::At,
    to: bases::At,
    base: i64,
    counted: i64,
    found: Option<i64>,
}

impl fmt::Display for Mismatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { entity, column, from, to, base, counted, .. } = self;
        let blank = if entity.is_empty() { "" } else { " " };
        let at = |at: &bases::At| format!("tick {} ({})", at.tick, show(Micros(at.ts), &TimeZone::UTC));
        write!(f, "{entity}{blank}{column} does not add up from {} to {}: ", at(from), at(to))?;
        write!(f, "{base} and {counted} counted make {}, found is ", base.wrapping_add(*counted))?;
        match self.found {
            Some(found) => write!(f, "{found}"),
            None => f.write_str("nothing"),
        }
    }
}

/// Adds up each host's rows between its bases. `watch` is told how many tables of how many are done.
///
/// # Errors
/// Where the folder is no store, or cannot be read at all. What does not add up is no error.
pub fn prove(root: &Path, watch: &mut dyn FnMut(u64, u64)) -> Result<Proof, Error> {
    Identity::read(root)?;
    let mut proof = Proof::default();
    for host in layout::host_names(root)? {
        let (bases, ticks) = again_and_again(root, |catalog, findings| {
            let source = Source { catalog, host: &host };
            Ok((Bases::read(&source, findings)?, ticks(&source, findings)?))
        })?
        .told(&mut proof.findings);
        let tables: Vec<&'static Table> = bases.tables.iter().filter_map(|name| table(name)).collect();
        for (at, table) in tables.iter().enumerate() {
            watch(at as u64, tables.len() as u64);
            let proved = again_and_again(root, |catalog, findings| {
                prove_table(&Source { catalog, host: &host }, table, &bases, &ticks, findings)
            })?;
            proof.tables.push(proved.told(&mut proof.findings));
        }
    }
    proof.findings.dedup();
    Ok(proof)
}

/// What came of a look, with what was found.
struct Told<T>(T, Vec<Finding>);

impl<T> Told<T> {
    fn told(mut self, findings: &mut Vec<Finding>) -> T {
        findings.append(&mut self.1);
        self.0
    }
}

/// Looks; again where a file was removed before it was opened.
fn again_and_again<T>(
    root: &Path,
    mut look: impl FnMut(&Catalog, &mut Vec<Finding>) -> Result<T, Error>,
) -> Result<Told<T>, Error> {
    for _ in 0..TRIES {
        let mut findings = Vec::new();
        match look(&Catalog::open(root)?, &mut findings) {
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
            other => return other.map(|made| Told(made, findings)),
        }
    }
    Err(Error::damaged(root, "it changes faster than it can be read; try again"))
}

/// The ticks that there are: each has a row in one of these.
fn ticks(source: &Source<'_>, findings: &mut Vec<Finding>) -> Result<TickSet, Error> {
    let mut ticks = TickSet::default();
    for table in ["system", "event", BASE].into_iter().filter_map(table) {
        source.rows(table, (0, i64::MAX), &["tick"], findings, &mut |batch| {
            rows::ticks(batch).iter().for_each(|tick| {
                ticks.insert(*tick);
            });
        })?;
    }
    Ok(ticks)
}

fn prove_table(
    source: &Source<'_>,
    table: &'static Table,
    bases: &Bases,
    ticks: &TickSet,
    findings: &mut Vec<Finding>,
) -> Result<Proved, Error> {
    let mut proved = Proved { host: source.host.into(), table: table.name, ..Proved::default() };
    let mut counters: HashSet<u64> = HashSet::new();
    let path = || PathBuf::from(table.name).join(format!("host={}", source.host));
    let wrong = |what| Finding { is_wrong: true, path: path(), what, way_out: String::new() };
    for from in (0..bases.at.len().saturating_sub(1)).step_by(SPANS) {
        let to = (from + SPANS).min(bases.at.len() - 1);
        let window = Window::read(source, table, &bases.at[from..=to], findings)?;
        window.judge(ticks, &mut |judged| match judged {
            window::Judged::Proved(counter) => {
                counters.insert(counter);
                proved.spans += 1;
            }
            window::Judged::Unproved(why) => *proved.unproved.entry(why).or_default() += 1,
            window::Judged::Wrong(mismatch) => {
                proved.wrong += 1;
                if proved.wrong <= NAMED as u64 {
                    findings.push(wrong(mismatch.to_string()));
                }
            }
        });
    }
    proved.counters = counters.len() as u64;
    if let Some(more) = proved.wrong.checked_sub(NAMED as u64).filter(|more| *more > 0) {
        findings.push(wrong(format!("does not add up in {more} more spans of counters")));
    }
    Ok(proved)
}
