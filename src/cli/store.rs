//! `sysray store`: what a store holds, and its maintenance.

use std::io::{self, Write};
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use jiff::tz::TimeZone;

use super::args::{Maintain, Place};
use super::status_line::human;
use super::{place, record};
use crate::export::{self, Format};
use crate::store::{self, Folder, Status, TableStatus};
use crate::time::{Clock, SystemClock, show};

/// How many gaps are listed; the newest ones.
const GAPS: usize = 10;

/// Prints what a store holds.
pub fn status(args: Place) -> Result<()> {
    let root = place::store(args.store)?;
    let status = store::status(&root)?;
    let mut out = io::stdout().lock();
    let zone = TimeZone::system();
    writeln!(out, "store     {}", root.display())?;
    writeln!(out, "hosts     {}", listed(&status.hosts))?;
    writeln!(out, "recorder  {}", status.recorder.as_deref().unwrap_or("none is running"))?;
    match status.extent {
        Some((from, to)) => writeln!(out, "range     {} to {}", show(from, &zone), show(to, &zone))?,
        None => writeln!(out, "range     nothing is recorded yet")?,
    }
    writeln!(
        out,
        "journal   {} parts, {}, {} ticks",
        status.parts,
        human(status.journal_bytes as f64),
        status.journal_frames
    )?;
    if status.torn_bytes > 0 {
        writeln!(out, "          {} bytes at its end are no whole tick and are not read", status.torn_bytes)?;
    }
    gaps(&mut out, &status, &zone)?;
    if !status.tables.is_empty() {
        writeln!(out)?;
        let batch = tables(&status.tables)?;
        export::write(Format::Table, &batch.schema(), [&batch], &mut out, &export::Options::default())?;
    }
    Ok(())
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

fn gaps(out: &mut impl Write, status: &Status, zone: &TimeZone) -> Result<()> {
    writeln!(out, "gaps      {}", status.gaps.len())?;
    for (from, to) in status.gaps.iter().rev().take(GAPS) {
        let seconds = (to.0 - from.0) as f64 / 1e6;
        writeln!(out, "          {} to {}, {seconds:.1} s", show(*from, zone), show(*to, zone))?;
    }
    Ok(())
}

/// The tables, and below them their sum.
fn tables(tables: &[TableStatus]) -> Result<RecordBatch> {
    let sum = |of: fn(&TableStatus) -> u64| tables.iter().map(of).sum::<u64>();
    let column = |of: fn(&TableStatus) -> u64| -> ArrayRef {
        let numbers = tables.iter().map(of).chain([sum(of)]);
        Arc::new(numbers.map(|n| Some(n as i64)).collect::<Int64Array>())
    };
    let per_row =
        |bytes: u64, rows: u64| (rows > 0).then(|| (bytes as f64 / rows as f64 * 100.0).round() / 100.0);
    let names = tables.iter().map(|t| t.name).chain(["all"]);
    let ratios = tables.iter().map(|t| per_row(t.segment_bytes, t.segment_rows));
    let ratios = ratios.chain([per_row(sum(|t| t.segment_bytes), sum(|t| t.segment_rows))]);
    let columns: [(&str, ArrayRef); 6] = [
        ("table", Arc::new(names.map(Some).collect::<StringArray>())),
        ("rows", column(|t| t.segment_rows + t.journal_rows)),
        ("in_journal", column(|t| t.journal_rows)),
        ("segments", column(|t| t.segments as u64)),
        ("segment_bytes", column(|t| t.segment_bytes)),
        ("bytes_per_row", Arc::new(ratios.collect::<Float64Array>())),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// Seals, merges and retires, at the lowest priority.
pub fn maintain(args: Maintain) -> Result<()> {
    #[cfg(unix)]
    let _ = rustix::process::setpriority_process(None, 19);
    let root = place::store(args.place.store)?;
    let policy = record::policy(&args.policy, &root)?;
    store::maintain(&Folder::at(&root), &args.host, &policy, SystemClock::default().wall())?;
    Ok(())
}
