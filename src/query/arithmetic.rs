//! `+`, `-` and `*` of whole numbers, which end a question where the result is no longer one of 64 bits: the
//! engine's own go on with what is left of it.

use std::sync::Arc;

use datafusion::arrow::compute::kernels::numeric::{add, mul, sub};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DFSchema, DataFusionError, Result, internal_err};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, Operator, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, Volatility,
};
use datafusion::logical_expr_common::type_coercion::binary::BinaryTypeCoercer;
use datafusion::physical_expr_common::datum::apply;
use datafusion::sql::sqlparser::ast::BinaryOperator;

use super::Error;

/// Plans them between whole numbers.
#[derive(Debug)]
pub(super) struct WholeNumbers {
    plus: Arc<ScalarUDF>,
    minus: Arc<ScalarUDF>,
    times: Arc<ScalarUDF>,
}

impl Default for WholeNumbers {
    fn default() -> Self {
        let of = |operator| Arc::new(ScalarUDF::from(Checked::of(operator)));
        WholeNumbers { plus: of(Operator::Plus), minus: of(Operator::Minus), times: of(Operator::Multiply) }
    }
}

impl ExprPlanner for WholeNumbers {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let (checked, operator) = match expr.op {
            BinaryOperator::Plus => (&self.plus, Operator::Plus),
            BinaryOperator::Minus => (&self.minus, Operator::Minus),
            BinaryOperator::Multiply => (&self.times, Operator::Multiply),
            _ => return Ok(PlannerResult::Original(expr)),
        };
        let whole = |side: &Expr| side.get_type(schema).ok().filter(DataType::is_integer);
        let (Some(left), Some(right)) = (whole(&expr.left), whole(&expr.right)) else {
            return Ok(PlannerResult::Original(expr));
        };
        let result = BinaryTypeCoercer::new(&left, &operator, &right).get_result_type();
        if !result.is_ok_and(|result| result.is_integer()) {
            return Ok(PlannerResult::Original(expr));
        }
        Ok(PlannerResult::Planned(checked.call(vec![expr.left, expr.right])))
    }
}

/// One of them as a function, which shows as the operator.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Checked {
    operator: Operator,
    name: &'static str,
    signature: Signature,
}

impl Checked {
    fn of(operator: Operator) -> Self {
        let name = match operator {
            Operator::Plus => "+",
            Operator::Minus => "-",
            _ => "*",
        };
        Checked { operator, name, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Checked {
    fn name(&self) -> &str {
        self.name
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        let names = args.iter().map(|arg| arg.schema_name().to_string()).collect::<Vec<_>>();
        Ok(names.join(&format!(" {} ", self.name)))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let [left, right] = types else { return internal_err!("an operator has two sides") };
        let (left, right) = BinaryTypeCoercer::new(left, &self.operator, right).get_input_types()?;
        Ok(vec![left, right])
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let [left, right] = types else { return internal_err!("an operator has two sides") };
        BinaryTypeCoercer::new(left, &self.operator, right).get_result_type()
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let types: Vec<DataType> = args.arg_fields.iter().map(|field| field.data_type().clone()).collect();
        let is_nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name, self.return_type(&types)?, is_nullable)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [left, right] = args.args.as_slice() else { return internal_err!("an operator has two sides") };
        let computed = match self.operator {
            Operator::Plus => apply(left, right, add),
            Operator::Minus => apply(left, right, sub),
            _ => apply(left, right, mul),
        };
        computed.map_err(|error| match &error {
            DataFusionError::ArrowError(cause, _) => match cause.as_ref() {
                ArrowError::ArithmeticOverflow(what) => {
                    // `Overflow happened on: 9223372036854775807 + 1`
                    overflow(what.rsplit(": ").next().unwrap_or(what))
                }
                _ => error,
            },
            _ => error,
        })
    }
}

/// That a result is none of the whole numbers there are.
pub(super) fn overflow(what: &str) -> DataFusionError {
    let error = format!(
        "{what} is beyond the whole numbers of 64 bits; take `cast(… as double)` for what it is computed of"
    );
    DataFusionError::External(Box::new(Error::Other(error)))
}
