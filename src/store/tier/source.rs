//! The recorded rows that a tier file is made of: some segments' rows of some ticks, read a window of
//! time and a few columns at once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, Schema, SchemaRef, TimestampMicrosecondType};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowSelection,
};
use parquet::file::statistics::Statistics;

use super::super::layout::SegmentName;
use super::super::{Error, segment};
use crate::schema::{Micros, Table};

/// Rows decoded at once.
const BATCH_ROWS: usize = 8192;

/// Segments, open for as long as tiers are made of them.
pub struct Source {
    pub table: &'static Table,
    files: Vec<Opened>,
    /// The first and last tick that is wanted.
    ticks: (i64, i64),
}

struct Opened {
    path: PathBuf,
    file: File,
    footer: ArrowReaderMetadata,
}

/// Rows later than the first and no later than the second, in microseconds.
pub type Window = (i64, i64);

impl Source {
    /// Opens segments for their rows of the frames `first` to `last`.
    pub fn open(
        root: &Path,
        table: &'static Table,
        segments: &[SegmentName],
        (first, last): (u64, u64),
    ) -> Result<Self, Error> {
        let files = segments.iter().map(|name| Opened::new(name.path(root))).collect::<Result<_, _>>()?;
        let tick = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
        Ok(Source { table, files, ticks: (tick(first), tick(last)) })
    }

    /// The first and last `ts` of the rows; `None` where there are none.
    pub fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        let mut extent: Option<(i64, i64)> = None;
        for file in &self.files {
            for group in 0..file.footer.metadata().num_row_groups() {
                let found = match (file.bounds(group, "ts"), file.bounds(group, "tick")) {
                    (Some(ts), Some(ticks)) if self.ticks.0 <= ticks.0 && ticks.1 <= self.ticks.1 => Some(ts),
                    (_, Some(ticks)) if ticks.1 < self.ticks.0 || self.ticks.1 < ticks.0 => None,
                    _ => {
                        let wanted = |(_, tick): &(i64, i64)| self.ticks.0 <= *tick && *tick <= self.ticks.1;
                        let times = file.stamps(group)?.into_iter().filter(wanted).map(|(ts, _)| ts);
                        times.fold(None, |all: Option<(i64, i64)>, ts| {
                            Some(all.map_or((ts, ts), |(a, b)| (a.min(ts), b.max(ts))))
                        })
                    }
                };
                extent = match (extent, found) {
                    (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
                    (one, other) => one.or(other),
                };
            }
        }
        Ok(extent.map(|(first, last)| (Micros(first), Micros(last))))
    }

    /// Hands out the rows of a window batch by batch, with these columns, NULL where a file has none
    /// of that name.
    pub fn read(
        &self,
        window: Window,
        columns: &[&str],
        mut each: impl FnMut(&RecordBatch) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let fields = self.table.schema();
        let fields = fields.fields().iter().filter(|f| columns.contains(&f.name().as_str())).cloned();
        let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        for file in &self.files {
            for group in 0..file.footer.metadata().num_row_groups() {
                let Some(chosen) = self.chosen(file, group, window)? else { continue };
                for batch in file.reader(group, columns, chosen)? {
                    let batch = batch.and_then(|batch| segment::conform(&batch, &schema));
                    each(&batch.map_err(|e| Error::damaged(&file.path, e.to_string()))?)?;
                }
            }
        }
        Ok(())
    }

    /// Which rows of a row group are wanted: none, all (an empty selection), or some.
    fn chosen(
        &self,
        file: &Opened,
        group: usize,
        window: Window,
    ) -> Result<Option<Option<RowSelection>>, Error> {
        let inside = |ts: i64, tick: i64| {
            window.0 < ts && ts <= window.1 && self.ticks.0 <= tick && tick <= self.ticks.1
        };
        if let (Some(ts), Some(ticks)) = (file.bounds(group, "ts"), file.bounds(group, "tick")) {
            if ts.1 <= window.0 || window.1 < ts.0 || ticks.1 < self.ticks.0 || self.ticks.1 < ticks.0 {
                return Ok(None);
            }
            if inside(ts.0, ticks.0) && inside(ts.1, ticks.1) {
                return Ok(Some(None));
            }
        }
        let stamps = file.stamps(group)?;
        let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
        for (row, _) in stamps.iter().enumerate().filter(|(_, (ts, tick))| inside(*ts, *tick)) {
            match ranges.last_mut() {
                Some(range) if range.end == row => range.end += 1,
                _ => ranges.push(row..row + 1),
            }
        }
        if ranges.is_empty() {
            return Ok(None);
        }
        Ok(Some(Some(RowSelection::from_consecutive_ranges(ranges.into_iter(), stamps.len()))))
    }
}

impl Opened {
    fn new(path: PathBuf) -> Result<Self, Error> {
        let file = File::open(&path).map_err(Error::io(&path))?;
        let footer =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::default().with_skip_arrow_metadata(true))
                .map_err(|e| Error::damaged(&path, e.to_string()))?;
        Ok(Opened { path, file, footer })
    }

    /// The least and greatest value of a column in a row group, where the footer tells.
    fn bounds(&self, group: usize, column: &str) -> Option<(i64, i64)> {
        let group = self.footer.metadata().row_group(group);
        let chunk = group.columns().iter().find(|c| c.column_path().string() == column)?;
        match chunk.statistics()? {
            Statistics::Int64(values) => Some((*values.min_opt()?, *values.max_opt()?)),
            _ => None,
        }
    }

    /// `ts` and `tick` of each row of a row group.
    fn stamps(&self, group: usize) -> Result<Vec<(i64, i64)>, Error> {
        let mut stamps = Vec::new();
        for batch in self.reader(group, &["ts", "tick"], None)? {
            let batch = batch.map_err(|e| Error::damaged(&self.path, e.to_string()))?;
            let ts =
                batch.column_by_name("ts").and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
            let tick = batch.column_by_name("tick").and_then(|c| c.as_primitive_opt::<Int64Type>());
            let (Some(ts), Some(tick)) = (ts, tick) else {
                return Err(Error::damaged(&self.path, "it has no ts or no tick"));
            };
            stamps.extend(ts.values().iter().copied().zip(tick.values().iter().copied()));
        }
        Ok(stamps)
    }

    fn reader(
        &self,
        group: usize,
        columns: &[&str],
        chosen: Option<RowSelection>,
    ) -> Result<ParquetRecordBatchReader, Error> {
        let file = self.file.try_clone().map_err(Error::io(&self.path))?;
        let mask = ProjectionMask::columns(self.footer.parquet_schema(), columns.iter().copied());
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.footer.clone())
            .with_batch_size(BATCH_ROWS)
            .with_row_groups(vec![group])
            .with_projection(mask);
        let builder = match chosen {
            Some(rows) => builder.with_row_selection(rows),
            None => builder,
        };
        builder.build().map_err(|e| Error::damaged(&self.path, e.to_string()))
    }
}
