//! `interpolate(x, ts) over (order by ts)`: what is not known, on a straight line between what is
//! known before and after it. Before the first and behind the last nothing is made up.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::Result;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{PartitionEvaluator, Signature, WindowUDFImpl};

use super::arguments::{anything, count, doubles, instant_type, number, time};

const USAGE: &str = "interpolate(x, ts) over (order by ts)";

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Interpolate {
    signature: Signature,
}

impl Default for Interpolate {
    fn default() -> Self {
        Interpolate { signature: anything() }
    }
}

impl WindowUDFImpl for Interpolate {
    fn name(&self) -> &str {
        "interpolate"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        let fields = args.input_fields();
        count(USAGE, fields, 2, 2)?;
        number(USAGE, "the first argument", fields[0].data_type())?;
        time(USAGE, "the second argument", fields[1].data_type())?;
        Ok(Arc::new(Field::new(args.name(), DataType::Float64, true)))
    }

    fn partition_evaluator(&self, _args: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Straight))
    }
}

#[derive(Debug)]
struct Straight;

impl PartitionEvaluator for Straight {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let known = doubles(&values[0])?;
        let at = cast(&cast(&values[1], &instant_type())?, &DataType::Int64)?;
        let at = at.as_primitive::<Int64Type>();
        Ok(Arc::new(straight(&known, at, rows)))
    }
}

fn straight(known: &Float64Array, at: &Int64Array, rows: usize) -> Float64Array {
    let mut filled: Vec<Option<f64>> =
        (0..rows).map(|row| known.is_valid(row).then(|| known.value(row))).collect();
    let mut before: Option<usize> = None;
    for row in 0..rows {
        if known.is_null(row) || at.is_null(row) {
            continue;
        }
        if let Some(first) = before {
            let (rise, length) = (known.value(row) - known.value(first), at.value(row) - at.value(first));
            for gap in (first + 1..row).filter(|gap| at.is_valid(*gap) && length != 0) {
                let share = (at.value(gap) - at.value(first)) as f64 / length as f64;
                filled[gap] = filled[gap].or(Some(known.value(first) + rise * share));
            }
        }
        before = Some(row);
    }
    filled.into_iter().collect()
}
