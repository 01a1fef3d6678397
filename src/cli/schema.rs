//! `sysray schema`.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, RecordBatch, StringArray};

use super::args::{Schema, SchemaFormat};
use crate::export::{self, Format};
use crate::schema::{self, Lang, TABLES, Table};

/// Lists the tables, or the columns of one.
pub fn run(args: Schema) -> Result<()> {
    let one = args.table.as_deref().and_then(schema::table);
    let every: Vec<&'static Table> = TABLES.iter().collect();
    let lang = args.lang.lang();
    let (batch, format) = match (args.format, one) {
        (SchemaFormat::Markdown, _) => {
            io::stdout().lock().write_all(schema::markdown(lang).as_bytes())?;
            return Ok(());
        }
        (SchemaFormat::Table, None) => (tables(lang)?, Format::Table),
        (SchemaFormat::Table, Some(table)) => (schema::describe_in(&[table], lang), Format::Table),
        (SchemaFormat::Json, None) => (schema::describe_in(&every, lang), Format::Json),
        (SchemaFormat::Json, Some(table)) => (schema::describe_in(&[table], lang), Format::Json),
    };
    let mut style = export::Options::default();
    if io::stdout().is_terminal() {
        style.width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    }
    Ok(export::write(format, &batch.schema(), [&batch], &mut io::stdout().lock(), &style)?)
}

fn tables(lang: Lang) -> Result<RecordBatch> {
    let column = |of: &dyn Fn(&Table) -> &'static str| -> ArrayRef {
        Arc::new(TABLES.iter().map(|table| Some(of(table))).collect::<StringArray>())
    };
    let columns = [
        ("table", column(&|t| t.name)),
        ("rows", column(&|t| t.rows(lang))),
        ("about", column(&|t| t.about(lang))),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}
