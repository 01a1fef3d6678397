//! The declarations as people read them: `docs/schema.md`, and the rows of `sysray schema`.
//!
//! Only what `schema/*.toml` says is said here; what it leaves out is mended there.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};

use super::{COMMON, Column, HOST, TABLES, Table, Type};

/// One line of a description.
struct Line {
    column: &'static str,
    kind: &'static str,
    datatype: &'static str,
    unit: &'static str,
    about: &'static str,
    source: &'static str,
    expr: &'static str,
}

/// Every column of the tables, a row each, in the order in which `select *` has them.
///
/// Columns: `table`, `column`, `kind` (key, info, gauge, counter, derived), `type`, `unit`, `about`,
/// `source`, `expr`; all text, NULL where there is nothing to say.
pub fn describe(tables: &[&'static Table]) -> RecordBatch {
    let all: Vec<(&str, Line)> = tables
        .iter()
        .flat_map(|table| {
            let common = COMMON.iter().chain([&HOST]).map(stored);
            let lines = common.chain(own(table));
            lines.map(|line| (table.name, line))
        })
        .collect();
    let text = |of: fn(&(&'static str, Line)) -> &'static str| -> ArrayRef {
        Arc::new(all.iter().map(|row| Some(of(row)).filter(|t| !t.is_empty())).collect::<StringArray>())
    };
    let columns: [(&str, ArrayRef); 8] = [
        ("table", text(|(table, _)| table)),
        ("column", text(|(_, line)| line.column)),
        ("kind", text(|(_, line)| line.kind)),
        ("type", text(|(_, line)| line.datatype)),
        ("unit", text(|(_, line)| line.unit)),
        ("about", text(|(_, line)| line.about)),
        ("source", text(|(_, line)| line.source)),
        ("expr", text(|(_, line)| line.expr)),
    ];
    let fields = columns.iter().map(|(name, _)| Field::new(*name, DataType::Utf8, true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(schema, arrays).expect("every column has a row a line")
}

fn stored(column: &'static Column) -> Line {
    Line {
        column: column.name,
        kind: column.kind.name(),
        datatype: column.datatype.name(),
        unit: column.unit,
        about: column.about,
        source: column.source,
        expr: "",
    }
}

/// What the table declares: stored columns, then derived ones.
fn own(table: &'static Table) -> impl Iterator<Item = Line> {
    let derived = table.derived.iter().map(|d| Line {
        column: d.name,
        kind: "derived",
        datatype: Type::Float64.name(),
        unit: d.unit,
        about: d.about,
        source: "",
        expr: d.expr,
    });
    table.columns.iter().map(stored).chain(derived)
}

const INTRODUCTION: &str = "\
# Tables and columns

This page is generated from `schema/*.toml`. `sysray schema` prints the same.

A row says what happened in its interval, or how things stood at its end:

- **key** columns say what the row is about: a device, a process. A thing that goes and comes back is
  a new one.
- **info** columns describe it.
- **gauge** columns are as they stood at the end of the interval.
- **counter** columns are what happened *in the interval*, not since boot: `sum()` over them is exact
  for the ticks recorded, and a rate is one division.
- **derived** columns are not stored: SQL computes them from stored ones of the same row. A counter
  `x` has a rate `x_per_s`, and a counter `x_us` a share of the interval `x_pct`, unless its table
  declares something better. Where an operand is NULL, or a divisor 0, they are NULL.

What is not known is NULL and never 0: no permission, no such kernel file, or a counter seen for the
first time. The unit is in the name: `_us` microseconds, `_bytes`, `_pct` percent from 0 to 100,
`_per_s` a second, `_celsius`, `_hz`, `_bits_per_s`.
";

const ABOUT_TIERS: &str = "\
\n## Tiers\n
Each table but `event` and `host` has two more, made of its rows once their hour is over: `cpu_1m` with
a row a minute, `cpu_1h` with a row an hour, and so on. A row stands for a bucket of time, which ends at
`ts` and begins, that instant left out, a minute or an hour before; buckets are those of the UTC clock.
`sysray schema cpu_1m` lists the columns of one. They follow from those of the table:

| of a row or column of `cpu` | `cpu_1m` and `cpu_1h` have |
| --- | --- |
| `tick` | the last one in the bucket |
| `interval_us` | the sum: how much of the bucket was recorded |
| rows | `samples`, how many went in |
| a key | the same: a row an entity and bucket |
| an info column | its last known value |
| a counter `x` | `x`, the sum of the known values |
| a gauge `g` | `g_sum` and `g_count` of the known values, `g_min`, `g_max`, and `g`, the mean, which is derived from the first two; yes and no count as 1 and 0 |
| a derived column `d` | `d`, derived from the sums above and from means, and `d_max`, the greatest `d` of a row: the peak of the rate, and not the rate of the whole; of what is reckoned from `ts` there is no `d_max` |

Where no value was known, a sum is NULL, as is one that is greater than its type can hold.

- `process_1m` and `process_1h` have rows for the first 20 processes of each bucket by CPU time, by
  mean resident memory and by bytes read and written; nothing is no place. All others are one row with
  NULL for `pid` and `start_time`, and `(rest)` for `comm`: they are added up tick by tick first, so
  that its `cpu_pct_max` and `rss_bytes_max` are those of the rest as a whole. What has no sum
  (`oom_score`, `rss_peak_bytes`, what describes a process) is NULL there; `samples` counts rows.
- Where the clock was set back into an hour that had its tiers already, or a part was sealed late, a
  bucket and entity can have more than one row. They add up: sum over them as over the rows of several
  buckets.
- A row of `cpu_1m` is there once its hour is over and sealed; ask `cpu` about what comes after.
\n## The tables\n
| table | rows | about |
| --- | --- | --- |
";

/// `docs/schema.md`.
pub fn markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    page += "\n## In every table\n\n";
    page += &section(COMMON.iter().chain([&HOST]).map(stored));
    page += "\nSince `ts` is the *end* of an interval, a range of time leaves its beginning out and takes its \
             end in.\nJoin tables on `host` and `tick`: that is exact whatever the clock did.\n";
    page += ABOUT_TIERS;
    for table in &TABLES {
        let name = table.name;
        page += &format!("| [`{name}`](#{name}) | {} | {} |\n", cell(table.rows), cell(table.about));
    }
    for table in &TABLES {
        // Writing to a string does not fail.
        let _ = write!(page, "\n## {}\n\n{}\n\nRows: {}.\n\n", table.name, table.about, table.rows);
        page += &section(own(table));
    }
    page
}

fn section(lines: impl Iterator<Item = Line>) -> String {
    let mut rows = String::from("| column | type | unit | kind | about |\n| --- | --- | --- | --- | --- |\n");
    for line in lines {
        let about = match (line.source, line.expr) {
            ("", "") | ("the recorder", _) => cell(line.about),
            ("", expr) => format!("{} `= {}`", cell(line.about), cell(expr)),
            (source, _) => format!("{} From `{}`.", cell(line.about), cell(source)),
        };
        let (column, datatype, unit, kind) = (line.column, line.datatype, line.unit, line.kind);
        rows += &format!("| `{column}` | {datatype} | {unit} | {kind} | {about} |\n");
    }
    rows
}

/// Prose in a cell: a bar would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
