//! What a rule compares: a column with a number that may have a unit, as it is written and as it is told.

use std::time::Duration;

use crate::schema::{self, TABLES, Table, Type, parse_size, show_size};
use crate::time::{parse_duration, show_duration};

/// Tables whose rows come as they come: nothing of them goes on from tick to tick.
const MOMENTARY: [&str; 4] = ["process_exit", "event", "host", "base"];

/// A column, stored or derived, and what it is compared with.
#[derive(Clone, Debug)]
pub struct Condition {
    pub table: &'static Table,
    pub column: &'static str,
    pub comparison: Comparison,
    pub threshold: f64,
    measure: Measure,
    unit: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// How a column's numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Percent,
    Bytes,
    BytesPerSecond,
    Microseconds,
    Other,
}

impl Comparison {
    /// Whether a value stands so to another.
    pub fn holds(self, value: f64, other: f64) -> bool {
        match self {
            Comparison::Above => value > other,
            Comparison::AtLeast => value >= other,
            Comparison::Below => value < other,
            Comparison::AtMost => value <= other,
        }
    }

    /// Whether larger values are the worse ones.
    pub fn is_upwards(self) -> bool {
        matches!(self, Comparison::Above | Comparison::AtLeast)
    }

    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Above => ">",
            Comparison::AtLeast => ">=",
            Comparison::Below => "<",
            Comparison::AtMost => "<=",
        }
    }

    /// As it is told.
    pub fn word(self) -> &'static str {
        match self {
            Comparison::Above => "above",
            Comparison::AtLeast => "at or above",
            Comparison::Below => "below",
            Comparison::AtMost => "at or below",
        }
    }
}

impl Condition {
    /// Reads `filesystem.used_pct > 95`.
    ///
    /// # Errors
    /// What cannot be meant, in words without the text itself.
    pub fn parse(text: &str) -> Result<Condition, String> {
        const FORM: &str = "write it as filesystem.used_pct > 95: table.column, one of > >= < <=, a number";
        let at = text.find(['>', '<']).ok_or(FORM)?;
        let (name, rest) = text.split_at(at);
        let (comparison, number) = match (rest.as_bytes(), rest.get(1..2)) {
            ([b'>', ..], Some("=")) => (Comparison::AtLeast, &rest[2..]),
            ([b'<', ..], Some("=")) => (Comparison::AtMost, &rest[2..]),
            ([b'>', ..], _) => (Comparison::Above, &rest[1..]),
            _ => (Comparison::Below, &rest[1..]),
        };
        let (table, column) = name.trim().split_once('.').ok_or(FORM)?;
        let table = table_of(table)?;
        let (column, unit) = column_of(table, column)?;
        let measure = Measure::of(column, unit);
        let mut condition = Condition { table, column, comparison, threshold: 0.0, measure, unit };
        condition.threshold = condition.number(number)?;
        Ok(condition)
    }

    /// Reads a number as one of this column's.
    ///
    /// # Errors
    /// What is wanted instead.
    pub fn number(&self, text: &str) -> Result<f64, String> {
        let text = text.trim();
        let (sign, amount) = match text.strip_prefix('-') {
            Some(rest) => (-1.0, rest.trim_start()),
            None => (1.0, text),
        };
        let plain = |text: &str| text.trim_end().parse::<f64>().ok().filter(|n| n.is_finite());
        let is_digit = amount.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        let read = match self.measure {
            _ if !is_digit => None,
            Measure::Percent => plain(amount.strip_suffix('%').unwrap_or(amount)),
            Measure::Bytes => parse_size(amount),
            Measure::BytesPerSecond => parse_size(amount.strip_suffix("/s").unwrap_or(amount)),
            Measure::Microseconds => {
                plain(amount).or_else(|| parse_duration(amount).ok().map(|time| time.as_secs_f64() * 1e6))
            }
            Measure::Other => plain(amount),
        };
        read.map(|number| sign * number).ok_or_else(|| {
            let wanted = match self.measure {
                Measure::Percent => "is in percent: a number such as 95 or 95% is wanted",
                Measure::Bytes => "is in bytes: a size such as 500MiB is wanted",
                Measure::BytesPerSecond => "is in bytes a second: a size such as 50MiB/s is wanted",
                Measure::Microseconds => "is a time: one such as 500ms is wanted, or microseconds",
                Measure::Other => "is a plain number: one such as 5 or 0.5 is wanted",
            };
            format!("{}.{} {wanted}, not {text:?}", self.table.name, self.column)
        })
    }

    /// A value of the column, for people.
    pub fn show(&self, value: f64) -> String {
        let sign = if value < 0.0 { "-" } else { "" };
        match self.measure {
            Measure::Percent => format!("{} %", rounded(value, 1)),
            Measure::Bytes => format!("{sign}{}", show_size(value.abs())),
            Measure::BytesPerSecond => format!("{sign}{}/s", show_size(value.abs())),
            Measure::Microseconds => {
                // What is longer than some milliseconds is told without microseconds.
                let grain = if value.abs() >= 10_000.0 { 1_000.0 } else { 1.0 };
                let micros = (value.abs() / grain).round() * grain;
                format!("{sign}{}", show_duration(Duration::from_micros(micros as u64)))
            }
            Measure::Other if self.unit.is_empty() => rounded(value, 3),
            Measure::Other if self.unit == "1/s" => format!("{} a second", rounded(value, 3)),
            Measure::Other => format!("{} {}", rounded(value, 3), self.unit),
        }
    }

    /// A number that values are compared with, for people: without a unit that nobody would write.
    pub fn limit(&self, value: f64) -> String {
        if self.measure == Measure::Other { rounded(value, 3) } else { self.show(value) }
    }

    /// Table and column as they are written.
    pub fn name(&self) -> String {
        format!("{}.{}", self.table.name, self.column)
    }
}

impl Measure {
    fn of(column: &str, unit: &str) -> Measure {
        match unit {
            "percent" => Measure::Percent,
            "bytes" => Measure::Bytes,
            "microseconds" => Measure::Microseconds,
            _ if column.ends_with("_bytes_per_s") => Measure::BytesPerSecond,
            _ => Measure::Other,
        }
    }
}

fn table_of(name: &str) -> Result<&'static Table, String> {
    let stays = || TABLES.iter().filter(|table| !MOMENTARY.contains(&table.name));
    match TABLES.iter().find(|table| table.name == name) {
        Some(table) if MOMENTARY.contains(&table.name) => {
            Err(format!("rows of {name} come as they come: there is nothing of them that lasts"))
        }
        Some(table) => Ok(table),
        None => Err(format!("there is no table {name:?}{}", meant(name, stays().map(|table| table.name)))),
    }
}

/// A column of numbers, and its unit.
fn column_of(table: &'static Table, name: &str) -> Result<(&'static str, &'static str), String> {
    let is_number =
        |column: &&schema::Column| matches!(column.datatype, Type::Int64 | Type::Float64 | Type::Boolean);
    if let Some(column) = table.column(name) {
        return match is_number(&column) {
            true => Ok((column.name, column.unit)),
            false => Err(format!("{}.{name} is no number; rows are chosen by it with `where`", table.name)),
        };
    }
    if let Some(derived) = table.derived.iter().find(|derived| derived.name == name) {
        return Ok((derived.name, derived.unit));
    }
    let stored = table.columns.iter().filter(is_number).map(|column| column.name);
    let names = stored.chain(table.derived.iter().map(|derived| derived.name));
    Err(format!("{} has no column {name:?}{}", table.name, meant(name, names)))
}

/// The names that may have been meant, as the end of a sentence.
pub(super) fn meant<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> String {
    match &schema::near(word, names)[..] {
        [] => "; see `sysray schema`".into(),
        near => format!("; did you mean {}?", schema::either(near)),
    }
}

/// A number with at most so many decimals, and none that say nothing.
fn rounded(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".into() } else { text.into() }
}
