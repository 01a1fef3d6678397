//! Those that a tier does not keep, as one: what they did is added up tick by tick, and each tick is
//! then a row like any other.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, new_null_array,
};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};

use super::super::Error;
use super::accumulator::Accumulator;
use super::buckets::Rows;
use crate::schema::{Aggregate, Kind, Table, Top};

/// What the one row is called.
const LABEL: &str = "(rest)";

/// The sums of each tick.
pub struct Rest {
    raw: &'static Table,
    label: &'static str,
    numbers: HashMap<i64, u32>,
    ticks: Vec<Tick>,
    sums: Vec<(&'static str, Accumulator)>,
}

struct Tick {
    ts: i64,
    tick: i64,
    interval_us: Option<i64>,
    rows: i64,
}

impl Rest {
    /// Nobody yet.
    pub fn new(raw: &'static Table, top: &Top) -> Self {
        let added = raw.columns.iter().filter(|c| c.adds_up && matches!(c.kind, Kind::Gauge | Kind::Counter));
        let sums = added.map(|c| (c.name, Accumulator::new(Aggregate::Sum, c.datatype)));
        Rest { raw, label: top.label, numbers: HashMap::new(), ticks: Vec::new(), sums: sums.collect() }
    }

    /// The slot of the row's tick, which the row is counted into.
    pub fn slot(&mut self, batch: &RecordBatch, row: usize, tick: i64) -> u32 {
        let ticks = &mut self.ticks;
        let slot = *self.numbers.entry(tick).or_insert_with(|| {
            let ts = batch.column_by_name("ts").map(|c| c.as_primitive::<TimestampMicrosecondType>());
            let interval = batch.column_by_name("interval_us").map(|c| c.as_primitive::<Int64Type>());
            ticks.push(Tick {
                ts: ts.map_or(0, |ts| ts.value(row)),
                tick,
                interval_us: interval.filter(|i| i.is_valid(row)).map(|i| i.value(row)),
                rows: 0,
            });
            (ticks.len() - 1) as u32
        });
        self.ticks[slot as usize].rows += 1;
        slot
    }

    /// Adds the rows whose slots were given.
    pub fn add(&mut self, rows: &Rows<'_>, slots: &[u32]) {
        for (name, sum) in &mut self.sums {
            if let Some(values) = rows.batch.column_by_name(name) {
                sum.add(values, slots, rows.ticks, self.ticks.len());
            }
        }
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
        named.extend(self.sums.iter().map(|(name, sum)| (*name, sum.finish())));
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
