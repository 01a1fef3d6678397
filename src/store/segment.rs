//! A segment: rows of one table as a Parquet file that any tool opens and that knows itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array, new_null_array};
use arrow::compute::{SortColumn, lexsort_to_indices};
use arrow::datatypes::{Field, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::{ArrowSchemaConverter, ProjectionMask};
use parquet::basic::Type as Physical;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, PageIndexPolicy, ParquetMetaData, SortingColumn};
use parquet::file::properties::WriterProperties;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::writer::SerializedFileWriter;

use super::chunk::{self, ChunkWriter, Form, Told};
use super::disk::{self, Folder, Unpublished};
use super::layout::SegmentName;
use super::runs::Runs;
use super::{Compression, Error};
use crate::schema::{COMMON, Column, Kind, Order, STORE_FORMAT, Table, Type};

/// How many numbers the dictionary of a column has at most.
const NUMBERS: usize = 256;
/// A file that lies by time and begins with fewer rows has no index of pages: it would be a good part
/// of it, and all there is to skip is a page.
const INDEXED_ROWS: usize = 20_000;

/// A segment being written, row group by row group and in each column by column: what has to be in
/// memory is one column, however many rows there are.
pub struct Writer {
    path: PathBuf,
    table: &'static Table,
    file: SerializedFileWriter<Unpublished>,
    chunks: ChunkWriter,
    /// Whether row groups have an index of their pages: all of a file have, or none.
    indexed: Option<bool>,
}

impl Writer {
    /// Begins the segment of that name.
    pub fn new(
        folder: &Folder,
        table: &'static Table,
        name: &SegmentName,
        compression: Compression,
    ) -> Result<Self, Error> {
        let path = name.path(folder.root());
        // Arrow's own schema would be half of every footer, and says nothing that Parquet's does not.
        let schema = ArrowSchemaConverter::new().convert(&table.schema()).map_err(|e| failed(&path, e))?;
        let properties = Arc::new(properties(table, name));
        let file = Unpublished::new(folder, path.clone())?;
        let file = SerializedFileWriter::new(file, schema.root_schema_ptr(), properties)
            .map_err(|e| failed(&path, e))?;
        let chunks = ChunkWriter::new(match compression {
            Compression::None => None,
            Compression::Zstd(level) => Some(level),
        });
        Ok(Writer { path, table, file, chunks, indexed: None })
    }

    /// Adds a row group; `column` is asked for each column of the table in turn.
    pub fn row_group(&mut self, mut column: impl FnMut(&Column) -> Result<Runs, Error>) -> Result<(), Error> {
        let path = &self.path;
        let columns = self.file.schema_descr().columns().to_vec();
        let mut group = self.file.next_row_group().map_err(|e| failed(path, e))?;
        for (field, descr) in COMMON.iter().chain(self.table.columns).zip(columns) {
            let runs = column(field)?;
            let by_time = self.table.order == Order::Time;
            let indexed = *self.indexed.get_or_insert(!by_time || runs.rows() > INDEXED_ROWS);
            let written = self.chunks.write(descr, form(field), told_of(field), indexed, &runs);
            let written = written.and_then(|(bytes, close)| group.append_column(&bytes, close));
            written.map_err(|e| failed(path, e))?;
        }
        group.close().map_err(|e| failed(path, e))?;
        Ok(())
    }

    /// Adds rows as they are to lie, as a row group of their own.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let conformed = conform(batch, &self.table.schema());
        let batch = conformed.map_err(|e| Error::damaged(&self.path, e.to_string()))?;
        self.row_group(|column| {
            let values = batch.column_by_name(column.name);
            let unknown = || Runs::unknown(column.datatype, batch.num_rows());
            Ok(values.map_or_else(unknown, |values| Runs::of(column.datatype, values)))
        })
    }

    /// Adds a row group of another segment as it is, without unpacking it.
    pub fn splice(&mut self, from: &Reader, index: usize) -> Result<(), Error> {
        let path = &self.path;
        let footer = from.footer.metadata();
        let source = footer.row_group(index);
        let mut group = self.file.next_row_group().map_err(|e| failed(path, e))?;
        for (at, chunk) in source.columns().iter().enumerate() {
            let pages = footer.offset_index().and_then(|index_of| index_of.get(index)?.get(at).cloned());
            let extents = footer.column_index().and_then(|index_of| index_of.get(index)?.get(at).cloned());
            let close = ColumnCloseResult {
                bytes_written: chunk.compressed_size() as u64,
                rows_written: source.num_rows() as u64,
                metadata: chunk.clone(),
                bloom_filter: None,
                column_index: extents,
                offset_index: pages,
            };
            group.append_column(&from.file, close).map_err(|e| failed(path, e))?;
        }
        group.close().map_err(|e| failed(path, e))?;
        Ok(())
    }

    /// Writes the footer and publishes the file; hands out the SHA-256 of it. `None` where one of
    /// that name stands already.
    pub fn publish(mut self) -> Result<Option<[u8; 32]>, Error> {
        // Not `into_inner`, which would say that the last bytes were not taken and not why.
        self.file.finish().map_err(|e| failed(&self.path, e))?;
        self.file.inner_mut().publish()
    }
}

/// What Parquet says went wrong: a disk that failed is not a damaged file.
fn failed(path: &Path, error: ParquetError) -> Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(source) => Error::Io { path: path.into(), source: *source },
            Err(other) => Error::damaged(path, other.to_string()),
        },
        other => Error::damaged(path, other.to_string()),
    }
}

/// The order in which rows lie in the table's segments, as positions in `columns`: those of
/// [`sort_keys`]. `None` where they lie as they arrive, by time.
pub fn order(table: &Table, columns: &[ArrayRef]) -> Result<Option<UInt32Array>, ArrowError> {
    if table.order == Order::Time {
        return Ok(None);
    }
    let columns: Vec<SortColumn> =
        columns.iter().map(|values| SortColumn { values: values.clone(), options: None }).collect();
    lexsort_to_indices(&columns, None).map(Some)
}

/// What the table's rows are sorted by within a row group.
pub fn sort_keys(table: &Table) -> Vec<&'static str> {
    if table.order == Order::Time {
        return vec!["ts"];
    }
    table.columns.iter().filter(|c| c.kind == Kind::Key).map(|c| c.name).chain(["ts"]).collect()
}

/// The batch with the columns of `schema`: by name, NULL where it has none of that name.
pub fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let column = |field: &Arc<Field>| -> ArrayRef {
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
    /// Opens it and reads its footer, and where its pages are.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Reader::of(path, File::open(path).map_err(Error::io(path))?)
    }

    /// The same of an open file; `path` is for messages.
    pub fn of(path: &Path, file: File) -> Result<Self, Error> {
        // Parquet's own types say all that is needed; Arrow's copy of them in the footer is read by
        // code that a damaged one can bring down.
        let options = ArrowReaderOptions::default()
            .with_page_index_policy(PageIndexPolicy::Optional)
            .with_skip_arrow_metadata(true);
        let footer =
            ArrowReaderMetadata::load(&file, options).map_err(|e| Error::damaged(path, e.to_string()))?;
        let length = file.metadata().map_err(Error::io(path))?.len();
        plausible(footer.metadata(), length).map_err(|what| Error::damaged(path, what))?;
        Ok(Reader { path: path.into(), file, footer })
    }

    /// Says that it is not read soon again.
    pub fn forget(&self) {
        disk::forget(&self.file, u64::MAX);
    }

    /// Its columns.
    pub fn schema(&self) -> &SchemaRef {
        self.footer.schema()
    }

    /// Whether it has a table's columns of today, all of them and in their order: its row groups can
    /// stand in a file of today as they are.
    pub fn has_columns_of(&self, table: &Table) -> bool {
        let (own, today) = (self.schema(), table.schema());
        let same = |(own, today): (&Arc<Field>, &Arc<Field>)| {
            own.name() == today.name()
                && own.data_type() == today.data_type()
                && own.is_nullable() == today.is_nullable()
        };
        own.fields().len() == today.fields().len() && own.fields().iter().zip(today.fields()).all(same)
    }

    /// What its footer says under one of the keys that begin with `sysray.`.
    pub fn fact(&self, key: &str) -> Option<&str> {
        let facts = self.footer.metadata().file_metadata().key_value_metadata()?;
        facts.iter().find(|fact| fact.key == key)?.value.as_deref()
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.footer.metadata().file_metadata().num_rows() as u64
    }

    /// How many row groups it has.
    pub fn row_groups(&self) -> usize {
        self.footer.metadata().num_row_groups()
    }

    /// How many rows one row group has.
    pub fn group_rows(&self, index: usize) -> usize {
        self.footer.metadata().row_group(index).num_rows() as usize
    }

    /// The rows of some row groups, in the order in which they lie; of some columns or of all.
    pub fn rows_of(
        &self,
        groups: Vec<usize>,
        columns: Option<&[&str]>,
    ) -> Result<ParquetRecordBatchReader, Error> {
        let file = self.file.try_clone().map_err(Error::io(&self.path))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.clone());
        let mask = match columns {
            Some(names) => ProjectionMask::columns(builder.parquet_schema(), names.iter().copied()),
            None => ProjectionMask::all(),
        };
        let reader = builder.with_batch_size(8192).with_row_groups(groups).with_projection(mask).build();
        reader.map_err(|e| Error::damaged(&self.path, e.to_string()))
    }

    /// Adds the values of one column in a row group to `runs`; they are unknown where the file has no
    /// such column of that type.
    pub fn column(&self, group: usize, name: &str, runs: &mut Runs) -> Result<(), Error> {
        read_column(&self.path, &self.file, self.footer.metadata(), (group, name), runs)
    }

    /// The same as one array.
    pub fn array(&self, group: usize, field: &Field) -> Result<ArrayRef, Error> {
        let known = self.schema().field_with_name(field.name());
        if !known.is_ok_and(|known| known.data_type() == field.data_type()) {
            return Ok(new_null_array(field.data_type(), self.group_rows(group)));
        }
        let damaged = |e: ArrowError| Error::damaged(&self.path, e.to_string());
        let batches = self.rows_of(vec![group], Some(&[field.name()]))?;
        let parts: Vec<ArrayRef> = batches
            .map(|batch| batch.map(|batch| batch.column(0).clone()))
            .collect::<Result<_, _>>()
            .map_err(damaged)?;
        let parts: Vec<&dyn arrow::array::Array> = parts.iter().map(|part| &**part).collect();
        if parts.is_empty() {
            return Ok(new_null_array(field.data_type(), 0));
        }
        arrow::compute::concat(&parts).map_err(damaged)
    }
}

/// Adds the values of one column in a row group of a file to `runs`.
pub fn read_column(
    path: &Path,
    file: &File,
    footer: &ParquetMetaData,
    (group, name): (usize, &str),
    runs: &mut Runs,
) -> Result<(), Error> {
    let group = footer.row_group(group);
    let physical = match runs.datatype {
        Type::Int64 | Type::Timestamp => Physical::INT64,
        Type::Float64 => Physical::DOUBLE,
        Type::Boolean => Physical::BOOLEAN,
        Type::Utf8 => Physical::BYTE_ARRAY,
    };
    let found = group.columns().iter().find(|chunk| chunk.column_path().string() == name);
    let rows = group.num_rows() as usize;
    let Some(chunk) = found.filter(|chunk| chunk.column_type() == physical) else {
        runs.push(rows, None);
        return Ok(());
    };
    let file = Arc::new(file.try_clone().map_err(Error::io(path))?);
    let before = runs.rows();
    SerializedPageReader::new(file, chunk, rows, None)
        .and_then(|pages| chunk::read(Box::new(pages), chunk.column_descr().max_def_level() > 0, runs))
        .map_err(|e| failed(path, e))?;
    if runs.rows() - before != rows {
        return Err(Error::damaged(path, format!("{name} has another number of rows than the rest")));
    }
    Ok(())
}

/// What the columns are, so that a file alone knows: a line a kind and unit, with the columns' names.
fn told(table: &Table) -> String {
    let mut lines: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for column in COMMON.iter().chain(table.columns) {
        lines.entry((column.kind.name(), column.unit)).or_default().push(column.name);
    }
    let line = |((kind, unit), names): (&(&str, &str), &Vec<&str>)| {
        let unit = if unit.is_empty() { String::new() } else { format!(" in {unit}") };
        format!("{kind}{unit}: {}", names.join(" "))
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Whether everything that a footer points at lies in the file. A damaged one can say anything, and
/// who reads pages takes its word for it.
fn plausible(footer: &ParquetMetaData, length: u64) -> Result<(), &'static str> {
    let within = |offset: i64, size: i64, from: u64, to: u64| {
        let (Ok(offset), Ok(size)) = (u64::try_from(offset), u64::try_from(size)) else { return false };
        offset >= from && offset.checked_add(size).is_some_and(|end| end <= to)
    };
    for (at, group) in footer.row_groups().iter().enumerate() {
        if group.num_rows() < 0 {
            return Err("its footer is damaged: a row group has a negative number of rows");
        }
        for (column, chunk) in group.columns().iter().enumerate() {
            let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
            let size = chunk.compressed_size();
            if !within(start, size, 0, length) || chunk.num_values() < 0 {
                return Err("its footer is damaged: a column lies outside of the file");
            }
            let (start, end) = (start as u64, (start + size) as u64);
            let pages = footer.offset_index().and_then(|index| index.get(at)?.get(column));
            let mut row = 0;
            for page in pages.into_iter().flat_map(|pages| pages.page_locations()) {
                let in_chunk = within(page.offset, page.compressed_page_size.into(), start, end);
                if !in_chunk || page.first_row_index < row || page.first_row_index > group.num_rows() {
                    return Err("its index of pages is damaged");
                }
                row = page.first_row_index;
            }
        }
    }
    Ok(())
}

fn properties(table: &Table, name: &SegmentName) -> WriterProperties {
    let facts = [
        ("sysray.format", STORE_FORMAT.to_string()),
        ("sysray.program", env!("CARGO_PKG_VERSION").into()),
        ("sysray.table", name.table.clone()),
        ("sysray.host", name.host.clone()),
        ("sysray.first_seq", name.first_seq.to_string()),
        ("sysray.last_seq", name.last_seq.to_string()),
        ("sysray.generation", name.generation.to_string()),
        ("sysray.zone", "UTC".into()),
        ("sysray.columns", told(table)),
    ];
    let facts = facts.into_iter().map(|(key, value)| KeyValue::new(key.into(), value)).collect();
    let properties = WriterProperties::builder().set_key_value_metadata(Some(facts));
    if table.tier.is_some() || table.order == Order::Entity {
        // Nothing of entities: they lie in order within a row group, and DataFusion takes what the
        // first row group says for the whole file.
        return properties.build();
    }
    // Not `ts`: where the clock was set back the rows lie by tick all the same.
    let tick = COMMON.iter().position(|c| c.name == "tick").expect("every table has ticks");
    let tick = SortingColumn { column_idx: tick as i32, descending: false, nulls_first: true };
    properties.set_sorting_columns(Some(vec![tick])).build()
}

/// What a column's values are said to lie between.
fn told_of(column: &Column) -> Told {
    match (column.kind, column.datatype) {
        // Only what rows are looked up by is worth an index by page: most files are small, and
        // a footer is a good part of them.
        (Kind::Key, _) => Told::OfPages,
        // What the first and the last of all names are leaves nothing out.
        (_, Type::Utf8) => Told::Nothing,
        _ => Told::OfChunk,
    }
}

/// How a column is written down before it is compressed; measured in `benches/recorder/layout`.
fn form(column: &Column) -> Form {
    match (column.kind, column.datatype) {
        // These rise evenly from row to row.
        _ if ["ts", "tick"].contains(&column.name) => Form::Rising,
        // A level stays, which zstd sees to, or is one that was not there before, which would only
        // fill a dictionary.
        (Kind::Gauge, _) | (_, Type::Float64) => Form::Level,
        // What takes few values (clock ticks, CPUs, users) is smallest with a dictionary, what takes
        // many without.
        _ => Form::Few(NUMBERS),
    }
}
