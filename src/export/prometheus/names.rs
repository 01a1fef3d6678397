//! What a column is called in Prometheus, and in which unit.
//!
//! Prometheus wants base units said by the name, `_total` on counters and on nothing else, and
//! lower case; names of node_exporter that break this are used on request only.

use crate::schema::{Column, Kind, Table, Type};

/// Whose names are used where node_exporter has some of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// Those that keep to the rules of `promtool check metrics`; for others `sysray_…`.
    #[default]
    Linted,
    /// All of node_exporter's, such as `node_memory_MemTotal_bytes`: its dashboards work.
    NodeExporter,
}

/// A column as Prometheus sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The family's name; each key in it, as `<kind>`, stands for what a row has there.
    pub name: String,
    /// Fixed labels as in the text format, without braces: `mode="user"`; mostly empty.
    pub labels: String,
    /// `counter`, `gauge` or, for what node_exporter names otherwise, `untyped`.
    pub kind: &'static str,
    /// What the column's values are divided by: 1,000,000 makes seconds of microseconds.
    pub divisor: f64,
}

/// What the column is called; `None` where it is not exported: text, descriptions and keys.
pub fn metric(table: &Table, column: &Column, names: Names) -> Option<Metric> {
    let counts = match column.kind {
        Kind::Counter => true,
        Kind::Gauge if matches!(column.datatype, Type::Boolean | Type::Utf8) => false,
        Kind::Gauge => true,
        Kind::Key | Kind::Info => false,
    };
    let declared = column.prometheus.filter(|_| column.datatype != Type::Utf8);
    if !counts && declared.is_none() {
        return None;
    }
    let is_counter = column.kind == Kind::Counter;
    let theirs = declared.map(split).filter(|(name, _)| match names {
        Names::Linted => is_clean(name, is_counter),
        Names::NodeExporter => true,
    });
    let (name, labels) = match theirs {
        Some((name, labels)) => (name.to_string(), labels.to_string()),
        None => (own_name(table, column), String::new()),
    };
    let kind = match (is_counter, name.ends_with("_total")) {
        (true, true) => "counter",
        (false, false) => "gauge",
        _ => "untyped",
    };
    let divisor = divisor(&name, column);
    Some(Metric { name, labels, kind, divisor })
}

/// `node_cpu_seconds_total{mode="user"}` as name and labels.
fn split(declared: &str) -> (&str, &str) {
    match declared.split_once('{') {
        Some((name, labels)) => (name, labels.trim_end_matches('}')),
        None => (declared, ""),
    }
}

/// Whether promtool has nothing to say against the name.
fn is_clean(name: &str, is_counter: bool) -> bool {
    !name.contains(|c: char| c.is_ascii_uppercase()) && name.ends_with("_total") == is_counter
}

/// Unit suffixes of columns and what stands for them; bits become bytes, the base unit.
const SUFFIXES: [(&str, &str); 7] = [
    ("_bits_per_s", "_bytes_per_second"),
    ("_per_s", "_per_second"),
    ("_us", "_seconds"),
    ("_uj", "_joules"),
    ("_pct", "_ratio"),
    ("_hz", "_hertz"),
    ("_total", ""),
];

fn own_name(table: &Table, column: &Column) -> String {
    let suffix = SUFFIXES.iter().find_map(|(own, base)| Some((column.name.strip_suffix(own)?, *base)));
    let (stem, base) = suffix.unwrap_or((column.name, ""));
    let base = if column.datatype == Type::Timestamp { "_seconds" } else { base };
    let total = if column.kind == Kind::Counter { "_total" } else { "" };
    format!("sysray_{}_{stem}{base}{total}", table.name)
}

/// By what a value in the column's unit is divided to be in the unit that the name says.
fn divisor(name: &str, column: &Column) -> f64 {
    let stem = name.strip_suffix("_total").unwrap_or(name);
    let says = |unit: &str| stem.ends_with(unit);
    match column.unit {
        "microseconds" if says("_seconds") => 1e6,
        "microjoules" if says("_joules") => 1e6,
        "percent" if says("_ratio") => 100.0,
        "bits/s" if says("_bytes") || says("_bytes_per_second") => 8.0,
        // The kernel's sector, whatever the device's.
        "bytes" if says("_sectors") => 512.0,
        _ => 1.0,
    }
}
