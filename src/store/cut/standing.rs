//! What stood when the range began: of tables that have rows more rarely than each tick the last ones before it, such
//! as what the host is and how full its file systems were. They go in as they were recorded, with their own `ts`.

use std::io;
use std::rc::Rc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;

use super::TRIES;
use super::rows::Cutting;
use crate::schema::{Micros, Table, table};
use crate::store::catalog::{Catalog, Segment};
use crate::store::extent::STANDING;
use crate::store::segment::{self, Reader};
use crate::store::{Error, layout};
use crate::time::Range;

/// What the host is holds until something else is recorded; other rows for so many of their intervals.
const INVENTORY: &str = "host";
const INTERVALS: i64 = 2;
/// No interval is so long that its rows have to be looked for further back.
const REACH: i64 = 3_600_000_000;

impl Cutting<'_> {
    /// Adds them for each host of which something was cut out, where its first tick has none of its own.
    pub fn standing(&mut self) -> Result<(), Error> {
        let Some(begin) = self.range.from else { return Ok(()) };
        let begins = self.begins.clone();
        let first =
            |label: &String| begins.iter().filter(|((of, _), _)| of == label).map(|(_, at)| *at).min();
        let hosts: Vec<(String, String, Micros)> = self
            .labels
            .iter()
            .filter_map(|(host, label)| Some((host.clone(), label.clone(), first(label)?)))
            .collect();
        for name in STANDING {
            let Some(table) = table(name) else { continue };
            for (host, label, first) in &hosts {
                if begins.get(&(label.clone(), name.to_string())) == Some(first) {
                    continue;
                }
                if let Some((ts, rows)) = self.last_before(table, host, begin)? {
                    let range = Range { from: Some(Micros(ts - 1)), to: Some(Micros(ts)) };
                    self.rows(table, host, &rows, &range)?;
                }
            }
        }
        Ok(())
    }

    /// What stood then; over what there is now where a file was removed before it was opened.
    fn last_before(
        &mut self,
        table: &'static Table,
        host: &str,
        begin: Micros,
    ) -> Result<Option<(i64, RecordBatch)>, Error> {
        for _ in 0..TRIES {
            match last_before(&self.catalog, table, host, begin) {
                Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                    self.catalog = Rc::new(Catalog::open(self.root)?);
                }
                found => return found,
            }
        }
        Err(Error::damaged(self.root, "it changes faster than it can be read; try again"))
    }
}

/// The rows of the last sample of a table up to an instant for which they still stand, and when that was.
fn last_before(
    catalog: &Catalog,
    table: &'static Table,
    host: &str,
    begin: Micros,
) -> Result<Option<(i64, RecordBatch)>, Error> {
    let from = (table.name != INVENTORY).then_some(Micros(begin.0.saturating_sub(REACH)));
    let range = Range { from, to: Some(begin) };
    let mut last: Option<(i64, RecordBatch)> = None;
    // Of what is sealed the latest file that has any: older ones are not opened.
    let mut names: Vec<_> = catalog.segments().iter().filter(|name| name.table == table.name).collect();
    names.retain(|name| name.host == host && range.touches(name.from, name.to));
    names.sort_by_key(|name| std::cmp::Reverse((name.to, name.last_seq)));
    for name in names {
        let opened = catalog
            .open_segments(table, &Range { from: Some(Micros(name.from.0 - 1)), to: Some(name.to) })?;
        let Some(segment) = opened.into_iter().find(|segment| segment.name == *name) else { continue };
        // One that cannot be read was told of where its rows are in the range; else nobody misses it.
        for batch in batches(&segment, table).unwrap_or_default() {
            take(&mut last, &batch, &range).map_err(|e| Error::damaged(&segment.path, e.to_string()))?;
        }
        if last.is_some() {
            break;
        }
    }
    for tail in catalog.tails(table, &range) {
        let tail = tail?;
        if &*tail.host == host {
            let path = catalog.root().join(layout::JOURNAL);
            take(&mut last, &tail.batch, &range).map_err(|e| Error::damaged(&path, e.to_string()))?;
        }
    }
    Ok(last.filter(|(ts, rows)| table.name == INVENTORY || begin.0 - ts <= INTERVALS * interval(rows)))
}

/// All rows of a file of few.
fn batches(segment: &Segment, table: &Table) -> Result<Vec<RecordBatch>, Error> {
    let file = segment.file.try_clone().map_err(Error::io(&segment.path))?;
    let reader = Reader::of(&segment.path, file)?;
    let rows = reader.rows_of((0..reader.row_groups()).collect(), None)?;
    let conformed = rows.map(|batch| batch.and_then(|batch| segment::conform(&batch, &table.schema())));
    conformed.collect::<Result<_, ArrowError>>().map_err(|e| Error::damaged(&segment.path, e.to_string()))
}

/// Keeps of what is known and a batch the rows of the last instant in the range.
fn take(last: &mut Option<(i64, RecordBatch)>, batch: &RecordBatch, range: &Range) -> Result<(), ArrowError> {
    let Some(ts) = batch.column(0).as_primitive_opt::<TimestampMicrosecondType>() else { return Ok(()) };
    let inside = ts.iter().flatten().filter(|ts| range.contains(Micros(*ts)));
    let Some(latest) = inside.max().filter(|latest| last.as_ref().is_none_or(|(known, _)| known <= latest))
    else {
        return Ok(());
    };
    let mask: BooleanArray = ts.iter().map(|ts| Some(ts == Some(latest))).collect();
    let rows = filter_record_batch(batch, &mask)?;
    let rows = match last.take() {
        // Its rows may lie in several row groups.
        Some((known, before)) if known == latest => concat_batches(&rows.schema(), [&before, &rows])?,
        _ => rows,
    };
    *last = Some((latest, rows));
    Ok(())
}

/// The longest interval that rows tell of; 0 where none does.
fn interval(rows: &RecordBatch) -> i64 {
    let told = rows.column_by_name("interval_us").and_then(|column| column.as_primitive_opt::<Int64Type>());
    told.and_then(arrow::compute::max).unwrap_or(0)
}
