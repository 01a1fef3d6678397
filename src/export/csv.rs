//! CSV as RFC 4180 has it, with `\n`: a header, text quoted where it must be, NULL an empty field.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::csv::WriterBuilder;
use arrow::datatypes::SchemaRef;

use super::plain::{flat, in_utc};
use super::{Error, Writer};

pub(super) struct Csv<'a> {
    out: &'a mut dyn Write,
    schema: SchemaRef,
    headed: bool,
}

impl<'a> Csv<'a> {
    pub(super) fn new(schema: &SchemaRef, out: &'a mut dyn Write) -> Self {
        Csv { out, schema: schema.clone(), headed: false }
    }
}

impl Writer for Csv<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        // Written here and not by Arrow, which forgets the kind of an I/O error.
        let mut bytes = Vec::new();
        let mut csv = WriterBuilder::new().with_header(!self.headed).build(&mut bytes);
        csv.write(&flat(&in_utc(batch)?)?)?;
        drop(csv);
        self.headed = true;
        Ok(self.out.write_all(&bytes)?)
    }

    fn finish(&mut self) -> Result<(), Error> {
        if !self.headed {
            self.batch(&RecordBatch::new_empty(self.schema.clone()))?;
        }
        Ok(self.out.flush()?)
    }
}
