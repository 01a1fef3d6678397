//! Times as people write them: a text literal that is compared with a timestamp is read by the
//! time grammar, which DataFusion's own coercion would refuse or read otherwise.
//!
//! It knows no grammar of its own: one is passed in. `TIMESTAMP '…'` stays SQL's, in UTC.
//!
//! What two times differ by is compared with an interval as the length that this is. The engine compares months,
//! days and the rest one after the other, so that five days counted in seconds are less than one day.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::expr::{Between, InList};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator};
use datafusion::optimizer::AnalyzerRule;
use datafusion::optimizer::utils::NamePreserver;

use super::Error;
use crate::schema::Micros;

/// Reads a time as a user wrote it; the error says in a few words what is wrong with it.
pub type ReadTime = Arc<dyn Fn(&str) -> std::result::Result<Micros, String> + Send + Sync>;

/// Replaces text by the instant it means. Has to run before types are coerced.
pub(super) struct TimeLiterals {
    pub(super) read: ReadTime,
}

impl fmt::Debug for TimeLiterals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimeLiterals")
    }
}

impl AnalyzerRule for TimeLiterals {
    fn name(&self) -> &str {
        "time_literals"
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        let each = |node: LogicalPlan| {
            let schema = merge_schema(&node.inputs());
            let names = NamePreserver::new(&node);
            node.map_expressions(|expr| {
                let name = names.save(&expr);
                let read = expr.transform_up(|part| self.comparison(part, &schema))?;
                Ok(read.update_data(|changed| name.restore(changed)))
            })
        };
        Ok(plan.transform_up_with_subqueries(each)?.data)
    }
}

impl TimeLiterals {
    fn comparison(&self, mut expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
        let is_time = |side: &Expr| matches!(side.get_type(schema), Ok(DataType::Timestamp(..)));
        let length = |side: &Expr| match side.get_type(schema) {
            Ok(DataType::Duration(unit)) => Some(unit),
            _ => None,
        };
        let changed = match &mut expr {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) if is_comparison(*op) => {
                if is_time(left) {
                    self.read(right)?
                } else if is_time(right) {
                    self.read(left)?
                } else if let Some(unit) = length(left) {
                    as_length(right, unit)
                } else if let Some(unit) = length(right) {
                    as_length(left, unit)
                } else {
                    false
                }
            }
            Expr::Between(Between { expr, low, high, .. }) if is_time(expr) => {
                self.read(low)? | self.read(high)?
            }
            Expr::Between(Between { expr, low, high, .. }) => {
                length(expr).is_some_and(|unit| as_length(low, unit) | as_length(high, unit))
            }
            Expr::InList(InList { expr, list, .. }) if is_time(expr) => {
                let mut any = false;
                for one in list {
                    any |= self.read(one)?;
                }
                any
            }
            _ => false,
        };
        Ok(if changed { Transformed::yes(expr) } else { Transformed::no(expr) })
    }

    /// Replaces a text literal; leaves everything else as it is, and says so.
    fn read(&self, side: &mut Expr) -> Result<bool> {
        let Expr::Literal(value, _) = side else { return Ok(false) };
        let Some(Some(text)) = value.try_as_str() else { return Ok(false) };
        let at = (self.read)(text).map_err(|why| {
            DataFusionError::External(Box::new(Error::Time { text: text.to_string(), why }))
        })?;
        *side = Expr::Literal(ScalarValue::TimestampMicrosecond(Some(at.0), Some("UTC".into())), None);
        Ok(true)
    }
}

/// Replaces an interval without months, which have no length, by its length; says whether it did.
fn as_length(side: &mut Expr, unit: TimeUnit) -> bool {
    const DAY_NANOS: i128 = 86_400_000_000_000;
    let Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(interval)), _) = side else { return false };
    if interval.months != 0 {
        return false;
    }
    let nanos = i128::from(interval.days) * DAY_NANOS + i128::from(interval.nanoseconds);
    let (each, length): (i128, fn(Option<i64>) -> ScalarValue) = match unit {
        TimeUnit::Second => (1_000_000_000, ScalarValue::DurationSecond),
        TimeUnit::Millisecond => (1_000_000, ScalarValue::DurationMillisecond),
        TimeUnit::Microsecond => (1_000, ScalarValue::DurationMicrosecond),
        TimeUnit::Nanosecond => (1, ScalarValue::DurationNanosecond),
    };
    match i64::try_from(nanos / each) {
        // What is finer than the unit is left to the engine.
        Ok(count) if nanos % each == 0 => {
            *side = Expr::Literal(length(Some(count)), None);
            true
        }
        _ => false,
    }
}

fn is_comparison(op: Operator) -> bool {
    use Operator::{Eq, Gt, GtEq, IsDistinctFrom, IsNotDistinctFrom, Lt, LtEq, NotEq};
    matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq | IsDistinctFrom | IsNotDistinctFrom)
}
