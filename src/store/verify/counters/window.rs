//! The counters of a table over a few spans: what they stood at in each base, and what was counted between.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};

use super::bases::At;
use super::rows::{Source, ticks};
use super::{Mismatch, Why};
use crate::schema::{BASE, Column, Decrease, Kind, Table, Value, entity, keys, table};
use crate::store::Error;
use crate::store::verify::Finding;
use crate::store::verify::rows::TickSet;

/// Some spans of a table.
pub struct Window<'a> {
    table: &'static Table,
    counters: Vec<&'static Column>,
    /// Of each that is not read in every tick the place of the counter that tells in how long it counted, and of
    /// that one its own.
    over: Vec<Option<usize>>,
    /// One more than there are spans.
    at: &'a [At],
    entities: HashMap<String, Entity>,
    /// The ticks of which all rows are there.
    whole: TickSet,
}

/// The counters of one entity, base by base and span by span.
struct Entity {
    totals: Vec<Option<i64>>,
    sums: Vec<Sum>,
}

/// What was counted in a span.
#[derive(Clone, Copy, Default)]
struct Sum {
    counted: i64,
    is_unknown: bool,
    /// It was not read in some rows, or was seen for the first time.
    is_unread: bool,
}

/// What is said of a counter in a span.
pub enum Judged<'a> {
    /// It adds up; which counter of which entity it is, as a number.
    Proved(u64),
    Unproved(Why),
    Wrong(Mismatch<'a>),
}

impl<'a> Window<'a> {
    /// Reads what they stood at, then what was counted.
    pub fn read(
        source: &Source<'_>,
        table: &'static Table,
        at: &'a [At],
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Error> {
        let counters: Vec<_> = table.columns.iter().filter(|column| column.kind == Kind::Counter).collect();
        let place = |name: &str| counters.iter().position(|counter| counter.name == name);
        let paces: Vec<usize> = counters.iter().filter_map(|counter| place(counter.over?)).collect();
        let own = |at: usize| Some(at).filter(|at| paces.contains(at));
        let over = |(at, counter): (usize, &&Column)| counter.over.and_then(place).or_else(|| own(at));
        let over = counters.iter().enumerate().map(over).collect();
        let entities = HashMap::new();
        let mut window = Window { table, counters, over, at, entities, whole: TickSet::default() };
        let (first, last) = (at.first().map_or(0, |at| at.tick), at.last().map_or(0, |at| at.tick));
        window.read_totals(source, (first, last), findings)?;
        let names = keys(table).map(|at| table.columns[at].name);
        let columns: Vec<&str> =
            ["tick"].into_iter().chain(names).chain(window.counters.iter().map(|c| c.name)).collect();
        let mut sums = Summing::default();
        let whole = source.rows(table, (first + 1, last), &columns, findings, &mut |batch| {
            window.add(batch, &mut sums);
        })?;
        window.whole = whole;
        Ok(window)
    }

    fn read_totals(
        &mut self,
        source: &Source<'_>,
        ticks_of: (i64, i64),
        findings: &mut Vec<Finding>,
    ) -> Result<(), Error> {
        let Some(base) = table(BASE) else { return Ok(()) };
        let columns = ["tick", "table_name", "entity", "column_name", "total"];
        let (counters, spans) = (self.counters.len(), self.at.len() - 1);
        source.rows(base, ticks_of, &columns, findings, &mut |batch| {
            let text = |name: &str| batch.column_by_name(name).and_then(|c| c.as_string_opt::<i32>());
            let totals = batch.column_by_name("total").and_then(|c| c.as_primitive_opt::<Int64Type>());
            let (Some(tables), Some(entities)) = (text("table_name"), text("entity")) else { return };
            let (Some(columns), Some(totals)) = (text("column_name"), totals) else { return };
            for (row, tick) in ticks(batch).iter().enumerate() {
                if tables.value(row) != self.table.name || totals.is_null(row) {
                    continue;
                }
                let Ok(base) = self.at.binary_search_by_key(tick, |at| at.tick) else { continue };
                let counter = self.counters.iter().position(|c| c.name == columns.value(row));
                let Some(counter) = counter else { continue };
                if !self.entities.contains_key(entities.value(row)) {
                    let entity = Entity {
                        totals: vec![None; (spans + 1) * counters],
                        sums: vec![Sum::default(); spans * counters],
                    };
                    self.entities.insert(entities.value(row).to_string(), entity);
                }
                if let Some(entity) = self.entities.get_mut(entities.value(row)) {
                    entity.totals[base * counters + counter] = Some(totals.value(row));
                }
            }
        })?;
        Ok(())
    }

    /// Adds what rows have counted to the span that each is in.
    fn add(&mut self, batch: &RecordBatch, summing: &mut Summing) {
        let column = |name: &str| batch.column_by_name(name);
        let keys: Vec<Option<&ArrayRef>> =
            keys(self.table).map(|at| column(self.table.columns[at].name)).collect();
        // A file of an earlier version has no column of that name: what it counted is unknown.
        let counters: Vec<_> = self
            .counters
            .iter()
            .map(|counter| column(counter.name).and_then(|c| c.as_primitive_opt::<Int64Type>()))
            .collect();
        for (row, tick) in ticks(batch).iter().enumerate() {
            let behind = self.at.partition_point(|at| at.tick < *tick);
            if behind == 0 || behind == self.at.len() {
                continue;
            }
            entity(keys.iter().map(|key| value(*key, row)), &mut summing.text);
            let Some(entity) = self.entities.get_mut(&summing.text) else { continue };
            let sums = entity.sums[(behind - 1) * counters.len()..].iter_mut();
            let is_unread = |over: usize| counters[over].is_some_and(|over| over.is_null(row));
            for ((sum, counter), over) in sums.zip(&counters).zip(&self.over) {
                match counter.filter(|counter| counter.is_valid(row)) {
                    Some(counter) => sum.counted = sum.counted.wrapping_add(counter.value(row)),
                    None if over.is_some_and(is_unread) => sum.is_unread = true,
                    None => sum.is_unknown = true,
                }
            }
        }
    }

    /// Judges each counter in each span at whose begin or end it stood at something.
    pub fn judge(&self, ticks: &TickSet, each: &mut dyn FnMut(Judged<'_>)) {
        let counters = self.counters.len();
        let spans: Vec<Option<Why>> = self.at.windows(2).map(|span| self.hindered(span, ticks)).collect();
        let mut names: Vec<&String> = self.entities.keys().collect();
        names.sort_unstable();
        for name in names {
            let entity = &self.entities[name];
            for (span, hindered) in spans.iter().enumerate() {
                let is_gone =
                    |base: usize| entity.totals[base * counters..][..counters].iter().all(Option::is_none);
                let is_gone = is_gone(span + 1);
                for (counter, column) in self.counters.iter().enumerate() {
                    let total = |base: usize| entity.totals[base * counters + counter];
                    let (base, found, sum) =
                        (total(span), total(span + 1), entity.sums[span * counters + counter]);
                    if base.is_none() && found.is_none() {
                        continue;
                    }
                    let is_unknown = sum.is_unknown
                        || sum.is_unread
                            && self.over[counter].is_none_or(|over| !self.is_whole(entity, span, over));
                    let why =
                        hindered.or(is_unknown.then_some(Why::Unknown)).or(is_gone.then_some(Why::Gone));
                    if let Some(why) = why {
                        each(Judged::Unproved(why));
                        continue;
                    }
                    // Without a row it stood at 0, since all was known that was counted from there on.
                    let (base, counted) = (base.unwrap_or(0), sum.counted);
                    if is_same(base.wrapping_add(counted), found.unwrap_or(0), column.decrease) {
                        each(Judged::Proved(number(name, counter)));
                    } else {
                        let (from, to) = (self.at[span], self.at[span + 1]);
                        let column = column.name;
                        each(Judged::Wrong(Mismatch {
                            entity: name,
                            column,
                            from,
                            to,
                            base,
                            counted,
                            found,
                        }));
                    }
                }
            }
        }
    }

    /// Whether the times in which some counted lead from one base to the next: then rows without them are such in
    /// which nothing was read, and none in which the entity was seen for the first time.
    fn is_whole(&self, entity: &Entity, span: usize, over: usize) -> bool {
        let counters = self.counters.len();
        let total = |base: usize| entity.totals[base * counters + over];
        let sum = entity.sums[span * counters + over];
        let is_told = total(span).zip(total(span + 1));
        !sum.is_unknown && is_told.is_some_and(|(base, found)| base.wrapping_add(sum.counted) == found)
    }

    /// Why nothing can be proved in a span.
    fn hindered(&self, span: &[At], ticks: &TickSet) -> Option<Why> {
        let (from, to) = (span[0].tick + 1, span[1].tick);
        if span[1].begins_anew {
            Some(Why::BeganAnew)
        } else if !ticks.has_all(from, to) {
            Some(Why::Lost)
        } else {
            (!self.whole.has_all(from, to)).then_some(Why::NotThere)
        }
    }
}

/// What is used again from row to row.
#[derive(Default)]
struct Summing {
    text: String,
}

/// Whether a total is the one that was expected; of one that wraps, but for wraps.
fn is_same(expected: i64, found: i64, decrease: Decrease) -> bool {
    match decrease {
        Decrease::Wrap(range) => expected.wrapping_sub(found).rem_euclid(range) == 0,
        Decrease::Null | Decrease::Hold => expected == found,
    }
}

fn value(column: Option<&ArrayRef>, row: usize) -> Value<'_> {
    let Some(column) = column.filter(|column| column.is_valid(row)) else { return Value::Unknown };
    match column.data_type() {
        DataType::Int64 => Value::Int(column.as_primitive::<Int64Type>().value(row)),
        DataType::Utf8 => Value::Text(column.as_string::<i32>().value(row)),
        _ => Value::Unknown,
    }
}

fn number(entity: &str, counter: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    (entity, counter).hash(&mut hasher);
    hasher.finish()
}
