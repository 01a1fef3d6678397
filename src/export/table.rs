//! Columns for a terminal: numbers to the right, text wrapped so that a row fits the width.
//!
//! Columns of numbers and times are never wrapped, since half a number reads as a number. A result
//! whose columns do not fit even so is written as records, a column a line.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use comfy_table::{Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Width};

use super::cell::{Cells, NULL, is_number, is_prose, visible};
use super::{Error, Options, Writer, records};

/// So many rows are laid out at once; the widths are those of all rows.
const CHUNK: usize = 1_000;

/// No text column is made narrower than this to make room for others.
const NARROWEST: usize = 12;

/// A blank on either side of a column, and a line between it and the next.
const BETWEEN: usize = 3;

/// Of comfy-table's nineteen characters: the rule under the header, and the lines between columns.
const STYLE: &str = "     -+ |          ";

pub(super) struct Table<'a> {
    out: &'a mut dyn Write,
    schema: SchemaRef,
    options: Options,
    batches: Vec<RecordBatch>,
}

impl<'a> Table<'a> {
    pub(super) fn new(schema: &SchemaRef, out: &'a mut dyn Write, options: &Options) -> Self {
        Table { out, schema: schema.clone(), options: options.clone(), batches: Vec::new() }
    }

    /// The batches in pieces that can be laid out at once; one empty piece where there is no row.
    fn chunks(&self) -> Vec<RecordBatch> {
        let cut = |batch: &RecordBatch| {
            let starts = (0..batch.num_rows()).step_by(CHUNK);
            let batch = batch.clone();
            starts.map(move |from| batch.slice(from, CHUNK.min(batch.num_rows() - from)))
        };
        let mut chunks: Vec<RecordBatch> = self.batches.iter().flat_map(cut).collect();
        if chunks.is_empty() {
            chunks.push(RecordBatch::new_empty(self.schema.clone()));
        }
        chunks
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

    /// How wide each column has to be; `None` where that is more than there is room for.
    fn widths(&self, chunks: &[RecordBatch]) -> Result<Option<Vec<usize>>, Error> {
        let mut widths = vec![1; self.schema.fields().len()];
        for chunk in chunks {
            let longest = self.laid_out(chunk, true)?.column_max_content_widths();
            for (width, longest) in widths.iter_mut().zip(longest) {
                *width = usize::from(longest).max(*width);
            }
        }
        let Some(room) = self.options.width else { return Ok(Some(widths)) };
        let room = (room + 1).saturating_sub(BETWEEN * widths.len());
        let wraps: Vec<bool> = self.schema.fields().iter().map(|f| is_prose(f.data_type())).collect();
        Ok(fitted(&widths, &wraps, room))
    }
}

impl Writer for Table<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.batches.push(batch.clone());
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        let chunks = self.chunks();
        let widths = self.widths(&chunks)?;
        let Some(widths) = widths else {
            records::write(self.out, &self.schema, &chunks, &self.options)?;
            return Ok(self.out.flush()?);
        };
        for (index, chunk) in chunks.iter().enumerate() {
            let mut table = self.laid_out(chunk, index == 0)?;
            for (column, width) in table.column_iter_mut().zip(&widths) {
                // The constraint takes the padding in.
                let width = u16::try_from(width + 2).unwrap_or(u16::MAX);
                column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
            }
            for line in table.lines() {
                writeln!(self.out, "{}", line.trim_end())?;
            }
        }
        Ok(self.out.flush()?)
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
