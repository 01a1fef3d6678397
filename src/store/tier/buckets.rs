//! The rows of one tier in the making: an accumulator a column, a slot an entity and bucket.
//!
//! Rows go in as they were recorded, or as rows of the finer tier; either way one row a slot comes out.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, TimestampMicrosecondArray};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;

use super::super::Error;
use super::super::entity::Entities;
use super::super::runs::Runs;
use super::accumulator::Accumulator;
use super::going::{Going, Slotted};
use super::rates;
use crate::schema::{Aggregate, Expr, Table, Tier, Type, parse_expr};

/// Slots and what is in them.
pub struct Buckets {
    table: &'static Table,
    numbers: HashMap<(u32, i64), u32>,
    /// Of each slot: the entity, and the end of the bucket.
    places: Vec<(u32, i64)>,
    columns: Vec<Column>,
}

struct Column {
    name: &'static str,
    aggregate: Aggregate,
    of: Of,
    accumulator: Accumulator,
}

/// What a column is made of.
enum Of {
    Stored(&'static str),
    Derived(Expr),
}

/// Looks for a recorded column's values; `None` where nothing of that name was read.
pub type Look<'a> = dyn Fn(&str) -> Result<Option<Rc<Runs>>, Error> + 'a;

/// Rows on their way in.
pub struct Rows<'a> {
    pub look: &'a Look<'a>,
    /// The tick of each.
    pub tick_of: &'a dyn Fn(usize) -> i64,
    /// How many recorded rows each stands for.
    pub weight_of: &'a dyn Fn(usize) -> i64,
}

impl Buckets {
    /// Empty ones for a tier; with `only`, for those of its columns.
    pub fn new(table: &'static Table, only: Option<&[String]>) -> Self {
        let wanted = |name: &str| only.is_none_or(|only| only.iter().any(|o| o == name));
        let raw = crate::schema::table(table.raw);
        let derived = |name: &str| raw.and_then(|t| t.derived.iter().find(|d| d.name == name));
        let mut columns: Vec<Column> = vec![
            Column::new("tick", Aggregate::Greatest, Of::Stored("tick"), Type::Int64),
            Column::new("interval_us", Aggregate::Sum, Of::Stored("interval_us"), Type::Int64),
        ];
        for column in table.columns.iter().filter(|c| wanted(c.name)) {
            let Some((aggregate, of)) = column.made else { continue };
            let of = match derived(of).filter(|_| raw.is_some_and(|t| t.column(of).is_none())) {
                Some(d) => Of::Derived(parse_expr(d.expr).expect("the build has parsed every expression")),
                None => Of::Stored(of),
            };
            columns.push(Column::new(column.name, aggregate, of, column.datatype));
        }
        Buckets { table, numbers: HashMap::new(), places: Vec::new(), columns }
    }

    /// The tier's bucket length.
    pub fn tier(&self) -> Tier {
        self.table.tier.expect("buckets are of a tier")
    }

    /// The slot of an entity in a bucket.
    pub fn slot(&mut self, entity: u32, end: i64) -> u32 {
        let places = &mut self.places;
        *self.numbers.entry((entity, end)).or_insert_with(|| {
            places.push((entity, end));
            (places.len() - 1) as u32
        })
    }

    /// Of each slot: the entity, and the end of the bucket.
    pub fn places(&self) -> &[(u32, i64)] {
        &self.places
    }

    /// Adds rows as they were recorded: which, and the slot of each range.
    pub fn add(&mut self, rows: &Rows<'_>, spans: &Slotted) -> Result<(), Error> {
        let going = Going::new(spans, rows.tick_of, self.places.len());
        self.columns.iter_mut().try_for_each(|column| column.add(rows, spans, &going, self.table.name))
    }

    /// Adds rows of the finer tier.
    pub fn merge(&mut self, finer: &RecordBatch, spans: &Slotted) {
        let ticks = int(finer, "tick");
        let tick_of = |row: usize| ticks[row];
        let going = Going::new(spans, &tick_of, self.places.len());
        for column in &mut self.columns {
            if let Some(values) = finer.column_by_name(column.name) {
                column.accumulator.add(&Runs::from_array(values), &going);
            }
        }
    }

    /// The value of a column in each slot.
    pub fn column(&self, name: &str) -> Option<ArrayRef> {
        self.columns.iter().find(|c| c.name == name).map(|c| c.accumulator.finish())
    }

    /// A row a slot, in the tier's schema.
    pub fn rows(&self, entities: &Entities) -> Result<RecordBatch, Error> {
        let ends = self.places.iter().map(|(_, end)| Some(*end)).collect::<TimestampMicrosecondArray>();
        let mut named: HashMap<&str, ArrayRef> = HashMap::new();
        named.insert("ts", Arc::new(ends.with_timezone("UTC")));
        let keys = entities.columns(self.places.iter().map(|(entity, _)| *entity))?;
        named.extend(entities.keys().iter().copied().zip(keys));
        named.extend(self.columns.iter().map(|c| (c.name, c.accumulator.finish())));
        let schema = self.table.schema();
        let columns = schema.fields().iter().map(|field| {
            named.remove(field.name().as_str()).expect("every column of a tier is a key or is made")
        });
        RecordBatch::try_new(schema.clone(), columns.collect()).map_err(|e| failed(self.table.name, &e))
    }
}

impl Column {
    fn new(name: &'static str, aggregate: Aggregate, of: Of, datatype: Type) -> Self {
        Column { name, aggregate, of, accumulator: Accumulator::new(aggregate, datatype) }
    }

    /// Adds what recorded rows have.
    fn add(&mut self, rows: &Rows<'_>, spans: &Slotted, going: &Going<'_>, table: &str) -> Result<(), Error> {
        let values = match (&self.of, self.aggregate) {
            (_, Aggregate::Samples) => {
                self.accumulator.weigh(going, rows.weight_of);
                return Ok(());
            }
            (Of::Derived(tree), _) => {
                let ranges = spans.iter().map(|(rows, _)| rows.clone());
                Rc::new(rates::over(tree, ranges, &|name| (rows.look)(name))?)
            }
            (Of::Stored(name), _) => (rows.look)(name)?.ok_or_else(|| {
                let what = format!("no column {name} was read for {}", self.name);
                Error::damaged(Path::new(table), what)
            })?,
        };
        match self.aggregate {
            Aggregate::Known => self.accumulator.count(&values, going),
            _ => self.accumulator.add(&values, going),
        }
        Ok(())
    }
}

/// Looks for columns in a batch.
pub fn in_batch(batch: &RecordBatch) -> impl Fn(&str) -> Result<Option<Rc<Runs>>, Error> {
    |name| Ok(batch.column_by_name(name).map(|column| Rc::new(Runs::from_array(column))))
}

/// A column that is never NULL.
pub fn int(batch: &RecordBatch, name: &str) -> Vec<i64> {
    let column = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int64Type>());
    column.map_or_else(Vec::new, |c| c.values().to_vec())
}

fn failed(table: &str, error: &ArrowError) -> Error {
    Error::damaged(Path::new(table), error.to_string())
}
