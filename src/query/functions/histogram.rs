//! `histogram(x, buckets)`: how many values lie where, in so many buckets of one width between the
//! least and the greatest, as a list of `from`, `to` and `count`.
//!
//! A bucket takes its beginning in and leaves its end out, but for the last, which has the greatest.
//! The values of a group are held in memory, and count towards what the question may use.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Float64Type};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature};

use super::arguments::{anything, count, doubles, misused, number, written};

const USAGE: &str = "histogram(x, 10)";
const MOST: i64 = 1000;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Histogram {
    signature: Signature,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram { signature: anything() }
    }
}

fn fields() -> Fields {
    let edge = |name: &str| Field::new(name, DataType::Float64, true);
    Fields::from(vec![edge("from"), edge("to"), Field::new("count", DataType::Int64, true)])
}

impl AggregateUDFImpl for Histogram {
    fn name(&self) -> &str {
        "histogram"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        count(USAGE, types, 2, 2)?;
        number(USAGE, "the first argument", &types[0])?;
        number(USAGE, "the second argument", &types[1])?;
        Ok(DataType::new_list(DataType::Struct(fields()), true))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let buckets = written(&args.exprs[1]).filter(|buckets| (1..=MOST).contains(buckets));
        let wrong = || misused(USAGE, format!("`histogram` has 1 to {MOST} buckets, a number written out"));
        Ok(Box::new(Values { buckets: buckets.ok_or_else(wrong)? as usize, values: Vec::new() }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let values = format_state_name(args.name, "values");
        Ok(vec![Arc::new(Field::new(values, DataType::new_list(DataType::Float64, true), true))])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

#[derive(Debug)]
struct Values {
    buckets: usize,
    values: Vec<f64>,
}

impl Values {
    /// The edges and counts; one bucket where all values are the same.
    fn counted(&self) -> Option<(Vec<f64>, Vec<i64>)> {
        let least = self.values.iter().copied().reduce(f64::min)?;
        let greatest = self.values.iter().copied().reduce(f64::max)?;
        let buckets = if least == greatest { 1 } else { self.buckets };
        let width = (greatest - least) / buckets as f64;
        let mut edges: Vec<f64> = (0..buckets).map(|bucket| least + width * bucket as f64).collect();
        edges.push(greatest);
        let mut counts = vec![0; buckets];
        for value in &self.values {
            // By the edges that are shown, so that what they say is so.
            let bucket = edges[1..buckets].partition_point(|edge| edge <= value);
            counts[bucket] += 1;
        }
        Some((edges, counts))
    }
}

impl Accumulator for Values {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.values.extend(doubles(&values[0])?.iter().flatten());
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let Some((edges, counts)) = self.counted() else {
            return ScalarValue::try_from(&DataType::new_list(DataType::Struct(fields()), true));
        };
        let from = Float64Array::from_iter_values(edges[..counts.len()].iter().copied());
        let to = Float64Array::from_iter_values(edges[1..].iter().copied());
        let columns: Vec<ArrayRef> = vec![Arc::new(from), Arc::new(to), Arc::new(Int64Array::from(counts))];
        let rows = StructArray::try_new(fields(), columns, None)?;
        Ok(SingleRowListArrayBuilder::new(Arc::new(rows)).build_list_scalar())
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.values.capacity() * size_of::<f64>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values = Float64Array::from(std::mem::take(&mut self.values));
        Ok(vec![SingleRowListArrayBuilder::new(Arc::new(values)).build_list_scalar()])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for values in states[0].as_list::<i32>().iter().flatten() {
            self.values.extend(values.as_primitive::<Float64Type>().iter().flatten());
        }
        Ok(())
    }
}
