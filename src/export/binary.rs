//! Formats for programs that read columns: Parquet, and Arrow as a file or as a stream.
//!
//! Types are kept as SQL made them. The file's head is written with the first batch, so that a question
//! that fails leaves nothing behind it. A row group of Parquet is held until it is whole, so it ends where it
//! has become as large as may be held.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::ipc::writer::{FileWriter, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::{Error, Options, Writer};

/// What encodes batches into bytes that it gathers until they are taken.
pub(super) trait Encoder: Sized {
    /// Begins a file; what cannot say such facts of itself leaves them.
    fn open(schema: &SchemaRef, facts: &[(&'static str, String)]) -> Result<Self, Error>;
    /// Takes a batch, and ends what it gathers where that holds more than so many bytes.
    fn write(&mut self, batch: &RecordBatch, held_bytes: usize) -> Result<(), Error>;
    /// The bytes that are ready.
    fn ready(&mut self) -> &mut Vec<u8>;
    /// Ends the file, and hands out what is left.
    fn close(self) -> Result<Vec<u8>, Error>;
}

/// Writes what an encoder makes. Written here and not by the encoder: an I/O error keeps its kind.
pub(super) struct Binary<'a, E: Encoder> {
    out: &'a mut dyn Write,
    schema: SchemaRef,
    facts: Vec<(&'static str, String)>,
    held_bytes: usize,
    encoder: Option<E>,
}

impl<'a, E: Encoder> Binary<'a, E> {
    pub(super) fn new(schema: &SchemaRef, out: &'a mut dyn Write, options: &Options) -> Self {
        let facts = options.facts.clone();
        Binary { out, schema: schema.clone(), facts, held_bytes: options.held_bytes, encoder: None }
    }
}

impl<E: Encoder> Writer for Binary<'_, E> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let mut encoder = match self.encoder.take() {
            Some(encoder) => encoder,
            None => E::open(&self.schema, &self.facts)?,
        };
        encoder.write(batch, self.held_bytes)?;
        let ready = encoder.ready();
        self.out.write_all(ready)?;
        ready.clear();
        self.encoder = Some(encoder);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        let encoder = match self.encoder.take() {
            Some(encoder) => encoder,
            None => E::open(&self.schema, &self.facts)?,
        };
        self.out.write_all(&encoder.close()?)?;
        Ok(self.out.flush()?)
    }
}

/// Each column holds a page, and what compresses it is as large as the largest page needs.
const PAGE_BYTES: usize = 128 << 10;
const DICTIONARY_BYTES: usize = 256 << 10;

pub(super) type Parquet = ArrowWriter<Vec<u8>>;

impl Encoder for Parquet {
    fn open(schema: &SchemaRef, facts: &[(&'static str, String)]) -> Result<Self, Error> {
        let level = ZstdLevel::try_new(3).expect("zstd has a level 3");
        let facts = facts.iter().map(|(key, value)| KeyValue::new((*key).into(), value.clone())).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_key_value_metadata(Some(facts))
            .set_data_page_size_limit(PAGE_BYTES)
            .set_dictionary_page_size_limit(DICTIONARY_BYTES)
            // What is told of each page is held until the file ends.
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties)).map_err(refused)
    }

    fn write(&mut self, batch: &RecordBatch, held_bytes: usize) -> Result<(), Error> {
        ArrowWriter::write(self, batch).map_err(refused)?;
        if self.memory_size() > held_bytes {
            self.flush().map_err(refused)?;
        }
        // A buffer stands before ours.
        Ok(self.sync()?)
    }

    fn ready(&mut self) -> &mut Vec<u8> {
        self.inner_mut()
    }

    fn close(self) -> Result<Vec<u8>, Error> {
        self.into_inner().map_err(refused)
    }
}

fn refused(error: ParquetError) -> Error {
    Error::Value(error.into())
}

pub(super) type ArrowFile = FileWriter<Vec<u8>>;

impl Encoder for ArrowFile {
    fn open(schema: &SchemaRef, _: &[(&'static str, String)]) -> Result<Self, Error> {
        Ok(FileWriter::try_new(Vec::new(), schema)?)
    }

    fn write(&mut self, batch: &RecordBatch, _: usize) -> Result<(), Error> {
        Ok(FileWriter::write(self, batch)?)
    }

    fn ready(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn close(mut self) -> Result<Vec<u8>, Error> {
        self.finish()?;
        Ok(self.into_inner()?)
    }
}

pub(super) type ArrowStream = StreamWriter<Vec<u8>>;

impl Encoder for ArrowStream {
    fn open(schema: &SchemaRef, _: &[(&'static str, String)]) -> Result<Self, Error> {
        Ok(StreamWriter::try_new(Vec::new(), schema)?)
    }

    fn write(&mut self, batch: &RecordBatch, _: usize) -> Result<(), Error> {
        Ok(StreamWriter::write(self, batch)?)
    }

    fn ready(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn close(mut self) -> Result<Vec<u8>, Error> {
        self.finish()?;
        Ok(self.into_inner()?)
    }
}
