//! Which aggregates see runs instead of rows.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::AggregateUDF;
use datafusion::physical_expr::aggregate::{AggregateExprBuilder, AggregateFunctionExpr};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateInputMode, PhysicalGroupBy};
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};

use super::fold::Fold;
use super::noted::Noted;
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
    let input = aggregate.input();
    let over_rows = aggregate.mode().input_mode() == AggregateInputMode::Raw;
    let bare = aggregate.limit_options().is_none();
    if !over_rows || !bare || groups.has_grouping_set() || groups.expr().is_empty() {
        return Ok(None);
    }
    let mut keys: Vec<Key> = groups.expr().iter().map(|(expr, name)| key(expr, name)).collect();
    let mut arguments = vec![];
    let mut labels = vec![];
    for (each, filter) in aggregates.iter().zip(aggregate.filter_expr()) {
        let Some(argument) = argument(each, filter.as_ref(), input)? else { return Ok(None) };
        // What is added up by label has runs of one label.
        labels.push(keys.len());
        if let Fold::Exact = argument.fold {
            keys.push(Key { expr: each.expressions()[1].clone(), name: format!("{}[label]", each.name()) });
        }
        arguments.push(argument);
    }
    for key in &keys {
        if !is_compared(&key.expr.data_type(&input.schema())?) {
            return Ok(None);
        }
    }

    let by = keys.iter().zip(groups.expr()).enumerate();
    let by: Vec<_> = by.map(|(place, (key, (_, name)))| (column(&key.name, place), name.clone())).collect();
    let mut place = keys.len();
    let runs = Arc::new(RunAggregateExec::over(input.clone(), keys.into(), arguments.into())?);
    let mut folded: Vec<Arc<AggregateFunctionExpr>> = vec![];
    for ((each, argument), label) in aggregates.iter().zip(&*runs.arguments).zip(labels) {
        let columns = argument.fields(&input.schema())?;
        let columns: Vec<_> =
            columns.iter().enumerate().map(|(more, field)| column(field.name(), place + more)).collect();
        place += columns.len();
        let label = runs.keys.get(label).map(|key| column(&key.name, label));
        let Some(each) = of_columns(each, &argument.fold, columns, label, &runs.schema())? else {
            return Ok(None);
        };
        folded.push(Arc::new(each));
    }
    let (filters, schema) = (vec![None; folded.len()], runs.schema());
    let by = PhysicalGroupBy::new_single(by);
    let over_runs = AggregateExec::try_new(*aggregate.mode(), by, folded, filters, runs, schema)?;
    let same = over_runs.schema() == aggregate.schema()
        && over_runs.input_order_mode() == aggregate.input_order_mode();
    Ok(same.then_some(over_runs))
}

fn column(name: &str, place: usize) -> Arc<dyn PhysicalExpr> {
    Arc::new(Column::new(name, place))
}

/// Lists and structs are no keys that are cheap to compare.
pub(super) fn is_compared(key: &DataType) -> bool {
    key.is_primitive()
        || matches!(key, DataType::Boolean | DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8)
}

fn argument(
    aggregate: &AggregateFunctionExpr,
    filter: Option<&Arc<dyn PhysicalExpr>>,
    input: &Arc<dyn ExecutionPlan>,
) -> Result<Option<Argument>> {
    let mut exprs = aggregate.expressions();
    let types = exprs.iter().map(|expr| expr.data_type(&input.schema())).collect::<Result<Vec<_>>>()?;
    let Some(fold) = Fold::before(aggregate, &types) else { return Ok(None) };
    match fold {
        // Which row is the first depends on rows and not on values.
        Fold::Pick(_) if filter.is_some() => return Ok(None),
        Fold::Pick(_) => exprs.extend(aggregate.order_bys().iter().map(|by| by.expr.clone())),
        Fold::Exact => exprs.truncate(1),
        _ => {}
    }
    Ok(Some(Argument { fold, exprs, filter: filter.cloned(), name: aggregate.name().to_string() }))
}

/// The aggregate over what became of its arguments; `label` is where that is what it adds up by.
fn of_columns(
    aggregate: &AggregateFunctionExpr,
    fold: &Fold,
    mut columns: Vec<Arc<dyn PhysicalExpr>>,
    label: Option<Arc<dyn PhysicalExpr>>,
    schema: &SchemaRef,
) -> Result<Option<AggregateFunctionExpr>> {
    let mut fun = Arc::new(aggregate.fun().clone());
    match fold {
        Fold::Exact => {
            columns.extend(label);
            columns.extend(aggregate.expressions().into_iter().skip(2));
        }
        fold if fold.is_noted() => {
            let noted = aggregate.state_fields()?;
            let types = columns.iter().map(|column| column.data_type(schema)).collect::<Result<Vec<_>>>()?;
            if !noted.iter().map(|field| field.data_type()).eq(&types) {
                return Ok(None);
            }
            fun = Arc::new(AggregateUDF::from(Noted::of(aggregate)));
        }
        _ => {}
    }
    let mut built = AggregateExprBuilder::new(fun, columns).schema(schema.clone()).alias(aggregate.name());
    if let Some(display) = aggregate.human_display() {
        built = built.human_display(display);
    }
    if let Some(alias) = aggregate.human_display_alias() {
        built = built.human_display_alias(alias);
    }
    built.build().map(Some)
}

/// A column goes on being called what it is called, so that filters find it.
fn key(expr: &Arc<dyn PhysicalExpr>, name: &str) -> Key {
    let name = expr.downcast_ref::<Column>().map_or(name, Column::name).to_string();
    Key { expr: expr.clone(), name }
}
