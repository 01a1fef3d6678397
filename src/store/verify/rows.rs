//! Every row of a sealed file: it can be unpacked, lies where the name says, in its order, and once.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use arrow::row::{OwnedRow, RowConverter, SortField};

use super::sealed::Wrong;
use crate::schema::{Kind, Order, Table};
use crate::store::Class;
use crate::store::layout::SegmentName;
use crate::store::segment::{self, Reader};

/// Tables without a key of which a tick may have several rows.
const AS_THEY_COME: [&str; 1] = ["event"];

/// A set of ticks, as stretches without a hole: a store has few of them.
#[derive(Default)]
pub struct TickSet {
    /// First tick → last tick.
    stretches: BTreeMap<i64, i64>,
}

impl TickSet {
    /// Adds a tick; false where it was in already.
    pub fn insert(&mut self, tick: i64) -> bool {
        let before = self.stretches.range(..=tick).next_back().map(|(first, last)| (*first, *last));
        if before.is_some_and(|(_, last)| last >= tick) {
            return false;
        }
        let first = before.filter(|(_, last)| *last + 1 == tick).map_or(tick, |(first, _)| first);
        let last = self.stretches.remove(&(tick + 1)).unwrap_or(tick);
        self.stretches.insert(first, last);
        true
    }

    /// Adds all ticks from one to another.
    pub fn insert_all(&mut self, mut first: i64, mut last: i64) {
        let before = self.stretches.range(..=first).next_back().map(|(first, last)| (*first, *last));
        if let Some((begin, end)) = before.filter(|(_, end)| *end + 1 >= first) {
            (first, last) = (begin, last.max(end));
        }
        while let Some((begin, end)) = self.stretches.range(first..=last.saturating_add(1)).next() {
            let (begin, end) = (*begin, *end);
            self.stretches.remove(&begin);
            last = last.max(end);
        }
        self.stretches.insert(first, last);
    }

    /// Whether it has all ticks from one to another.
    pub fn has_all(&self, first: i64, last: i64) -> bool {
        let before = self.stretches.range(..=first).next_back();
        first > last || before.is_some_and(|(_, end)| *end >= last)
    }

    /// How many ticks it has.
    pub fn len(&self) -> u64 {
        self.stretches.iter().map(|(first, last)| last.abs_diff(*first) + 1).sum()
    }

    /// The holes between its stretches, as (last tick before, first tick behind).
    pub fn holes(&self) -> impl Iterator<Item = (i64, i64)> {
        self.stretches
            .iter()
            .zip(self.stretches.iter().skip(1))
            .map(|((_, last), (first, _))| (*last, *first))
    }
}

/// The rows of one file.
pub struct Rows<'a> {
    pub table: &'static Table,
    pub name: &'a SegmentName,
    pub reader: &'a Reader,
    pub path: &'a Path,
}

impl Rows<'_> {
    /// Reads them all; `before` has the ticks of the files before, and takes in those of this one.
    pub fn check(&self, before: &mut TickSet) -> Result<(), Wrong> {
        let unreadable = |e: ArrowError| format!("cannot be read: {e}");
        let mut latest = self.reader.rises().then_some(i64::MIN);
        for group in 0..self.reader.row_groups() {
            let mut rows = Group::new(self.table);
            let batches =
                self.reader.rows_of(vec![group], None).map_err(|e| super::sealed::told(self.path, e))?;
            let mut count = 0;
            for batch in batches {
                let batch = batch.map_err(unreadable)?;
                count += batch.num_rows();
                rising(&batch, latest.as_mut())?;
                rows.take(self.name, &batch)?;
            }
            if count != self.reader.group_rows(group) {
                return Err(format!("row group {group} has {count} rows, its footer says another number"));
            }
            for tick in rows.times.keys() {
                if !before.insert(*tick) {
                    return Err(format!("holds rows of tick {tick}, which stands in another place too"));
                }
            }
        }
        Ok(())
    }
}

/// Whether rows rise by `ts` from the latest before, in a file that says so of all of its rows.
fn rising(batch: &RecordBatch, latest: Option<&mut i64>) -> Result<(), Wrong> {
    let ts = batch.column_by_name("ts").and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
    let (Some(latest), Some(ts)) = (latest, ts) else { return Ok(()) };
    for ts in ts.values() {
        if ts < latest {
            return Err("is not in order of ts, which its footer says".into());
        }
        *latest = *ts;
    }
    Ok(())
}

/// What has been seen of one row group.
struct Group {
    table: &'static Table,
    /// When each tick was.
    times: HashMap<i64, i64>,
    last_tick: Option<i64>,
    /// Of rows that lie by entity: the keys and time of the last one.
    last: Option<OwnedRow>,
    /// Of rows that lie by time: the keys within the last tick.
    of_tick: HashSet<OwnedRow>,
}

impl Group {
    fn new(table: &'static Table) -> Self {
        Group { table, times: HashMap::new(), last_tick: None, last: None, of_tick: HashSet::new() }
    }

    fn take(&mut self, name: &SegmentName, batch: &RecordBatch) -> Result<(), Wrong> {
        let column = |name: &str| batch.column_by_name(name).filter(|c| c.null_count() == 0);
        let ts = column("ts").and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
        let ts = ts.ok_or("has rows without a time")?;
        if let Some(ts) = ts.values().iter().find(|ts| **ts < name.from.0 || **ts > name.to.0) {
            return Err(format!("has a row of another time than its name says: {ts} µs since 1970"));
        }
        if Class::of(self.table.name) > Class::Raw {
            return Ok(());
        }
        let tick = column("tick").and_then(|c| c.as_primitive_opt::<Int64Type>());
        let tick = tick.ok_or("has rows without a tick")?;
        for (ts, tick) in ts.values().iter().zip(tick.values()) {
            if *tick < name.first_seq as i64 || *tick > name.last_seq as i64 {
                return Err(format!("has a row of tick {tick}, which is not among the frames its name says"));
            }
            if *self.times.entry(*tick).or_insert(*ts) != *ts {
                return Err(format!("has rows of tick {tick} at two times"));
            }
        }
        match self.table.order {
            Order::Entity => self.by_entity(batch, tick.values()),
            Order::Time => self.by_time(batch, tick.values()),
        }
    }

    fn by_entity(&mut self, batch: &RecordBatch, ticks: &[i64]) -> Result<(), Wrong> {
        let keys = segment::sort_keys(self.table);
        let Some(rows) = comparable(batch, &keys)? else { return Ok(()) };
        for (at, tick) in ticks.iter().enumerate() {
            let before = if at > 0 { Some(rows.row(at - 1)) } else { self.last.as_ref().map(OwnedRow::row) };
            match before.map(|before| before.cmp(&rows.row(at))) {
                Some(Ordering::Greater) => {
                    return Err(format!("is not sorted by {}, at tick {tick}", keys.join(", ")));
                }
                Some(Ordering::Equal) => return Err(twice(*tick)),
                _ => {}
            }
        }
        self.last = rows.iter().next_back().map(|row| row.owned());
        Ok(())
    }

    fn by_time(&mut self, batch: &RecordBatch, ticks: &[i64]) -> Result<(), Wrong> {
        let keys: Vec<&str> =
            self.table.columns.iter().filter(|c| c.kind == Kind::Key).map(|c| c.name).collect();
        let rows = comparable(batch, &keys)?;
        for (at, tick) in ticks.iter().enumerate() {
            let again = self.last_tick == Some(*tick);
            if self.last_tick.is_some_and(|last| last > *tick) {
                return Err(format!("is not sorted by time, at tick {tick}"));
            }
            if !again {
                self.of_tick.clear();
            }
            let is_new = match &rows {
                Some(rows) => self.of_tick.insert(rows.row(at).owned()),
                None => !again || AS_THEY_COME.contains(&self.table.name),
            };
            if !is_new {
                return Err(twice(*tick));
            }
            self.last_tick = Some(*tick);
        }
        Ok(())
    }
}

/// Some columns as rows that compare as the store sorts them; `None` where the table has no such
/// column. A file of an earlier version may lack one: all of its rows have the same there.
fn comparable(batch: &RecordBatch, names: &[&str]) -> Result<Option<arrow::row::Rows>, Wrong> {
    let columns: Vec<ArrayRef> =
        names.iter().filter_map(|name| batch.column_by_name(name).cloned()).collect();
    if columns.is_empty() {
        return Ok(None);
    }
    let fields = columns.iter().map(|column| SortField::new(column.data_type().clone())).collect();
    let rows = RowConverter::new(fields).and_then(|converter| converter.convert_columns(&columns));
    rows.map(Some).map_err(|e| format!("cannot be read: {e}"))
}

fn twice(tick: i64) -> Wrong {
    format!("has tick {tick} of one entity twice")
}
