//! `top_n(value, label, n)`: the n labels with the most, by the sum of their values, as a list of
//! what they are called and how much that was.
//!
//! It is for counters, whose sums mean something. All labels of a group are held in memory, and
//! count towards what the question may use.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Float64Array, Float64Builder, StringArray, StructArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Float64Type};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature};

use super::arguments::{anything, count, doubles, misused, number, written};

const USAGE: &str = "top_n(value, label, 5)";
/// More than this is a table, and `order by … limit` makes one.
const MOST: i64 = 1000;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct TopN {
    signature: Signature,
}

impl Default for TopN {
    fn default() -> Self {
        TopN { signature: anything() }
    }
}

fn fields() -> Fields {
    let label = Field::new("label", DataType::Utf8, true);
    Fields::from(vec![label, Field::new("value", DataType::Float64, true)])
}

impl AggregateUDFImpl for TopN {
    fn name(&self) -> &str {
        "top_n"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        count(USAGE, types, 3, 3)?;
        number(USAGE, "the first argument", &types[0])?;
        number(USAGE, "the third argument", &types[2])?;
        Ok(DataType::new_list(DataType::Struct(fields()), true))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let n = written(&args.exprs[2]).filter(|n| (1..=MOST).contains(n));
        let n = n.ok_or_else(|| {
            misused(USAGE, format!("`top_n` gives 1 to {MOST} labels, a number written out"))
        })?;
        Ok(Box::new(Labels { n: n as usize, sums: HashMap::new(), bytes: 0 }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |what: &str, of| {
            Arc::new(Field::new(format_state_name(args.name, what), DataType::new_list(of, true), true))
        };
        Ok(vec![field("labels", DataType::Utf8), field("sums", DataType::Float64)])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

#[derive(Debug)]
struct Labels {
    n: usize,
    sums: HashMap<Option<String>, f64>,
    bytes: usize,
}

impl Labels {
    fn add(&mut self, labels: &StringArray, values: &Float64Array) {
        for (label, value) in labels.iter().zip(values.iter()) {
            let Some(value) = value else { continue };
            let label = label.map(ToString::to_string);
            let bytes = label.as_ref().map_or(0, String::len);
            let sum = self.sums.entry(label).or_insert_with(|| {
                self.bytes += bytes;
                0.0
            });
            *sum += value;
        }
    }
}

impl Accumulator for Labels {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let labels = cast(&values[1], &DataType::Utf8)?;
        self.add(labels.as_string(), &doubles(&values[0])?);
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.sums.is_empty() {
            return ScalarValue::try_from(&DataType::new_list(DataType::Struct(fields()), true));
        }
        let mut all: Vec<(&Option<String>, f64)> =
            self.sums.iter().map(|(label, sum)| (label, *sum)).collect();
        all.sort_by(|(a, more), (b, less)| less.total_cmp(more).then_with(|| a.cmp(b)));
        all.truncate(self.n);
        let labels: StringArray = all.iter().map(|(label, _)| label.as_deref()).collect();
        let values: Float64Array = all.iter().map(|(_, sum)| Some(*sum)).collect();
        let rows = StructArray::try_new(fields(), vec![Arc::new(labels), Arc::new(values)], None)?;
        Ok(SingleRowListArrayBuilder::new(Arc::new(rows)).build_list_scalar())
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.sums.capacity() * size_of::<(Option<String>, f64)>() + self.bytes
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut sums = Float64Builder::with_capacity(self.sums.len());
        let labels: StringArray = self
            .sums
            .iter()
            .map(|(label, sum)| {
                sums.append_value(*sum);
                label.as_deref()
            })
            .collect();
        let list = |array: ArrayRef| SingleRowListArrayBuilder::new(array).build_list_scalar();
        Ok(vec![list(Arc::new(labels)), list(Arc::new(sums.finish()))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (labels, sums) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        for (labels, sums) in labels.iter().zip(sums.iter()) {
            if let (Some(labels), Some(sums)) = (labels, sums) {
                self.add(labels.as_string(), sums.as_primitive::<Float64Type>());
            }
        }
        Ok(())
    }
}
