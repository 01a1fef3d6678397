//! What the values of a run become: one value, or what an aggregate would have noted of them.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Float64Array, Int64Array, NullBufferBuilder,
    PrimitiveArray,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::arrow::downcast_primitive_array;
use datafusion::common::{Result, internal_err};
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;

use super::bounds::Bounds;
use super::pick::Pick;

/// Whole numbers up to here are fractions of 64 bits too.
const MOST_EXACT: i64 = 1 << 53;

#[derive(Debug, Clone)]
pub(super) enum Fold {
    Sum,
    /// A sum that is added up as a fraction later.
    Exact,
    Least,
    Greatest,
    /// How many are known.
    Known,
    /// The sums of what was counted and of how long, where both are known.
    Rate,
    /// Those of the first or the last row.
    Pick(Pick),
}

impl Fold {
    /// How the arguments of an aggregate may be folded before the aggregate sees them, if they may.
    pub(super) fn before(aggregate: &AggregateFunctionExpr, arguments: &[DataType]) -> Option<Self> {
        if aggregate.is_distinct() || aggregate.is_reversed() {
            return None;
        }
        let name = aggregate.fun().name();
        if matches!(name, "first_value" | "last_value") {
            let is_plain = arguments.len() == 1 && !aggregate.ignore_nulls();
            // Of equal ones it has the first seen, as the other way of doing it has not.
            let is_grouped = !aggregate.order_bys().is_empty() && aggregate.groups_accumulator_supported();
            let options = aggregate.order_bys().iter().map(|by| by.options).collect();
            return (is_plain && is_grouped).then(|| Fold::Pick(Pick::new(options, name == "last_value")));
        }
        if !aggregate.order_bys().is_empty() {
            return None;
        }
        let is_compared = |argument: &DataType| {
            argument.is_integer()
                || matches!(
                    argument,
                    DataType::Float32
                        | DataType::Float64
                        | DataType::Timestamp(..)
                        | DataType::Date32
                        | DataType::Duration(_)
                )
        };
        let is_whole = *aggregate.field().data_type() == DataType::Int64;
        match (name, arguments) {
            // Sums of fractions depend on the order in which they are added up.
            ("sum", [DataType::Int64]) if is_whole => Some(Self::Sum),
            ("min", [argument]) if is_compared(argument) => Some(Self::Least),
            ("max", [argument]) if is_compared(argument) => Some(Self::Greatest),
            ("count", [_]) if is_whole => Some(Self::Known),
            ("rate", [DataType::Int64, DataType::Int64]) => Some(Self::Rate),
            ("top_n", [DataType::Int64, _, _]) => Some(Self::Exact),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Sum | Self::Exact => "sum",
            Self::Least => "min",
            Self::Greatest => "max",
            Self::Known => "count",
            Self::Rate => "rate",
            Self::Pick(pick) => pick.name(),
        }
    }

    /// Whether what it makes is what the aggregate notes of rows, and no rows.
    pub(super) fn is_noted(&self) -> bool {
        matches!(self, Self::Known | Self::Rate | Self::Pick(_))
    }

    /// What it makes of these columns a run; which runs have none that says the same is added to `refused`.
    pub(super) fn of(
        &self,
        columns: &[ArrayRef],
        bounds: &Bounds,
        refused: &mut BTreeSet<usize>,
    ) -> Result<Vec<ArrayRef>> {
        let Some(values) = columns.first().map(AsRef::as_ref) else {
            return internal_err!("nothing to fold");
        };
        let folded = match self {
            Self::Sum => {
                let values = values.as_primitive::<Int64Type>();
                folded(values, bounds, refused, |sum, next| sum.checked_add(next))
            }
            Self::Exact => {
                let values = values.as_primitive::<Int64Type>();
                folded(values, bounds, refused, |sum, next| sum.checked_add(next).filter(is_exact))
            }
            Self::Least => downcast_primitive_array! {
                values => folded(values, bounds, refused, |least, next| further(least, next, Ordering::Less)),
                other => return internal_err!("{other} is not compared"),
            },
            Self::Greatest => downcast_primitive_array! {
                values => folded(values, bounds, refused, |most, next| further(most, next, Ordering::Greater)),
                other => return internal_err!("{other} is not compared"),
            },
            Self::Known => Arc::new(known(values, bounds)),
            Self::Rate => return rates(columns, bounds, refused),
            Self::Pick(pick) => return pick.of(columns, bounds),
        };
        Ok(vec![folded])
    }

    /// The same where each row is a run.
    pub(super) fn of_rows(&self, mut columns: Vec<ArrayRef>, rows: usize) -> Result<Vec<ArrayRef>> {
        match self {
            Self::Known | Self::Rate => {
                return self.of(&columns, &Bounds::of_rows(rows), &mut BTreeSet::new());
            }
            Self::Pick(_) => columns.push(Arc::new(BooleanArray::from(vec![true; rows]))),
            _ => {}
        }
        Ok(columns)
    }
}

fn is_exact(sum: &i64) -> bool {
    (-MOST_EXACT..=MOST_EXACT).contains(sum)
}

/// Of two that are the same the first stays, as it does without runs; with what is no number none can be said.
#[inline]
fn further<N: PartialOrd>(kept: N, next: N, wanted: Ordering) -> Option<N> {
    next.partial_cmp(&kept).map(|order| if order == wanted { next } else { kept })
}

fn folded<T: ArrowPrimitiveType>(
    values: &PrimitiveArray<T>,
    bounds: &Bounds,
    refused: &mut BTreeSet<usize>,
    step: impl Fn(T::Native, T::Native) -> Option<T::Native>,
) -> ArrayRef {
    let mut folded = Vec::with_capacity(bounds.len());
    let mut known = NullBufferBuilder::new(bounds.len());
    for (run, rows) in bounds.ranges().enumerate() {
        let value = match values.nulls() {
            None => fold(values.values()[rows].iter().copied(), &step),
            Some(nulls) => {
                let slice = nulls.slice(rows.start, rows.len());
                fold(slice.valid_indices().map(|row| values.value(rows.start + row)), &step)
            }
        };
        if value.is_none() {
            refused.insert(run);
        }
        let value = value.flatten();
        known.append(value.is_some());
        folded.push(value.unwrap_or_default());
    }
    let folded = PrimitiveArray::<T>::new(folded.into(), known.finish());
    Arc::new(folded.with_data_type(values.data_type().clone()))
}

/// None of no values, and nothing where a step was refused.
fn fold<N>(mut values: impl Iterator<Item = N>, step: impl Fn(N, N) -> Option<N>) -> Option<Option<N>> {
    match values.next() {
        None => Some(None),
        Some(first) => values.try_fold(first, step).map(Some),
    }
}

fn known(values: &dyn Array, bounds: &Bounds) -> Int64Array {
    let nulls = values.logical_nulls().filter(|nulls| nulls.null_count() > 0);
    let known = bounds.ranges().map(|rows| match &nulls {
        None => rows.len(),
        Some(nulls) => rows.len() - nulls.slice(rows.start, rows.len()).null_count(),
    });
    Int64Array::from_iter_values(known.map(|rows| rows as i64))
}

fn rates(columns: &[ArrayRef], bounds: &Bounds, refused: &mut BTreeSet<usize>) -> Result<Vec<ArrayRef>> {
    let [counted, micros] = columns else { return internal_err!("a rate is of two") };
    let (counted, micros) = (counted.as_primitive::<Int64Type>(), micros.as_primitive::<Int64Type>());
    let nulls = NullBuffer::union(counted.nulls(), micros.nulls());
    let sum = |values: &Int64Array| {
        let values = Int64Array::new(values.values().clone(), nulls.clone());
        let mut inexact = BTreeSet::new();
        let sums = folded(&values, bounds, &mut inexact, |sum, next| sum.checked_add(next).filter(is_exact));
        let sums = sums.as_primitive::<Int64Type>();
        (sums.unary::<_, Float64Type>(|sum| sum as f64), inexact)
    };
    let ((counted, one), (micros, other)): ((Float64Array, _), (Float64Array, _)) =
        (sum(counted), sum(micros));
    refused.extend(one.into_iter().chain(other));
    Ok(vec![Arc::new(counted), Arc::new(micros)])
}
