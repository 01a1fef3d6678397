//! Reads `schema/*.toml` and says what is wrong with it; fills in what was left to the defaults.

use serde::Deserialize;

use crate::expr;
use crate::french::{French, Prose};

#[derive(Deserialize)]
struct File {
    table: Table,
    #[serde(default)]
    key: toml::Table,
    #[serde(default)]
    info: toml::Table,
    #[serde(default)]
    gauge: toml::Table,
    #[serde(default)]
    counter: toml::Table,
    #[serde(default)]
    derived: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub about: String,
    pub rows: String,
    /// `time`: few rows a tick, stored by time. `entity`: many, stored by entity within a bucket.
    pub order: String,
    /// Key columns that become Prometheus labels: `label = "column"`. Absent: not exported.
    pub prometheus: Option<toml::Table>,
    /// The key column that a row has a value in where it is read at a pace of its own: then it brings its
    /// own interval. Absent: all rows have the table's.
    pub own_interval: Option<String>,
    /// Which entities the tiers keep; absent: all.
    pub top: Option<Top>,
    /// False for notes, which have no tiers.
    #[serde(default = "yes")]
    pub tiers: bool,
}

/// Of each bucket of a tier the first `rows` entities by each of `by` are kept. The rest is one row,
/// which says so in the column `label`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Top {
    pub rows: usize,
    pub by: Vec<String>,
    pub label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    #[serde(rename = "type")]
    pub datatype: Option<String>,
    pub unit: Option<String>,
    pub about: String,
    pub source: Option<String>,
    #[serde(default)]
    pub nullable: bool,
    #[serde(default = "first")]
    pub since: u32,
    pub decrease: Option<String>,
    pub prometheus: Option<String>,
    /// False where the sum over entities means nothing.
    #[serde(default = "yes")]
    pub adds_up: bool,
    /// Of a counter that is not read in each tick: the counter that tells in how long it counted.
    pub over: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Computed {
    expr: String,
    unit: Option<String>,
    about: String,
}

/// A derived column, declared or made of a counter.
pub struct Derived {
    pub expr: String,
    pub unit: Option<String>,
    pub about: Prose,
}

fn first() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// A stored column with everything that was left to the defaults filled in.
pub struct Stored {
    pub name: String,
    pub kind: &'static str,
    pub datatype: String,
    pub unit: String,
    pub nullable: bool,
    pub decrease: String,
    pub about: Prose,
    pub toml: Column,
}

/// A file, read and checked.
pub struct Read {
    pub table: Table,
    pub about: Prose,
    pub rows: Prose,
    pub stored: Vec<Stored>,
    pub derived: Vec<(String, Derived)>,
}

/// Reads a file, and takes from its French all that it has.
pub fn read(text: &str, french: &mut French) -> Result<Read, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
    let mut stored = Vec::new();
    let sections =
        [("key", &file.key), ("info", &file.info), ("gauge", &file.gauge), ("counter", &file.counter)];
    for (kind, section) in sections {
        for (column, value) in section {
            stored.push(column_of(column, kind, value, french)?);
        }
    }
    check_over(&stored)?;
    let derived = derived_of(&file.derived, &stored, french)?;
    let is_key = |name: &String| stored.iter().any(|c| c.kind == "key" && c.nullable && c.name == *name);
    if let Some(name) = file.table.own_interval.as_ref().filter(|name| !is_key(name)) {
        return Err(format!("own_interval: {name} is no key that may be NULL"));
    }
    let about = Prose { en: file.table.about.clone(), fr: french.about.clone() };
    let rows = Prose { en: file.table.rows.clone(), fr: french.rows.clone() };
    Ok(Read { table: file.table, about, rows, stored, derived })
}

fn column_of(
    name: &str,
    kind: &'static str,
    value: &toml::Value,
    french: &mut French,
) -> Result<Stored, String> {
    let toml: Column = value.clone().try_into().map_err(|e| format!("{name}: {e}"))?;
    let default = if kind == "info" { "Utf8" } else { "Int64" };
    let datatype = toml.datatype.clone().unwrap_or_else(|| default.into());
    rust_type(&datatype).ok_or_else(|| format!("{name}: no type {datatype}"))?;
    let unit = unit_of(name, toml.unit.as_deref(), &datatype)?;
    let decrease = toml.decrease.clone().unwrap_or_else(|| "null".into());
    if !["null", "hold", "wrap32"].contains(&decrease.as_str()) {
        return Err(format!("{name}: decrease is null, hold or wrap32"));
    }
    if kind == "counter" && datatype != "Int64" {
        return Err(format!("{name}: a counter is Int64"));
    }
    let nullable = kind != "key" || toml.nullable;
    let about = french.column(name, &toml.about)?;
    Ok(Stored { name: name.into(), kind, datatype, unit, nullable, decrease, about, toml })
}

/// The unit is said once: by the name's suffix, or where the name has none, by `unit`.
pub fn unit_of(name: &str, declared: Option<&str>, datatype: &str) -> Result<String, String> {
    let suffixes = [
        ("_bits_per_s", "bits/s"),
        ("_per_s", "1/s"),
        ("_us", "microseconds"),
        ("_bytes", "bytes"),
        ("_pct", "percent"),
        ("_celsius", "celsius"),
        ("_hz", "hertz"),
        ("_rpm", "revolutions/min"),
        ("_volts", "volts"),
        ("_amperes", "amperes"),
        ("_watts", "watts"),
        ("_uj", "microjoules"),
        ("_watt_hours", "watt hours"),
        ("_ampere_hours", "ampere hours"),
    ];
    let suffix = suffixes.iter().find(|(s, _)| name.ends_with(s)).map(|(_, unit)| *unit);
    match (suffix, declared) {
        (Some(_), Some(_)) => Err(format!("{name}: the name already says the unit")),
        (Some(unit), None) => Ok(unit.into()),
        (None, Some(unit)) => Ok(unit.into()),
        (None, None) if ["Utf8", "Boolean", "Timestamp"].contains(&datatype) => Ok(String::new()),
        (None, None) => Err(format!("{name}: a number needs a unit, in its name or as `unit`")),
    }
}

/// Whether `over` is said of counters, and names one of microseconds: the same one in all of a table, so that a row
/// has them all or none.
fn check_over(stored: &[Stored]) -> Result<(), String> {
    let mut named: Vec<&String> = Vec::new();
    for column in stored {
        let Some(over) = &column.toml.over else { continue };
        let counts = |name: &str| stored.iter().any(|c| c.kind == "counter" && c.name == *name);
        if !counts(&column.name) || column.name.ends_with("_us") || !counts(over) || !over.ends_with("_us") {
            return Err(format!(
                "{}: over is said of plain counters, and names one of microseconds",
                column.name
            ));
        }
        named.push(over);
    }
    named.dedup();
    let is_read_always =
        |c: &Stored| c.kind == "counter" && c.toml.over.is_none() && !named.contains(&&c.name);
    if named.len() > 1 || !(named.is_empty() || stored.iter().any(is_read_always)) {
        return Err("over: a table has one such counter, and others that are read in each tick".into());
    }
    Ok(())
}

/// The counter that tells in how long those counted that are not read in each tick, if there are such.
pub fn over(stored: &[Stored]) -> Option<&str> {
    stored.iter().find_map(|column| column.toml.over.as_deref())
}

/// What the table declares, then a rate for each counter that has none of its own. That of an energy is a
/// power, which the table gives its name; a time in which others counted has none.
fn derived_of(
    section: &toml::Table,
    stored: &[Stored],
    french: &mut French,
) -> Result<Vec<(String, Derived)>, String> {
    let mut derived = Vec::new();
    for (name, value) in section {
        let one: Computed = value.clone().try_into().map_err(|e| format!("{name}: {e}"))?;
        let about = french.column(name, &one.about)?;
        derived.push((name.clone(), Derived { expr: one.expr, unit: one.unit, about }));
    }
    let has_rate =
        |c: &&Stored| c.kind == "counter" && c.unit != "microjoules" && over(stored) != Some(c.name.as_str());
    for column in stored.iter().filter(has_rate) {
        let own = &column.name;
        let per_s = |over: &str, about| (format!("{own}_per_s"), format!("1000000 * {own} / {over}"), about);
        let (name, expr, about) = match (own.strip_suffix("_us"), column.toml.over.as_deref()) {
            (Some(stem), _) => (
                format!("{stem}_pct"),
                format!("100 * {own} / interval_us"),
                Prose::share_of_the_interval(own),
            ),
            (None, Some(over)) => per_s(over, Prose::a_second_over(own, over)),
            (None, None) => per_s("interval_us", Prose::a_second_of(own)),
        };
        let taken = derived.iter().any(|(n, _)| *n == name) || stored.iter().any(|c| c.name == name);
        if !taken {
            derived.push((name, Derived { expr, unit: None, about }));
        }
    }
    let known = |word: &str| ["ts", "interval_us"].contains(&word) || stored.iter().any(|c| c.name == word);
    for (name, one) in &derived {
        let tree = expr::parse(&one.expr).map_err(|e| format!("{name}: {e}"))?;
        if let Some(word) = tree.columns().into_iter().find(|w| !known(w)) {
            return Err(format!("{name}: no column {word}"));
        }
    }
    Ok(derived)
}

/// The Rust type and the Arrow builder of a column.
pub fn rust_type(datatype: &str) -> Option<(&'static str, &'static str)> {
    Some(match datatype {
        "Int64" => ("i64", "Numbers<Int64Type>"),
        "Float64" => ("f64", "Numbers<Float64Type>"),
        "Boolean" => ("bool", "BooleanBuilder"),
        "Utf8" => ("Text", "StringBuilder"),
        "Timestamp" => ("Micros", "Numbers<TimestampMicrosecondType>"),
        _ => return None,
    })
}
