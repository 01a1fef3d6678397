//! One record after the other, a column a line: for rows too wide for the terminal, or to read one closely.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use jiff::tz::TimeZone;

use super::cell::{Cells, NULL, is_plan, visible};
use super::{Error, Options, Writer};

pub(super) struct Records<'a> {
    out: &'a mut dyn Write,
    names: Vec<String>,
    longest: usize,
    zone: TimeZone,
    colour: bool,
    in_lines: bool,
    written: usize,
}

impl<'a> Records<'a> {
    pub(super) fn new(schema: &SchemaRef, out: &'a mut dyn Write, options: &Options) -> Self {
        let names: Vec<String> = schema.fields().iter().map(|field| visible(field.name())).collect();
        let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let (zone, colour, in_lines) = (options.zone.clone(), options.colour, is_plan(schema));
        Records { out, names, longest, zone, colour, in_lines, written: 0 }
    }
}

impl Writer for Records<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let [bold, plain] = if self.colour { ["\x1b[1m", "\x1b[0m"] } else { ["", ""] };
        let mut columns = Vec::with_capacity(self.names.len());
        for column in batch.columns() {
            let mut texts = Vec::with_capacity(batch.num_rows());
            let cells = match self.in_lines {
                true => Cells::in_lines(column),
                false => Cells::new(column, &self.zone)?,
            };
            cells.visit(0..batch.num_rows(), |text| texts.push(text.unwrap_or_else(|| NULL.into())))?;
            columns.push(texts);
        }
        for row in 0..batch.num_rows() {
            self.written += 1;
            writeln!(self.out, "{bold}-- {} --{plain}", self.written)?;
            for (name, texts) in self.names.iter().zip(&columns) {
                let blanks = self.longest - name.chars().count();
                let mut lines = texts[row].split('\n');
                let first = lines.next().unwrap_or_default();
                writeln!(self.out, "{bold}{name}{plain}{:blanks$} | {first}", "")?;
                for line in lines {
                    writeln!(self.out, "{:1$} | {line}", "", self.longest)?;
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        if self.written == 0 {
            let [bold, plain] = if self.colour { ["\x1b[1m", "\x1b[0m"] } else { ["", ""] };
            writeln!(self.out, "{bold}{}{plain}", self.names.join(", "))?;
        }
        Ok(self.out.flush()?)
    }
}
