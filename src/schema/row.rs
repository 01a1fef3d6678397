//! What all rows have in common, so that differences, batches and exporters are written once.

use std::fmt;
use std::hash::Hasher;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};

use super::{Decrease, Table};

/// A string that many rows share: cloning it copies a pointer.
pub type Text = Arc<str>;

/// Microseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Micros(pub i64);

/// When a row was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The end of the interval.
    pub ts: Micros,
    /// The tick's number.
    pub tick: i64,
    /// How long the interval was; `None` where the row is about no interval.
    pub interval_us: Option<i64>,
}

/// A row of one of the tables.
pub trait Row: Clone + Default + Sized + 'static {
    /// What collects such rows.
    type Batch: Batch<Row = Self>;

    /// Its declaration.
    fn table() -> &'static Table;

    /// Feeds the key columns to a hasher.
    fn hash_key<H: Hasher>(&self, state: &mut H);

    /// Whether both rows are about the same entity.
    fn same_key(&self, other: &Self) -> bool;

    /// Visits each counter with the total it had in `before`, and what a decrease means.
    fn counters(&mut self, before: &Self, each: impl FnMut(&mut Option<i64>, Option<i64>, Decrease));

    /// Of each of these counters which of the kernel's files it is from, as a number: those of one file begin
    /// anew together.
    fn sources() -> &'static [usize];

    /// Makes unknown what was not read since the row before, of counters that are not read in each tick.
    fn forget_unread(&mut self) {}

    /// The opposite: what was not read has counted nothing yet.
    fn count_unread(&mut self) {}

    /// Whether it is read at a pace of its own, and so not in each tick in which others of its table are.
    fn has_own_interval(&self) -> bool {
        false
    }

    /// The interval of such a row; `None` where it is seen for the first time, whatever bore its key before.
    fn own_interval_us(&self) -> Option<i64> {
        None
    }

    /// The value of one declared column, by its place in [`Table::columns`].
    fn value(&self, at: usize) -> Value<'_>;

    /// The declared columns' values, in the order of [`Table::columns`].
    fn values(&self) -> Vec<Value<'_>> {
        (0..Self::table().columns.len()).map(|at| self.value(at)).collect()
    }

    /// The row of that place in a batch. What the batch does not have is unknown; a key that is
    /// missing is what its type begins with.
    fn read(batch: &RecordBatch, at: usize) -> Self;
}

/// The interval of a row that is stamped so: its own, where it has one.
pub(super) fn interval_us(stamp: &Stamp, row: &impl Row) -> Option<i64> {
    if row.has_own_interval() { row.own_interval_us() } else { stamp.interval_us }
}

/// Collects rows into an Arrow batch.
pub trait Batch: Default {
    /// The rows it takes.
    type Row: Row<Batch = Self>;

    /// Adds a row.
    fn push(&mut self, stamp: &Stamp, row: &Self::Row);

    /// Hands out what was collected, and begins anew.
    fn finish(&mut self) -> RecordBatch;
}

/// One column's value in one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Unknown,
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(&'a str),
    Time(Micros),
}

impl Value<'_> {
    /// As a number for derived columns, a time in microseconds since 1970; text has none.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Int(n) => Some(*n as f64),
            Value::Float(n) => Some(*n),
            Value::Bool(b) => Some(f64::from(u8::from(*b))),
            Value::Time(t) => Some(t.0 as f64),
            Value::Unknown | Value::Text(_) => None,
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unknown => f.write_str("NULL"),
            Value::Int(n) => n.fmt(f),
            Value::Float(n) => n.fmt(f),
            Value::Bool(b) => b.fmt(f),
            Value::Text(t) => f.write_str(t),
            Value::Time(t) => t.0.fmt(f),
        }
    }
}

/// What a column can hold.
pub(super) trait Held {
    /// The same as a value.
    fn value(&self) -> Value<'_>;

    /// What an array has in one place; `None` where that is NULL or of another type.
    fn read(array: &ArrayRef, at: usize) -> Option<Self>
    where
        Self: Sized;
}

/// What a column of a batch has in one place. The column is mostly where `likely` says.
pub(super) fn held<T: Held + Default>(batch: &RecordBatch, likely: usize, column: &str, at: usize) -> T {
    let there = batch.schema_ref().fields().get(likely).is_some_and(|field| field.name() == column);
    let found = if there { Some(batch.column(likely)) } else { batch.column_by_name(column) };
    let found = found.filter(|array| array.is_valid(at));
    found.and_then(|array| T::read(array, at)).unwrap_or_default()
}

impl<T: Held> Held for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Unknown, Held::value)
    }

    fn read(array: &ArrayRef, at: usize) -> Option<Self> {
        T::read(array, at).map(Some)
    }
}

impl Held for i64 {
    fn value(&self) -> Value<'_> {
        Value::Int(*self)
    }

    fn read(array: &ArrayRef, at: usize) -> Option<Self> {
        Some(array.as_primitive_opt::<Int64Type>()?.value(at))
    }
}

impl Held for f64 {
    fn value(&self) -> Value<'_> {
        Value::Float(*self)
    }

    fn read(array: &ArrayRef, at: usize) -> Option<Self> {
        Some(array.as_primitive_opt::<Float64Type>()?.value(at))
    }
}

impl Held for bool {
    fn value(&self) -> Value<'_> {
        Value::Bool(*self)
    }

    fn read(array: &ArrayRef, at: usize) -> Option<Self> {
        Some(array.as_boolean_opt()?.value(at))
    }
}

impl Held for Text {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }

    fn read(array: &ArrayRef, at: usize) -> Option<Self> {
        Some(array.as_string_opt::<i32>()?.value(at).into())
    }
}

impl Held for Micros {
    fn value(&self) -> Value<'_> {
        Value::Time(*self)
    }

    fn read(array: &ArrayRef, at: usize) -> Option<Self> {
        Some(Micros(array.as_primitive_opt::<TimestampMicrosecondType>()?.value(at)))
    }
}
