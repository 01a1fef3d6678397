//! The sheet that says what the report is about: host, range, devices.

use super::{LISTED, Line, Piece, UNKNOWN, instant, known, ours, theirs};
use crate::export::figures::{amount, bytes, count, length};
use crate::report::model::*;

/// Joins lines that are not empty.
fn joined(lines: impl IntoIterator<Item = Line>, between: &str) -> Line {
    let mut all = Line::new();
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        if !all.is_empty() {
            all.push(Piece::Ours(between.into()));
        }
        all.extend(line);
    }
    if all.is_empty() { ours(UNKNOWN) } else { all }
}

fn optional(text: &Option<String>) -> Line {
    text.iter().map(|t| Piece::Theirs(t.clone())).collect()
}

fn number_of(n: Option<i64>, noun: &str) -> Line {
    n.map_or(Line::new(), |n| ours(count(n, noun)))
}

/// A name, and what else is known of it in brackets.
fn detailed(name: &str, details: Vec<Line>) -> Line {
    let mut line = vec![Piece::Theirs(name.into())];
    if details.iter().any(|d| !d.is_empty()) {
        line.push(Piece::Ours(" (".into()));
        line.extend(joined(details, ", "));
        line.push(Piece::Ours(")".into()));
    }
    line
}

fn listed(lines: Vec<Line>) -> Line {
    let more = lines.len().saturating_sub(LISTED);
    let tail = if more > 0 { ours(format!("and {more} more")) } else { Line::new() };
    if lines.is_empty() {
        return ours("none recorded");
    }
    joined(lines.into_iter().take(LISTED).chain([tail]), ", ")
}

pub(super) fn scope(report: &Report) -> Vec<(&'static str, Line)> {
    let scope = &report.scope;
    let host = &scope.inventory;
    let other_name = host.hostname.clone().filter(|name| *name != scope.host);
    let disk = |d: &Disk| {
        let spins = match d.rotational {
            Some(true) => ours("rotating"),
            _ => Line::new(),
        };
        let size = d.size_bytes.map_or(Line::new(), |b| ours(bytes(b)));
        detailed(&d.device, vec![size, optional(&d.model), spins])
    };
    let interface = |i: &Interface| {
        let speed = i.speed_bits_per_s.map_or(Line::new(), |bits| ours(amount("bits_per_s", bits as f64)));
        detailed(&i.interface, vec![optional(&i.driver), optional(&i.operstate), speed])
    };
    let system = joined([optional(&host.os), optional(&host.os_version)], " ");
    let kernel = joined([optional(&host.kernel), optional(&host.architecture)], ", ");
    let within = joined([optional(&host.virtualisation), optional(&host.container_runtime)], ", ");
    let processor = joined(
        [
            optional(&host.cpu_model),
            number_of(host.sockets, "socket"),
            number_of(host.cores, "core"),
            number_of(host.threads, "CPU"),
            number_of(host.numa_nodes, "NUMA node"),
        ],
        ", ",
    );
    let begin = instant(&scope.begin);
    let range = match scope.length_us {
        0 => format!("{begin} ({}), one moment", scope.timezone),
        us => format!("{begin} to {} ({}), {}", instant(&scope.end), scope.timezone, length(us)),
    };
    let mut program = ours("recorded by ");
    program.extend(theirs(&host.recorded_by_sysray_version));
    program.push(Piece::Ours(format!(", reported by {}", report.sysray_version)));
    vec![
        ("Host", detailed(&scope.host, vec![optional(&other_name)])),
        ("Range", ours(range)),
        ("System", system),
        ("Kernel", kernel),
        ("Runs in", within),
        ("Booted", ours(known(host.boot_time.as_ref(), instant))),
        ("CPU", processor),
        ("Memory", ours(known(host.memory_bytes, bytes))),
        ("Disks", listed(scope.disks.iter().map(disk).collect())),
        ("Interfaces", listed(scope.interfaces.iter().map(interface).collect())),
        ("Host's zone", theirs(&host.timezone)),
        ("sysray", program),
    ]
}
