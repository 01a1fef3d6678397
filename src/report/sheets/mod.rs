//! The model as titled sheets of facts and tables, in reading order. Text and Markdown lay out the
//! same sheets, so they say the same. What comes from the host is kept apart from our own words:
//! a renderer must make it harmless.

use super::model::{Moment, Report};
use processes::{by_cpu, by_io, by_memory};

mod alerts;
mod processes;
mod quality;
mod resources;
mod scope;

/// A piece of text.
pub(super) enum Piece {
    /// Our own words and numbers.
    Ours(String),
    /// From the host or from whoever runs programs on it: anything may stand there.
    Theirs(String),
}

pub(super) type Line = Vec<Piece>;

/// A column of a table.
pub(super) struct Column {
    pub head: &'static str,
    pub right: bool,
    /// The width it may take in text; of the one column with 0, what the others leave.
    pub most: usize,
}

pub(super) struct Grid {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Line>>,
}

pub(super) enum Block {
    /// Label and what there is to say.
    Facts(Vec<(&'static str, Line)>),
    Grid(Grid),
    Note(String),
}

pub(super) struct Sheet {
    pub title: &'static str,
    pub blocks: Vec<Block>,
}

/// More gaps, alerts, disks or interfaces than this are counted, not listed.
const LISTED: usize = 20;

pub(super) fn sheets(report: &Report) -> Vec<Sheet> {
    vec![
        Sheet { title: "Scope", blocks: vec![Block::Facts(scope::scope(report))] },
        Sheet { title: "Data quality", blocks: quality::quality(report) },
        Sheet { title: "Alerts", blocks: alerts::alerts(&report.alerts) },
        Sheet { title: "Utilisation, saturation, errors", blocks: resources::resources(report) },
        Sheet { title: "Top processes by CPU", blocks: by_cpu(&report.processes.by_cpu) },
        Sheet { title: "Top processes by memory", blocks: by_memory(&report.processes.by_memory) },
        Sheet { title: "Top processes by I/O", blocks: by_io(&report.processes.by_io) },
        Sheet { title: "Cost of the recording", blocks: vec![Block::Note(quality::cost(&report.recorder))] },
    ]
}

fn ours(text: impl Into<String>) -> Line {
    vec![Piece::Ours(text.into())]
}

fn theirs(text: &Option<String>) -> Line {
    match text {
        Some(text) => vec![Piece::Theirs(text.clone())],
        None => ours(UNKNOWN),
    }
}

const UNKNOWN: &str = "–";

fn known<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or(UNKNOWN.into(), show)
}

fn left(head: &'static str, most: usize) -> Column {
    Column { head, right: false, most }
}

fn right(head: &'static str, most: usize) -> Column {
    Column { head, right: true, most }
}

fn instant(moment: &Moment) -> String {
    moment.0.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
