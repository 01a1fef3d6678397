//! One hour of one table: recorded rows in, rows of both tiers out.
//!
//! Rows come and go a batch at a time. What is held is a slot an entity and minute of the window at
//! hand, and a slot an entity of the hour.

use std::path::Path;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::{SortColumn, filter_record_batch, lexsort_to_indices, take_record_batch};
use arrow::datatypes::TimestampMicrosecondType;

use super::super::{Error, layout};
use super::accumulator::NONE;
use super::buckets::{Buckets, Rows, int};
use super::entity::{Entities, REST};
use super::rest::Rest;
use super::source::{Source, Window};
use super::top::{self, Kept};
use crate::schema::{COMMON, Micros, Order, Table, Tier, Top};

/// Both tiers of an hour; each batch is handed out sorted as it is to lie.
pub fn aggregate(
    source: &Source,
    hour: Window,
    write: &mut impl FnMut(Tier, RecordBatch) -> Result<(), Error>,
) -> Result<(), Error> {
    let raw = source.table;
    let (Some(by_minute), Some(by_hour)) = (raw.at(Tier::Minute), raw.at(Tier::Hour)) else { return Ok(()) };
    let mut entities = Entities::new(raw)?;
    let kept = match (&by_minute.top, &by_hour.top) {
        (Some(minute), Some(hourly)) => Some(choose(source, hour, &mut entities, [minute, hourly])?),
        _ => None,
    };
    let columns: Vec<&str> = COMMON.iter().chain(raw.columns).map(|c| c.name).collect();
    let mut hours = Buckets::new(by_hour, None);
    for window in windows(raw, hour) {
        let mut minutes = Buckets::new(by_minute, None);
        let mut rests = raw.top.as_ref().map(|top| [Rest::new(raw, top), Rest::new(raw, top)]);
        source.read(window, &columns, |batch| {
            let ids = entities.of(batch)?;
            let ticks = int(batch, "tick");
            let rows = Rows { batch, ticks: &ticks, weights: None };
            let ends = ends(batch, Tier::Minute);
            let stays = |row: usize| {
                let in_minute = kept.as_ref().is_none_or(|k| k.minute.contains(&(ids[row], ends[row])));
                (in_minute, kept.as_ref().is_none_or(|k| k.hour.contains(&(ids[row], hour.1))))
            };
            let stays: Vec<(bool, bool)> = (0..ids.len()).map(stays).collect();
            let slot = |row: usize| match stays[row] {
                (false, false) => NONE,
                _ => minutes.slot(ids[row], ends[row]),
            };
            let slots: Vec<u32> = (0..ids.len()).map(slot).collect();
            minutes.add(&rows, &slots)?;
            if let Some([minute, hourly]) = &mut rests {
                let count = |rest: &mut Rest, stays: &dyn Fn(usize) -> bool| {
                    let slot = |row| if stays(row) { NONE } else { rest.slot(batch, row, ticks[row]) };
                    let slots: Vec<u32> = (0..ids.len()).map(slot).collect();
                    rest.add(&rows, &slots);
                };
                count(minute, &|row| stays[row].0);
                count(hourly, &|row| stays[row].1);
            }
            Ok(())
        })?;
        if let Some([minute, hourly]) = &rests {
            add_rest(minute, &mut minutes)?;
            add_rest(hourly, &mut hours)?;
        }
        let batch = minutes.rows(&entities)?;
        let slot = |(entity, _): &(u32, i64)| match &kept {
            Some(kept) if !kept.hour.contains(&(*entity, hour.1)) => NONE,
            _ => hours.slot(*entity, hour.1),
        };
        let slots: Vec<u32> = minutes.places().iter().map(slot).collect();
        hours.merge(&batch, &slots)?;
        let stays = |place: &(u32, i64)| {
            kept.as_ref().is_none_or(|kept| place.0 == REST || kept.minute.contains(place))
        };
        let stays: BooleanArray = minutes.places().iter().map(|place| Some(stays(place))).collect();
        let batch = filter_record_batch(&batch, &stays).map_err(|e| failed(raw, &e))?;
        write(Tier::Minute, sorted(by_minute, &entities, &batch)?)?;
    }
    write(Tier::Hour, sorted(by_hour, &entities, &hours.rows(&entities)?)?)
}

/// The windows of an hour: as much as lies together in a segment, so that nothing is read twice.
fn windows(raw: &Table, (from, to): Window) -> impl Iterator<Item = Window> {
    let length = if raw.order == Order::Entity { layout::BUCKET_US } else { to - from };
    (from..to).step_by(length as usize).map(move |from| (from, from + length))
}

/// A first look at what places are given by: whom the minutes and the hour keep.
fn choose(
    source: &Source,
    hour: Window,
    entities: &mut Entities,
    [minute, hourly]: [&'static Top; 2],
) -> Result<Kept, Error> {
    let raw = source.table;
    let (Some(by_minute), Some(by_hour)) = (raw.at(Tier::Minute), raw.at(Tier::Hour)) else {
        return Ok(Kept::default());
    };
    let measured = top::measured(minute);
    let mut columns: Vec<&str> =
        COMMON.iter().map(|c| c.name).chain(entities.keys().iter().copied()).collect();
    columns.extend(top::read_for(by_minute, &measured));
    let mut kept = Kept::default();
    let mut hours = Buckets::new(by_hour, Some(&measured));
    for window in windows(raw, hour) {
        let mut minutes = Buckets::new(by_minute, Some(&measured));
        source.read(window, &columns, |batch| {
            let ids = entities.of(batch)?;
            let ticks = int(batch, "tick");
            let ends = ends(batch, Tier::Minute);
            let slots: Vec<u32> = ids.iter().zip(&ends).map(|(id, end)| minutes.slot(*id, *end)).collect();
            minutes.add(&Rows { batch, ticks: &ticks, weights: None }, &slots)?;
            let slots: Vec<u32> = ids.iter().map(|id| hours.slot(*id, hour.1)).collect();
            hours.add(&Rows { batch, ticks: &ticks, weights: None }, &slots)
        })?;
        kept.minute.extend(top::first(&minutes, minute, entities)?);
    }
    kept.hour = top::first(&hours, hourly, entities)?;
    Ok(kept)
}

fn add_rest(rest: &Rest, into: &mut Buckets) -> Result<(), Error> {
    let (batch, weights) = rest.rows()?;
    let ticks = int(&batch, "tick");
    let tier = into.tier();
    let slots: Vec<u32> = ends(&batch, tier).into_iter().map(|end| into.slot(REST, end)).collect();
    into.add(&Rows { batch: &batch, ticks: &ticks, weights: Some(&weights) }, &slots)
}

/// The end of each row's bucket.
fn ends(batch: &RecordBatch, tier: Tier) -> Vec<i64> {
    let ts = batch.column_by_name("ts").and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
    ts.map_or_else(Vec::new, |ts| ts.values().iter().map(|ts| tier.end(Micros(*ts)).0).collect())
}

/// By entity and time, or by time and entity.
fn sorted(table: &Table, entities: &Entities, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let keys = entities.keys().iter().copied();
    let names: Vec<&str> = match table.order {
        Order::Entity => keys.chain(["ts"]).collect(),
        Order::Time => ["ts"].into_iter().chain(keys).collect(),
    };
    let columns = names.iter().filter_map(|name| batch.column_by_name(name));
    let columns: Vec<SortColumn> =
        columns.map(|values| SortColumn { values: values.clone(), options: None }).collect();
    let sorted = lexsort_to_indices(&columns, None).and_then(|order| take_record_batch(batch, &order));
    sorted.map_err(|e| failed(table, &e))
}

fn failed(table: &Table, error: &arrow::error::ArrowError) -> Error {
    Error::damaged(Path::new(table.name), error.to_string())
}
