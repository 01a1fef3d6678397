//! The sheets of processes: who took most.

use super::{Block, Grid, Line, Piece, UNKNOWN, known, left, ours, right, theirs};
use crate::export::figures::{amount, bytes, length};
use crate::report::model::{Moment, Process};

const NO_PROCESS: &str = "None: no process row has a number to rank by.";

/// A table of processes: two figures of each, then who it is.
fn ranked(
    processes: &[Process],
    heads: [&'static str; 2],
    figures: impl Fn(&Process) -> [String; 2],
) -> Vec<Block> {
    let row = |process: &Process| {
        let began = |m: &Moment| m.0.strftime("%Y-%m-%d %H:%M").to_string();
        let [first, second] = figures(process);
        vec![
            ours(first),
            ours(second),
            ours(process.pid.to_string()),
            ours(known(process.start_time.as_ref(), began)),
            theirs(&process.username),
            command(process),
        ]
    };
    if processes.is_empty() {
        return vec![Block::Note(NO_PROCESS.into())];
    }
    vec![Block::Grid(Grid {
        columns: vec![
            right(heads[0], 9),
            right(heads[1], 9),
            right("pid", 7),
            left("started", 16),
            left("user", 10),
            left("command", 0),
        ],
        rows: processes.iter().map(row).collect(),
    })]
}

fn command(process: &Process) -> Line {
    let line = process.cmdline.as_ref().filter(|line| !line.trim().is_empty());
    match (line, &process.comm) {
        (Some(line), _) => vec![Piece::Theirs(line.clone())],
        (None, Some(comm)) => vec![Piece::Theirs(format!("[{comm}]"))],
        (None, None) => ours(UNKNOWN),
    }
}

pub(super) fn by_cpu(processes: &[Process]) -> Vec<Block> {
    ranked(processes, ["of 1 CPU", "CPU time"], |p| {
        let time = known(p.cpu_seconds, |s| length((s * 1e6) as i64));
        [known(p.cpu_pct, |pct| amount("_pct", pct)), time]
    })
}

pub(super) fn by_memory(processes: &[Process]) -> Vec<Block> {
    ranked(processes, ["RSS max", "growth"], |p| {
        let signed = |b: i64| format!("{}{}", if b < 0 { "-" } else { "+" }, bytes(b.abs()));
        [known(p.rss_max_bytes, bytes), known(p.rss_growth_bytes, signed)]
    })
}

pub(super) fn by_io(processes: &[Process]) -> Vec<Block> {
    ranked(processes, ["read", "written"], |p| [known(p.read_bytes, bytes), known(p.write_bytes, bytes)])
}
