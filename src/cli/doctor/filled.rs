//! `sysray doctor --collector portable`: the tables and columns that those collectors fill here.

use std::io::Write;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use super::width;
use crate::collect::doctor::Filled;
use crate::export::{self, Format};

/// A row a table that is filled, with its columns by name, and below what is not.
pub fn text(all: &[Filled], out: &mut impl Write) -> Result<()> {
    let there: Vec<&Filled> = all.iter().filter(|filled| filled.rows > 0).collect();
    let texts = |of: &dyn Fn(&Filled) -> String| -> ArrayRef {
        Arc::new(there.iter().map(|filled| Some(of(filled))).collect::<StringArray>())
    };
    let batch = RecordBatch::try_from_iter([
        ("table", texts(&|filled| filled.table.into())),
        ("rows", Arc::new(there.iter().map(|filled| filled.rows as i64).collect::<Int64Array>()) as ArrayRef),
        ("columns with a value", texts(&with_value)),
        ("NULL", texts(&|filled| format!("{} of {}", filled.unknown.len(), columns(filled)))),
    ])?;
    let style = export::Options { width: Some(width()), ..export::Options::default() };
    export::write(Format::Table, &batch.schema(), [&batch], out, &style)?;
    let filled: usize = there.iter().map(|filled| columns(filled) - filled.unknown.len()).sum();
    let total: usize = there.iter().map(|filled| columns(filled)).sum();
    writeln!(out, "\n{filled} of {total} columns of these tables have values.")?;
    let none: Vec<&str> = all.iter().filter(|filled| filled.rows == 0).map(|filled| filled.table).collect();
    if !none.is_empty() {
        writeln!(out, "Without rows: {}", none.join(", "))?;
    }
    Ok(())
}

/// The same for programs.
pub fn json(all: &[Filled]) -> serde_json::Value {
    let table = |filled: &Filled| {
        serde_json::json!({
            "table": filled.table,
            "rows": filled.rows,
            "columns": filled.known,
            "partly_null_columns": filled.partly,
            "null_columns": filled.unknown,
        })
    };
    serde_json::json!({ "tables": all.iter().map(table).collect::<Vec<_>>() })
}

fn columns(filled: &Filled) -> usize {
    filled.known.len() + filled.partly.len() + filled.unknown.len()
}

fn with_value(filled: &Filled) -> String {
    let (known, partly) = (filled.known.join(", "), filled.partly.join(", "));
    match (known.is_empty(), partly.is_empty()) {
        (_, true) => known,
        (true, false) => format!("in some rows {partly}"),
        (false, false) => format!("{known}; in some rows {partly}"),
    }
}
