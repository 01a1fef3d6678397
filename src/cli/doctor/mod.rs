//! `sysray doctor`: what will be NULL here, why, and what would change it; and what other systems' collectors fill.

mod filled;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use rustix::fs::Access;

use super::args::{CollectorSet, Doctor, DoctorFormat};
use super::{collectors, place};
use crate::collect::doctor::{self, Asked, Finding, Report, State, examine};
use crate::collect::{Host, Settings};
use crate::export::{self, Format};
use crate::record::Sampler;
use crate::schema::Sample;
use crate::schema::rows::Recorder;
use crate::time::SystemClock;

/// How long rows are taken.
const INTERVAL: Duration = Duration::from_secs(1);
/// Columns of text where no terminal says how many it has.
const WIDTH: usize = 140;

/// Takes rows as a recording would, and says what they lack; of collectors that are not this system's own,
/// what they have.
pub fn run(args: Doctor) -> Result<()> {
    if args.collector != CollectorSet::default() {
        return given(&args);
    }
    let root = place::store(args.place.store, args.place.config)?;
    let rows = rows(args.collector)?;
    let mut report = examine(&mut Host::here(), &rows, &Asked::here());
    report.findings.push(folder(&root));
    let mut out = io::stdout().lock();
    match args.format {
        DoctorFormat::Json => writeln!(out, "{:#}", json(&report))?,
        DoctorFormat::Text => text(&report, &mut out)?,
    }
    Ok(())
}

fn given(args: &Doctor) -> Result<()> {
    let all = doctor::filled(&rows(args.collector)?);
    let mut out = io::stdout().lock();
    match args.format {
        DoctorFormat::Json => writeln!(out, "{:#}", filled::json(&all))?,
        DoctorFormat::Text => filled::text(&all, &mut out)?,
    }
    Ok(())
}

/// Rows of an interval of this host.
fn rows(collector: CollectorSet) -> Result<Sample> {
    let clock = SystemClock::default();
    let set = collectors::set(collector, &Settings::of_one_interval());
    let mut inventory = set.inventory;
    let mut sampler = Sampler::new(set.host, &clock, set.each_tick);
    sampler.prime(Recorder::default());
    std::thread::sleep(INTERVAL);
    let mut rows = sampler.tick(Recorder::default(), false).rows;
    let mut about = Sample::default();
    inventory.collect(sampler.host(), &mut about)?;
    rows.host = about.host;
    Ok(rows)
}

/// Whether this user can record into the store.
fn folder(root: &Path) -> Finding {
    let mut finding = Finding {
        what: "the store's folder",
        state: State::Known,
        unknown: vec![],
        partly: vec![],
        why: String::new(),
        remedy: String::new(),
    };
    let wanted = std::path::absolute(root).unwrap_or_else(|_| root.into());
    let there: PathBuf = wanted.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/")).into();
    if rustix::fs::access(&there, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        finding.state = State::Unknown;
        finding.why = format!("{} cannot be written into by this user", there.display());
        finding.remedy = "name another folder with --store, or have its owner permit it".into();
    }
    finding
}

fn word(state: State) -> &'static str {
    match state {
        State::Known => "ok",
        State::Partly => "partly",
        State::Unknown => "NULL",
    }
}

/// How wide a table may be.
fn width() -> usize {
    let width = terminal_size::terminal_size().filter(|_| io::stdout().is_terminal());
    width.map_or(WIDTH, |(width, _)| usize::from(width.0))
}

/// The columns with each table named once: `process: exe, netns`.
fn grouped(columns: &[String]) -> String {
    let mut text = String::new();
    let mut last = "";
    for column in columns {
        let (table, name) = column.split_once('.').unwrap_or((column, "no rows"));
        let head = if table == last { String::new() } else { format!("{table}: ") };
        let between = if text.is_empty() { "" } else { ", " };
        text += &format!("{between}{head}{name}");
        last = table;
    }
    text
}

fn text(report: &Report, out: &mut impl Write) -> Result<()> {
    let column = |of: &dyn Fn(&Finding) -> String| -> ArrayRef {
        Arc::new(report.findings.iter().map(|finding| Some(of(finding))).collect::<StringArray>())
    };
    let columns = |finding: &Finding| match finding.unknown.is_empty() || finding.partly.is_empty() {
        true => grouped(&finding.unknown) + &grouped(&finding.partly),
        false => format!("{}; partly {}", grouped(&finding.unknown), grouped(&finding.partly)),
    };
    let way_out = |finding: &Finding| match finding.remedy.is_empty() {
        true => finding.why.clone(),
        false => format!("{}: {}", finding.why, finding.remedy),
    };
    let batch = RecordBatch::try_from_iter([
        ("what", column(&|finding| finding.what.into())),
        ("state", column(&|finding| word(finding.state).into())),
        ("columns", column(&columns)),
        ("why, and what would change it", column(&way_out)),
    ])?;
    let style = export::Options { width: Some(width()), ..export::Options::default() };
    export::write(Format::Table, &batch.schema(), [&batch], out, &style)?;
    writeln!(
        out,
        "\n{} of {} columns will be NULL here in every row, {} more in some rows.",
        report.unknown_columns, report.columns, report.partly_columns
    )?;
    if !report.rest.is_empty() {
        writeln!(
            out,
            "{} of them for no reason above: this host has no such thing, or nothing of the kind happened.\n{}",
            report.rest.len(),
            grouped(&report.rest)
        )?;
    }
    Ok(())
}

fn json(report: &Report) -> serde_json::Value {
    let finding = |finding: &Finding| {
        serde_json::json!({
            "what": finding.what,
            "state": word(finding.state),
            "null_columns": finding.unknown,
            "partly_null_columns": finding.partly,
            "why": finding.why,
            "remedy": finding.remedy,
        })
    };
    serde_json::json!({
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "null_for_no_reason_above": report.rest,
        "null_columns": report.unknown_columns,
        "partly_null_columns": report.partly_columns,
        "columns": report.columns,
    })
}
