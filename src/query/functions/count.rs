//! `count(x)`: the engine's own, but of different texts only those are looked up that are not the one of the row
//! before: rows of one process stand together, and say the same for as long as it runs.

use datafusion::arrow::array::{ArrayRef, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::functions_aggregate::count::Count;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, Documentation, GroupsAccumulator, ReversedUDAF, SetMonotonicity,
    Signature, StatisticsArgs,
};

use crate::query::runs::Bounds;

#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct CountOfRuns {
    own: Count,
}

impl AggregateUDFImpl for CountOfRuns {
    fn name(&self) -> &str {
        self.own.name()
    }

    fn signature(&self) -> &Signature {
        self.own.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.own.return_type(types)
    }

    fn is_nullable(&self) -> bool {
        self.own.is_nullable()
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let is_text = args.expr_fields.first().is_some_and(|field| *field.data_type() == DataType::Utf8View);
        let is_distinct = args.is_distinct;
        let own = self.own.accumulator(args)?;
        Ok(if is_text && is_distinct { Box::new(Runs(own)) } else { own })
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.own.create_sliding_accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.own.state_fields(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.own.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        self.own.create_groups_accumulator(args)
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.own.reverse_expr()
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.own.order_sensitivity()
    }

    fn default_value(&self, datatype: &DataType) -> Result<ScalarValue> {
        self.own.default_value(datatype)
    }

    fn value_from_stats(&self, args: &StatisticsArgs) -> Option<ScalarValue> {
        self.own.value_from_stats(args)
    }

    fn set_monotonicity(&self, datatype: &DataType) -> SetMonotonicity {
        self.own.set_monotonicity(datatype)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.own.documentation()
    }
}

/// Hands on the first row of each run.
#[derive(Debug)]
struct Runs(Box<dyn Accumulator>);

impl Accumulator for Runs {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = values[0].len();
        if rows == 0 {
            return Ok(());
        }
        let runs = Bounds::of(&values[..1], rows)?;
        // Where hardly any follow each other a copy is not worth it.
        if runs.len() > rows / 2 {
            return self.0.update_batch(values);
        }
        self.0.update_batch(&[take(&values[0], &UInt32Array::from(runs.starts), None)?])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.evaluate()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.0.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.0.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.0.merge_batch(states)
    }
}
