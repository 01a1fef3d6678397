//! Parquet from files that are already open, or in a bucket. A segment may be merged away while it is read,
//! so nothing here opens a path: it reads by position from the handle the catalog holds.
//!
//! Footers are parsed once. A segment's name is never used twice, so the path is its identity.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use datafusion::common::{Result, internal_datafusion_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{ParquetFileMetrics, ParquetFileReaderFactory};
use datafusion::parquet::arrow::arrow_reader::ArrowReaderOptions;
use datafusion::parquet::arrow::async_reader::{AsyncFileReader, MetadataFetch};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::{
    ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy,
};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::future::BoxFuture;

use super::Error;
#[cfg(feature = "s3")]
use crate::remote::Bucket;
use crate::store::{self, Segment, SegmentName, read_exact_at};

/// Footers together are no larger: beyond that those used longest ago are forgotten, so that a reader may run for
/// months. A day of processes has one of four mebibytes.
const CACHED_BYTES: usize = 16 << 20;

/// What is fetched of a bucket's segment for its footer, which mostly is no longer.
#[cfg(feature = "s3")]
const FOOTER_BYTES: usize = 64 << 10;

/// A segment that can be read.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What its path says of it.
    pub name: SegmentName,
    /// Where it lies, for messages and as a cache key.
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    content: Content,
}

/// Where its bytes are.
#[derive(Clone, Debug)]
enum Content {
    Here(Arc<File>),
    #[cfg(feature = "s3")]
    Far(Arc<Bucket>),
}

impl From<Segment> for Opened {
    fn from(segment: Segment) -> Self {
        let Segment { name, path, file, bytes } = segment;
        Opened { name, path, bytes, content: Content::Here(file) }
    }
}

impl Opened {
    /// One in a bucket.
    #[cfg(feature = "s3")]
    pub fn far(bucket: &Arc<Bucket>, name: &SegmentName, bytes: u64) -> Self {
        let path = bucket.place(&name.to_path()).into();
        Opened { name: name.clone(), path, bytes, content: Content::Far(bucket.clone()) }
    }

    /// Parts of it. A read from a file blocks its thread: it is short, and local or in the page cache.
    async fn read(&self, ranges: Vec<Range<u64>>) -> Result<Vec<Bytes>, ParquetError> {
        match &self.content {
            Content::Here(file) => {
                let each = ranges.into_iter().map(|range| {
                    let mut buffer = vec![0; (range.end - range.start) as usize];
                    read_exact_at(file, &mut buffer, range.start).map_err(|e| self.failed(&e.to_string()))?;
                    Ok(buffer.into())
                });
                each.collect()
            }
            #[cfg(feature = "s3")]
            Content::Far(bucket) => {
                let parts = bucket.parts(&self.name.to_path(), ranges).await;
                parts.map_err(|error| ParquetError::External(Box::new(Error::from(error))))
            }
        }
    }

    fn failed(&self, what: &str) -> ParquetError {
        let error = store::Error::damaged(&self.path, what);
        ParquetError::External(Box::new(Error::Store(Arc::new(error))))
    }

    /// What of it is fetched at once in the hope that the footer is in it; of a file the footer's length.
    fn footer_hint(&self) -> Option<usize> {
        match &self.content {
            Content::Here(_) => None,
            #[cfg(feature = "s3")]
            Content::Far(_) => Some(FOOTER_BYTES),
        }
    }
}

/// How the footer's parser asks for parts of it.
struct Fetch<'a>(&'a Opened);

impl MetadataFetch for Fetch<'_> {
    fn fetch(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        let opened = self.0;
        Box::pin(async move { Ok(opened.read(vec![range]).await?.pop().unwrap_or_default()) })
    }
}

/// The footers read so far, by one engine or by several one after the other.
#[derive(Debug, Default)]
pub struct Footers {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    bytes: usize,
    /// How often any was asked for.
    uses: u64,
    /// With the size, since a file that was copied from elsewhere may be copied anew.
    by_path: HashMap<(PathBuf, u64), Kept>,
}

#[derive(Debug)]
struct Kept {
    footer: Arc<ParquetMetaData>,
    bytes: usize,
    /// When it was last asked for.
    used: u64,
}

impl Known {
    fn of(&mut self, key: &(PathBuf, u64)) -> Option<Arc<ParquetMetaData>> {
        self.uses += 1;
        let kept = self.by_path.get_mut(key)?;
        kept.used = self.uses;
        Some(kept.footer.clone())
    }

    /// Keeps one; what was used longest ago gives way.
    fn keep(&mut self, key: (PathBuf, u64), footer: Arc<ParquetMetaData>) {
        let bytes = footer.memory_size();
        self.uses += 1;
        self.bytes += bytes;
        let before = self.by_path.insert(key.clone(), Kept { footer, bytes, used: self.uses });
        self.bytes -= before.map_or(0, |before| before.bytes);
        while self.bytes > CACHED_BYTES {
            let others = self.by_path.iter().filter(|(of, _)| **of != key);
            let Some(oldest) = others.min_by_key(|(_, kept)| kept.used).map(|(of, _)| of.clone()) else {
                break;
            };
            self.bytes -= self.by_path.remove(&oldest).map_or(0, |kept| kept.bytes);
        }
    }
}

impl Footers {
    /// The segment's footer, without its page index.
    pub(super) async fn of(&self, opened: &Opened) -> Result<Arc<ParquetMetaData>, ParquetError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (opened.path.clone(), opened.bytes);
        if let Some(footer) = known().of(&key) {
            return Ok(footer);
        }
        // How pages are encoded and how long levels are nobody asks.
        let options = ParquetMetaDataOptions::new()
            .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll)
            .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
        let reader = ParquetMetaDataReader::new()
            .with_metadata_options(Some(options))
            .with_prefetch_hint(opened.footer_hint());
        let read = reader.load_and_finish(Fetch(opened), opened.bytes).await;
        let footer = Arc::new(read.map_err(|error| match error {
            ParquetError::External(_) => error,
            other => opened.failed(&format!("it cannot be read as Parquet: {}", plain(&other))),
        })?);
        known().keep(key, footer.clone());
        Ok(footer)
    }
}

fn plain(error: &ParquetError) -> String {
    match error {
        ParquetError::General(what) | ParquetError::EOF(what) => what.clone(),
        other => other.to_string(),
    }
}

/// A segment with its footer, as it travels with its entry in a scan.
#[derive(Clone)]
pub(super) struct Scanned {
    pub(super) opened: Opened,
    pub(super) footer: Arc<ParquetMetaData>,
}

/// Makes readers of those.
#[derive(Debug)]
pub(super) struct Files;

impl ParquetFileReaderFactory for Files {
    fn create_reader(
        &self,
        partition: usize,
        file: PartitionedFile,
        _metadata_size_hint: Option<usize>,
        metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let scanned = file.extension::<Scanned>().cloned();
        let scanned = scanned.ok_or_else(|| internal_datafusion_err!("{} is not held open", file.path()))?;
        let metrics = ParquetFileMetrics::new(partition, file.path().as_ref(), metrics);
        Ok(Box::new(Reader { scanned, metrics }))
    }
}

/// Reads one segment.
struct Reader {
    scanned: Scanned,
    metrics: ParquetFileMetrics,
}

impl AsyncFileReader for Reader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        let parts = self.get_byte_ranges(vec![range]);
        Box::pin(async move { Ok(parts.await?.pop().unwrap_or_default()) })
    }

    fn get_byte_ranges(
        &mut self,
        ranges: Vec<Range<u64>>,
    ) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        let bytes: u64 = ranges.iter().map(|range| range.end - range.start).sum();
        self.metrics.bytes_scanned.add(bytes as usize);
        Box::pin(self.scanned.opened.read(ranges))
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        let footer = self.scanned.footer.clone();
        Box::pin(async move { Ok(footer) })
    }
}
