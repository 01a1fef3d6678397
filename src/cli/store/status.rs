//! `sysray store status`: what a store holds, and how far it will reach.

use std::io::{self, Write};
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use jiff::tz::TimeZone;

use crate::cli::args::Status as Args;
use crate::cli::config::Config;
use crate::cli::place;
use crate::cli::status_line::human;
use crate::export::{self, Format};
use crate::store::{self, Bound, Class, Outlook, Policy, Recording, Status, TableStatus};
use crate::time::show;

/// How many gaps are listed; the newest ones.
const GAPS: usize = 10;

/// Prints what a store holds.
pub fn run(args: Args) -> Result<()> {
    let config = Config::read(args.place.config, args.policy.0)?;
    let root = place::store_of(args.place.store, &config)?;
    let status = store::status(&root)?;
    let policy = config.policy(&root)?;
    let outlook = store::outlook(&root, &policy)?;
    let mut out = io::stdout().lock();
    let zone = TimeZone::system();
    writeln!(out, "store     {}", root.display())?;
    writeln!(out, "hosts     {}", super::listed(&status.hosts))?;
    let recorder = match &status.recorder {
        Recording::Nobody => "none is running",
        Recording::By(who) => who,
        Recording::Unknown => "unknown: its lock cannot be tried here",
    };
    writeln!(out, "recorder  {recorder}")?;
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
    damage(&mut out, &status)?;
    gaps(&mut out, &status, &zone)?;
    bounds(&mut out, &outlook, &policy)?;
    if !status.tables.is_empty() {
        writeln!(out)?;
        let batch = tables(&status.tables)?;
        export::write(Format::Table, &batch.schema(), [&batch], &mut out, &export::Options::default())?;
    }
    Ok(())
}

/// What of the journal cannot be read.
fn damage(out: &mut impl Write, status: &Status) -> Result<()> {
    if status.torn_bytes > 0 {
        writeln!(out, "          {} bytes at its end are no whole tick and are not read", status.torn_bytes)?;
    }
    if status.damaged_parts > 0 {
        writeln!(
            out,
            "          {} damaged parts: {} tables of ticks and {} bytes are lost; see `sysray store verify`",
            status.damaged_parts, status.lost_tables, status.lost_bytes
        )?;
    }
    if let [first, ..] = &status.set_aside[..] {
        let (count, name) = (status.set_aside.len(), first.display());
        writeln!(out, "          {count} damaged parts were sealed as far as they could be read: {name}")?;
    }
    Ok(())
}

/// How large the store is and may become, and how far it will reach.
fn bounds(out: &mut impl Write, outlook: &Outlook, policy: &Policy) -> Result<()> {
    let bytes = |bytes: u64| human(bytes as f64);
    let most = policy.max_bytes.map_or("without a bound".into(), |max| format!("of at most {}", bytes(max)));
    writeln!(out, "size      {} {most} (--max-size)", bytes(outlook.occupied_bytes))?;
    let space = &outlook.space;
    if space.size_bytes != u64::MAX {
        writeln!(
            out,
            "disk      {} of {} free; rows go below {} (--min-free)",
            bytes(space.free_bytes),
            bytes(space.size_bytes),
            bytes(outlook.kept_free_bytes)
        )?;
    }
    let Some(all) = outlook.classes.iter().map(|reach| reach.bytes_per_day).reduce(|a, b| a + b) else {
        return Ok(writeln!(out, "reach     not known before a minute is sealed")?);
    };
    writeln!(out, "growth    {} a day, by the last {}", human(all), span(outlook.over_us / 86_400e6))?;
    for (at, reach) in outlook.classes.iter().enumerate() {
        let (rows, keep) = match reach.class {
            Class::Process => ("process rows", "--keep-process"),
            Class::Raw => ("other rows", "--keep"),
            Class::Minute => ("1-minute rows", "--keep-1m"),
            Class::Hour => ("1-hour rows", "--keep-1h"),
        };
        let bound = match reach.bound {
            Bound::Age => keep,
            Bound::Size => "--max-size",
            Bound::Free => "--min-free",
        };
        writeln!(
            out,
            "{}{rows:<14}{:>10} back, then {bound} ends them; {} a day",
            if at == 0 { "reach     " } else { "          " },
            span(reach.days),
            human(reach.bytes_per_day)
        )?;
    }
    Ok(())
}

/// A time in days, for people.
fn span(days: f64) -> String {
    let (number, unit) = match days {
        days if days >= 1.0 => (days, "days"),
        days if days * 24.0 >= 1.0 => (days * 24.0, "hours"),
        days => (days * 1440.0, "minutes"),
    };
    let text = format!("{number:.1}");
    format!(
        "{} {}",
        text.strip_suffix(".0").unwrap_or(&text),
        if text == "1.0" { &unit[..unit.len() - 1] } else { unit }
    )
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
