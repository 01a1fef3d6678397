//! One value of those of a run: their sum, the least or the greatest.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, NullBufferBuilder, PrimitiveArray,
};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::arrow::downcast_primitive_array;
use datafusion::common::{Result, internal_err};
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;

use super::bounds::Bounds;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    Sum,
    Least,
    Greatest,
}

impl Fold {
    /// How the argument of an aggregate may be folded before the aggregate sees it, if it may.
    pub(super) fn before(aggregate: &AggregateFunctionExpr, argument: &DataType) -> Option<Self> {
        if aggregate.is_distinct() || aggregate.is_reversed() || !aggregate.order_bys().is_empty() {
            return None;
        }
        let compared = matches!(
            argument,
            DataType::Float32
                | DataType::Float64
                | DataType::Timestamp(..)
                | DataType::Date32
                | DataType::Duration(_)
        );
        match aggregate.fun().name() {
            // Sums of fractions depend on the order in which they are added up.
            "sum" if *argument == DataType::Int64 && *aggregate.field().data_type() == DataType::Int64 => {
                Some(Self::Sum)
            }
            "min" if argument.is_integer() || compared => Some(Self::Least),
            "max" if argument.is_integer() || compared => Some(Self::Greatest),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Least => "min",
            Self::Greatest => "max",
        }
    }

    /// A value a run; which runs have none that says the same is added to `refused`.
    pub(super) fn of(
        self,
        values: &ArrayRef,
        bounds: &Bounds,
        refused: &mut BTreeSet<usize>,
    ) -> Result<ArrayRef> {
        let values = values.as_ref();
        match self {
            Self::Sum => {
                let values = values.as_primitive::<Int64Type>();
                Ok(folded(values, bounds, refused, |sum, next| sum.checked_add(next)))
            }
            Self::Least => downcast_primitive_array! {
                values => Ok(folded(values, bounds, refused, |least, next| further(least, next, Ordering::Less))),
                other => internal_err!("{other} is not compared"),
            },
            Self::Greatest => downcast_primitive_array! {
                values => Ok(folded(values, bounds, refused, |most, next| further(most, next, Ordering::Greater))),
                other => internal_err!("{other} is not compared"),
            },
        }
    }
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
