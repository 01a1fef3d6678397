//! JSON: an object a row, its columns in order, NULL as `null`, NaN and infinities too.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use arrow::json::WriterBuilder;
use arrow::json::writer::{JsonFormat, Writer as Encoder};

use super::plain::in_utc;
use super::{Error, Writer};

pub(super) struct Json<'a, F: JsonFormat> {
    out: &'a mut dyn Write,
    encoder: Encoder<Vec<u8>, F>,
}

impl<'a, F: JsonFormat> Json<'a, F> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Json { out, encoder: WriterBuilder::new().with_explicit_nulls(true).build(Vec::new()) }
    }

    fn hand_over(&mut self) -> Result<(), Error> {
        let bytes = self.encoder.get_mut();
        self.out.write_all(bytes)?;
        bytes.clear();
        Ok(())
    }
}

impl<F: JsonFormat> Writer for Json<'_, F> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.encoder.write(&in_utc(batch)?)?;
        self.hand_over()
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.encoder.finish()?;
        self.hand_over()?;
        Ok(self.out.flush()?)
    }
}

/// One array, a row a line.
#[derive(Debug, Default)]
pub(super) struct Array;

impl JsonFormat for Array {
    fn start_stream<W: Write>(&self, out: &mut W) -> Result<(), ArrowError> {
        Ok(out.write_all(b"[")?)
    }

    fn start_row<W: Write>(&self, out: &mut W, is_first_row: bool) -> Result<(), ArrowError> {
        let separator: &[u8] = if is_first_row { b"" } else { b",\n" };
        Ok(out.write_all(separator)?)
    }

    fn end_stream<W: Write>(&self, out: &mut W) -> Result<(), ArrowError> {
        Ok(out.write_all(b"]\n")?)
    }
}

/// A row a line and nothing around them.
#[derive(Debug, Default)]
pub(super) struct Lines;

impl JsonFormat for Lines {
    fn end_row<W: Write>(&self, out: &mut W) -> Result<(), ArrowError> {
        Ok(out.write_all(b"\n")?)
    }
}
