//! `rate(counter, interval_us)`: what was counted a second, over all rows of a group whose counter
//! is known. A row that does not know its counter lengthens nothing.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature};

use super::arguments::{anything, count, doubles, number};

const USAGE: &str = "rate(counter, interval_us)";

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Rate {
    signature: Signature,
}

impl Default for Rate {
    fn default() -> Self {
        Rate { signature: anything() }
    }
}

impl AggregateUDFImpl for Rate {
    fn name(&self) -> &str {
        "rate"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        count(USAGE, types, 2, 2)?;
        number(USAGE, "the first argument", &types[0])?;
        number(USAGE, "the second argument", &types[1])?;
        Ok(DataType::Float64)
    }

    fn accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::<Sums>::default())
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field =
            |what: &str| Arc::new(Field::new(format_state_name(args.name, what), DataType::Float64, true));
        Ok(vec![field("counted"), field("micros")])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

#[derive(Debug, Default)]
struct Sums {
    counted: f64,
    micros: f64,
}

impl Sums {
    fn add(&mut self, values: &[ArrayRef], sign: f64) -> Result<()> {
        let (counted, micros) = (doubles(&values[0])?, doubles(&values[1])?);
        for (counted, micros) in counted.iter().zip(micros.iter()) {
            if let (Some(counted), Some(micros)) = (counted, micros) {
                self.counted += sign * counted;
                self.micros += sign * micros;
            }
        }
        Ok(())
    }
}

impl Accumulator for Sums {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values, 1.0)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values, -1.0)
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64((self.micros > 0.0).then(|| self.counted / self.micros * 1e6)))
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::from(self.counted), ScalarValue::from(self.micros)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let sum = |state: &ArrayRef| state.as_primitive::<Float64Type>().iter().flatten().sum::<f64>();
        self.counted += sum(&states[0]);
        self.micros += sum(&states[1]);
        Ok(())
    }
}
