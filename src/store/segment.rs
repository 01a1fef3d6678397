//! A segment: rows of one table as a Parquet file that any tool opens and that knows itself.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::compute::{SortColumn, lexsort_to_indices, take_record_batch};
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::layout::SegmentName;
use super::{Compression, Error, disk};
use crate::schema::{Kind, Order, STORE_FORMAT, Table, Type};

/// A dictionary of a tier's column that grows above this is given up.
const TIER_DICTIONARY_BYTES: usize = 16 << 10;

/// A segment being written.
pub struct Writer {
    name: SegmentName,
    table: &'static Table,
    parquet: ArrowWriter<disk::Unpublished>,
}

impl Writer {
    /// Begins the segment of that name.
    pub fn new(
        root: &Path,
        table: &'static Table,
        name: SegmentName,
        compression: Compression,
    ) -> Result<Self, Error> {
        let path = name.path(root);
        let properties = properties(table, &name, compression)?;
        let file = disk::Unpublished::new(path.clone())?;
        let parquet = ArrowWriter::try_new(file, table.schema(), Some(properties))
            .map_err(|e| Error::damaged(&path, e.to_string()))?;
        Ok(Writer { name, table, parquet })
    }

    /// Adds rows as they are to lie.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let batch = conform(batch, &self.table.schema()).map_err(|e| self.failed(e.to_string()))?;
        self.parquet.write(&batch).map_err(|e| self.failed(e.to_string()))
    }

    /// Ends a row group.
    pub fn end_row_group(&mut self) -> Result<(), Error> {
        self.parquet.flush().map_err(|e| self.failed(e.to_string()))
    }

    /// Writes the footer and publishes the file. False where one of that name stands already.
    pub fn publish(self) -> Result<bool, Error> {
        let table = self.table.name;
        let file = self.parquet.into_inner().map_err(|e| Error::damaged(Path::new(table), e.to_string()))?;
        file.publish()
    }

    fn failed(&self, what: String) -> Error {
        Error::damaged(Path::new(self.table.name), format!("{what} (host {})", self.name.host))
    }
}

/// Rows in the order in which the table's segments have them. Rows arrive by time.
pub fn ordered(table: &Table, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    if table.order == Order::Time {
        return Ok(batch.clone());
    }
    let keys = table.columns.iter().filter(|c| c.kind == Kind::Key).map(|c| c.name).chain(["ts"]);
    let columns = keys.filter_map(|name| batch.column_by_name(name));
    let columns: Vec<SortColumn> =
        columns.map(|values| SortColumn { values: values.clone(), options: None }).collect();
    let sorted = lexsort_to_indices(&columns, None).and_then(|order| take_record_batch(batch, &order));
    sorted.map_err(|e| Error::damaged(Path::new(table.name), e.to_string()))
}

/// The batch with the columns of `schema`: by name, NULL where it has none of that name.
pub fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, arrow::error::ArrowError> {
    let column = |field: &Arc<arrow::datatypes::Field>| -> ArrayRef {
        let found = batch.column_by_name(field.name()).filter(|c| c.data_type() == field.data_type());
        found.cloned().unwrap_or_else(|| new_null_array(field.data_type(), batch.num_rows()))
    };
    RecordBatch::try_new(schema.clone(), schema.fields().iter().map(column).collect())
}

/// A segment being read.
pub struct Reader {
    path: PathBuf,
    file: File,
    footer: ArrowReaderMetadata,
}

impl Reader {
    /// Opens it and reads its footer.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::io(path))?;
        let footer = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default())
            .map_err(|e| Error::damaged(path, e.to_string()))?;
        Ok(Reader { path: path.into(), file, footer })
    }

    /// Its columns.
    pub fn schema(&self) -> &SchemaRef {
        self.footer.schema()
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.footer.metadata().file_metadata().num_rows() as u64
    }

    /// How many row groups it has.
    pub fn row_groups(&self) -> usize {
        self.footer.metadata().num_row_groups()
    }

    /// The rows of one row group, in the order in which they lie.
    pub fn row_group(&self, index: usize) -> Result<ParquetRecordBatchReader, Error> {
        let file = self.file.try_clone().map_err(Error::io(&self.path))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.clone());
        let reader = builder.with_batch_size(8192).with_row_groups(vec![index]).build();
        reader.map_err(|e| Error::damaged(&self.path, e.to_string()))
    }
}

fn properties(
    table: &Table,
    name: &SegmentName,
    compression: Compression,
) -> Result<WriterProperties, Error> {
    let codec = match compression {
        Compression::None => Codec::UNCOMPRESSED,
        Compression::Zstd(level) => {
            let level =
                ZstdLevel::try_new(level).map_err(|e| Error::damaged(Path::new("zstd"), e.to_string()))?;
            Codec::ZSTD(level)
        }
    };
    let facts = [
        ("sysray.format", STORE_FORMAT.to_string()),
        ("sysray.program", env!("CARGO_PKG_VERSION").into()),
        ("sysray.table", name.table.clone()),
        ("sysray.host", name.host.clone()),
        ("sysray.first_seq", name.first_seq.to_string()),
        ("sysray.last_seq", name.last_seq.to_string()),
        ("sysray.generation", name.generation.to_string()),
        ("sysray.zone", "UTC".into()),
    ];
    let facts = facts.into_iter().map(|(key, value)| KeyValue::new(key.into(), value)).collect();
    let mut properties = WriterProperties::builder()
        .set_compression(codec)
        .set_key_value_metadata(Some(facts))
        // One row group a file, or one a bucket where the writer ends them.
        .set_max_row_group_row_count(Some(usize::MAX >> 1))
        // Only what rows are looked up by is worth an index by page: most files are small, and a
        // footer is a good part of them.
        .set_statistics_enabled(EnabledStatistics::Chunk);
    let looked_up = table.columns.iter().filter(|c| c.kind == Kind::Key).map(|c| c.name);
    for name in looked_up.chain(["ts", "tick"]) {
        properties =
            properties.set_column_statistics_enabled(ColumnPath::from(name), EnabledStatistics::Page);
    }
    if table.tier.is_some() {
        // Sums and peaks seldom repeat either, and there are hundreds of columns to hold one for.
        properties = properties.set_dictionary_page_size_limit(TIER_DICTIONARY_BYTES);
    }
    for column in table.columns {
        // Of numbers that seldom repeat a dictionary is dead weight; in counters zero repeats.
        if column.datatype == Type::Float64 {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(column.name), false);
        }
    }
    Ok(properties.build())
}
