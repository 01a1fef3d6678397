//! A part becomes segments: each table's rows in their order, one file a table and UTC day.

use arrow::array::{Array, ArrayRef, AsArray, UInt32Array, new_null_array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, TimestampMicrosecondType};
use arrow::error::ArrowError;

use super::disk::Folder;
use super::gather::gather;
use super::journal::{Frame, Part};
use super::layout::{self, PartName, SegmentName};
use super::segment::{self, Writer};
use super::sums::Sums;
use super::{Compression, Error};
use crate::schema::{Micros, TABLES, Table};

/// What columns that are gathered at once may take: the rest of a part waits for its turn.
const GATHERED_BYTES: usize = 16 << 20;

/// Writes the segments of a part, and notes their sums. Running it again after it was cut off
/// completes what is missing.
pub fn seal(
    folder: &Folder,
    name: &PartName,
    part: &Part,
    compression: Compression,
    sums: &mut Sums,
) -> Result<(), Error> {
    let frames = part.frames();
    let Some(last_seq) = frames.last().map(|frame| frame.moment.seq) else { return Ok(()) };
    let sealing = Sealing { folder, name, part, frames, last_seq, compression };
    for table in &TABLES {
        sealing.table(table, sums).map_err(|error| match error {
            Failed::Arrow(error) => Error::damaged(part.path(), error.to_string()),
            Failed::Store(error) => error,
        })?;
    }
    Ok(())
}

struct Sealing<'a> {
    folder: &'a Folder,
    name: &'a PartName,
    part: &'a Part,
    frames: Vec<Frame<'a>>,
    last_seq: u64,
    compression: Compression,
}

enum Failed {
    Arrow(ArrowError),
    Store(Error),
}

impl From<ArrowError> for Failed {
    fn from(error: ArrowError) -> Self {
        Failed::Arrow(error)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed::Store(error)
    }
}

impl Sealing<'_> {
    fn table(&self, table: &'static Table, sums: &mut Sums) -> Result<(), Failed> {
        let keys = segment::sort_keys(table);
        let columns = gather(self.part, &self.frames, table.name, &keys);
        // A part of a program that did not have one of the keys has none of the table's rows to show.
        let Some(columns) = columns.into_iter().collect::<Option<Vec<ArrayRef>>>() else { return Ok(()) };
        let Some(ts) = columns.last().and_then(|ts| ts.as_primitive_opt::<TimestampMicrosecondType>()) else {
            return Ok(());
        };
        for (start, length) in days(ts.values()) {
            let ts = ts.slice(start, length);
            let columns: Vec<ArrayRef> = columns.iter().map(|column| column.slice(start, length)).collect();
            let order = segment::order(table, &columns)?;
            let Some(name) = self.segment_name(table, ts.values()) else { continue };
            let place = (start, length, order.as_ref());
            let path = name.path(self.folder.root());
            if path.exists() {
                // Who gave it its name may have been cut off before that was made last.
                self.folder.sync_folder_of(&path)?;
            } else {
                self.write(table, &name, place)?.map(|sum| sums.note(&name, sum));
            }
            if !sums.knows(&name) {
                sums.note(&name, super::sums::of_file(&path)?);
            }
        }
        Ok(())
    }

    fn segment_name(&self, table: &Table, times: &[i64]) -> Option<SegmentName> {
        Some(SegmentName {
            table: table.name.into(),
            host: self.name.host.clone(),
            first_seq: self.name.first_seq,
            last_seq: self.last_seq,
            from: layout::second_below(Micros(*times.iter().min()?)),
            to: layout::second_above(Micros(*times.iter().max()?)),
            generation: 0,
        })
    }

    fn write(
        &self,
        table: &'static Table,
        name: &SegmentName,
        (start, length, order): (usize, usize, Option<&UInt32Array>),
    ) -> Result<Option<[u8; 32]>, Failed> {
        let schema = table.schema();
        let at_once = (GATHERED_BYTES / (9 * (start + length)).max(1)).max(1);
        let fields: Vec<&Field> = schema.fields().iter().map(|field| &**field).collect();
        let mut waiting = fields.chunks(at_once);
        let mut gathered: Vec<(&Field, Option<ArrayRef>)> = Vec::new();
        let mut writer = Writer::new(self.folder, table, name, self.compression)?;
        writer.row_group(|field| {
            if gathered.is_empty() {
                let fields = waiting.next().unwrap_or_default();
                let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
                let columns = gather(self.part, &self.frames, table.name, &names);
                gathered = fields.iter().copied().zip(columns).rev().collect();
            }
            let values = gathered.pop().and_then(|(_, values)| values);
            let values = values.filter(|values| fits(values.data_type(), field.data_type()));
            let Some(values) = values else { return Ok(new_null_array(field.data_type(), length)) };
            let values = values.slice(start, length);
            let ordered = order.map_or_else(|| Ok(values.clone()), |order| take(&values, order, None));
            ordered.map_err(|e| Error::damaged(self.part.path(), e.to_string()))
        })?;
        Ok(writer.publish()?)
    }
}

/// Whether gathered values are of a column's type; strings are gathered as dictionaries.
fn fits(gathered: &DataType, column: &DataType) -> bool {
    match gathered {
        DataType::Dictionary(_, values) => &**values == column,
        other => other == column,
    }
}

/// Where each UTC day begins, and how many rows it has: a part spans two only where the clock
/// stepped within it.
fn days(times: &[i64]) -> Vec<(usize, usize)> {
    let same_day = |a: &i64, b: &i64| layout::day_start(Micros(*a)) == layout::day_start(Micros(*b));
    let mut start = 0;
    let runs = times.chunk_by(same_day).map(|run| {
        start += run.len();
        (start - run.len(), run.len())
    });
    runs.collect()
}
