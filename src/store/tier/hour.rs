//! One hour of one table: recorded rows in, rows of both tiers out.
//!
//! Rows come and go a batch at a time. What is held is a slot an entity and minute of the window at
//! hand, and a slot an entity of the hour.

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::{SortColumn, filter_record_batch, lexsort_to_indices, take_record_batch};
use arrow::datatypes::TimestampMicrosecondType;

use super::super::entity::{Entities, REST};
use super::super::runs::Runs;
use super::super::{Error, layout};
use super::buckets::{Buckets, Rows, in_batch, int};
use super::going::Slotted;
use super::rest::Rest;
use super::source::{Group, Source, Window};
use super::spans::{self, Span};
use super::top::{self, Kept};
use crate::schema::{Micros, Order, Table, Tier, Top};

/// As many columns are kept for those of a tier that are made of several.
const HELD_COLUMNS: usize = 3;

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
    let mut hours = Buckets::new(by_hour, None);
    for window in windows(raw, hour) {
        let mut minutes = Buckets::new(by_minute, None);
        let mut rests = raw.top.as_ref().map(|top| [Rest::new(raw, top), Rest::new(raw, top)]);
        let mut of_group = |spans: &[Span], group: &Group<'_>| -> Result<(), Error> {
            let in_minute = |s: &Span| kept.as_ref().is_none_or(|k| k.minute.contains(&(s.entity, s.end)));
            let in_hour = |s: &Span| kept.as_ref().is_none_or(|k| k.hour.contains(&(s.entity, hour.1)));
            let stays: Vec<(bool, bool)> = spans.iter().map(|s| (in_minute(s), in_hour(s))).collect();
            let of = |stays_not: &dyn Fn(&(bool, bool)) -> bool| -> Vec<Range<usize>> {
                let chosen = spans.iter().zip(&stays).filter(|(_, stays)| stays_not(stays));
                chosen.map(|(span, _)| span.rows.clone()).collect()
            };
            let staying = spans.iter().zip(&stays).filter(|(_, stays)| stays.0 || stays.1);
            let slotted: Vec<(Range<usize>, u32)> =
                staying.map(|(span, _)| (span.rows.clone(), minutes.slot(span.entity, span.end))).collect();
            add(&mut minutes, group, &slotted)?;
            if let Some([minute, hourly]) = &mut rests {
                minute.add(group, &of(&|stays| !stays.0))?;
                hourly.add(group, &of(&|stays| !stays.1))?;
            }
            Ok(())
        };
        each_group(source, window, &mut entities, &mut of_group)?;
        if let Some([minute, hourly]) = &rests {
            add_rest(minute, &mut minutes)?;
            add_rest(hourly, &mut hours)?;
        }
        let batch = minutes.rows(&entities)?;
        let of_hour = |(_, (entity, _)): &(usize, &(u32, i64))| {
            kept.as_ref().is_none_or(|kept| kept.hour.contains(&(*entity, hour.1)))
        };
        let places = minutes.places().iter().enumerate().filter(of_hour);
        let slotted: Vec<(Range<usize>, u32)> =
            places.map(|(row, (entity, _))| (row..row + 1, hours.slot(*entity, hour.1))).collect();
        hours.merge(&batch, &slotted);
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
    let mut kept = Kept::default();
    let mut hours = Buckets::new(by_hour, Some(&measured));
    for window in windows(raw, hour) {
        let mut minutes = Buckets::new(by_minute, Some(&measured));
        each_group(source, window, entities, &mut |spans, group| {
            let of_minute = spans.iter().map(|s| (s.rows.clone(), minutes.slot(s.entity, s.end)));
            let of_minute: Vec<(Range<usize>, u32)> = of_minute.collect();
            add(&mut minutes, group, &of_minute)?;
            let of_hour = spans.iter().map(|s| (s.rows.clone(), hours.slot(s.entity, hour.1)));
            let of_hour: Vec<(Range<usize>, u32)> = of_hour.collect();
            add(&mut hours, group, &of_hour)
        })?;
        kept.minute.extend(top::first(&minutes, minute, entities));
    }
    kept.hour = top::first(&hours, hourly, entities);
    Ok(kept)
}

/// The row groups of a window, each with its rows by entity and minute.
fn each_group(
    source: &Source,
    window: Window,
    entities: &mut Entities,
    each: &mut impl FnMut(&[Span], &Group<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    source.groups(window, |group| {
        let spans = spans::of(group, source.table, entities)?;
        each(&spans, group)
    })
}

/// Adds rows of a group, of which each range has a slot.
fn add(into: &mut Buckets, group: &Group<'_>, spans: &Slotted) -> Result<(), Error> {
    if spans.is_empty() {
        return Ok(());
    }
    // Several columns of a tier are made of one, and stand together.
    let held: RefCell<Vec<(String, Rc<Runs>)>> = RefCell::default();
    let look = |name: &str| {
        let mut held = held.borrow_mut();
        if let Some((_, values)) = held.iter().find(|(own, _)| own == name) {
            return Ok(Some(values.clone()));
        }
        if held.len() == HELD_COLUMNS {
            held.remove(0);
        }
        let values = Rc::new(group.column(name)?);
        held.push((name.into(), values.clone()));
        Ok(Some(values))
    };
    let tick_of = |row: usize| group.stamps[row].1;
    into.add(&Rows { look: &look, tick_of: &tick_of, weight_of: &|_| 1 }, spans)
}

fn add_rest(rest: &Rest, into: &mut Buckets) -> Result<(), Error> {
    let (batch, weights) = rest.rows()?;
    let ticks = int(&batch, "tick");
    let ends = ends(&batch, into.tier()).into_iter().enumerate();
    let spans: Vec<(Range<usize>, u32)> =
        ends.map(|(row, end)| (row..row + 1, into.slot(REST, end))).collect();
    let (tick_of, weight_of) = (|row: usize| ticks[row], |row: usize| weights[row]);
    into.add(&Rows { look: &in_batch(&batch), tick_of: &tick_of, weight_of: &weight_of }, &spans)
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
