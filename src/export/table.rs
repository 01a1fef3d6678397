//! Columns for a terminal: numbers to the right, text wrapped so that a row fits the width.
//!
//! Columns of numbers and times are never wrapped, since half a number reads as a number. A result
//! whose columns do not fit even so is written as records, a column a line.
//!
//! The first thousand rows say how wide columns are and which form it is; rows after them are written
//! as they come, so that an answer may be larger than memory.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use comfy_table::{Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Width};

use super::cell::{Cells, NULL, is_number, is_prose, visible};
use super::records::Records;
use super::{Error, Options, Writer};

/// So many rows are laid out at once. A column that turns out to be too narrow for a later chunk is
/// wider from there on; one that wraps, where there is room.
const CHUNK: usize = 1_000;

/// No text column is made narrower than this to make room for others.
const NARROWEST: usize = 12;

/// A blank on either side of a column, and a line between it and the next.
const BETWEEN: usize = 3;

/// Of comfy-table's nineteen characters: the rule under the header, and the lines between columns.
const STYLE: &str = "     -+ |          ";

pub(super) struct Table<'a> {
    schema: SchemaRef,
    options: Options,
    /// Fewer rows than a chunk has.
    held: Vec<RecordBatch>,
    form: Form<'a>,
}

/// How rows are written.
enum Form<'a> {
    /// The first rows have not been seen yet.
    Open(&'a mut dyn Write),
    /// In columns of these widths.
    Columns(&'a mut dyn Write, Vec<usize>),
    Records(Records<'a>),
    /// The output failed while the form was changed.
    Failed,
}

impl<'a> Table<'a> {
    pub(super) fn new(schema: &SchemaRef, out: &'a mut dyn Write, options: &Options) -> Self {
        Table { schema: schema.clone(), options: options.clone(), held: Vec::new(), form: Form::Open(out) }
    }

    /// Writes the rows that are held.
    fn write_held(&mut self) -> Result<(), Error> {
        let chunk = concat_batches(&self.schema, &std::mem::take(&mut self.held))?;
        let (mut table, needed) = match self.form {
            Form::Records(ref mut records) => return records.batch(&chunk),
            Form::Failed => return Ok(()),
            Form::Open(_) | Form::Columns(..) => {
                let table = self.laid_out(&chunk, matches!(self.form, Form::Open(_)))?;
                let needed = table.column_max_content_widths().into_iter();
                (table, needed.map(|width| usize::from(width).max(1)).collect::<Vec<_>>())
            }
        };
        let (out, widths) = match std::mem::replace(&mut self.form, Form::Failed) {
            Form::Open(out) => match self.fitted(&needed) {
                Some(fitted) => (out, fitted),
                None => {
                    let mut records = Records::new(&self.schema, out, &self.options);
                    records.batch(&chunk)?;
                    self.form = Form::Records(records);
                    return Ok(());
                }
            },
            Form::Columns(out, widths) => (out, self.widened(&widths, &needed)),
            other => {
                self.form = other;
                return Ok(());
            }
        };
        for (column, width) in table.column_iter_mut().zip(&widths) {
            // The constraint takes the padding in.
            let width = u16::try_from(width + 2).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        self.form = Form::Columns(out, widths);
        Ok(())
    }

    fn laid_out(&self, chunk: &RecordBatch, headed: bool) -> Result<comfy_table::Table, Error> {
        let mut table = comfy_table::Table::new();
        table.load_preset(STYLE).set_content_arrangement(ContentArrangement::Disabled);
        match self.options.colour {
            true => table.enforce_styling(),
            false => table.force_no_tty(),
        };
        let fields = self.schema.fields();
        let head = |name: &String| Cell::new(visible(name)).add_attribute(Attribute::Bold);
        if headed {
            table.set_header(fields.iter().map(|f| head(f.name())));
        }
        let mut rows = vec![Vec::with_capacity(fields.len()); chunk.num_rows()];
        for column in chunk.columns() {
            let mut next = rows.iter_mut();
            Cells::new(column, &self.options.zone)?.visit(0..chunk.num_rows(), |text| {
                if let Some(row) = next.next() {
                    row.push(match text {
                        Some(text) => Cell::new(text),
                        None => Cell::new(NULL).add_attribute(Attribute::Dim),
                    });
                }
            })?;
        }
        table.add_rows(rows);
        for (index, field) in fields.iter().enumerate() {
            if let Some(column) = table.column_mut(index).filter(|_| is_number(field.data_type())) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Ok(table)
    }

    /// Columns that are too narrow for further rows are made wider; those that wrap while there is room.
    fn widened(&self, widths: &[usize], needed: &[usize]) -> Vec<usize> {
        let wraps: Vec<bool> = self.schema.fields().iter().map(|f| is_prose(f.data_type())).collect();
        let wide = widths.iter().zip(needed).zip(&wraps);
        let mut widths: Vec<usize> =
            wide.map(|((width, needed), wraps)| if *wraps { *width } else { *width.max(needed) }).collect();
        let room = self.room().unwrap_or(usize::MAX);
        let mut left = room.saturating_sub(widths.iter().sum());
        for ((width, needed), _) in widths.iter_mut().zip(needed).zip(&wraps).filter(|(_, wraps)| **wraps) {
            let more = needed.saturating_sub(*width).min(left);
            *width += more;
            left -= more;
        }
        widths
    }

    /// What the terminal has for the texts of all columns.
    fn room(&self) -> Option<usize> {
        Some((self.options.width? + 1).saturating_sub(BETWEEN * self.schema.fields().len()))
    }

    /// How wide each column is made; `None` where that is more than there is room for.
    fn fitted(&self, needed: &[usize]) -> Option<Vec<usize>> {
        let Some(room) = self.room() else { return Some(needed.to_vec()) };
        let wraps: Vec<bool> = self.schema.fields().iter().map(|f| is_prose(f.data_type())).collect();
        fitted(needed, &wraps, room)
    }
}

impl Writer for Table<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let mut from = 0;
        while from < batch.num_rows() {
            let held: usize = self.held.iter().map(RecordBatch::num_rows).sum();
            let rows = (CHUNK - held).min(batch.num_rows() - from);
            self.held.push(batch.slice(from, rows));
            from += rows;
            if held + rows == CHUNK {
                self.write_held()?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        if !self.held.is_empty() || matches!(self.form, Form::Open(_)) {
            self.write_held()?;
        }
        match &mut self.form {
            Form::Open(out) | Form::Columns(out, _) => Ok(out.flush()?),
            Form::Records(records) => records.finish(),
            Form::Failed => Ok(()),
        }
    }
}

/// Takes from the widest column that wraps until all fit the room; `None` where they cannot.
fn fitted(widths: &[usize], wraps: &[bool], room: usize) -> Option<Vec<usize>> {
    let mut widths = widths.to_vec();
    while widths.iter().sum::<usize>() > room {
        let wide = widths.iter_mut().zip(wraps).filter(|(width, wraps)| **wraps && **width > NARROWEST);
        *wide.map(|(width, _)| width).max()? -= 1;
    }
    Some(widths)
}
