//! `/` as people mean it: a division of numbers yields the quotient, not its whole part, and a
//! division by zero is unknown, as it is in derived columns. `%` stays the remainder.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, Result, ScalarValue};
use datafusion::functions::core::expr_fn::nullif;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ExprSchemable, cast, lit};
use datafusion::sql::sqlparser::ast::BinaryOperator;

/// Plans `/` between integers and floats in double precision.
#[derive(Debug)]
pub(super) struct TrueDivision;

impl ExprPlanner for TrueDivision {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let number = |side: &Expr| {
            side.get_type(schema).is_ok_and(|datatype| datatype.is_integer() || datatype.is_floating())
        };
        if expr.op != BinaryOperator::Divide || !number(&expr.left) || !number(&expr.right) {
            return Ok(PlannerResult::Original(expr));
        }
        // Named as it was typed: the casts do not show in a name, `nullif` would.
        let name = format!("{} / {}", expr.left.schema_name(), expr.right.schema_name());
        let quotient = divide(cast(expr.left, DataType::Float64), cast(expr.right, DataType::Float64));
        Ok(PlannerResult::Planned(quotient.alias(name)))
    }
}

/// The quotient of two doubles, NULL where the divisor is zero.
pub(super) fn divide(dividend: Expr, divisor: Expr) -> Expr {
    dividend / nullif(divisor, lit(ScalarValue::Float64(Some(0.0))))
}
