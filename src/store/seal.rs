//! A part becomes segments: each table's rows in their order, one file a table.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::TimestampMicrosecondType;

use super::journal::Part;
use super::layout::{self, PartName, SegmentName};
use super::segment::{self, Writer};
use super::{Compression, Error};
use crate::schema::{Micros, TABLES, Table};

/// Writes the segments of a part. Running it again after it was cut off completes what is missing.
pub fn seal(root: &Path, name: &PartName, file: &File, compression: Compression) -> Result<(), Error> {
    let path = name.path(root);
    let length = file.metadata().map_err(Error::io(&path))?.len();
    let part = Part::read(&path, file, length)?;
    let Some(last_seq) = part.frames().map(|frame| frame.moment.seq).last() else { return Ok(()) };
    for table in &TABLES {
        let batches = part.batches(table.name, |_| true)?;
        if batches.is_empty() {
            continue;
        }
        let batch = concat_batches(&batches[0].schema(), &batches)
            .and_then(|batch| segment::conform(&batch, &table.schema()))
            .map_err(|e| Error::damaged(&path, e.to_string()))?;
        for day in days(&batch) {
            write(root, table, &name.host, (name.first_seq, last_seq), &day, compression)?;
        }
    }
    Ok(())
}

fn write(
    root: &Path,
    table: &'static Table,
    host: &str,
    (first_seq, last_seq): (u64, u64),
    batch: &RecordBatch,
    compression: Compression,
) -> Result<(), Error> {
    let Some((first, last)) = extent(batch) else { return Ok(()) };
    let name = SegmentName {
        table: table.name.into(),
        host: host.into(),
        first_seq,
        last_seq,
        from: layout::second_below(first),
        to: layout::second_above(last),
        generation: 0,
    };
    if name.path(root).exists() {
        return Ok(());
    }
    let mut writer = Writer::new(root, table, name, compression)?;
    writer.write(&segment::ordered(table, batch)?)?;
    writer.publish()?;
    Ok(())
}

/// The rows of each UTC day: a part spans two only where the clock stepped within it.
fn days(batch: &RecordBatch) -> Vec<RecordBatch> {
    let days: Vec<i64> = times(batch).iter().map(|ts| layout::day_start(Micros(*ts))).collect();
    let mut slices = Vec::new();
    let mut start = 0;
    for run in days.chunk_by(|a, b| a == b) {
        slices.push(batch.slice(start, run.len()));
        start += run.len();
    }
    slices
}

/// The earliest and latest `ts`.
pub fn extent(batch: &RecordBatch) -> Option<(Micros, Micros)> {
    let times = times(batch);
    Some((Micros(*times.iter().min()?), Micros(*times.iter().max()?)))
}

fn times(batch: &RecordBatch) -> &[i64] {
    let ts = batch.column_by_name("ts").and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
    ts.map_or(&[], |ts| if ts.null_count() == 0 { ts.values() } else { &[] })
}
