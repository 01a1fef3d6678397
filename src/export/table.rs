//! Columns for a terminal: numbers to the right, text wrapped so that a row fits the width.
//!
//! Columns of numbers and times are never wrapped, since half a number reads as a number. A result
//! whose columns do not fit even so is written as records, a column a line. Of a text that is longer than
//! anybody reads the beginning is shown, and how much more there is.
//!
//! The first thousand rows say how wide columns are and which form it is; rows after them are written
//! as they come, so that an answer may be larger than memory.

use std::io::Write;
use std::ops::Range;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use comfy_table::{Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Width};

use super::cell::{Cells, NULL, is_number, is_plan, is_prose, visible};
use super::fold::{cut, folded, width};
use super::records::Records;
use super::{Error, Options, Writer};

/// So many rows are laid out at once. A column that turns out to be too narrow for a later chunk is
/// wider from there on; one that wraps, where there is room.
const CHUNK: usize = 1_000;

/// So many of them are written at once.
const AT_ONCE: usize = 50;

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
        let held = std::mem::take(&mut self.held);
        let (out, known) = match std::mem::replace(&mut self.form, Form::Failed) {
            Form::Failed => return Ok(()),
            Form::Records(records) => return self.go_on(records, &held),
            Form::Open(out) => (out, None),
            Form::Columns(out, widths) => (out, Some(widths)),
        };
        let texts = self.texts(&held)?;
        let needed = self.needed(&texts, known.is_none());
        let widths = match &known {
            Some(known) => self.widened(known, &needed),
            None => match self.fitted(&needed) {
                Some(fitted) => fitted,
                None => return self.go_on(Records::new(&self.schema, out, &self.options), &held),
            },
        };
        self.write_rows(out, &widths, &texts, known.is_none())?;
        self.form = Form::Columns(out, widths);
        Ok(())
    }

    fn go_on(&mut self, mut records: Records<'a>, held: &[RecordBatch]) -> Result<(), Error> {
        held.iter().try_for_each(|batch| records.batch(batch))?;
        self.form = Form::Records(records);
        Ok(())
    }

    /// What stands in each column, row by row.
    fn texts(&self, batches: &[RecordBatch]) -> Result<Vec<Vec<Option<String>>>, Error> {
        let in_lines = is_plan(&self.schema);
        let of_column = |index: usize| {
            let mut texts = Vec::new();
            for batch in batches {
                let rows = 0..batch.num_rows();
                if in_lines {
                    Cells::in_lines(batch.column(index)).visit(rows, |text| texts.push(text))?;
                } else {
                    let cells = Cells::new(batch.column(index), &self.options.zone)?;
                    cells.visit(rows, |text| texts.push(text.map(cut)))?;
                }
            }
            Ok(texts)
        };
        (0..self.schema.fields().len()).map(of_column).collect()
    }

    fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.schema.fields().iter().map(|field| visible(field.name()))
    }

    /// How wide the columns would be if nothing were folded; at least one.
    fn needed(&self, texts: &[Vec<Option<String>>], headed: bool) -> Vec<usize> {
        let of_column = |(name, texts): (String, &Vec<Option<String>>)| {
            let head = if headed { width(&name) } else { 0 };
            let each = texts.iter().map(|text| text.as_deref().map_or(NULL.len(), width));
            each.max().unwrap_or(0).max(head).max(1)
        };
        self.names().zip(texts).map(of_column).collect()
    }

    /// Some rows after the other, so that who has had enough is heard between them.
    fn write_rows(
        &self,
        out: &mut dyn Write,
        widths: &[usize],
        texts: &[Vec<Option<String>>],
        headed: bool,
    ) -> Result<(), Error> {
        let rows = texts.first().map_or(0, Vec::len);
        let mut from = 0;
        loop {
            let to = rows.min(from + AT_ONCE);
            let table = self.laid_out(widths, texts, from..to, headed && from == 0);
            for line in table.lines() {
                writeln!(out, "{}", line.trim_end())?;
            }
            if to == rows {
                return Ok(());
            }
            from = to;
        }
    }

    fn laid_out(
        &self,
        widths: &[usize],
        texts: &[Vec<Option<String>>],
        rows: Range<usize>,
        headed: bool,
    ) -> comfy_table::Table {
        let mut table = comfy_table::Table::new();
        table.load_preset(STYLE).set_content_arrangement(ContentArrangement::Disabled);
        match self.options.colour {
            true => table.enforce_styling(),
            false => table.force_no_tty(),
        };
        // Folded here: the table's own way with a long line takes the square of its length.
        let cell = |text: &str, width: usize| Cell::new(folded(text, width).join("\n"));
        if headed {
            let head = |(name, width): (String, &usize)| cell(&name, *width).add_attribute(Attribute::Bold);
            table.set_header(self.names().zip(widths).map(head));
        }
        for row in rows {
            let of_column = |(texts, width): (&Vec<Option<String>>, &usize)| match &texts[row] {
                Some(text) => cell(text, *width),
                None => cell(NULL, *width).add_attribute(Attribute::Dim),
            };
            table.add_row(texts.iter().zip(widths).map(of_column).collect::<Vec<_>>());
        }
        for ((column, field), width) in table.column_iter_mut().zip(self.schema.fields()).zip(widths) {
            // The constraint takes the padding in.
            let width = u16::try_from(width + 2).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
            if is_number(field.data_type()) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
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
    // None can have more than all the room; from there on it is one column a step.
    let most = room.max(NARROWEST);
    let bounded =
        widths.iter().zip(wraps).map(|(width, wraps)| if *wraps { *width.min(&most) } else { *width });
    let mut widths: Vec<usize> = bounded.collect();
    while widths.iter().sum::<usize>() > room {
        let wide = widths.iter_mut().zip(wraps).filter(|(width, wraps)| **wraps && **width > NARROWEST);
        *wide.map(|(width, _)| width).max()? -= 1;
    }
    Some(widths)
}
