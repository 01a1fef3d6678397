//! Derived columns over whole columns: the tree that SQL prints, by Arrow's kernels.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array};
use arrow::compute::kernels::numeric::{add, div, mul, sub};
use arrow::compute::{cast, nullif};
use arrow::datatypes::{DataType, Float64Type};
use arrow::error::ArrowError;

use crate::schema::Expr;

/// The value of each row in double precision; unknown where an operand is or a divisor is 0.
pub fn evaluate(
    tree: &Expr,
    rows: usize,
    look: &impl Fn(&str) -> Option<ArrayRef>,
) -> Result<ArrayRef, ArrowError> {
    match tree {
        Expr::Column(name) => match look(name) {
            Some(column) => cast(&column, &DataType::Float64),
            None => Ok(Arc::new(Float64Array::new_null(rows))),
        },
        Expr::Number(number) => Ok(Arc::new(Float64Array::from_value(*number, rows))),
        Expr::Binary(left, operator, right) => {
            let (left, right) = (evaluate(left, rows, look)?, evaluate(right, rows, look)?);
            match operator {
                '+' => add(&left, &right),
                '-' => sub(&left, &right),
                '*' => mul(&left, &right),
                _ => div(&left, &without_zeros(&right)?),
            }
        }
    }
}

fn without_zeros(divisor: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let zero = divisor.as_primitive::<Float64Type>().iter().map(|d| Some(d == Some(0.0))).collect();
    nullif(divisor.as_ref(), &zero)
}
