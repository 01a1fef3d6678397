//! Turns `schema/*.toml` into Rust: the table declarations, one row struct and one Arrow batch
//! builder a table. It writes down data and plumbing; what a number means is decided elsewhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

// Checked here, evaluated and printed by the program.
#[allow(dead_code)]
#[path = "../src/schema/expr.rs"]
mod expr;

/// The tables in the order in which they are listed everywhere.
const ORDER: &[&str] = &[
    "system",
    "cpu",
    "cpu_core",
    "memory",
    "pressure",
    "disk",
    "filesystem",
    "network",
    "socket",
    "protocol",
    "process",
    "cgroup",
    "event",
    "recorder",
    "host",
];

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
struct Table {
    about: String,
    rows: String,
    /// `time`: few rows a tick, stored by time. `entity`: many, stored by entity within a bucket.
    order: String,
    /// Key columns that become Prometheus labels: `label = "column"`. Absent: not exported.
    prometheus: Option<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    #[serde(rename = "type")]
    datatype: Option<String>,
    unit: Option<String>,
    about: String,
    source: Option<String>,
    #[serde(default)]
    nullable: bool,
    #[serde(default = "first")]
    since: u32,
    decrease: Option<String>,
    prometheus: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Derived {
    expr: String,
    unit: Option<String>,
    about: String,
}

fn first() -> u32 {
    1
}

/// A stored column with everything that was left to the defaults filled in.
struct Stored {
    name: String,
    kind: &'static str,
    datatype: String,
    unit: String,
    nullable: bool,
    decrease: String,
    toml: Column,
}

fn main() {
    println!("cargo:rerun-if-changed=schema");
    println!("cargo:rerun-if-changed=src/schema/expr.rs");
    let mut out = String::from("// Generated from schema/*.toml. Change those.\n");
    let mut tables = String::new();
    let present = |name: &&&str| Path::new("schema").join(format!("{name}.toml")).exists();
    let order: Vec<&str> = ORDER.iter().filter(present).copied().collect();
    for (index, name) in order.iter().enumerate() {
        let path = PathBuf::from("schema").join(format!("{name}.toml"));
        match table(name, index, &path) {
            Ok((code, declaration)) => {
                out += &code;
                tables += &declaration;
            }
            Err(why) => panic!("{}: {why}", path.display()),
        }
    }
    let _ = writeln!(out, "pub static TABLES: [Table; {}] = [\n{tables}];", order.len());
    out += &every_table(&order);
    let target = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&target).join("tables.rs"), out).expect("OUT_DIR can be written");
}

fn table(name: &str, index: usize, path: &Path) -> Result<(String, String), String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let file: File = toml::from_str(&text).map_err(|e| e.to_string())?;
    let mut stored = Vec::new();
    let sections =
        [("key", &file.key), ("info", &file.info), ("gauge", &file.gauge), ("counter", &file.counter)];
    for (kind, section) in sections {
        for (column, value) in section {
            stored.push(column_of(column, kind, value)?);
        }
    }
    let derived = derived_of(&file.derived, &stored)?;
    Ok((rows(name, index, &file.table, &stored), declaration(name, &file.table, &stored, &derived)?))
}

fn column_of(name: &str, kind: &'static str, value: &toml::Value) -> Result<Stored, String> {
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
    Ok(Stored { name: name.into(), kind, datatype, unit, nullable, decrease, toml })
}

/// The unit is said once: by the name's suffix, or where the name has none, by `unit`.
fn unit_of(name: &str, declared: Option<&str>, datatype: &str) -> Result<String, String> {
    let suffixes = [
        ("_bits_per_s", "bits/s"),
        ("_per_s", "1/s"),
        ("_us", "microseconds"),
        ("_bytes", "bytes"),
        ("_pct", "percent"),
        ("_celsius", "celsius"),
        ("_hz", "hertz"),
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

/// What the table declares, then a rate for each counter that has none of its own.
fn derived_of(section: &toml::Table, stored: &[Stored]) -> Result<Vec<(String, Derived)>, String> {
    let mut derived = Vec::new();
    for (name, value) in section {
        let one: Derived = value.clone().try_into().map_err(|e| format!("{name}: {e}"))?;
        derived.push((name.clone(), one));
    }
    for column in stored.iter().filter(|c| c.kind == "counter") {
        let own = &column.name;
        let (name, expr, about) = match own.strip_suffix("_us") {
            Some(stem) => {
                (format!("{stem}_pct"), format!("100 * {own} / interval_us"), "as a share of the interval")
            }
            None => {
                (format!("{own}_per_s"), format!("1000000 * {own} / interval_us"), "a second of the interval")
            }
        };
        let taken = derived.iter().any(|(n, _)| *n == name) || stored.iter().any(|c| c.name == name);
        if !taken {
            derived.push((name, Derived { expr, unit: None, about: format!("`{own}` {about}.") }));
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

fn rust_type(datatype: &str) -> Option<(&'static str, &'static str)> {
    Some(match datatype {
        "Int64" => ("i64", "Int64Builder"),
        "Float64" => ("f64", "Float64Builder"),
        "Boolean" => ("bool", "BooleanBuilder"),
        "Utf8" => ("Text", "StringBuilder"),
        "Timestamp" => ("Micros", "TimestampMicrosecondBuilder"),
        _ => return None,
    })
}

fn camel(name: &str) -> String {
    let upper = |w: &str| w[..1].to_uppercase() + &w[1..];
    name.split('_').map(upper).collect()
}

fn rows(name: &str, index: usize, table: &Table, stored: &[Stored]) -> String {
    let row = camel(name);
    let [mut fields, mut values, mut counters, mut key] = [const { String::new() }; 4];
    let [mut builders, mut push, mut arrays, mut read] = [const { String::new() }; 4];
    for (at, column) in stored.iter().enumerate() {
        let (rust, builder) = rust_type(&column.datatype).expect("checked when the column was read");
        let own = &column.name;
        let held = if column.nullable { format!("Option<{rust}>") } else { rust.into() };
        let _ = writeln!(fields, "    #[doc = {:?}]\n    pub {own}: {held},", column.toml.about);
        let _ = writeln!(builders, "    {own}: {builder},");
        let _ = writeln!(values, "            self.{own}.value(),");
        let _ = writeln!(read, "            {own}: held(batch, {}, {own:?}, at),", at + 3);
        let zone = if rust == "Micros" { ".with_timezone(\"UTC\")" } else { "" };
        let _ = writeln!(arrays, "            Arc::new(self.{own}.finish(){zone}),");
        let _ = writeln!(push, "        self.{own}.{};", append(rust, own, column.nullable));
        if column.kind == "counter" {
            let rule = camel(&column.decrease);
            let _ = writeln!(counters, "        each(&mut self.{own}, before.{own}, Decrease::{rule});");
        }
        if column.kind == "key" {
            let _ = write!(key, "self.{own}.hash(state); ");
        }
    }
    let same = stored.iter().filter(|c| c.kind == "key").map(|c| format!("self.{0} == other.{0}", c.name));
    let same = same.collect::<Vec<_>>().join(" && ");
    let same = if same.is_empty() { "true".into() } else { same };
    let about = &table.about;
    format!(
        "
#[doc = {about:?}]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct {row} {{
{fields}}}

#[allow(unused_mut, unused_variables)]
impl Row for {row} {{
    type Batch = {row}Batch;
    fn table() -> &'static Table {{
        &TABLES[{index}]
    }}
    fn hash_key<H: Hasher>(&self, state: &mut H) {{
        {key}
    }}
    fn same_key(&self, other: &Self) -> bool {{
        {same}
    }}
    fn counters(&mut self, before: &Self, mut each: impl FnMut(&mut Option<i64>, Option<i64>, Decrease)) {{
{counters}    }}
    fn values(&self) -> Vec<Value<'_>> {{
        vec![
{values}        ]
    }}
    fn read(batch: &RecordBatch, at: usize) -> Self {{
        {row} {{
{read}        }}
    }}
}}

#[doc = \"Collects rows of `{name}` into an Arrow batch.\"]
#[derive(Default)]
pub struct {row}Batch {{
    ts: TimestampMicrosecondBuilder,
    tick: Int64Builder,
    interval_us: Int64Builder,
{builders}}}

impl Batch for {row}Batch {{
    type Row = {row};
    fn push(&mut self, stamp: &Stamp, row: &{row}) {{
        self.ts.append_value(stamp.ts.0);
        self.tick.append_value(stamp.tick);
        self.interval_us.append_option(stamp.interval_us);
{push}    }}
    fn finish(&mut self) -> RecordBatch {{
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(self.ts.finish().with_timezone(\"UTC\")),
            Arc::new(self.tick.finish()),
            Arc::new(self.interval_us.finish()),
{arrays}        ];
        finished({row}::table(), arrays)
    }}
}}
"
    )
}

fn append(rust: &str, own: &str, nullable: bool) -> String {
    match (rust, nullable) {
        ("Text", true) => format!("append_option(row.{own}.as_deref())"),
        ("Text", false) => format!("append_value(&*row.{own})"),
        ("Micros", true) => format!("append_option(row.{own}.map(|t| t.0))"),
        ("Micros", false) => format!("append_value(row.{own}.0)"),
        (_, true) => format!("append_option(row.{own})"),
        (_, false) => format!("append_value(row.{own})"),
    }
}

fn declaration(
    name: &str,
    table: &Table,
    stored: &[Stored],
    derived: &[(String, Derived)],
) -> Result<String, String> {
    let order = match table.order.as_str() {
        "time" => "Order::Time",
        "entity" => "Order::Entity",
        other => return Err(format!("order is time or entity, not {other}")),
    };
    let mut columns = String::new();
    for c in stored {
        let _ = writeln!(
            columns,
            "        Column {{ name: {:?}, kind: Kind::{}, datatype: Type::{}, unit: {:?}, about: {:?}, \
             source: {:?}, since: {}, nullable: {}, decrease: Decrease::{}, prometheus: {:?} }},",
            c.name,
            camel(c.kind),
            c.datatype,
            c.unit,
            c.toml.about,
            c.toml.source.as_deref().unwrap_or(""),
            c.toml.since,
            c.nullable,
            camel(&c.decrease),
            c.toml.prometheus,
        );
    }
    let mut sums = String::new();
    for (name, one) in derived {
        let unit = unit_of(name, one.unit.as_deref(), "Float64")?;
        let _ = writeln!(
            sums,
            "        Derived {{ name: {name:?}, expr: {:?}, unit: {unit:?}, about: {:?} }},",
            one.expr, one.about
        );
    }
    let labels = match &table.prometheus {
        None => "None".into(),
        Some(map) => {
            let pair = |(label, column): (&String, &toml::Value)| match column.as_str() {
                Some(c) if stored.iter().any(|s| s.name == c) => Ok(format!("({label:?}, {c:?})")),
                _ => Err(format!("prometheus label {label} names no column")),
            };
            let pairs = map.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
            format!("Some(&[{}])", pairs.join(", "))
        }
    };
    Ok(format!(
        "    Table {{ name: {name:?}, about: {:?}, rows: {:?}, order: {order}, labels: {labels}, columns: &[
{columns}    ], derived: &[
{sums}    ] }},
",
        table.about, table.rows
    ))
}

/// `every_table!(go)` expands `go! { system: System, cpu: Cpu, … }`: the one list of all tables.
fn every_table(order: &[&str]) -> String {
    let list: Vec<String> = order.iter().map(|n| format!("{n}: {}", camel(n))).collect();
    format!(
        "
/// Expands the macro it is given with every table, as `name: Row`, in order.
macro_rules! every_table {{
    ($go:ident) => {{
        $go! {{ {} }}
    }};
}}
pub(crate) use every_table;
",
        list.join(", ")
    )
}
