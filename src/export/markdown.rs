//! A table as GitHub renders it, written row by row.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use jiff::tz::TimeZone;

use super::cell::{Cells, NULL, is_number, visible};
use super::{Error, Options, Writer};

pub(super) struct Markdown<'a> {
    out: &'a mut dyn Write,
    schema: SchemaRef,
    zone: TimeZone,
    headed: bool,
}

impl<'a> Markdown<'a> {
    pub(super) fn new(schema: &SchemaRef, out: &'a mut dyn Write, options: &Options) -> Self {
        Markdown { out, schema: schema.clone(), zone: options.zone.clone(), headed: false }
    }

    fn head(&mut self) -> Result<(), Error> {
        if std::mem::replace(&mut self.headed, true) {
            return Ok(());
        }
        let fields = self.schema.fields();
        let names = fields.iter().map(|field| escaped(&visible(field.name())));
        let rules = fields.iter().map(|field| if is_number(field.data_type()) { "---:" } else { "---" });
        writeln!(self.out, "| {} |", names.collect::<Vec<_>>().join(" | "))?;
        writeln!(self.out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
        Ok(())
    }
}

impl Writer for Markdown<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.head()?;
        let mut lines = vec![String::from("|"); batch.num_rows()];
        for column in batch.columns() {
            let mut next = lines.iter_mut();
            Cells::new(column, &self.zone)?.visit(0..batch.num_rows(), |cell| {
                if let Some(line) = next.next() {
                    let text = cell.map_or_else(|| NULL.into(), |text| escaped(&text));
                    *line += &format!(" {text} |");
                }
            })?;
        }
        for line in lines {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.head()?;
        Ok(self.out.flush()?)
    }
}

/// What would end a cell, or begin a link, markup or code, as itself.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '<' | '`' | '*' | '[') {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}
