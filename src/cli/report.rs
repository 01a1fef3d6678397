//! `sysray report`.

use std::io::Write;
use std::sync::Arc;

use anyhow::Result;

use super::args::{Report, ReportFormat};
use super::when::When;
use super::{NothingRecorded, place, when};
use crate::query::tiers::Sealed;
use crate::query::{self, Engine, Held, Options, Source};
use crate::report::{self, Error};
use crate::time::Range;

/// Says how the host was doing.
pub fn run(args: Report) -> Result<()> {
    let roots = place::stores(args.place.store.into_iter().collect(), args.place.config)?;
    let sources = query::sources(&roots)?;
    let when = when::said(when::over(&roots, query::extent(&sources)?, &args.range)?)?;
    // The report narrows its questions itself: what explains a gap may lie before the range.
    let asked = asked_of(&sources, args.host, &when);
    let engine = Engine::over(sources, Options::new(when.read_time()))?;
    let ask = |sql: &str| engine.run(sql).map(|(_, batches)| batches).map_err(report::Failure::from);
    let report = match report::gather(&ask, &asked) {
        Err(Error::Empty(range)) => return Err(NothingRecorded(Error::Empty(range).to_string()).into()),
        other => other?,
    };
    let text = match args.format {
        ReportFormat::Text => report::text(&report),
        ReportFormat::Markdown => report::markdown(&report),
        ReportFormat::Json => report::json(&report),
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

/// What is asked about: what a report and a replay have in common.
pub fn asked_of(sources: &[Arc<dyn Source>], host: Option<String>, when: &When) -> report::Options {
    let held = sources.iter().flat_map(|source| source.held()).filter_map(held).collect();
    // What is still to come is no gap.
    let to = when.range.to.map(|to| to.min(when.context.now));
    report::Options { host, range: Range { to, ..when.range }, zone: when.context.zone.clone(), held }
}

/// A sealed segment.
fn held(held: Held) -> Option<Sealed> {
    Some(Sealed { table: held.table?, host: held.host, from: held.from, to: held.to? })
}
