//! `sum(x)`: the engine's own, but of whole numbers it ends a question where the sum is no longer one of 64
//! bits, instead of going on with what is left of it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::prep_null_mask_filter;
use datafusion::arrow::datatypes::{DataType, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::functions_aggregate::sum::Sum;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, Documentation, EmitTo, Expr, GroupsAccumulator, Operator, ReversedUDAF,
    SetMonotonicity, Signature, StatisticsArgs,
};

use crate::query::arithmetic::overflow;

#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct CheckedSum {
    own: Sum,
}

impl AggregateUDFImpl for CheckedSum {
    fn name(&self) -> &str {
        self.own.name()
    }

    fn signature(&self) -> &Signature {
        self.own.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.own.return_type(types)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        match (args.return_field.data_type(), args.is_distinct) {
            (DataType::Int64, false) => Ok(Box::<Whole>::default()),
            (DataType::Int64, true) => Ok(Box::new(Distinct(self.own.accumulator(args)?))),
            _ => self.own.accumulator(args),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        match (args.return_field.data_type(), args.is_distinct) {
            (DataType::Int64, false) => Ok(Box::<Whole>::default()),
            _ => self.own.create_sliding_accumulator(args),
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.own.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        match args.return_field.data_type() {
            DataType::Int64 => Ok(Box::<Grouped>::default()),
            _ => self.own.create_groups_accumulator(args),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.own.state_fields(args)
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.own.reverse_expr()
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.own.order_sensitivity()
    }

    fn set_monotonicity(&self, datatype: &DataType) -> SetMonotonicity {
        self.own.set_monotonicity(datatype)
    }

    fn simplify_expr_op_literal(
        &self,
        function: &AggregateFunction,
        arg: &Expr,
        operator: Operator,
        literal: &Expr,
        arg_is_left: bool,
    ) -> Result<Option<Expr>> {
        self.own.simplify_expr_op_literal(function, arg, operator, literal, arg_is_left)
    }

    fn value_from_stats(&self, args: &StatisticsArgs) -> Option<ScalarValue> {
        self.own.value_from_stats(args)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.own.documentation()
    }
}

fn beyond() -> datafusion::common::DataFusionError {
    overflow("the sum")
}

fn whole(sum: i128) -> Result<i64> {
    i64::try_from(sum).map_err(|_| beyond())
}

/// Exact, since the halves of as many numbers as a batch has cannot overflow.
fn total(values: &Int64Array) -> i128 {
    let of = |values: &[i64]| {
        let (mut high, mut low) = (0_i64, 0_i64);
        for value in values {
            high += value >> 32;
            low += value & 0xffff_ffff;
        }
        (i128::from(high) << 32) + i128::from(low)
    };
    match values.nulls() {
        None => of(values.values()),
        Some(nulls) => nulls.valid_slices().map(|(from, to)| of(&values.values()[from..to])).sum(),
    }
}

/// The sum of one group, or of a window.
#[derive(Debug, Default)]
struct Whole {
    sum: i128,
    known: usize,
}

impl Whole {
    fn add(&mut self, values: &ArrayRef, sign: i128) -> usize {
        let values = values.as_primitive::<Int64Type>();
        self.sum += sign * total(values);
        values.len() - values.null_count()
    }
}

impl Accumulator for Whole {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.known += self.add(&values[0], 1);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.known -= self.add(&values[0], -1);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = if self.known > 0 { Some(whole(self.sum)?) } else { None };
        Ok(ScalarValue::Int64(sum))
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }
}

/// Each value once; which those are the engine's own knows.
#[derive(Debug)]
struct Distinct(Box<dyn Accumulator>);

impl Accumulator for Distinct {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.update_batch(values)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let state = self.0.state()?;
        let [ScalarValue::List(values)] = state.as_slice() else {
            return internal_err!("the values of a sum are a list");
        };
        let values = values.value(0);
        let mut sum = Whole::default();
        sum.update_batch(&[values])?;
        sum.evaluate()
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

/// So many rows of one group after each other are added up by themselves first.
const RUN: usize = 8;

/// The sums of many groups. Each is judged as it grows: one that is too large for a moment is too large.
#[derive(Default)]
struct Grouped {
    sums: Vec<i64>,
    /// Which of them have any value.
    known: Vec<bool>,
}

impl Grouped {
    fn add(&mut self, group: usize, value: i64) -> Result<()> {
        self.sums[group] = self.sums[group].checked_add(value).ok_or_else(beyond)?;
        self.known[group] = true;
        Ok(())
    }
}

impl GroupsAccumulator for Grouped {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        number_of_groups: usize,
    ) -> Result<()> {
        self.sums.resize(number_of_groups, 0);
        self.known.resize(number_of_groups, false);
        let values = wanted(values[0].as_primitive(), filter);
        let mut row = 0;
        for run in groups.chunk_by(|one, next| one == next) {
            let rows = row..row + run.len();
            row = rows.end;
            if run.len() >= RUN {
                let run_values = values.slice(rows.start, run.len());
                if run_values.null_count() < run.len() {
                    self.add(run[0], whole(total(&run_values))?)?;
                }
                continue;
            }
            for row in rows.filter(|row| values.is_valid(*row)) {
                self.add(run[0], values.value(row))?;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let (sums, known) = (emit.take_needed(&mut self.sums), emit.take_needed(&mut self.known));
        Ok(Arc::new(Int64Array::new(sums.into(), Some(NullBuffer::from(known)))))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.evaluate(emit)?])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], number_of_groups: usize) -> Result<()> {
        self.update_batch(values, groups, None, number_of_groups)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(wanted(values[0].as_primitive(), filter))])
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<i64>() + self.known.capacity()
    }
}

/// The values that pass the filter; the others are unknown.
fn wanted(values: &Int64Array, filter: Option<&BooleanArray>) -> Int64Array {
    let Some(filter) = filter else { return values.clone() };
    let passes = match filter.nulls() {
        Some(_) => prep_null_mask_filter(filter).values().clone(),
        None => filter.values().clone(),
    };
    let nulls = NullBuffer::union(values.nulls(), Some(&NullBuffer::new(passes)));
    Int64Array::new(values.values().clone(), nulls)
}
