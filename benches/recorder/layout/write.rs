//! One layout: rows → the bytes of a Parquet file, and what that took.

use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::compute::{SortColumn, lexsort_to_indices, take_record_batch};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use sysray::schema::{COMMON, Column, Kind, Table, Type};

/// How a column's values are written down before they are compressed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum How {
    Dictionary,
    /// A dictionary up to so many bytes, and from there on PLAIN.
    Small(usize),
    Plain,
    /// DELTA_BINARY_PACKED of integers, DELTA_BYTE_ARRAY of text; nothing of the kind for others.
    Delta,
}

/// A way to lay out a table.
#[derive(Clone)]
pub struct Layout {
    pub label: String,
    /// Columns to sort a row group by; none: as the rows came, by time.
    pub sort: &'static [&'static str],
    pub how: fn(&Column) -> How,
    pub statistics: fn(&Column) -> EnabledStatistics,
    pub level: i32,
    pub page_rows: usize,
    pub page_bytes: usize,
    pub dictionary_bytes: usize,
    pub version: WriterVersion,
}

/// A file written, and what it took.
#[derive(Clone)]
pub struct Written {
    pub bytes: Vec<u8>,
    pub footer: ParquetMetaData,
    pub rows: usize,
    pub cpu: Duration,
    /// What the writer held at most, the rows themselves not counted.
    pub held: usize,
}

impl Layout {
    /// What is compared with: dictionaries everywhere, as the library would.
    pub fn library() -> Self {
        Layout {
            label: "library".into(),
            sort: &[],
            how: |_| How::Dictionary,
            statistics: chunk_but_keys,
            level: 3,
            page_rows: 20_000,
            page_bytes: 1 << 20,
            dictionary_bytes: 1 << 20,
            version: WriterVersion::PARQUET_1_0,
        }
    }

    /// The same under another label, changed.
    pub fn but(&self, label: impl Into<String>, change: impl FnOnce(&mut Layout)) -> Self {
        let mut layout = Layout { label: label.into(), ..self.clone() };
        change(&mut layout);
        layout
    }

    /// Writes each of `groups` as a row group.
    pub fn write(&self, table: &'static Table, groups: &[RecordBatch]) -> Written {
        let mut held = 0;
        let started = cpu_time();
        let mut writer = ArrowWriter::try_new(Vec::new(), table.schema(), Some(self.properties(table)))
            .expect("the properties fit the schema");
        for group in groups {
            writer.write(&self.sorted(group)).expect("memory takes all that is written to it");
            held = held.max(writer.memory_size() + writer.bytes_written());
            writer.flush().expect("memory takes all that is written to it");
        }
        let footer = writer.finish().expect("memory takes all that is written to it");
        let bytes = std::mem::take(writer.inner_mut());
        let cpu = cpu_time() - started;
        let rows = groups.iter().map(RecordBatch::num_rows).sum();
        Written { bytes, footer, rows, cpu, held }
    }

    fn sorted(&self, group: &RecordBatch) -> RecordBatch {
        let columns = self.sort.iter().filter_map(|name| group.column_by_name(name));
        let columns: Vec<SortColumn> =
            columns.map(|c| SortColumn { values: c.clone(), options: None }).collect();
        if columns.is_empty() {
            return group.clone();
        }
        let order = lexsort_to_indices(&columns, None).expect("keys can be sorted");
        take_record_batch(group, &order).expect("the order is of these rows")
    }

    fn properties(&self, table: &Table) -> WriterProperties {
        let level = ZstdLevel::try_new(self.level).expect("there is such a level");
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(usize::MAX >> 1))
            .set_data_page_row_count_limit(self.page_rows)
            .set_data_page_size_limit(self.page_bytes)
            .set_dictionary_page_size_limit(self.dictionary_bytes)
            .set_writer_version(self.version);
        for column in columns(table) {
            let path = || ColumnPath::from(column.name);
            let how = (self.how)(column);
            properties = properties
                .set_column_statistics_enabled(path(), (self.statistics)(column))
                .set_column_dictionary_enabled(path(), matches!(how, How::Dictionary | How::Small(_)));
            if let How::Small(bytes) = how {
                properties = properties.set_column_dictionary_page_size_limit(path(), bytes);
            }
            let encoding = match (how, column.datatype) {
                (How::Delta, Type::Int64 | Type::Timestamp) => Encoding::DELTA_BINARY_PACKED,
                (How::Delta, Type::Utf8) => Encoding::DELTA_BYTE_ARRAY,
                (_, Type::Boolean) => continue,
                _ => Encoding::PLAIN,
            };
            properties = properties.set_column_encoding(path(), encoding);
        }
        properties.build()
    }
}

impl Written {
    /// Bytes a row.
    pub fn a_row(&self) -> f64 {
        self.bytes.len() as f64 / self.rows as f64
    }

    /// Bytes behind the pages: indexes and footer.
    pub fn overhead(&self) -> usize {
        let chunks = self.footer.row_groups().iter().flat_map(|g| g.columns());
        self.bytes.len() - chunks.map(|c| c.compressed_size() as usize).sum::<usize>()
    }

    /// Bytes a row of each column.
    pub fn columns(&self) -> Vec<f64> {
        let count = self.footer.file_metadata().schema_descr().num_columns();
        let of = |i| self.footer.row_groups().iter().map(|g| g.column(i).compressed_size()).sum::<i64>();
        (0..count).map(|i| of(i) as f64 / self.rows as f64).collect()
    }
}

/// A table's columns as they stand in a file.
pub fn columns(table: &Table) -> impl Iterator<Item = &'static Column> {
    COMMON.iter().chain(table.columns)
}

/// Page statistics of what rows are looked up by, chunk statistics of the rest.
pub fn chunk_but_keys(column: &Column) -> EnabledStatistics {
    if column.kind == Kind::Key { EnabledStatistics::Page } else { EnabledStatistics::Chunk }
}

/// CPU time of this thread.
#[cfg(target_os = "linux")]
pub fn cpu_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}

/// Elsewhere the time that passes has to do.
#[cfg(not(target_os = "linux"))]
pub fn cpu_time() -> Duration {
    static BEGIN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    BEGIN.elapsed()
}
