//! Those that a tier does not keep, as one: what they did is added up tick by tick, and each tick is
//! then a row like any other.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, new_null_array,
};

use super::super::Error;
use super::super::runs::{Cell, Runs};
use super::source::Group;
use crate::schema::{Column, Kind, Table, Top, Type};

/// What the one row is called.
const LABEL: &str = "(rest)";

/// The sums of each tick.
pub struct Rest {
    raw: &'static Table,
    label: &'static str,
    numbers: HashMap<i64, u32>,
    ticks: Vec<Tick>,
    sums: Vec<Sum>,
}

struct Tick {
    ts: i64,
    tick: i64,
    interval_us: Option<i64>,
    rows: i64,
}

/// One column: what is known of each tick, and how many rows it is known of.
struct Sum {
    column: &'static Column,
    whole: Vec<i128>,
    float: Vec<f64>,
    known: Vec<i64>,
}

/// Rows of a group whose ticks follow each other without a gap: which, and the place of the first tick.
struct Stretch {
    rows: Range<usize>,
    first: usize,
}

impl Rest {
    /// Nobody yet.
    pub fn new(raw: &'static Table, top: &Top) -> Self {
        let added = raw.columns.iter().filter(|c| c.adds_up && matches!(c.kind, Kind::Gauge | Kind::Counter));
        let sum = |column| Sum { column, whole: Vec::new(), float: Vec::new(), known: Vec::new() };
        let sums = added.map(sum).collect();
        Rest { raw, label: top.label, numbers: HashMap::new(), ticks: Vec::new(), sums }
    }

    /// Adds up rows of a group.
    pub fn add(&mut self, group: &Group<'_>, rows: &[Range<usize>]) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let tick_of = |row: usize| group.stamps[row].1;
        let ticks = &group.ticks;
        let mut stretches: Vec<Stretch> = Vec::new();
        for row in rows.iter().flat_map(Clone::clone) {
            if let Some(last) = stretches.last_mut()
                && last.rows.end == row
                && ticks.get(last.first + last.rows.len()) == Some(&tick_of(row))
            {
                last.rows.end += 1;
            } else if let Ok(first) = ticks.binary_search(&tick_of(row)) {
                stretches.push(Stretch { rows: row..row + 1, first });
            }
        }
        // Of each tick: how many rows it has, and one that tells what all have.
        let mut of_tick: Vec<(i64, usize)> = vec![(0, 0); ticks.len()];
        for stretch in &stretches {
            for (place, row) in (stretch.first..).zip(stretch.rows.clone()) {
                let (count, any) = &mut of_tick[place];
                if *count == 0 {
                    *any = row;
                }
                *count += 1;
            }
        }
        let intervals = group.column("interval_us")?;
        let slots: Vec<Option<usize>> = ticks
            .iter()
            .zip(&of_tick)
            .map(|(tick, (count, row))| {
                let slot =
                    (*count > 0).then(|| self.slot(group.stamps[*row].0, *tick, intervals.at(*row)))?;
                self.ticks[slot].rows += count;
                Some(slot)
            })
            .collect();
        let count = self.ticks.len();
        for sum in &mut self.sums {
            let runs = group.column(sum.column.name)?;
            sum.add(&runs, &stretches, &slots, count);
        }
        Ok(())
    }

    /// The slot of a tick.
    fn slot(&mut self, ts: i64, tick: i64, interval_us: Cell) -> usize {
        let ticks = &mut self.ticks;
        let slot = *self.numbers.entry(tick).or_insert_with(|| {
            let interval_us = interval_us.map(|interval| interval as i64);
            ticks.push(Tick { ts, tick, interval_us, rows: 0 });
            (ticks.len() - 1) as u32
        });
        slot as usize
    }

    /// A row a tick in the schema of what is recorded, with NULL for keys and for what has no sum;
    /// and how many rows each stands for.
    pub fn rows(&self) -> Result<(RecordBatch, Vec<i64>), Error> {
        let count = self.ticks.len();
        let ts: TimestampMicrosecondArray = self.ticks.iter().map(|t| Some(t.ts)).collect();
        let mut named: HashMap<&str, ArrayRef> = HashMap::from([
            ("ts", Arc::new(ts.with_timezone("UTC")) as ArrayRef),
            ("tick", Arc::new(self.ticks.iter().map(|t| Some(t.tick)).collect::<Int64Array>())),
            ("interval_us", Arc::new(self.ticks.iter().map(|t| t.interval_us).collect::<Int64Array>())),
            (self.label, Arc::new(StringArray::from(vec![LABEL; count]))),
        ]);
        named.extend(self.sums.iter().map(|sum| (sum.column.name, sum.finish())));
        let (mut fields, mut columns) = (Vec::new(), Vec::new());
        for field in self.raw.schema().fields() {
            let nothing = || new_null_array(field.data_type(), count);
            columns.push(named.remove(field.name().as_str()).unwrap_or_else(nothing));
            fields.push(field.as_ref().clone().with_nullable(true));
        }
        let batch = RecordBatch::try_new(Arc::new(arrow::datatypes::Schema::new(fields)), columns);
        let batch = batch.map_err(|e| Error::damaged(Path::new(self.raw.name), e.to_string()))?;
        Ok((batch, self.ticks.iter().map(|t| t.rows).collect()))
    }
}

impl Sum {
    /// Adds runs: what a run has is added where it begins and taken off behind its end, so that a tick
    /// in which nothing changes costs nothing.
    fn add(&mut self, runs: &Runs, stretches: &[Stretch], slots: &[Option<usize>], count: usize) {
        self.whole.resize(count, 0);
        self.float.resize(count, 0.0);
        self.known.resize(count, 0);
        let is_float = runs.datatype == Type::Float64;
        let mut steps = vec![(0i128, 0i64); slots.len() + 1];
        for stretch in stretches {
            let mut at = stretch.first;
            for (rows, cell) in runs.within(stretch.rows.start, stretch.rows.end) {
                let (from, to) = (at, at + rows);
                at = to;
                let Some(cell) = cell else { continue };
                if is_float {
                    // Taking off what was added would leave a trace of it.
                    let slots = slots[from..to].iter().flatten();
                    slots.for_each(|slot| self.float[*slot] += f64::from_bits(cell));
                } else {
                    let number = i128::from(cell as i64);
                    steps[from].0 += number;
                    steps[to].0 -= number;
                }
                steps[from].1 += 1;
                steps[to].1 -= 1;
            }
        }
        let (mut whole, mut known) = (0, 0);
        for (slot, step) in slots.iter().zip(steps) {
            whole += step.0;
            known += step.1;
            if let Some(slot) = slot {
                self.whole[*slot] += whole;
                self.known[*slot] += known;
            }
        }
    }

    /// A value a tick, unknown where none was known or where it does not fit.
    fn finish(&self) -> ArrayRef {
        let known = |slot: usize| self.known[slot] > 0;
        let slots = 0..self.known.len();
        if self.column.datatype == Type::Float64 {
            return Arc::new(
                slots.map(|slot| known(slot).then(|| self.float[slot])).collect::<Float64Array>(),
            );
        }
        let whole = slots.map(|slot| i64::try_from(self.whole[slot]).ok().filter(|_| known(slot)));
        Arc::new(whole.collect::<Int64Array>())
    }
}
