//! Of rows that are sorted for the first of them, only those are kept that may be among these.
//!
//! The engine's own way to the first rows keeps each batch that has one of them, whole: of processes, which have
//! eighty columns, a few dozen are all that a question may hold. A sieve keeps but the keys of the first rows, hands on
//! rows that stand before the last of them, and lets files know meanwhile what need not be read any more. Behind it is
//! a usual sort of what went through, of k rows of n some k × ln(n / k) where they come in no order, which goes to disk
//! where it must.

mod best;
mod bound;
mod rule;

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::BatchCoalescer;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, internal_err};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::physical_expr::LexOrdering;
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::filter_pushdown::{
    ChildFilterDescription, FilterDescription, FilterPushdownPhase,
};
use datafusion::physical_plan::metrics::{
    BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet, RecordOutput,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PhysicalExpr, PlanProperties,
    ReplaceChildrenOptions, SendableRecordBatchStream,
};
use futures::{StreamExt, stream};

use best::Best;
use bound::Bound;
pub(super) use rule::Sieving;

/// What is handed on comes in batches of so many rows: two are being filled for each partition.
const BATCH_ROWS: usize = 1024;

/// Of each partition the rows that may be among the first `wanted` in this order.
#[derive(Debug, Clone)]
struct SieveExec {
    input: Arc<dyn ExecutionPlan>,
    order: LexOrdering,
    wanted: usize,
    /// What the keys of a partition may take.
    keys_bytes: usize,
    bound: Arc<Bound>,
    metrics: ExecutionPlanMetricsSet,
}

impl SieveExec {
    fn over(input: Arc<dyn ExecutionPlan>, order: LexOrdering, wanted: usize, keys_bytes: usize) -> Self {
        let bound = Arc::new(Bound::of(&order));
        Self { input, order, wanted, keys_bytes, bound, metrics: ExecutionPlanMetricsSet::new() }
    }
}

impl DisplayAs for SieveExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SieveExec: first={}, order=[{}]", self.wanted, self.order)
    }
}

impl ExecutionPlan for SieveExec {
    fn name(&self) -> &str {
        "SieveExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        for by in &self.order {
            if f(&by.expr)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Ok([input]) = <[_; 1]>::try_from(children) else {
            return internal_err!("a sieve is of one input");
        };
        Ok(Arc::new(Self { input, metrics: ExecutionPlanMetricsSet::new(), ..Self::clone(&*self) }))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn reset_state(self: Arc<Self>) -> Result<Arc<dyn ExecutionPlan>> {
        self.bound.reset()?;
        Ok(self)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let schema = self.input.schema();
        let batch_rows = context.session_config().batch_size().min(BATCH_ROWS);
        let sieve = Sieve {
            best: Some(Best::of(&self.order, &schema, self.wanted)?),
            order: self.order.clone(),
            keys_bytes: self.keys_bytes,
            bound: self.bound.clone(),
            caught: BatchCoalescer::new(schema.clone(), batch_rows),
            passed: BatchCoalescer::new(schema, batch_rows),
            held: MemoryConsumer::new(format!("SieveExec[{partition}]")).register(context.memory_pool()),
        };
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        Ok(sieve.stream(self.input.execute(partition, context)?, metrics))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::LowerEqual
    }

    /// What is asked of the first rows is not asked of all.
    fn gather_filters_for_pushdown(
        &self,
        phase: FilterPushdownPhase,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterDescription> {
        let mut child = ChildFilterDescription::all_unsupported(&filters);
        if phase == FilterPushdownPhase::Post {
            child = child.with_self_filter(self.bound.condition());
        }
        Ok(FilterDescription::new().with_child(child))
    }
}

/// That of one partition.
struct Sieve {
    /// None where their keys alone are too much to hold: then all rows go through.
    best: Option<Best>,
    order: LexOrdering,
    keys_bytes: usize,
    bound: Arc<Bound>,
    /// Rows that were among the first when they came. Where each is before those that came before it, they mostly are
    /// no more by the time there is a batch of them.
    caught: BatchCoalescer,
    passed: BatchCoalescer,
    held: MemoryReservation,
}

impl Sieve {
    fn stream(self, input: SendableRecordBatchStream, metrics: BaselineMetrics) -> SendableRecordBatchStream {
        let schema: SchemaRef = input.schema();
        let batches =
            stream::try_unfold((self, input.fuse(), metrics), |(mut sieve, mut input, metrics)| async move {
                let mut ended = false;
                loop {
                    if let Some(batch) = sieve.passed.next_completed_batch() {
                        let batch = batch.record_output(&metrics);
                        return Ok(Some((batch, (sieve, input, metrics))));
                    }
                    if ended {
                        return Ok(None);
                    }
                    let next = input.next().await.transpose()?;
                    let _timer = metrics.elapsed_compute().timer();
                    match next {
                        Some(batch) => sieve.add(batch)?,
                        None => {
                            ended = true;
                            sieve.caught.finish_buffered_batch()?;
                            sieve.pass()?;
                            sieve.passed.finish_buffered_batch()?;
                        }
                    }
                }
            });
        Box::pin(RecordBatchStreamAdapter::new(schema, batches))
    }

    fn add(&mut self, batch: RecordBatch) -> Result<()> {
        let Some(best) = &mut self.best else {
            self.caught.push_batch(batch)?;
            return self.pass();
        };
        let may_be = best.take(&keys(&self.order, &batch)?)?;
        if may_be.has_true() {
            self.bound.narrow(best, &self.order, &batch.schema())?;
        }
        let bytes = best.bytes();
        if bytes > self.keys_bytes || self.held.try_resize(bytes).is_err() {
            self.best = None;
            self.held.free();
        }
        self.caught.push_batch_with_filter(batch, &may_be)?;
        self.pass()
    }

    /// Hands on what is still among the first of what was caught.
    fn pass(&mut self) -> Result<()> {
        while let Some(batch) = self.caught.next_completed_batch() {
            let Some(best) = &mut self.best else {
                self.passed.push_batch(batch)?;
                continue;
            };
            let may_be = best.still(&keys(&self.order, &batch)?)?;
            self.passed.push_batch_with_filter(batch, &may_be)?;
        }
        Ok(())
    }
}

/// What rows are ordered by, a column for each expression.
fn keys(order: &LexOrdering, batch: &RecordBatch) -> Result<Vec<ArrayRef>> {
    order.iter().map(|by| by.expr.evaluate(batch)?.into_array(batch.num_rows())).collect()
}
