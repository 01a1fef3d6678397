//! Rows of one group that follow each other become one row before they are grouped, and are asked once what is the
//! same of all of them.
//!
//! Segments of processes and control groups have the rows of an entity side by side, ten minutes of them. To look up
//! each row's group by what the entity is called costs several times what adding the row up does, and is needed
//! once a run. Tables by time have one row of each entity after the other, and then again: `rounds` puts those of one
//! side by side. `rule` knows for which questions that changes nothing of the answer.

mod bounds;
mod filter;
mod fold;
mod noted;
mod pick;
mod rounds;
mod rule;
mod stream;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
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

pub(super) use bounds::Bounds;
pub(super) use filter::RunFilters;
use fold::Fold;
pub(super) use rule::RunAggregation;

/// What all rows of a run have in common.
#[derive(Debug, Clone)]
struct Key {
    expr: Arc<dyn PhysicalExpr>,
    name: String,
}

/// What is made one value of those of a run; or two, where an aggregate is of two.
#[derive(Debug, Clone)]
struct Argument {
    fold: Fold,
    exprs: Vec<Arc<dyn PhysicalExpr>>,
    /// Values of other rows are as if they were unknown.
    filter: Option<Arc<dyn PhysicalExpr>>,
    name: String,
}

impl Argument {
    /// The columns that it becomes.
    fn fields(&self, input: &Schema) -> Result<Vec<FieldRef>> {
        let noted = |data_type: DataType| Field::new("", data_type, true);
        let fields = match self.fold {
            Fold::Known => vec![noted(DataType::Int64)],
            Fold::Rate => vec![noted(DataType::Float64), noted(DataType::Float64)],
            _ => {
                let fields = self.exprs.iter().map(|expr| Ok(Field::clone(&*expr.return_field(input)?)));
                let there = matches!(self.fold, Fold::Pick(_)).then(|| Ok(noted(DataType::Boolean)));
                fields.chain(there).collect::<Result<Vec<_>>>()?
            }
        };
        let fields = fields.into_iter().enumerate().map(|(place, field)| {
            let name = if place == 0 { self.name.clone() } else { format!("{}[{place}]", self.name) };
            let nullable = field.is_nullable() || self.filter.is_some();
            Arc::new(field.with_name(name).with_nullable(nullable))
        });
        Ok(fields.collect())
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exprs: Vec<String> = self.exprs.iter().map(ToString::to_string).collect();
        write!(f, "{}({})", self.fold.name(), exprs.join(", "))?;
        match &self.filter {
            Some(filter) => write!(f, " filter ({filter})"),
            None => Ok(()),
        }
    }
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
    let mut fields: Vec<FieldRef> =
        keys.iter().map(|key| field(&key.expr, &key.name, &from)).collect::<Result<_>>()?;
    for argument in arguments {
        fields.extend(argument.fields(&from)?);
    }
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
        let arguments: Vec<String> = self.arguments.iter().map(ToString::to_string).collect();
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
        let arguments =
            self.arguments.iter().flat_map(|argument| argument.exprs.iter().chain(&argument.filter));
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
