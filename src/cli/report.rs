//! `sysray report`.

use std::io::Write;
use std::sync::Arc;

use anyhow::Result;

use super::args::{Report, ReportFormat};
use super::{NothingRecorded, place, when};
use crate::query::{Engine, Options};
use crate::report::{self, Error};
use crate::store::{Catalog, SegmentName};
use crate::time::{self, Range};

/// Says how the host was doing.
pub fn run(args: Report) -> Result<()> {
    let root = place::store(args.place.store, args.place.config)?;
    let when = when::when(&root, &args.range)?;
    let context = when.context.clone();
    let read_time = move |text: &str| time::parse(text, &context).map_err(|e| e.to_string());
    // The report narrows its questions itself: what explains a gap may lie before the range.
    let held = Catalog::open(&root)?.segments().iter().map(held).collect();
    let engine = Engine::open(&[root], Options::new(Arc::new(read_time)))?;
    let ask = |sql: &str| engine.run(sql).map(|(_, batches)| batches).map_err(report::Failure::from);
    // What is still to come is no gap.
    let to = when.range.to.map(|to| to.min(when.context.now));
    let asked =
        report::Options { host: args.host, range: Range { to, ..when.range }, zone: when.context.zone, held };
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

fn held(segment: &SegmentName) -> report::Held {
    let SegmentName { table, host, from, to, .. } = segment.clone();
    report::Held { table, host, from, to }
}
