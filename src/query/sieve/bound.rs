//! What a row must stand before to be among the first, as a condition that files are asked for.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::datatypes::Schema;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{
    BinaryExpr, DynamicFilterPhysicalExpr, is_not_null, is_null, lit,
};
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::PhysicalExpr;

use super::best::Best;

/// One that all partitions make narrower.
#[derive(Debug)]
pub(super) struct Bound {
    condition: Arc<DynamicFilterPhysicalExpr>,
    /// The key it is of.
    key: Mutex<Option<Box<[u8]>>>,
}

impl Bound {
    /// One that every row keeps.
    pub(super) fn of(order: &LexOrdering) -> Self {
        let exprs = order.iter().map(|by| by.expr.clone()).collect();
        Bound { condition: Arc::new(DynamicFilterPhysicalExpr::new(exprs, lit(true))), key: Mutex::default() }
    }

    /// What it asks of rows, now and from now on.
    pub(super) fn condition(&self) -> Arc<dyn PhysicalExpr> {
        self.condition.clone()
    }

    /// Every row keeps it again.
    pub(super) fn reset(&self) -> Result<()> {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.condition.update(lit(true))
    }

    /// One partition has as many rows as are wanted up to a key: no row behind it is needed of any.
    pub(super) fn narrow(&self, best: &Best, order: &LexOrdering, schema: &Schema) -> Result<()> {
        let Some(last) = best.last() else { return Ok(()) };
        let mut key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if key.as_deref().is_some_and(|key| key <= last) {
            return Ok(());
        }
        self.condition.update(before(order, best.values(last)?, schema)?)?;
        *key = Some(last.into());
        Ok(())
    }
}

/// Whether a row stands before one with these values: by the first of them in which they differ.
fn before(order: &LexOrdering, values: Vec<ScalarValue>, schema: &Schema) -> Result<Arc<dyn PhysicalExpr>> {
    let mut stands_before = lit(false);
    for (by, value) in order.iter().zip(values).rev() {
        // Keys of dictionaries are keys of what is in them.
        let value = value.cast_to(&by.expr.data_type(schema)?)?;
        let is_same = joined(is_same(by, &value)?, Operator::And, stands_before);
        stands_before = joined(is_before(by, &value)?, Operator::Or, is_same);
    }
    Ok(stands_before)
}

fn is_before(by: &PhysicalSortExpr, value: &ScalarValue) -> Result<Arc<dyn PhysicalExpr>> {
    let side = if by.options.descending { Operator::Gt } else { Operator::Lt };
    let compared = joined(by.expr.clone(), side, lit(value.clone()));
    Ok(match (by.options.nulls_first, value.is_null()) {
        (true, true) => lit(false),
        (true, false) => joined(is_null(by.expr.clone())?, Operator::Or, compared),
        (false, true) => is_not_null(by.expr.clone())?,
        (false, false) => compared,
    })
}

fn is_same(by: &PhysicalSortExpr, value: &ScalarValue) -> Result<Arc<dyn PhysicalExpr>> {
    match value.is_null() {
        true => is_null(by.expr.clone()),
        false => Ok(joined(by.expr.clone(), Operator::Eq, lit(value.clone()))),
    }
}

fn joined(left: Arc<dyn PhysicalExpr>, by: Operator, right: Arc<dyn PhysicalExpr>) -> Arc<dyn PhysicalExpr> {
    Arc::new(BinaryExpr::new(left, by, right))
}
