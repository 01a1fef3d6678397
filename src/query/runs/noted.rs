//! An aggregate that is told what it would have noted of rows, instead of the rows: its own state, of each run.

use std::hash::{Hash, Hasher};

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;

/// What was asked for, of rows.
#[derive(Debug)]
pub(super) struct Noted {
    own: AggregateFunctionExpr,
    signature: Signature,
}

impl Noted {
    pub(super) fn of(own: &AggregateFunctionExpr) -> Self {
        Noted { own: own.clone(), signature: Signature::variadic_any(Volatility::Immutable) }
    }
}

impl PartialEq for Noted {
    fn eq(&self, other: &Self) -> bool {
        self.own == other.own
    }
}

impl Eq for Noted {}

impl Hash for Noted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.own.name().hash(state);
    }
}

impl AggregateUDFImpl for Noted {
    fn name(&self) -> &str {
        self.own.fun().name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.own.field().data_type().clone())
    }

    fn is_nullable(&self) -> bool {
        self.own.field().is_nullable()
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Merging(self.own.create_accumulator()?)))
    }

    fn state_fields(&self, _: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.own.state_fields()
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        self.own.groups_accumulator_supported()
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(MergingGroups(self.own.create_groups_accumulator()?)))
    }
}

#[derive(Debug)]
struct Merging(Box<dyn Accumulator>);

impl Accumulator for Merging {
    fn update_batch(&mut self, noted: &[ArrayRef]) -> Result<()> {
        self.0.merge_batch(noted)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.evaluate()
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.0.state()
    }

    fn merge_batch(&mut self, noted: &[ArrayRef]) -> Result<()> {
        self.0.merge_batch(noted)
    }
}

struct MergingGroups(Box<dyn GroupsAccumulator>);

impl GroupsAccumulator for MergingGroups {
    fn update_batch(
        &mut self,
        noted: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        all: usize,
    ) -> Result<()> {
        match filter {
            None => self.0.merge_batch(noted, groups, all),
            Some(_) => internal_err!("what was noted is of rows that were filtered"),
        }
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        self.0.evaluate(emit)
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        self.0.state(emit)
    }

    fn merge_batch(&mut self, noted: &[ArrayRef], groups: &[usize], all: usize) -> Result<()> {
        self.0.merge_batch(noted, groups, all)
    }

    fn convert_to_state(&self, noted: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        match filter {
            None => Ok(noted.to_vec()),
            Some(_) => internal_err!("what was noted is of rows that were filtered"),
        }
    }

    fn size(&self) -> usize {
        self.0.size()
    }
}
