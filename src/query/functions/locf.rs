//! `locf(x) over (order by ts)`: the last known value carried forward over what is not known.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, UInt64Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{LimitEffect, PartitionEvaluator, Signature, WindowUDFImpl};
use datafusion::physical_expr::PhysicalExpr;

use super::arguments::{anything, count};

const USAGE: &str = "locf(x) over (order by ts)";

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Locf {
    signature: Signature,
}

impl Default for Locf {
    fn default() -> Self {
        Locf { signature: anything() }
    }
}

impl WindowUDFImpl for Locf {
    fn name(&self) -> &str {
        "locf"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        count(USAGE, args.input_fields(), 1, 1)?;
        Ok(Arc::new(Field::new(args.name(), args.input_fields()[0].data_type().clone(), true)))
    }

    fn partition_evaluator(&self, _args: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Forward))
    }

    /// A row is made of those before it alone.
    fn limit_effect(&self, _args: &[Arc<dyn PhysicalExpr>]) -> LimitEffect {
        LimitEffect::None
    }
}

#[derive(Debug)]
struct Forward;

impl PartitionEvaluator for Forward {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let values = &values[0];
        let mut last = None;
        let from: UInt64Array = (0..rows)
            .map(|row| {
                if values.is_valid(row) {
                    last = Some(row as u64);
                }
                last
            })
            .collect();
        Ok(take(values, &from, None)?)
    }
}
