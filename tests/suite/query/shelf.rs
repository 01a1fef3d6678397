//! Hand-written rows as a source: segments on disk, held open, and a tail in memory.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::file::properties::WriterProperties;
use sysray::query::{Chosen, Source};
use sysray::schema::{Batch, Micros, Row, Stamp, Table};
use sysray::store::{Error, Segment, SegmentName, Selection, Tail};
use sysray::time::Range;
use tempfile::TempDir;

/// 2026-11-22 14:00:00 UTC, to which the rows' seconds are added.
pub const START: i64 = 1_795_356_000_000_000;

/// That many seconds after the start.
pub fn at(second: i64) -> Micros {
    Micros(START + second * 1_000_000)
}

/// Rows that are a second long, each ending at its own second.
pub fn batch<R: Row>(rows: impl IntoIterator<Item = (i64, R)>) -> RecordBatch {
    let mut batch = R::Batch::default();
    for (second, row) in rows {
        batch.push(&Stamp { ts: at(second), tick: second, interval_us: Some(1_000_000) }, &row);
    }
    batch.finish()
}

pub struct Shelf {
    folder: TempDir,
    segments: Vec<Segment>,
    tails: Vec<(&'static str, Tail)>,
    hosts: Option<BTreeSet<String>>,
}

impl Shelf {
    pub fn new() -> Self {
        Shelf { folder: TempDir::new().unwrap(), segments: vec![], tails: vec![], hosts: None }
    }

    /// Tells the engine that it has rows of this host alone.
    pub fn of_one_host(mut self, host: &str) -> Self {
        self.hosts = Some(BTreeSet::from([host.to_string()]));
        self
    }

    /// Adds rows as a sealed segment.
    pub fn segment(mut self, table: &str, host: &str, batch: &RecordBatch) -> Self {
        let ts = batch.column_by_name("ts").unwrap().as_primitive::<TimestampMicrosecondType>();
        let (first, last) = (ts.value(0), ts.value(ts.len() - 1));
        let path = self.folder.path().join(format!("{table}-{host}-{}.parquet", self.segments.len()));
        let rows = WriterProperties::builder().set_max_row_group_row_count(Some(1000)).build();
        let mut writer =
            ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), Some(rows)).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        let number = self.segments.len() as u64;
        let name = SegmentName {
            table: table.into(),
            host: host.into(),
            from: Micros(first.div_euclid(1_000_000) * 1_000_000),
            to: Micros((last + 999_999).div_euclid(1_000_000) * 1_000_000),
            first_seq: number,
            last_seq: number,
            generation: 0,
        };
        let bytes = std::fs::metadata(&path).unwrap().len();
        let file = Arc::new(File::open(&path).unwrap());
        self.segments.push(Segment { name, path, file, bytes });
        self
    }

    /// Adds rows that are still in the journal.
    pub fn tail(mut self, table: &'static str, host: &str, batch: RecordBatch) -> Self {
        self.tails.push((table, Tail { host: host.into(), batch }));
        self
    }

    /// Where the segments lie.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.segments.iter().map(|segment| segment.path.clone()).collect()
    }

    /// All that it has, as it is stored: tables, hosts and rows.
    pub fn rows(&self) -> Vec<(String, String, RecordBatch)> {
        let sealed = self.segments.iter().map(|segment| {
            let file = segment.file.try_clone().unwrap();
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
            let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
            let rows = concat_batches(&batches[0].schema(), &batches).unwrap();
            (segment.name.table.clone(), segment.name.host.clone(), rows)
        });
        let tails = self
            .tails
            .iter()
            .map(|(table, tail)| ((*table).into(), tail.host.to_string(), tail.batch.clone()));
        sealed.chain(tails).collect()
    }

    /// Cuts the last segment to so many bytes.
    pub fn cut(mut self, bytes: u64) -> Self {
        let segment = self.segments.last_mut().unwrap();
        File::options().write(true).open(&segment.path).unwrap().set_len(bytes).unwrap();
        segment.bytes = bytes;
        self
    }

    /// Overwrites the middle of the last segment with zeros.
    pub fn spoil(self) -> Self {
        let path = &self.segments.last().unwrap().path;
        let mut content = std::fs::read(path).unwrap();
        let third = content.len() / 3;
        content[4..third].fill(0);
        std::fs::write(path, content).unwrap();
        self
    }
}

impl Source for Shelf {
    // All it has, whatever the range: the provider has to prune by itself.
    fn select(&self, table: &'static Table, _range: &Range) -> Result<Chosen, Error> {
        let segments = self.segments.iter().filter(|segment| segment.name.table == table.name);
        let tails = self.tails.iter().filter(|(of, _)| *of == table.name);
        let (segments, tail) = (segments.cloned().collect(), tails.map(|(_, tail)| tail.clone()).collect());
        Ok(Selection { segments, tail }.into())
    }

    fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        Ok(None)
    }

    fn hosts(&self) -> Option<BTreeSet<String>> {
        self.hosts.clone()
    }
}
