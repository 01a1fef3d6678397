//! Rows too wide for the terminal: one record after the other, a column a line.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::cell::{Cells, NULL, visible};
use super::{Error, Options};

/// Writes every row of the chunks, numbered from 1.
pub(super) fn write(
    out: &mut dyn Write,
    schema: &SchemaRef,
    chunks: &[RecordBatch],
    options: &Options,
) -> Result<(), Error> {
    let names: Vec<String> = schema.fields().iter().map(|field| visible(field.name())).collect();
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let [bold, plain] = if options.colour { ["\x1b[1m", "\x1b[0m"] } else { ["", ""] };
    if chunks.iter().all(|chunk| chunk.num_rows() == 0) {
        writeln!(out, "{bold}{}{plain}", names.join(", "))?;
    }
    let mut number = 0;
    for chunk in chunks {
        let mut columns = Vec::with_capacity(names.len());
        for column in chunk.columns() {
            let mut texts = Vec::with_capacity(chunk.num_rows());
            let cells = Cells::new(column, &options.zone)?;
            cells.visit(0..chunk.num_rows(), |text| texts.push(text.unwrap_or_else(|| NULL.into())))?;
            columns.push(texts);
        }
        for row in 0..chunk.num_rows() {
            number += 1;
            writeln!(out, "{bold}-- {number} --{plain}")?;
            for (name, texts) in names.iter().zip(&columns) {
                let blanks = longest - name.chars().count();
                writeln!(out, "{bold}{name}{plain}{:blanks$} | {}", "", texts[row])?;
            }
        }
    }
    Ok(())
}
