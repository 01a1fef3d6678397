//! Parquet from files that are already open. A segment may be merged away while it is read, so
//! nothing here opens a path: it reads by position from the handle the catalog holds.
//!
//! Footers are parsed once. A segment's name is never used twice, so the path is its identity.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use datafusion::common::{Result, internal_datafusion_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{ParquetFileMetrics, ParquetFileReaderFactory};
use datafusion::parquet::arrow::arrow_reader::ArrowReaderOptions;
use datafusion::parquet::arrow::async_reader::AsyncFileReader;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use datafusion::parquet::file::reader::{ChunkReader, Length};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::future::BoxFuture;

use super::Error;
use crate::store::{self, Segment, read_exact_at};

/// Footers above this size together are forgotten, so that a reader may run for months.
const CACHED_BYTES: usize = 32 << 20;

/// An open segment, as it travels with its entry in a scan.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    path: PathBuf,
    file: Arc<File>,
    bytes: u64,
}

impl From<Segment> for Opened {
    fn from(segment: Segment) -> Self {
        Opened { path: segment.path, file: segment.file, bytes: segment.bytes }
    }
}

impl Opened {
    fn read(&self, range: Range<u64>) -> Result<Bytes, ParquetError> {
        let mut buffer = vec![0; (range.end - range.start) as usize];
        read_exact_at(&self.file, &mut buffer, range.start).map_err(|e| self.failed(&e.to_string()))?;
        Ok(buffer.into())
    }

    fn failed(&self, what: &str) -> ParquetError {
        let error = store::Error::damaged(&self.path, what);
        ParquetError::External(Box::new(Error::Store(Arc::new(error))))
    }
}

impl Length for Opened {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Opened {
    type T = Position;

    fn get_read(&self, start: u64) -> Result<Position, ParquetError> {
        Ok(Position { opened: self.clone(), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.read(start..start + length as u64)
    }
}

/// Reads on from a position of its own.
pub(super) struct Position {
    opened: Opened,
    at: u64,
}

impl Read for Position {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.opened.bytes.saturating_sub(self.at);
        let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        read_exact_at(&self.opened.file, &mut buffer[..wanted], self.at)?;
        self.at += wanted as u64;
        Ok(wanted)
    }
}

/// The footers read so far.
#[derive(Debug, Default)]
pub(super) struct Footers {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    bytes: usize,
    by_path: HashMap<PathBuf, Arc<ParquetMetaData>>,
}

impl Footers {
    /// The segment's footer, without its page index.
    pub(super) fn of(&self, opened: &Opened) -> Result<Arc<ParquetMetaData>, ParquetError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(footer) = known().by_path.get(&opened.path) {
            return Ok(footer.clone());
        }
        let read = ParquetMetaDataReader::new().parse_and_finish(opened);
        let footer = Arc::new(read.map_err(|error| match error {
            ParquetError::External(_) => error,
            other => opened.failed(&format!("it cannot be read as Parquet: {}", plain(&other))),
        })?);
        let mut known = known();
        if known.bytes > CACHED_BYTES {
            *known = Known::default();
        }
        known.bytes += footer.memory_size();
        known.by_path.insert(opened.path.clone(), footer.clone());
        Ok(footer)
    }
}

fn plain(error: &ParquetError) -> String {
    match error {
        ParquetError::General(what) | ParquetError::EOF(what) => what.clone(),
        other => other.to_string(),
    }
}

/// Makes readers of open segments.
#[derive(Debug)]
pub(super) struct Files(pub(super) Arc<Footers>);

impl ParquetFileReaderFactory for Files {
    fn create_reader(
        &self,
        partition: usize,
        file: PartitionedFile,
        _metadata_size_hint: Option<usize>,
        metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let opened = file.extension::<Opened>().cloned();
        let opened = opened.ok_or_else(|| internal_datafusion_err!("{} is not held open", file.path()))?;
        let metrics = ParquetFileMetrics::new(partition, file.path().as_ref(), metrics);
        Ok(Box::new(Reader { opened, footers: self.0.clone(), metrics }))
    }
}

/// Reads one segment. A read blocks its thread: it is short, and local or in the page cache.
struct Reader {
    opened: Opened,
    footers: Arc<Footers>,
    metrics: ParquetFileMetrics,
}

impl AsyncFileReader for Reader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        self.metrics.bytes_scanned.add((range.end - range.start) as usize);
        let read = self.opened.read(range);
        Box::pin(async move { read })
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        let footer = self.footers.of(&self.opened);
        Box::pin(async move { footer })
    }
}
