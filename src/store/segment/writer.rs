//! Writes a segment, column by column out of runs; and says how each column is written down.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use parquet::arrow::ArrowSchemaConverter;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use super::rising::{Rising, SORTED_BY};
use super::{Reader, conform, failed};
use crate::schema::{COMMON, Column, Kind, Order, STORE_FORMAT, Table, Type};
use crate::store::chunk::{ChunkWriter, Form, Told};
use crate::store::disk::{Folder, Unpublished};
use crate::store::layout::SegmentName;
use crate::store::runs::Runs;
use crate::store::{Compression, Error};

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
    rising: Rising,
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
        Ok(Writer { path, table, file, chunks, indexed: None, rising: Rising::default() })
    }

    /// Adds a row group; `column` is asked for each column of the table in turn.
    pub fn row_group(&mut self, mut column: impl FnMut(&Column) -> Result<Runs, Error>) -> Result<(), Error> {
        let path = &self.path;
        let columns = self.file.schema_descr().columns().to_vec();
        let mut group = self.file.next_row_group().map_err(|e| failed(path, e))?;
        for (field, descr) in COMMON.iter().chain(self.table.columns).zip(columns) {
            let runs = column(field)?;
            if field.name == "ts" {
                self.rising.rows(&runs);
            }
            let by_time = self.table.order == Order::Time;
            let indexed = *self.indexed.get_or_insert(!by_time || runs.rows() > INDEXED_ROWS);
            let is_small = runs.rows() <= INDEXED_ROWS;
            let form = if by_time || is_small { Form::Smallest } else { form(field) };
            let told = if is_small { told_of_few(field) } else { told_of(field) };
            let written = self.chunks.write(descr, form, told, indexed, &runs);
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
        self.rising.group(from, index);
        let mut group = self.file.next_row_group().map_err(|e| failed(path, e))?;
        for close in from.chunks(index) {
            group.append_column(from.file(), close).map_err(|e| failed(path, e))?;
        }
        group.close().map_err(|e| failed(path, e))?;
        Ok(())
    }

    /// Writes the footer and publishes the file; hands out the SHA-256 of it. `None` where one of
    /// that name stands already.
    pub fn publish(mut self) -> Result<Option<[u8; 32]>, Error> {
        if self.rising.is_whole() {
            self.file.append_key_value_metadata(KeyValue::new(SORTED_BY.into(), "ts".to_string()));
        }
        // Not `into_inner`, which would say that the last bytes were not taken and not why.
        self.file.finish().map_err(|e| failed(&self.path, e))?;
        self.file.inner_mut().publish()
    }
}

/// What the columns are, so that a file alone knows: a line a kind and unit, with the columns' places, from 1 on.
/// Their names stand in the file twice already.
fn told(table: &Table) -> String {
    let mut lines: BTreeMap<(&str, &str), Vec<RangeInclusive<usize>>> = BTreeMap::new();
    for (column, place) in COMMON.iter().chain(table.columns).zip(1..) {
        let places = lines.entry((column.kind.name(), column.unit)).or_default();
        match places.last_mut() {
            Some(last) if last.end() + 1 == place => *last = *last.start()..=place,
            _ => places.push(place..=place),
        }
    }
    let span = |places: &RangeInclusive<usize>| match (places.start(), places.end()) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    };
    let line = |((kind, unit), places): (&(&str, &str), &Vec<RangeInclusive<usize>>)| {
        let unit = if unit.is_empty() { String::new() } else { format!(" in {unit}") };
        format!("{kind}{unit}: {}", places.iter().map(span).collect::<Vec<_>>().join(" "))
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
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

/// The same of a row group of few rows: only what they are looked up by. They are read in no time, and so much of
/// each column would be a good part of the file.
fn told_of_few(column: &Column) -> Told {
    match told_of(column) {
        Told::OfChunk if !["ts", "tick"].contains(&column.name) => Told::Nothing,
        told => told,
    }
}

/// How a column of many rows is written down before it is compressed; measured in `benches/recorder/layout`.
fn form(column: &Column) -> Form {
    match (column.kind, column.datatype) {
        // These rise from row to row, or from process to process.
        _ if ["ts", "tick", "pid"].contains(&column.name) => Form::Rising,
        // A level stays, which zstd sees to, or is one that was not there before, which would only
        // fill a dictionary.
        (Kind::Gauge, _) | (_, Type::Float64) => Form::Level,
        // What takes few values (clock ticks, CPUs, users) is smallest with a dictionary, what takes
        // many without.
        _ => Form::Few(NUMBERS),
    }
}
