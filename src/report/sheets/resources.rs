//! The sheet of resources: a line a measure, and what measures are called on paper.

use super::{Block, Grid, Line, Piece, known, left, ours, right};
use crate::export::figures::{number, scale};
use crate::report::model::*;

pub(super) fn resources(report: &Report) -> Vec<Block> {
    let day = |m: &Moment| m.0.date();
    let one_day = day(&report.scope.begin) == day(&report.scope.end);
    let when = |moment: &Moment| {
        let format = if one_day { "%H:%M:%S" } else { "%m-%d %H:%M" };
        ours(moment.0.strftime(format).to_string())
    };
    let mut rows = Vec::new();
    for resource in &report.resources {
        let mut name = Some(label(resource));
        let mut add = |letter: &str, rest: Vec<Line>| {
            let first = vec![name.take().unwrap_or_default(), ours(letter)];
            rows.push(first.into_iter().chain(rest).collect());
        };
        let unknown = || std::iter::once(ours("unknown")).chain((0..7).map(|_| Line::new())).collect();
        let [has_u, has_s, has_e] = recorded(resource);
        let measured = [("U", &resource.utilisation, has_u), ("S", &resource.saturation, has_s)];
        for (letter, measures, due) in measured {
            for m in measures {
                let (words, unit) = words(&m.measure);
                let scale = scale(&m.measure, m.max);
                let figure = |x: f64| ours(number(x / scale.divisor));
                let unit = if unit.is_empty() { scale.unit } else { unit };
                let quantiles = [m.p50, m.p95, m.p99, m.max].map(figure);
                let head = [ours(words), ours(unit)].into_iter().chain(quantiles);
                add(letter, head.chain([when(&m.max_at), ours(m.samples.to_string())]).collect());
            }
            if measures.is_empty() && due {
                add(letter, unknown());
            }
        }
        for error in &resource.errors {
            let times = ours(known(error.count, |n| n.to_string()));
            let blank = || [Line::new(), Line::new(), Line::new()];
            let head = [ours(words(&error.measure).0), ours("total")].into_iter().chain(blank());
            add("E", head.chain([times, Line::new(), Line::new()]).collect());
        }
        if resource.errors.is_empty() && has_e {
            add("E", unknown());
        }
    }
    let grid = Grid {
        columns: vec![
            left("resource", 0),
            left("", 1),
            left("measure", 16),
            left("unit", 5),
            right("p50", 6),
            right("p95", 6),
            right("p99", 6),
            right("max", 6),
            left("max at", 11),
            right("samples", 7),
        ],
        rows,
    };
    let legend = "U utilisation, S saturation, E errors. A percentile is the least value that was not \
                  exceeded in that share of the time; of what is read at an instant (queued, used, \
                  established), in that share of the samples.";
    vec![Block::Grid(grid), Block::Note(legend.into())]
}

/// Which of utilisation, saturation and errors a resource should have: what it lacks is unknown, and
/// is told to be.
fn recorded(resource: &Resource) -> [bool; 3] {
    match resource.kind {
        ResourceKind::Disk if resource.name.is_empty() => [false, true, false],
        ResourceKind::Filesystem => [true, false, true],
        ResourceKind::KernelTable => [true, false, false],
        _ => [true; 3],
    }
}

fn label(resource: &Resource) -> Line {
    let name = || Piece::Theirs(resource.name.clone());
    match resource.kind {
        ResourceKind::Cpu => ours("CPU"),
        ResourceKind::Memory => ours("memory"),
        ResourceKind::Disk if resource.name.is_empty() => ours("all disks"),
        ResourceKind::Disk => vec![Piece::Ours("disk ".into()), name()],
        ResourceKind::Filesystem => vec![name()],
        ResourceKind::Network => vec![Piece::Ours("net ".into()), name()],
        ResourceKind::Tcp => ours("TCP"),
        ResourceKind::KernelTable => ours(resource.name.clone()),
    }
}

/// What a measure is called on paper, and its unit where the measure's name does not say it.
fn words(measure: &str) -> (String, &'static str) {
    let (words, unit) = match measure {
        "busy_pct" => ("busy", ""),
        "errors" => ("packet errors", ""),
        "used_pct" => ("used", ""),
        "inodes_used_pct" => ("inodes used", ""),
        "utilisation_pct" => ("of link speed", ""),
        "bytes_per_s" => ("in and out", ""),
        "cpu_some_pct" | "memory_some_pct" | "io_some_pct" => ("pressure, some", ""),
        "memory_full_pct" | "io_full_pct" => ("pressure, full", ""),
        "queued_tasks" => ("queued", "tasks"),
        "steal_pct" => ("stolen", ""),
        "swap_out_bytes_per_s" => ("swap-out", ""),
        "queue_length" => ("queue", "reqs"),
        "latency_us" => ("latency", ""),
        "dropped_per_s" => ("dropped", ""),
        "tcp_established" => ("established", "conns"),
        "tcp_listen_drops_per_s" => ("listen drops", ""),
        "tcp_retransmit_pct" => ("retransmitted", ""),
        "thermal_throttles" => ("throttled", ""),
        "oom_kills" => ("OOM kills", ""),
        "io_errors" => ("I/O errors", ""),
        "turned_read_only" => ("turned read-only", ""),
        "tcp_retransmits" => ("retransmits", ""),
        "tcp_errors_in" => ("bad segments", ""),
        "tcp_listen_overflows" => ("listen overflows", ""),
        other => return (other.replace('_', " "), ""),
    };
    (words.into(), unit)
}
