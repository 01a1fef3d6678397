//! The declarations as people read them: `docs/schema.md`, and the rows of `sysray schema`.
//!
//! Only what `schema/*.toml` says is said here; what it leaves out is mended there.

mod prose;

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};

use super::glossary::units;
use super::{COMMON, Column, HOST, Lang, TABLES, Table, Type};

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
    describe_in(tables, Lang::En)
}

/// The same with prose, units and sources in a language; what programs go by stays as it is.
pub fn describe_in(tables: &[&'static Table], lang: Lang) -> RecordBatch {
    let all: Vec<(&str, Line)> = tables
        .iter()
        .flat_map(|table| {
            let common = COMMON.iter().chain([&HOST]).map(|c| stored(c, lang));
            let lines = common.chain(own(table, lang));
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

fn stored(column: &'static Column, lang: Lang) -> Line {
    Line {
        column: column.name,
        kind: column.kind.name(),
        datatype: column.datatype.name(),
        unit: units::unit(column.unit, lang),
        about: column.about(lang),
        source: units::source(column.source, lang),
        expr: "",
    }
}

/// What the table declares: stored columns, then derived ones.
fn own(table: &'static Table, lang: Lang) -> impl Iterator<Item = Line> {
    let derived = table.derived.iter().map(move |d| Line {
        column: d.name,
        kind: "derived",
        datatype: Type::Float64.name(),
        unit: units::unit(d.unit, lang),
        about: d.about(lang),
        source: "",
        expr: d.expr,
    });
    table.columns.iter().map(move |c| stored(c, lang)).chain(derived)
}

/// `docs/schema.md`, in a language.
pub fn markdown(lang: Lang) -> String {
    let mut page = String::from(prose::INTRODUCTION.of(lang));
    page += prose::EVERY_TABLE.of(lang);
    page += &section(COMMON.iter().chain([&HOST]).map(|c| stored(c, lang)), lang);
    page += prose::ON_TIME.of(lang);
    page += prose::TIERS.of(lang);
    for table in &TABLES {
        let name = table.name;
        page +=
            &format!("| [`{name}`](#{name}) | {} | {} |\n", cell(table.rows(lang)), cell(table.about(lang)));
    }
    for table in &TABLES {
        let (about, rows) = (table.about(lang), table.rows(lang));
        // Writing to a string does not fail.
        let _ = write!(page, "\n## {}\n\n{about}\n\n{} {rows}.\n\n", table.name, prose::ROWS.of(lang));
        page += &section(own(table, lang), lang);
    }
    page
}

fn section(lines: impl Iterator<Item = Line>, lang: Lang) -> String {
    let mut rows = String::from(prose::HEAD.of(lang));
    let itself = units::source("the recorder", lang);
    for line in lines {
        let about = match (line.source, line.expr) {
            ("", "") => cell(line.about),
            (source, _) if source == itself => cell(line.about),
            ("", expr) => format!("{} `= {}`", cell(line.about), cell(expr)),
            (source, _) => format!("{} {} `{}`.", cell(line.about), prose::FROM.of(lang), cell(source)),
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
