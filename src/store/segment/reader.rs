//! Reads a segment: what its footer says, columns as runs or arrays, and whole row groups.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, new_null_array};
use arrow::datatypes::{Field, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type as Physical;
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::statistics::Statistics;

use super::failed;
use super::rising::rises;
use crate::schema::{Table, Type};
use crate::store::runs::Runs;
use crate::store::{Error, chunk, disk};

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

    /// Whether it says that all its rows are in order of `ts`.
    pub fn rises(&self) -> bool {
        rises(self.footer.metadata())
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
        let group = self.footer.metadata().row_group(group);
        let physical = match runs.datatype {
            Type::Int64 | Type::Timestamp => Physical::INT64,
            Type::Float64 => Physical::DOUBLE,
            Type::Boolean => Physical::BOOLEAN,
            Type::Utf8 => Physical::BYTE_ARRAY,
        };
        let rows = group.num_rows() as usize;
        let Some(chunk) = chunk_of(group, name).filter(|chunk| chunk.column_type() == physical) else {
            runs.push(rows, None);
            return Ok(());
        };
        let file = Arc::new(self.file.try_clone().map_err(Error::io(&self.path))?);
        let before = runs.rows();
        SerializedPageReader::new(file, chunk, rows, None)
            .and_then(|pages| chunk::read(Box::new(pages), chunk.column_descr().max_def_level() > 0, runs))
            .map_err(|e| failed(&self.path, e))?;
        if runs.rows() - before != rows {
            return Err(self.damaged(format!("{name} has another number of rows than the rest")));
        }
        Ok(())
    }

    /// The least and greatest number of a column in a row group, where the footer tells.
    pub fn bounds(&self, group: usize, name: &str) -> Option<(i64, i64)> {
        match chunk_of(self.footer.metadata().row_group(group), name)?.statistics()? {
            Statistics::Int64(values) => Some((*values.min_opt()?, *values.max_opt()?)),
            _ => None,
        }
    }

    /// Says that it is damaged, and how.
    pub fn damaged(&self, how: impl Into<String>) -> Error {
        Error::damaged(&self.path, how.into())
    }

    /// The chunks of a row group, as the footer of another file would say of them.
    pub(super) fn chunks(&self, group: usize) -> impl Iterator<Item = ColumnCloseResult> {
        let footer = self.footer.metadata();
        let source = footer.row_group(group);
        source.columns().iter().enumerate().map(move |(at, chunk)| ColumnCloseResult {
            bytes_written: chunk.compressed_size() as u64,
            rows_written: source.num_rows() as u64,
            metadata: chunk.clone(),
            bloom_filter: None,
            column_index: footer.column_index().and_then(|index| index.get(group)?.get(at).cloned()),
            offset_index: footer.offset_index().and_then(|index| index.get(group)?.get(at).cloned()),
        })
    }

    /// Where those are.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// The values of one column in a row group as one array.
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

/// The chunk of a column.
fn chunk_of<'a>(group: &'a RowGroupMetaData, name: &str) -> Option<&'a ColumnChunkMetaData> {
    group.columns().iter().find(|chunk| chunk.column_path().string() == name)
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
