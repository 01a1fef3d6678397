//! Rows of one group that follow each other become one row before they are grouped.
//!
//! Segments of processes and control groups have the rows of an entity side by side, ten minutes of them. To look up
//! each row's group by what the entity is called costs several times what adding the row up does, and is needed
//! once a run. `rule` knows for which questions that changes nothing of the answer.

mod bounds;
mod fold;
mod rule;
mod stream;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, FieldRef, Schema, SchemaRef};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, internal_err};
use datafusion::execution::TaskContext;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::projection::ProjectionMapping;
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::filter_pushdown::{
    ChildFilterDescription, FilterDescription, FilterPushdownPhase,
};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties,
    PhysicalExpr, PlanProperties, ReplaceChildrenOptions, SendableRecordBatchStream,
};

use fold::Fold;
pub(super) use rule::RunAggregation;

/// What all rows of a run have in common.
#[derive(Debug, Clone)]
struct Key {
    expr: Arc<dyn PhysicalExpr>,
    name: String,
}

/// What is made one value of those of a run.
#[derive(Debug, Clone)]
struct Argument {
    fold: Fold,
    expr: Arc<dyn PhysicalExpr>,
    name: String,
}

/// Its columns are the keys, and behind them the arguments.
#[derive(Debug, Clone)]
struct RunAggregateExec {
    input: Arc<dyn ExecutionPlan>,
    keys: Arc<[Key]>,
    arguments: Arc<[Argument]>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl RunAggregateExec {
    fn over(input: Arc<dyn ExecutionPlan>, keys: Arc<[Key]>, arguments: Arc<[Argument]>) -> Result<Self> {
        let properties = Arc::new(properties(&input, &keys, &arguments)?);
        Ok(Self { input, keys, arguments, properties, metrics: ExecutionPlanMetricsSet::new() })
    }
}

fn field(expr: &Arc<dyn PhysicalExpr>, name: &str, input: &Schema) -> Result<FieldRef> {
    Ok(Arc::new(Field::clone(&*expr.return_field(input)?).with_name(name)))
}

/// Of the input is known what it is partitioned and ordered by, as far as the keys tell it.
fn properties(
    input: &Arc<dyn ExecutionPlan>,
    keys: &[Key],
    arguments: &[Argument],
) -> Result<PlanProperties> {
    let from = input.schema();
    let columns = keys.iter().map(|key| (&key.expr, &key.name));
    let columns = columns.chain(arguments.iter().map(|argument| (&argument.expr, &argument.name)));
    let fields: Vec<FieldRef> =
        columns.map(|(expr, name)| field(expr, name, &from)).collect::<Result<_>>()?;
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let kept =
        ProjectionMapping::try_new(keys.iter().map(|key| (key.expr.clone(), key.name.clone())), &from)?;
    let known = input.equivalence_properties();
    Ok(PlanProperties::new(
        known.project(&kept, schema),
        input.output_partitioning().project(&kept, known),
        input.pipeline_behavior(),
        input.boundedness(),
    ))
}

impl DisplayAs for RunAggregateExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<String> = self.keys.iter().map(|key| key.expr.to_string()).collect();
        let arguments: Vec<String> = self
            .arguments
            .iter()
            .map(|argument| format!("{}({})", argument.fold.name(), argument.expr))
            .collect();
        write!(f, "RunAggregateExec: by=[{}], aggr=[{}]", keys.join(", "), arguments.join(", "))
    }
}

impl ExecutionPlan for RunAggregateExec {
    fn name(&self) -> &str {
        "RunAggregateExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
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
        let arguments = self.arguments.iter().map(|argument| &argument.expr);
        for expr in self.keys.iter().map(|key| &key.expr).chain(arguments) {
            if f(expr)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Ok([input]) = <[_; 1]>::try_from(children) else {
            return internal_err!("runs are those of one input");
        };
        Ok(Arc::new(match options.children_properties {
            ChildrenPropertiesMode::Keep => {
                Self { input, metrics: ExecutionPlanMetricsSet::new(), ..Self::clone(&*self) }
            }
            ChildrenPropertiesMode::Recompute => {
                Self::over(input, self.keys.clone(), self.arguments.clone())?
            }
        }))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let batch_rows = context.session_config().batch_size();
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let input = self.input.execute(partition, context)?;
        let runs = stream::Runs::new(self.keys.clone(), self.arguments.clone(), self.schema(), batch_rows);
        Ok(runs.stream(input, metrics))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::LowerEqual
    }

    /// What is asked of keys may be asked of each row. They are found again by name.
    fn gather_filters_for_pushdown(
        &self,
        _: FilterPushdownPhase,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterDescription> {
        let named =
            |key: &Key| key.expr.downcast_ref::<Column>().is_some_and(|column| column.name() == key.name);
        let columns: HashSet<usize> =
            self.keys.iter().enumerate().filter(|(_, key)| named(key)).map(|(place, _)| place).collect();
        let child = ChildFilterDescription::from_child_with_allowed_indices(&filters, columns, &self.input)?;
        Ok(FilterDescription::new().with_child(child))
    }
}
