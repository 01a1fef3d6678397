//! The Prometheus text face of a live host: what collectors found, as the kernel's totals.
//!
//! Every table that declares labels is walked through its declaration, so a column added to a TOML
//! shows up here by itself. A recording has no place here: its counters are differences.

mod names;
mod text;

use std::collections::HashMap;
use std::io::{self, Write};

pub use names::{Metric, Names, metric};

use crate::schema::{Column, Row, Sample, TABLES, Table, Value, every_table};
use text::seconds_of;
pub use text::{help, label};

/// The media type of what [`write`] writes.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Writes a sample whose counters are totals: each family once, its samples together, in the order
/// of the declarations. Unknown values are left out, and families with nothing known.
///
/// Labels are the table's key columns. Where two rows have the same, the later one counts, since a
/// scrape with the same series twice is refused whole.
///
/// # Errors
/// Those of `out`.
pub fn write(sample: &Sample, names: Names, out: &mut dyn Write) -> io::Result<()> {
    let mut families = Families::new(names);
    families.sample(sample);
    for family in families.all.iter().filter(|family| !family.series.is_empty()) {
        let name = &family.name;
        writeln!(out, "# HELP {name} {}", help(family.help))?;
        writeln!(out, "# TYPE {name} {}", family.kind)?;
        for (labels, value) in &family.series {
            writeln!(out, "{name}{labels} {value}")?;
        }
    }
    out.flush()
}

/// Samples of one name.
struct Family {
    name: String,
    help: &'static str,
    kind: &'static str,
    /// Labels with their braces, and the value.
    series: Vec<(String, String)>,
    place: HashMap<String, usize>,
}

impl Family {
    fn put(&mut self, labels: String, value: String) {
        match self.place.get(&labels) {
            Some(place) => self.series[*place].1 = value,
            None => {
                self.place.insert(labels.clone(), self.series.len());
                self.series.push((labels, value));
            }
        }
    }
}

/// All families, and where each column's values go.
struct Families {
    all: Vec<Family>,
    /// By table and column; a column that is not exported has no entry.
    metrics: HashMap<(&'static str, &'static str), (usize, Metric)>,
}

impl Families {
    fn new(names: Names) -> Self {
        let mut families = Families { all: Vec::new(), metrics: HashMap::new() };
        for table in TABLES.iter().filter(|table| table.labels.is_some()) {
            for column in table.columns {
                if let Some(metric) = metric(table, column, names) {
                    families.declare(table, column, metric);
                }
            }
        }
        families
    }

    fn declare(&mut self, table: &'static Table, column: &'static Column, metric: Metric) {
        let known = self.all.iter().position(|family| family.name == metric.name);
        let place = known.unwrap_or_else(|| {
            // What a fixed label tells apart is one thing together: the table says which.
            let help = if metric.labels.is_empty() { column.about } else { table.about };
            let (name, kind) = (metric.name.clone(), metric.kind);
            self.all.push(Family { name, help, kind, series: Vec::new(), place: HashMap::new() });
            self.all.len() - 1
        });
        self.metrics.insert((table.name, column.name), (place, metric));
    }

    /// The family of a row whose key a name says: `node_rapl_<kind>_joules_total`.
    fn of_key(&mut self, place: usize, key: &str, value: &str) -> usize {
        let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let value: String = value.chars().map(word).collect();
        let name = self.all[place].name.replace(&format!("<{key}>"), &value);
        let known = self.all.iter().position(|family| family.name == name);
        known.unwrap_or_else(|| {
            let Family { help, kind, .. } = self.all[place];
            self.all.push(Family { name, help, kind, series: Vec::new(), place: HashMap::new() });
            self.all.len() - 1
        })
    }

    fn sample(&mut self, sample: &Sample) {
        macro_rules! rows {
            ($($name:ident: $row:ident),*) => { $(for row in sample.$name.iter() { self.row(row); })* };
        }
        every_table!(rows);
    }

    fn row<R: Row>(&mut self, row: &R) {
        let table = R::table();
        let Some(keys) = table.labels else { return };
        let values = row.values();
        let of = |name: &str| {
            let place = table.columns.iter().position(|c| c.name == name);
            place.and_then(|place| values.get(place)).filter(|v| **v != Value::Unknown)
        };
        let own: Vec<String> =
            keys.iter().filter_map(|(name, key)| Some(label(name, &of(key)?.to_string()))).collect();
        for (column, value) in table.columns.iter().zip(&values) {
            let Some((place, metric)) = self.metrics.get(&(table.name, column.name)) else { continue };
            let mut place = *place;
            let Some(shown) = shown(value, metric.divisor) else { continue };
            let mut labels = own.join(",");
            if !metric.labels.is_empty() {
                labels += if labels.is_empty() { "" } else { "," };
                labels += &metric.labels;
            }
            let labels = if labels.is_empty() { labels } else { format!("{{{labels}}}") };
            if let Some((key, _)) = metric.name.split_once('<').and_then(|(_, key)| key.split_once('>')) {
                let (key, Some(value)) = (key.to_string(), of(key)) else { continue };
                place = self.of_key(place, &key, &value.to_string());
            }
            self.all[place].put(labels, shown);
        }
    }
}

/// A value in the metric's unit; `None` where it is not known.
fn shown(value: &Value<'_>, divisor: f64) -> Option<String> {
    match value {
        Value::Unknown | Value::Text(_) => None,
        Value::Time(at) => Some(seconds_of(at.0)),
        Value::Int(whole) if divisor == 1.0 => Some(whole.to_string()),
        Value::Int(whole) if divisor == 1e6 => Some(seconds_of(*whole)),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
            let number = value.as_f64()? / divisor;
            number.is_finite().then(|| number.to_string())
        }
    }
}
