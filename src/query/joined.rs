//! `||` between texts, bounded like the functions that make much of little: by it, too, a text is twice as long
//! each time.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, Result, ScalarValue, internal_err};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::logical_expr_common::type_coercion::binary::BinaryTypeCoercer;
use datafusion::sql::sqlparser::ast::BinaryOperator;

use super::bounded::check;

/// Plans it.
#[derive(Debug)]
pub(super) struct Joining(Arc<ScalarUDF>);

impl Joining {
    pub(super) fn within(most_bytes: usize) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Joining(Arc::new(ScalarUDF::from(Joined { most_bytes, signature })))
    }
}

impl ExprPlanner for Joining {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        if expr.op != BinaryOperator::StringConcat {
            return Ok(PlannerResult::Original(expr));
        }
        let (Ok(left), Ok(right)) = (expr.left.get_type(schema), expr.right.get_type(schema)) else {
            return Ok(PlannerResult::Original(expr));
        };
        match result(&left, &right) {
            Ok(result) if result.is_string() && !left.is_null() && !right.is_null() => {
                Ok(PlannerResult::Planned(self.0.call(vec![expr.left, expr.right])))
            }
            _ => Ok(PlannerResult::Original(expr)),
        }
    }
}

fn result(left: &DataType, right: &DataType) -> Result<DataType> {
    BinaryTypeCoercer::new(left, &Operator::StringConcat, right).get_result_type()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Joined {
    most_bytes: usize,
    signature: Signature,
}

impl ScalarUDFImpl for Joined {
    fn name(&self) -> &str {
        "||"
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        let names = args.iter().map(|arg| arg.schema_name().to_string()).collect::<Vec<_>>();
        Ok(names.join(" || "))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let [left, right] = types else { return internal_err!("an operator has two sides") };
        let (left, right) = BinaryTypeCoercer::new(left, &Operator::StringConcat, right).get_input_types()?;
        Ok(vec![left, right])
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let [left, right] = types else { return internal_err!("an operator has two sides") };
        result(left, right)
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [left, right] = args.args.as_slice() else { return internal_err!("an operator has two sides") };
        let is_one = matches!((left, right), (ColumnarValue::Scalar(_), ColumnarValue::Scalar(_)));
        let rows = if is_one { 1 } else { args.number_rows };
        let (left, right) = (Side::of(left)?, Side::of(right)?);
        let bytes = (0..rows).map(|row| left.bytes(row) + right.bytes(row)).sum::<usize>();
        check(bytes as u128, self.most_bytes)?;
        let mut joined = StringBuilder::with_capacity(rows, bytes);
        for row in 0..rows {
            match (left.text(row), right.text(row)) {
                (Some(left), Some(right)) => {
                    // Both into one value, which the builder ends.
                    use std::fmt::Write;
                    let _ = joined.write_str(left);
                    joined.append_value(right);
                }
                _ => joined.append_null(),
            }
        }
        let joined: ArrayRef = Arc::new(joined.finish());
        let joined = cast(&joined, args.return_field.data_type())?;
        Ok(match is_one {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&joined, 0)?),
            false => ColumnarValue::Array(joined),
        })
    }
}

/// What stands on one side: a text for each row, or one for all.
struct Side {
    texts: StringArray,
    is_one: bool,
}

impl Side {
    fn of(value: &ColumnarValue) -> Result<Self> {
        let (texts, is_one) = match value {
            ColumnarValue::Scalar(value) => (value.to_array()?, true),
            ColumnarValue::Array(values) => (values.clone(), false),
        };
        Ok(Side { texts: cast(&texts, &DataType::Utf8)?.as_string().clone(), is_one })
    }

    fn text(&self, row: usize) -> Option<&str> {
        let row = if self.is_one { 0 } else { row };
        self.texts.is_valid(row).then(|| self.texts.value(row))
    }

    fn bytes(&self, row: usize) -> usize {
        self.text(row).map_or(0, str::len)
    }
}
