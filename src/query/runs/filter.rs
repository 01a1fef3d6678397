//! Conditions on what rows of a run have in common, asked once a run while files are read.
//!
//! What a join looks for is looked up row by row, as texts or as structures of several keys, which costs more than
//! all else of reading them; where the keys stand still it is known already.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::arrow::array::{
    Array, AsArray, BooleanArray, BooleanBufferBuilder, NullBufferBuilder, RecordBatch, UInt32Array,
};
use datafusion::arrow::compute::take_record_batch;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result, internal_err};
use datafusion::datasource::physical_plan::{FileScanConfigBuilder, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::expressions::{Column, DynamicFilterPhysicalExpr, InListExpr, LikeExpr};
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{conjunction, split_conjunction};
use datafusion::physical_expr_common::physical_expr::is_volatile;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};

use super::bounds::Bounds;
use super::rule::is_compared;
use super::stream::{MOST_PASSED, ROWS_PER_RUN};

/// No two rows of an entity have the same.
const CHANGING: [&str; 2] = ["ts", "tick"];

/// Asks what is worth it of runs, once all conditions have come down to the files.
#[derive(Debug)]
pub(in crate::query) struct RunFilters;

impl PhysicalOptimizerRule for RunFilters {
    fn name(&self) -> &str {
        "run_filters"
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = plan.transform_up(|plan| {
            Ok(match plan.downcast_ref::<DataSourceExec>().and_then(of_runs) {
                Some(scan) => Transformed::yes(scan as Arc<dyn ExecutionPlan>),
                None => Transformed::no(plan),
            })
        })?;
        Ok(plan.data)
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn of_runs(scan: &DataSourceExec) -> Option<Arc<DataSourceExec>> {
    let (config, source) = scan.downcast_to_file_source::<ParquetSource>()?;
    let predicate = source.filter()?;
    let conditions = split_conjunction(&predicate);
    if !conditions.iter().any(|condition| is_worth_it(condition)) {
        return None;
    }
    let conditions = conditions.into_iter().map(|condition| match is_worth_it(condition) {
        true => Arc::new(OfRuns::new(condition.clone())),
        false => condition.clone(),
    });
    let source = source.with_predicate(conjunction(conditions.collect::<Vec<_>>()));
    let config = FileScanConfigBuilder::from(config.clone()).with_source(Arc::new(source)).build();
    Some(DataSourceExec::from_data_source(config))
}

/// What is looked up or compared with a pattern; but not where something changes from row to row.
fn is_worth_it(condition: &Arc<dyn PhysicalExpr>) -> bool {
    let columns = collect_columns(condition);
    let is_looked_up = |expr: &Arc<dyn PhysicalExpr>| {
        expr.downcast_ref::<DynamicFilterPhysicalExpr>().is_some()
            || expr.downcast_ref::<InListExpr>().is_some()
            || expr.downcast_ref::<LikeExpr>().is_some()
    };
    let stands_still = !columns.is_empty() && !columns.iter().any(|column| CHANGING.contains(&column.name()));
    stands_still
        && !is_volatile(condition)
        && condition.exists(|expr| Ok(is_looked_up(expr))).unwrap_or(false)
}

/// A condition that is answered for the first row of each run of what it is about.
#[derive(Debug)]
struct OfRuns {
    condition: Arc<dyn PhysicalExpr>,
    /// By their places in a batch.
    columns: Vec<usize>,
    /// So many batches are asked row by row: twice as many each time that there were no runs.
    unseen: AtomicUsize,
    patience: AtomicUsize,
}

impl OfRuns {
    fn new(condition: Arc<dyn PhysicalExpr>) -> Self {
        let columns = collect_columns(&condition).iter().map(Column::index).collect();
        Self { condition, columns, unseen: AtomicUsize::new(0), patience: AtomicUsize::new(1) }
    }

    /// The runs of the batch, where it has some. Several threads may ask; what one forgets of another costs a look.
    fn runs(&self, batch: &RecordBatch) -> Result<Option<Bounds>> {
        let rows = batch.num_rows();
        let unseen = self.unseen.load(Ordering::Relaxed);
        if unseen > 0 {
            self.unseen.store(unseen - 1, Ordering::Relaxed);
            return Ok(None);
        }
        let keys: Vec<_> = self.columns.iter().map(|column| batch.column(*column).clone()).collect();
        if rows < ROWS_PER_RUN || !keys.iter().all(|key| is_compared(key.data_type())) {
            return Ok(None);
        }
        let bounds = Bounds::of(&keys, rows)?;
        if rows / bounds.len() >= ROWS_PER_RUN {
            self.patience.store(1, Ordering::Relaxed);
            return Ok(Some(bounds));
        }
        let patience = self.patience.load(Ordering::Relaxed);
        self.unseen.store(patience, Ordering::Relaxed);
        self.patience.store((2 * patience).min(MOST_PASSED), Ordering::Relaxed);
        Ok(None)
    }
}

impl fmt::Display for OfRuns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "of_runs({})", self.condition)
    }
}

impl PartialEq for OfRuns {
    fn eq(&self, other: &Self) -> bool {
        self.condition.eq(&other.condition)
    }
}

impl Eq for OfRuns {}

impl Hash for OfRuns {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.condition.hash(state);
    }
}

impl PhysicalExpr for OfRuns {
    fn data_type(&self, input: &Schema) -> Result<DataType> {
        self.condition.data_type(input)
    }

    fn nullable(&self, input: &Schema) -> Result<bool> {
        self.condition.nullable(input)
    }

    fn return_field(&self, input: &Schema) -> Result<FieldRef> {
        self.condition.return_field(input)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let Some(bounds) = self.runs(batch)? else { return self.condition.evaluate(batch) };
        let firsts = UInt32Array::from(bounds.starts.clone());
        let answers = self.condition.evaluate(&take_record_batch(batch, &firsts)?)?;
        let ColumnarValue::Array(answers) = answers else { return Ok(answers) };
        let Some(answers) = answers.as_boolean_opt() else {
            return internal_err!("a condition is met or not");
        };
        let mut met = BooleanBufferBuilder::new(batch.num_rows());
        let mut known = NullBufferBuilder::new(batch.num_rows());
        for (run, rows) in bounds.ranges().enumerate() {
            met.append_n(rows.len(), answers.value(run));
            match answers.is_valid(run) {
                true => known.append_n_non_nulls(rows.len()),
                false => known.append_n_nulls(rows.len()),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(BooleanArray::new(met.finish(), known.finish()))))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.condition]
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        let Ok([condition]) = <[_; 1]>::try_from(children) else {
            return internal_err!("it is one condition");
        };
        Ok(Arc::new(OfRuns::new(condition)))
    }

    /// Whoever asks it of files and pages as a whole asks the condition.
    fn snapshot(&self) -> Result<Option<Arc<dyn PhysicalExpr>>> {
        Ok(Some(self.condition.clone()))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt_sql(f)
    }
}
