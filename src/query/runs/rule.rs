//! Which aggregates see runs instead of rows.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateInputMode, PhysicalGroupBy};
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};

use super::fold::Fold;
use super::{Argument, Key, RunAggregateExec};

/// Puts runs below aggregates over rows.
#[derive(Debug)]
pub(in crate::query) struct RunAggregation;

impl PhysicalOptimizerRule for RunAggregation {
    fn name(&self) -> &str {
        "run_aggregation"
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let with_runs = plan.transform_up(|plan| {
            let over_runs = plan.downcast_ref::<AggregateExec>().map(over_runs).transpose()?.flatten();
            Ok(match over_runs {
                Some(aggregate) => Transformed::yes(Arc::new(aggregate) as Arc<dyn ExecutionPlan>),
                None => Transformed::no(plan),
            })
        })?;
        Ok(with_runs.data)
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The same aggregate of runs, if its answer is the same.
fn over_runs(aggregate: &AggregateExec) -> Result<Option<AggregateExec>> {
    let groups = aggregate.group_expr();
    let aggregates = aggregate.aggr_expr();
    let over_rows = aggregate.mode().input_mode() == AggregateInputMode::Raw;
    let bare = aggregate.limit_options().is_none() && aggregate.filter_expr().iter().all(Option::is_none);
    if !over_rows || !bare || groups.has_grouping_set() || groups.expr().is_empty() || aggregates.is_empty() {
        return Ok(None);
    }
    for (expr, _) in groups.expr() {
        if !is_compared(&expr.data_type(&aggregate.input().schema())?) {
            return Ok(None);
        }
    }
    let mut arguments = vec![];
    for each in aggregates {
        let Some(argument) = argument(each, aggregate.input())? else { return Ok(None) };
        arguments.push(argument);
    }

    let keys: Vec<Key> = groups.expr().iter().map(|(expr, name)| key(expr, name)).collect();
    let column = |name: &str, place| Arc::new(Column::new(name, place)) as Arc<dyn PhysicalExpr>;
    let named = groups.expr().iter().map(|(_, name)| name.clone());
    let by: Vec<_> =
        keys.iter().enumerate().map(|(place, key)| column(&key.name, place)).zip(named).collect();
    let mut folded: Vec<Arc<AggregateFunctionExpr>> = vec![];
    for (place, (each, argument)) in aggregates.iter().zip(&arguments).enumerate() {
        let values = vec![column(&argument.name, keys.len() + place)];
        let Some(each) = each.with_new_expressions(values, vec![]) else { return Ok(None) };
        folded.push(Arc::new(each));
    }
    let runs = Arc::new(RunAggregateExec::over(aggregate.input().clone(), keys.into(), arguments.into())?);
    let (filters, schema) = (aggregate.filter_expr().to_vec(), runs.schema());
    let by = PhysicalGroupBy::new_single(by);
    let over_runs = AggregateExec::try_new(*aggregate.mode(), by, folded, filters, runs, schema)?;
    let same = over_runs.schema() == aggregate.schema()
        && over_runs.input_order_mode() == aggregate.input_order_mode();
    Ok(same.then_some(over_runs))
}

/// Lists and structs are no keys that are cheap to compare.
fn is_compared(key: &DataType) -> bool {
    key.is_primitive()
        || matches!(key, DataType::Boolean | DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8)
}

fn argument(aggregate: &AggregateFunctionExpr, input: &Arc<dyn ExecutionPlan>) -> Result<Option<Argument>> {
    let Ok([expr]) = <[_; 1]>::try_from(aggregate.expressions()) else { return Ok(None) };
    let fold = Fold::before(aggregate, &expr.data_type(&input.schema())?);
    Ok(fold.map(|fold| Argument { fold, expr, name: aggregate.name().to_string() }))
}

/// A column goes on being called what it is called, so that filters find it.
fn key(expr: &Arc<dyn PhysicalExpr>, name: &str) -> Key {
    let name = expr.downcast_ref::<Column>().map_or(name, Column::name).to_string();
    Key { expr: expr.clone(), name }
}
