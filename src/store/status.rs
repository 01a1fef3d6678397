//! What a store holds, counted: tables, rows, bytes, range, gaps, the journal, and who records.

use std::path::Path;

use arrow::array::AsArray;
use arrow::datatypes::TimestampMicrosecondType;

use super::segment::Reader;
use super::{Catalog, Error, lock};
use crate::schema::{Micros, all_tables, table};
use crate::time::Range;

/// A store in figures.
pub struct Status {
    /// In the order of the schema; tables without rows are left out.
    pub tables: Vec<TableStatus>,
    /// The hosts that recorded here.
    pub hosts: Vec<String>,
    /// The first and last `ts`.
    pub extent: Option<(Micros, Micros)>,
    /// Stretches without ticks, as (last tick before, first tick behind).
    pub gaps: Vec<(Micros, Micros)>,
    /// Parts of the journal, and their size.
    pub parts: usize,
    pub journal_bytes: u64,
    /// Ticks in the journal, sealed ones that were not cleared yet included.
    pub journal_frames: usize,
    /// Bytes in the journal that belong to no whole frame: a tick that was cut off.
    pub torn_bytes: usize,
    /// Who records, if anybody does.
    pub recorder: Option<String>,
}

/// One table of a store in figures.
pub struct TableStatus {
    pub name: &'static str,
    pub segments: usize,
    pub segment_rows: u64,
    pub segment_bytes: u64,
    pub journal_rows: u64,
}

/// Counts a store. Reads footers, the journal, and the `ts` and `interval_us` of `system`.
pub fn status(root: &Path) -> Result<Status, Error> {
    let catalog = Catalog::open(root)?;
    let mut tables = Vec::new();
    for table in all_tables() {
        let selection = catalog.select(table, &Range::ALL)?;
        let mut counted = TableStatus {
            name: table.name,
            segments: selection.segments.len(),
            segment_rows: 0,
            segment_bytes: selection.segments.iter().map(|s| s.bytes).sum(),
            journal_rows: selection.tail.iter().map(|t| t.batch.num_rows() as u64).sum(),
        };
        for segment in &selection.segments {
            counted.segment_rows += Reader::open(&segment.path)?.rows();
        }
        if counted.segment_rows + counted.journal_rows > 0 {
            tables.push(counted);
        }
    }
    let mut hosts: Vec<String> = catalog.segments().iter().map(|s| s.host.clone()).collect();
    hosts.extend(catalog.parts().map(|(part, _)| part.host.clone()));
    hosts.sort_unstable();
    hosts.dedup();
    let tail = catalog.tail()?;
    Ok(Status {
        tables,
        hosts,
        extent: catalog.extent()?,
        gaps: gaps(&catalog)?,
        parts: catalog.parts().count(),
        journal_bytes: catalog.parts().map(|(_, bytes)| bytes).sum(),
        journal_frames: tail.iter().map(|(_, frames, _)| frames).sum(),
        torn_bytes: tail.iter().map(|(_, _, damage)| damage.torn_bytes + damage.lost_bytes).sum(),
        recorder: lock::recorder(root)?,
    })
}

/// Where two ticks of a host lie further apart than the later one's interval and a half.
fn gaps(catalog: &Catalog) -> Result<Vec<(Micros, Micros)>, Error> {
    let Some(system) = table("system") else { return Ok(vec![]) };
    let selection = catalog.select(system, &Range::ALL)?;
    let mut ticks: Vec<(String, i64, i64)> = Vec::new();
    for segment in &selection.segments {
        let reader = Reader::open(&segment.path)?;
        let groups = (0..reader.row_groups()).collect();
        for batch in reader.rows_of(groups, Some(&["ts", "interval_us"]))? {
            let batch = batch.map_err(|e| Error::damaged(&segment.path, e.to_string()))?;
            ticks.extend(times(&segment.name.host, &batch));
        }
    }
    for tail in &selection.tail {
        ticks.extend(times(&tail.host, &tail.batch));
    }
    ticks.sort_unstable();
    let gap = |pair: &[(String, i64, i64)]| {
        let [(host, before, _), (same, after, interval)] = pair else { return None };
        let apart = host == same && after - before > interval + interval / 2;
        apart.then_some((Micros(*before), Micros(after - interval)))
    };
    Ok(ticks.windows(2).filter_map(gap).collect())
}

fn times(host: &str, batch: &arrow::array::RecordBatch) -> Vec<(String, i64, i64)> {
    let ts = batch.column_by_name("ts").and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
    let interval =
        batch.column_by_name("interval_us").and_then(|c| c.as_primitive_opt::<arrow::datatypes::Int64Type>());
    let (Some(ts), Some(interval)) = (ts, interval) else { return vec![] };
    let pair = |(ts, interval): (Option<i64>, Option<i64>)| Some((host.to_string(), ts?, interval?));
    ts.iter().zip(interval).filter_map(pair).collect()
}
