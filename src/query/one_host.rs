//! Where all that is asked is of one host, two hosts are always equal: a join on `host` and something else is one
//! on that alone.
//!
//! What a join's small side holds is looked for while the large one is read: one key by its bits, several
//! together as a structure of them, which takes many times as long for each row.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, JoinType, Result};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use super::source::Source;

/// Leaves `host` out of the keys of joins.
#[derive(Debug)]
pub(super) struct OneHost;

impl OneHost {
    /// The rule, where it holds: all sources know which hosts they have, and that is one.
    pub(super) fn of(sources: &[Arc<dyn Source>]) -> Option<Self> {
        let mut hosts = BTreeSet::new();
        for source in sources {
            hosts.extend(source.hosts()?);
        }
        (hosts.len() == 1).then_some(OneHost)
    }
}

impl OptimizerRule for OneHost {
    fn name(&self) -> &str {
        "one_host"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Join(mut join) = plan else { return Ok(Transformed::no(plan)) };
        let says_nothing =
            |(left, right): &(Expr, Expr)| is_host(left, &join.left) && is_host(right, &join.right);
        let (hosts, others): (Vec<_>, Vec<_>) = join.on.iter().cloned().partition(says_nothing);
        if hosts.is_empty() || others.is_empty() {
            return Ok(Transformed::no(LogicalPlan::Join(join)));
        }
        join.on = others;
        Ok(Transformed::yes(LogicalPlan::Join(join)))
    }
}

/// Whether the expression is a table's `host` and nothing else, which is never NULL; not where it came by way of
/// the side of another join that may have no row.
fn is_host(expr: &Expr, plan: &LogicalPlan) -> bool {
    let column = match expr {
        Expr::Alias(alias) => return is_host(&alias.expr, plan),
        Expr::Column(column) => column,
        _ => return false,
    };
    let Some(index) = plan.schema().maybe_index_of_column(column) else { return false };
    let same = |input: &LogicalPlan| is_host(&Expr::Column(input.schema().columns()[index].clone()), input);
    match plan {
        LogicalPlan::TableScan(scan) => scan.projected_schema.field(index).name() == "host",
        LogicalPlan::Projection(projection) => is_host(&projection.expr[index], &projection.input),
        LogicalPlan::SubqueryAlias(alias) => same(&alias.input),
        LogicalPlan::Filter(filter) => same(&filter.input),
        LogicalPlan::Sort(sort) => same(&sort.input),
        LogicalPlan::Limit(limit) => same(&limit.input),
        LogicalPlan::Window(window) if index < window.input.schema().fields().len() => same(&window.input),
        LogicalPlan::Join(join) if !is_marking(join.join_type) => {
            let left = match join.join_type {
                JoinType::RightSemi | JoinType::RightAnti => 0,
                _ => join.left.schema().fields().len(),
            };
            let (input, place, is_whole) = match index < left {
                true => (&join.left, index, !matches!(join.join_type, JoinType::Right | JoinType::Full)),
                false => {
                    (&join.right, index - left, !matches!(join.join_type, JoinType::Left | JoinType::Full))
                }
            };
            let column = input.schema().iter().nth(place).map(|(table, field)| Column::from((table, field)));
            is_whole && column.is_some_and(|column| is_host(&Expr::Column(column), input))
        }
        LogicalPlan::Aggregate(aggregate) => {
            aggregate.group_expr.get(index).is_some_and(|key| is_host(key, &aggregate.input))
        }
        _ => false,
    }
}

/// Whether it only says of rows whether they have others.
fn is_marking(join: JoinType) -> bool {
    matches!(join, JoinType::LeftMark | JoinType::RightMark)
}
