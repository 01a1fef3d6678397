//! What questions are planned and run by: limits, the rules of this program among the engine's own, its functions
//! and its tables.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::DiskManagerBuilder;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::planner::ExprPlanner;
use datafusion::optimizer::Analyzer;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::arithmetic::WholeNumbers;
use super::bounded;
use super::division::TrueDivision;
use super::engine::Options;
use super::functions;
use super::joined::Joining;
use super::literals::TimeLiterals;
use super::one_host::OneHost;
use super::pool::Halves;
use super::runs::{RunAggregation, RunFilters};
use super::sieve::Sieving;
use super::spill::Spill;
use super::view::{CATALOG, Store, Views};
use super::yielding::Yielding;

/// Batches have fewer rows where less may be held, or files of sorted rows cannot be merged.
const SMALL_POOL_BYTES: usize = 64 << 20;
/// And as many as usual where it may be as much.
const LARGE_POOL_BYTES: usize = 128 << 20;
/// What a function makes of one batch is at most such a part of what may be held: it is there several times over
/// until it is written.
const MADE: usize = 4;
/// A smaller file is read by one thread. Rows are small here: a mebibyte may be half a million of them.
const SPLIT_BYTES: usize = 256 << 10;

/// The rule before which ours are put in: those behind it push filters through what ours make.
const BEFORE: &str = "EnsureCooperative";

/// A session over what was recorded.
pub(super) fn session(views: &Arc<Views>, options: &Options) -> Result<SessionContext> {
    let spill = Spill::new(options.spilled_bytes);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(Halves::of(options.memory_bytes)))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_temp_file_factory(Arc::new(spill)))
        .build_arc()?;

    // What is merged from files, decoded or printed has some batches at hand of each source.
    let batch_rows = match options.memory_bytes {
        bytes if bytes < SMALL_POOL_BYTES => 1024,
        bytes if bytes < LARGE_POOL_BYTES => 4096,
        _ => 8192,
    };
    let mut config = SessionConfig::new()
        .with_batch_size(batch_rows)
        .with_target_partitions(options.threads.max(1))
        .with_information_schema(true)
        .with_default_catalog_and_schema(CATALOG, CATALOG)
        .with_create_default_catalog_and_schema(false);
    let set = config.options_mut();
    set.optimizer.repartition_file_min_size = SPLIT_BYTES;
    // The small side is held once, and the large one, which are rows as recorded, goes nowhere to meet it.
    set.optimizer.repartition_joins = false;
    set.execution.parquet.pushdown_filters = options.pushdown;
    set.execution.sort_pushdown_buffer_capacity = options.memory_bytes / 16;
    set.execution.sort_spill_reservation_bytes = (options.memory_bytes / 32).min(10 << 20);
    set.execution.time_zone = Some("UTC".to_string());
    // What is unknown is never the most: `order by cpu_pct desc limit 10` begins with numbers.
    set.sql_parser.default_null_ordering = "nulls_last".to_string();

    let mut rules = Analyzer::new().rules;
    rules.insert(0, Arc::new(TimeLiterals { read: options.read_time.clone() }));
    let made_bytes = options.memory_bytes / MADE;
    let planners: Vec<Arc<dyn ExprPlanner>> = vec![
        Arc::new(TrueDivision),
        Arc::new(WholeNumbers::default()),
        Arc::new(Joining::within(made_bytes)),
    ];
    let mut state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_expr_planners(planners)
        .with_analyzer_rules(rules)
        .with_physical_optimizer_rules(physical_rules(options.memory_bytes))
        .with_default_features();
    if let Some(rule) = OneHost::of(&views.sources) {
        state = state.with_optimizer_rule(Arc::new(rule));
    }
    let session = SessionContext::new_with_state(state.build());
    bounded::register(&session, made_bytes);
    functions::register(&session, views, &options.read_time);
    session.register_catalog(CATALOG, Arc::new(Store::whole(views)));
    Ok(session)
}

/// The usual rules, with ours among them.
fn physical_rules(pool_bytes: usize) -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules = PhysicalOptimizer::new().rules;
    let at = rules.iter().position(|rule| rule.name() == BEFORE).unwrap_or(rules.len());
    rules.insert(at, Arc::new(RunAggregation));
    rules.insert(at, Arc::new(Yielding));
    rules.insert(at, Arc::new(Sieving { pool_bytes }));
    // Behind the last that brings conditions down.
    rules.push(Arc::new(RunFilters));
    rules
}
