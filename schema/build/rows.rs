//! Writes a row struct and an Arrow batch builder a table.

use std::fmt::Write as _;

use crate::declared::{Stored, Table, over, rust_type};

pub fn camel(name: &str) -> String {
    let upper = |w: &str| w[..1].to_uppercase() + &w[1..];
    name.split('_').map(upper).collect()
}

pub fn rows(name: &str, index: usize, table: &Table, stored: &[Stored]) -> String {
    let row = camel(name);
    let [mut fields, mut values, mut counters, mut key] = [const { String::new() }; 4];
    let [mut builders, mut empty, mut push, mut arrays, mut read] = [const { String::new() }; 5];
    let mut files: Vec<&str> = Vec::new();
    let mut sources: Vec<usize> = Vec::new();
    for (at, column) in stored.iter().enumerate() {
        let (rust, builder) = rust_type(&column.datatype).expect("checked when the column was read");
        let own = &column.name;
        let held = if column.nullable { format!("Option<{rust}>") } else { rust.into() };
        let _ = writeln!(fields, "    #[doc = {:?}]\n    pub {own}: {held},", column.toml.about);
        let _ = writeln!(builders, "    {own}: {builder},");
        // arrow-rs's own take kilobytes before there is a row, if they are not told.
        let none = match builder {
            "StringBuilder" => "StringBuilder::with_capacity(0, 0)",
            "BooleanBuilder" => "BooleanBuilder::with_capacity(0)",
            _ => "Numbers::default()",
        };
        let _ = writeln!(empty, "            {own}: {none},");
        let _ = writeln!(values, "            {at} => self.{own}.value(),");
        let _ = writeln!(read, "            {own}: held(batch, {}, {own:?}, at),", at + 3);
        let zone = if rust == "Micros" { ".with_timezone(\"UTC\")" } else { "" };
        let _ = writeln!(arrays, "            Arc::new(self.{own}.finish(){zone}),");
        let _ = writeln!(push, "        self.{own}.{};", append(rust, own, column.nullable));
        if column.kind == "counter" {
            let rule = decrease(&column.decrease, &column.unit);
            let _ = writeln!(counters, "        each(&mut self.{own}, before.{own}, Decrease::{rule});");
            sources.push(source(column.toml.source.as_deref(), &mut files));
        }
        if column.kind == "key" {
            let _ = write!(key, "self.{own}.hash(state); ");
        }
    }
    let same = stored.iter().filter(|c| c.kind == "key").map(|c| format!("self.{0} == other.{0}", c.name));
    let same = same.collect::<Vec<_>>().join(" && ");
    let same = if same.is_empty() { "true".into() } else { same };
    let about = &table.about;
    let [mut own_field, mut own_read, mut own_methods] = [const { String::new() }; 3];
    if let Some(key) = &table.own_interval {
        own_field = format!(
            "    /// The interval of a row with `{key}`, which is read at a pace of its own; `None` at first sight.\n    \
             pub interval_us: Option<i64>,\n"
        );
        own_read = "            interval_us: None,\n".into();
        own_methods = format!(
            "    fn has_own_interval(&self) -> bool {{
        self.{key}.is_some()
    }}
    fn own_interval_us(&self) -> Option<i64> {{
        self.interval_us
    }}
"
        );
    }
    let unread = unread(stored);
    format!(
        "
#[doc = {about:?}]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct {row} {{
{fields}{own_field}}}

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
    fn sources() -> &'static [usize] {{
        &{sources:?}
    }}
{own_methods}{unread}    fn value(&self, at: usize) -> Value<'_> {{
        match at {{
{values}            _ => Value::Unknown,
        }}
    }}
    fn read(batch: &RecordBatch, at: usize) -> Self {{
        {row} {{
{read}{own_read}        }}
    }}
}}

#[doc = \"Collects rows of `{name}` into an Arrow batch.\"]
pub struct {row}Batch {{
    ts: Numbers<TimestampMicrosecondType>,
    tick: Numbers<Int64Type>,
    interval_us: Numbers<Int64Type>,
{builders}}}

#[allow(clippy::derivable_impls, reason = \"one form for tables with and without text\")]
impl Default for {row}Batch {{
    fn default() -> Self {{
        {row}Batch {{
            ts: Numbers::default(),
            tick: Numbers::default(),
            interval_us: Numbers::default(),
{empty}        }}
    }}
}}

impl Batch for {row}Batch {{
    type Row = {row};
    fn push(&mut self, stamp: &Stamp, row: &{row}) {{
        self.ts.append_value(stamp.ts.0);
        self.tick.append_value(stamp.tick);
        self.interval_us.append_option(interval_us(stamp, row));
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

/// What tells a row in which some counters were not read from one in which they counted nothing.
fn unread(stored: &[Stored]) -> String {
    let Some(over) = over(stored) else { return String::new() };
    let [mut forget, mut count] = [const { String::new() }; 2];
    let is_other =
        |column: &&Stored| column.kind == "counter" && column.toml.over.is_none() && column.name != over;
    let others = stored.iter().filter(is_other).map(|column| format!("self.{}.is_some()", column.name));
    // Of what is seen for the first time none is known.
    let is_known_otherwise = others.collect::<Vec<_>>().join(" || ");
    let counted =
        stored.iter().filter(|column| column.toml.over.is_some()).map(|column| column.name.as_str());
    for own in counted.chain([over]) {
        let _ = writeln!(forget, "            self.{own} = None;");
        let _ = writeln!(count, "            self.{own} = self.{own}.or(Some(0));");
    }
    format!(
        "    fn forget_unread(&mut self) {{
        if self.{over} == Some(0) {{
{forget}        }}
    }}
    fn count_unread(&mut self) {{
        if self.{over}.is_none() && ({is_known_otherwise}) {{
{count}        }}
    }}
"
    )
}

/// The place of the kernel's file that a counter is from among those of its table.
fn source<'a>(source: Option<&'a str>, files: &mut Vec<&'a str>) -> usize {
    let file = source.unwrap_or_default().split([' ', ',']).next().unwrap_or_default();
    files.iter().position(|known| *known == file).unwrap_or_else(|| {
        files.push(file);
        files.len() - 1
    })
}

/// What a decrease means, as Rust. A number of 32 bits that is kept in microseconds counts milliseconds.
pub fn decrease(rule: &str, unit: &str) -> String {
    match (rule, unit) {
        ("wrap32", "microseconds") => format!("Wrap({})", (1_i64 << 32) * 1000),
        ("wrap32", _) => format!("Wrap({})", 1_i64 << 32),
        (rule, _) => camel(rule),
    }
}

pub fn append(rust: &str, own: &str, nullable: bool) -> String {
    match (rust, nullable) {
        ("Text", true) => format!("append_option(row.{own}.as_deref())"),
        ("Text", false) => format!("append_value(&*row.{own})"),
        ("Micros", true) => format!("append_option(row.{own}.map(|t| t.0))"),
        ("Micros", false) => format!("append_value(row.{own}.0)"),
        (_, true) => format!("append_option(row.{own})"),
        (_, false) => format!("append_value(row.{own})"),
    }
}

/// `every_table!(go)` expands `go! { system: System, cpu: Cpu, … }`: the one list of all tables.
pub fn every_table(order: &[&str]) -> String {
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
