//! One column of a tier while rows go in: a value a slot, where a slot is one entity in one bucket.
//!
//! It does not know what a slot stands for, nor where values come from.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowNativeTypeOp, ArrowPrimitiveType, AsArray, BooleanBuilder, PrimitiveArray,
    StringBuilder,
};
use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};

use crate::schema::{Aggregate, Type};

/// The slot of a row that does not go in.
pub const NONE: u32 = u32::MAX;

/// Values by slot.
pub enum Accumulator {
    SumInt(Sum<Int64Type>),
    SumFloat(Sum<Float64Type>),
    ExtremeInt(Extreme<Int64Type>),
    ExtremeFloat(Extreme<Float64Type>),
    Last(Last),
}

impl Accumulator {
    /// An empty one. What is counted comes in as a number a row, and is added up.
    pub fn new(aggregate: Aggregate, datatype: Type) -> Self {
        let is_float = datatype == Type::Float64;
        let greatest = aggregate == Aggregate::Greatest;
        match aggregate {
            Aggregate::Last => Accumulator::Last(Last { datatype, at: vec![], values: vec![] }),
            Aggregate::Least | Aggregate::Greatest if is_float => {
                Accumulator::ExtremeFloat(Extreme { greatest, values: vec![] })
            }
            Aggregate::Least | Aggregate::Greatest => {
                Accumulator::ExtremeInt(Extreme { greatest, values: vec![] })
            }
            _ if is_float => Accumulator::SumFloat(Sum { values: vec![] }),
            _ => Accumulator::SumInt(Sum { values: vec![] }),
        }
    }

    /// Adds a value a row: `slots` says where each goes, of which there are `count`, and `ticks` which
    /// of two is the later.
    pub fn add(&mut self, values: &ArrayRef, slots: &[u32], ticks: &[i64], count: usize) {
        match self {
            Accumulator::SumInt(sum) => sum.add(values, slots, count),
            Accumulator::SumFloat(sum) => sum.add(values, slots, count),
            Accumulator::ExtremeInt(extreme) => extreme.add(values, slots, count),
            Accumulator::ExtremeFloat(extreme) => extreme.add(values, slots, count),
            Accumulator::Last(last) => last.add(values, slots, ticks, count),
        }
    }

    /// A value a slot, NULL where none was known.
    pub fn finish(&self) -> ArrayRef {
        match self {
            Accumulator::SumInt(sum) => sum.finish(),
            Accumulator::SumFloat(sum) => sum.finish(),
            Accumulator::ExtremeInt(extreme) => finish_primitive::<Int64Type>(extreme.values.iter().copied()),
            Accumulator::ExtremeFloat(extreme) => {
                finish_primitive::<Float64Type>(extreme.values.iter().copied())
            }
            Accumulator::Last(last) => last.finish(),
        }
    }
}

fn finish_primitive<T: ArrowPrimitiveType>(values: impl Iterator<Item = Option<T::Native>>) -> ArrayRef {
    Arc::new(values.collect::<PrimitiveArray<T>>())
}

/// The rows that go in, with their values.
fn known<'a, T: ArrowPrimitiveType>(
    values: &'a ArrayRef,
    slots: &'a [u32],
) -> impl Iterator<Item = (usize, T::Native)> + 'a {
    let values = values.as_primitive::<T>();
    let rows = slots.iter().enumerate().filter(move |(row, slot)| **slot != NONE && values.is_valid(*row));
    rows.map(move |(row, slot)| (*slot as usize, values.value(row)))
}

/// Sums. One that does not fit its type is unknown.
pub struct Sum<T: ArrowPrimitiveType> {
    values: Vec<Option<T::Native>>,
}

impl<T: ArrowPrimitiveType> Sum<T>
where
    T::Native: ArrowNativeTypeOp,
{
    fn add(&mut self, values: &ArrayRef, slots: &[u32], count: usize) {
        self.values.resize(count, None);
        for (slot, value) in known::<T>(values, slots) {
            let sum = &mut self.values[slot];
            *sum = Some(match *sum {
                // A sum that went over the edge stays there.
                Some(before) => before.add_checked(value).unwrap_or(T::Native::MAX_TOTAL_ORDER),
                None => value,
            });
        }
    }

    fn finish(&self) -> ArrayRef {
        let edge = T::Native::MAX_TOTAL_ORDER;
        finish_primitive::<T>(self.values.iter().map(|sum| sum.filter(|sum| sum.is_ne(edge))))
    }
}

/// The least or the greatest.
pub struct Extreme<T: ArrowPrimitiveType> {
    greatest: bool,
    values: Vec<Option<T::Native>>,
}

impl<T: ArrowPrimitiveType> Extreme<T> {
    fn add(&mut self, values: &ArrayRef, slots: &[u32], count: usize) {
        self.values.resize(count, None);
        for (slot, value) in known::<T>(values, slots) {
            let held = &mut self.values[slot];
            let better = held.is_none_or(|held| if self.greatest { value > held } else { value < held });
            if better {
                *held = Some(value);
            }
        }
    }
}

/// The known value of the latest tick.
pub struct Last {
    datatype: Type,
    at: Vec<i64>,
    values: Vec<Option<Cell>>,
}

#[derive(Clone)]
enum Cell {
    /// A time too.
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(Arc<str>),
}

impl Last {
    fn add(&mut self, values: &ArrayRef, slots: &[u32], ticks: &[i64], count: usize) {
        self.at.resize(count, i64::MIN);
        self.values.resize(count, None);
        for (row, &slot) in slots.iter().enumerate() {
            if slot == NONE || values.is_null(row) || ticks[row] < self.at[slot as usize] {
                continue;
            }
            self.at[slot as usize] = ticks[row];
            let held = &mut self.values[slot as usize];
            match self.datatype {
                Type::Utf8 => {
                    let value = values.as_string::<i32>().value(row);
                    // It seldom changes: comparing is cheaper than copying.
                    if !matches!(held, Some(Cell::Text(text)) if **text == *value) {
                        *held = Some(Cell::Text(value.into()));
                    }
                }
                Type::Int64 => *held = Some(Cell::Int(values.as_primitive::<Int64Type>().value(row))),
                Type::Float64 => *held = Some(Cell::Float(values.as_primitive::<Float64Type>().value(row))),
                Type::Boolean => *held = Some(Cell::Bool(values.as_boolean().value(row))),
                Type::Timestamp => {
                    *held = Some(Cell::Int(values.as_primitive::<TimestampMicrosecondType>().value(row)));
                }
            }
        }
    }

    fn finish(&self) -> ArrayRef {
        let cells = || self.values.iter();
        let int = |cell: &Option<Cell>| if let Some(Cell::Int(n)) = cell { Some(*n) } else { None };
        match self.datatype {
            Type::Utf8 => {
                let mut texts = StringBuilder::new();
                cells().for_each(|c| {
                    texts.append_option(if let Some(Cell::Text(t)) = c { Some(&**t) } else { None })
                });
                Arc::new(texts.finish())
            }
            Type::Boolean => {
                let mut truths = BooleanBuilder::new();
                cells().for_each(|c| {
                    truths.append_option(if let Some(Cell::Bool(b)) = c { Some(*b) } else { None })
                });
                Arc::new(truths.finish())
            }
            Type::Float64 => finish_primitive::<Float64Type>(
                cells().map(|c| if let Some(Cell::Float(f)) = c { Some(*f) } else { None }),
            ),
            Type::Int64 => finish_primitive::<Int64Type>(cells().map(int)),
            Type::Timestamp => {
                let times: PrimitiveArray<TimestampMicrosecondType> = cells().map(int).collect();
                Arc::new(times.with_timezone("UTC"))
            }
        }
    }
}
