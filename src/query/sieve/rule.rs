//! Which sorts are of rows that went through a sieve.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_expr_common::physical_expr::is_volatile;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::limit::LocalLimitExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use super::SieveExec;

/// The engine's own way to the first rows keeps at most so many batches, whole, for the rows that it wants of them.
const BATCHES: usize = 20;
/// And may have such a part of the pool, since there may be more that holds rows.
const PART: usize = 4;
/// Keys may have such a part of it: beyond, a sieve would keep others from what it is to spare them.
const KEYS_PART: usize = 16;
/// Of what differs from row to row in length.
const TEXT_BYTES: usize = 32;
const NESTED_BYTES: usize = 128;

/// Puts sieves below sorts of which only the first rows are wanted, where those would not fit into memory otherwise.
#[derive(Debug)]
pub(in crate::query) struct Sieving {
    /// What a question may hold.
    pub(in crate::query) pool_bytes: usize,
}

impl PhysicalOptimizerRule for Sieving {
    fn name(&self) -> &str {
        "sieving"
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let held_bytes = |wanted: usize, sort: &SortExec| {
            let rows = wanted.min(BATCHES) * config.execution.batch_size.get();
            let partitions = sort.input().output_partitioning().partition_count();
            rows.max(wanted).saturating_mul(row_bytes(&sort.input().schema())).saturating_mul(partitions)
        };
        let sieved = plan.transform_up(|plan| {
            let wanted = plan.downcast_ref::<SortExec>().and_then(|sort| Some((sort, sort.fetch()?)));
            Ok(match wanted {
                Some((sort, wanted))
                    if held_bytes(wanted, sort) > self.pool_bytes / PART
                        && stands_still(sort)
                        && !begins_in_order(sort)? =>
                {
                    Transformed::yes(sieved(sort, wanted, self.pool_bytes / KEYS_PART))
                }
                _ => Transformed::no(plan),
            })
        })?;
        Ok(sieved.data)
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Whether a row has the same place each time that it is asked for: not where that is left to chance.
fn stands_still(sort: &SortExec) -> bool {
    !sort.expr().iter().any(|by| is_volatile(&by.expr))
}

/// Where rows come in order of what they are sorted by first, the first rows are in the first batches.
fn begins_in_order(sort: &SortExec) -> Result<bool> {
    sort.input().equivalence_properties().ordering_satisfy([sort.expr().first().clone()])
}

fn sieved(sort: &SortExec, wanted: usize, keys_bytes: usize) -> Arc<dyn ExecutionPlan> {
    let sieve = SieveExec::over(sort.input().clone(), sort.expr().clone(), wanted, keys_bytes);
    let all = SortExec::new(sort.expr().clone(), Arc::new(sieve))
        .with_preserve_partitioning(sort.preserve_partitioning());
    Arc::new(LocalLimitExec::new(Arc::new(all), wanted))
}

fn row_bytes(schema: &Schema) -> usize {
    let bytes = |data_type: &DataType| match data_type {
        DataType::Boolean => 1,
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => TEXT_BYTES,
        other => other.primitive_width().unwrap_or(NESTED_BYTES),
    };
    schema.fields().iter().map(|field| bytes(field.data_type())).sum()
}
