//! One column of a tier while rows go in: a value a slot, where a slot is one entity in one bucket.
//!
//! It does not know what a slot stands for, nor where values come from. What stays for many rows goes in
//! at once.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowNativeTypeOp, ArrowPrimitiveType, BooleanBuilder, PrimitiveArray, StringBuilder,
};
use arrow::datatypes::{ArrowNativeType, Float64Type, Int64Type, TimestampMicrosecondType};

use super::super::runs::{Runs, Texts};
use super::going::Going;
use crate::schema::{Aggregate, Type};

/// Values by slot.
pub enum Accumulator {
    SumInt(Sum<Int64Type>),
    SumFloat(Sum<Float64Type>),
    ExtremeInt(Extreme<Int64Type>),
    ExtremeFloat(Extreme<Float64Type>),
    Last(Last),
}

impl Accumulator {
    /// An empty one. What is counted is added up.
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

    /// Adds the values of rows.
    pub fn add(&mut self, values: &Runs, going: &Going<'_>) {
        match self {
            Accumulator::SumInt(sum) => sum.add(values, going, |cell| cell as i64),
            Accumulator::SumFloat(sum) => sum.add(values, going, f64::from_bits),
            Accumulator::ExtremeInt(extreme) => extreme.add(values, going, |cell| cell as i64),
            Accumulator::ExtremeFloat(extreme) => extreme.add(values, going, f64::from_bits),
            Accumulator::Last(last) => last.add(values, going),
        }
    }

    /// Adds how many rows are known.
    pub fn count(&mut self, values: &Runs, going: &Going<'_>) {
        if let Accumulator::SumInt(sum) = self {
            sum.values.resize(going.slots(), None);
            // Of rows of which none is known there are none, which is no unknown number.
            going.slotted().iter().for_each(|(_, slot)| sum.more(*slot as usize, 0));
            going.each(values, |slot, _, rows| sum.more(slot, rows.len() as i64));
        }
    }

    /// Adds how many rows there are, where each stands for `weight_of` it.
    pub fn weigh(&mut self, going: &Going<'_>, weight_of: impl Fn(usize) -> i64) {
        if let Accumulator::SumInt(sum) = self {
            sum.values.resize(going.slots(), None);
            for (rows, slot) in going.slotted() {
                sum.more(*slot as usize, rows.clone().map(&weight_of).sum());
            }
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

/// Sums. One that does not fit its type is unknown.
pub struct Sum<T: ArrowPrimitiveType> {
    values: Vec<Option<T::Native>>,
}

impl<T: ArrowPrimitiveType> Sum<T>
where
    T::Native: ArrowNativeTypeOp,
{
    fn add(&mut self, values: &Runs, going: &Going<'_>, value: impl Fn(u64) -> T::Native) {
        self.values.resize(going.slots(), None);
        going.each(values, |slot, cell, rows| {
            match value(cell).mul_checked(T::Native::usize_as(rows.len())) {
                Ok(more) => self.more(slot, more),
                Err(_) => self.values[slot] = Some(T::Native::MAX_TOTAL_ORDER),
            }
        });
    }

    fn more(&mut self, slot: usize, more: T::Native) {
        let edge = T::Native::MAX_TOTAL_ORDER;
        let sum = &mut self.values[slot];
        *sum = Some(match *sum {
            // A sum that went over the edge stays there.
            Some(before) if before.is_eq(edge) => edge,
            Some(before) => before.add_checked(more).unwrap_or(edge),
            None => more,
        });
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
    fn add(&mut self, values: &Runs, going: &Going<'_>, value: impl Fn(u64) -> T::Native) {
        self.values.resize(going.slots(), None);
        going.each(values, |slot, cell, _| {
            let (held, value) = (&mut self.values[slot], value(cell));
            let better = held.is_none_or(|held| if self.greatest { value > held } else { value < held });
            if better {
                *held = Some(value);
            }
        });
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

impl Cell {
    fn of(datatype: Type, cell: u64, texts: &Texts) -> Cell {
        match datatype {
            Type::Utf8 => Cell::Text(texts.text(cell).clone()),
            Type::Int64 | Type::Timestamp => Cell::Int(cell as i64),
            Type::Float64 => Cell::Float(f64::from_bits(cell)),
            Type::Boolean => Cell::Bool(cell != 0),
        }
    }
}

impl Last {
    fn add(&mut self, values: &Runs, going: &Going<'_>) {
        self.at.resize(going.slots(), i64::MIN);
        self.values.resize(going.slots(), None);
        going.each(values, |slot, cell, rows| {
            let at = going.latest(rows);
            if at >= self.at[slot] {
                self.at[slot] = at;
                self.values[slot] = Some(Cell::of(self.datatype, cell, &values.texts));
            }
        });
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
