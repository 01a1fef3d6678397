//! The engine: a session over one or more stores that answers questions in SQL.
//!
//! It blocks its caller; the threads that work for it are its own. It changes nothing on disk but
//! for temporary files where a sort does not fit into memory.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::config::Dialect;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionState;
use datafusion::optimizer::Analyzer;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use futures::StreamExt;
use tokio::runtime::Runtime;

use super::Error;
use super::division::TrueDivision;
use super::explain_error::{Asked, explained, table};
use super::files::Footers;
use super::literals::{ReadTime, TimeLiterals};
use super::names::plain;
use super::running::Running;
use super::source::Source;
use super::view::{CATALOG, Store, Views};
use super::yielding;
use crate::schema;
use crate::store::Catalog;
use crate::time::Range;

/// Temporary files together may not be larger.
const SPILLED_BYTES: u64 = 1 << 30;
/// More threads than this buy little for the sizes at hand.
const MOST_THREADS: usize = 4;

/// How an engine answers.
#[derive(Clone)]
pub struct Options {
    /// Rows outside of it do not exist for any question.
    pub range: Range,
    /// Reads a text that is compared with a time.
    pub read_time: ReadTime,
    /// What sorts, joins and groups may hold in memory. Decoding Parquet is not counted.
    pub memory_bytes: usize,
    /// How many threads work on a question.
    pub threads: usize,
}

impl Options {
    /// All of time, 256 MiB, and as many threads as the machine has, up to four.
    pub fn new(read_time: ReadTime) -> Self {
        let threads = available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_THREADS);
        Options { range: Range::ALL, read_time, memory_bytes: 256 << 20, threads }
    }
}

/// Answers questions over stores.
pub struct Engine {
    pub(super) runtime: Runtime,
    pub(super) session: SessionContext,
    memory_bytes: usize,
}

impl Engine {
    /// Opens the stores in these folders; one named twice is read once.
    ///
    /// # Errors
    /// A folder that is no store, or an engine that cannot start.
    pub fn open(stores: &[PathBuf], options: Options) -> Result<Self, Error> {
        let distinct: BTreeSet<PathBuf> =
            stores.iter().map(|path| path.canonicalize().unwrap_or_else(|_| path.clone())).collect();
        let mut sources: Vec<Arc<dyn Source>> = Vec::new();
        for path in distinct {
            sources.push(Arc::new(Catalog::open(&path)?));
        }
        Self::over(sources, options)
    }

    /// The same over sources that are open already.
    ///
    /// # Errors
    /// An engine that cannot start.
    pub fn over(sources: Vec<Arc<dyn Source>>, options: Options) -> Result<Self, Error> {
        let start = |error: &dyn std::fmt::Display| Error::Start(error.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(options.threads.max(1))
            .thread_name("query")
            .build()
            .map_err(|error| start(&error))?;
        let memory_bytes = options.memory_bytes;
        let session = session(sources, options).map_err(|error| start(&error))?;
        Ok(Engine { runtime, session, memory_bytes })
    }

    /// Answers a question as a whole: the schema of the answer, and its rows.
    ///
    /// # Errors
    /// What is wrong with the question, or with a store.
    pub fn run(&self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>), Error> {
        let mut batches = Vec::new();
        let schema = self.stream(sql, |batch| {
            batches.push(batch.clone());
            ControlFlow::Continue(())
        })?;
        Ok((schema, batches))
    }

    /// Answers a question batch by batch, until there is no more or `each` breaks off; hands out
    /// the schema of the answer, which there is without a batch too.
    ///
    /// # Errors
    /// What is wrong with the question, or with a store; `each` may have seen a part by then.
    pub fn stream(
        &self,
        sql: &str,
        each: impl FnMut(&RecordBatch) -> ControlFlow<()>,
    ) -> Result<SchemaRef, Error> {
        self.watched(sql, &Running::default(), each)
    }

    /// The same while somebody else watches, who may cancel it.
    ///
    /// # Errors
    /// As [`Engine::stream`], and that it was cancelled.
    pub fn watched(
        &self,
        sql: &str,
        running: &Running,
        mut each: impl FnMut(&RecordBatch) -> ControlFlow<()>,
    ) -> Result<SchemaRef, Error> {
        let state = self.session.state();
        let explain = |error: DataFusionError| {
            explained(&error, &Asked { sql, state: &state, allowed_bytes: self.memory_bytes })
        };
        self.runtime.block_on(running.until_cancelled(async {
            let (plan, schema) = self.plan(sql, &state).await?;
            running.started(&plan);
            let mut batches = execute_stream(plan, state.task_ctx()).map_err(explain)?;
            while let Some(batch) = batches.next().await {
                let batch = batch.and_then(|batch| named(&batch, &schema));
                if each(&batch.map_err(explain)?).is_break() {
                    break;
                }
            }
            Ok(schema)
        }))
    }

    /// The plan, and the schema of the answer with names as they were typed.
    async fn plan(
        &self,
        sql: &str,
        state: &SessionState,
    ) -> Result<(Arc<dyn ExecutionPlan>, SchemaRef), Error> {
        let explain = |error: DataFusionError| {
            explained(&error, &Asked { sql, state, allowed_bytes: self.memory_bytes })
        };
        let statement = state.sql_to_statement(sql, &Dialect::Generic).map_err(|error| match error {
            DataFusionError::Plan(_) => Error::Empty,
            DataFusionError::NotImplemented(_) => Error::Several,
            other => explain(other),
        })?;
        if !is_question(&statement) {
            return Err(Error::NotAQuestion);
        }
        let references = state.resolve_table_references(&statement).map_err(explain)?;
        for reference in &references {
            let TableReference::Bare { table: name } = reference else { continue };
            if schema::table(name).is_none() && !state.table_functions().contains_key(&**name) {
                return Err(table(name));
            }
        }
        let plan = state.statement_to_plan(statement).await.map_err(explain)?;
        let questions =
            SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        questions.verify_plan(&plan).map_err(|_| Error::NotAQuestion)?;
        let plan = state.create_physical_plan(&plan).await.map_err(explain)?;
        let only = match references.as_slice() {
            [only] => Some(only.table()),
            _ => None,
        };
        let schema = plain(&plan.schema(), only);
        Ok((plan, schema))
    }
}

/// The batch under the names of `schema`.
fn named(batch: &RecordBatch, schema: &SchemaRef) -> datafusion::common::Result<RecordBatch> {
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema.clone(), batch.columns().to_vec(), &rows)?)
}

/// Whether the statement only asks. What it asks with is looked at again once it is planned.
fn is_question(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(sql) => matches!(
            **sql,
            ast::Statement::Query(_)
                | ast::Statement::Explain { .. }
                | ast::Statement::ExplainTable { .. }
                | ast::Statement::ShowTables { .. }
                | ast::Statement::ShowColumns { .. }
                | ast::Statement::ShowFunctions { .. }
                | ast::Statement::ShowVariable { .. }
        ),
        Statement::Explain(explain) => is_question(&explain.statement),
        _ => false,
    }
}

fn session(sources: Vec<Arc<dyn Source>>, options: Options) -> datafusion::common::Result<SessionContext> {
    let told = NonZeroUsize::new(5).expect("five is not zero");
    let pool = TrackConsumersPool::new(FairSpillPool::new(options.memory_bytes), told);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(pool))
        .with_max_temp_directory_size(SPILLED_BYTES)
        .build_arc()?;

    let mut config = SessionConfig::new()
        .with_target_partitions(options.threads.max(1))
        .with_information_schema(true)
        .with_default_catalog_and_schema(CATALOG, CATALOG)
        .with_create_default_catalog_and_schema(false);
    let set = config.options_mut();
    set.execution.parquet.pushdown_filters = true;
    set.execution.sort_pushdown_buffer_capacity = options.memory_bytes / 16;
    set.execution.sort_spill_reservation_bytes = (options.memory_bytes / 32).min(10 << 20);
    set.execution.time_zone = Some("UTC".to_string());
    // What is unknown is never the most: `order by cpu_pct desc limit 10` begins with numbers.
    set.sql_parser.default_null_ordering = "nulls_last".to_string();

    let mut rules = Analyzer::new().rules;
    rules.insert(0, Arc::new(TimeLiterals { read: options.read_time }));
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_expr_planners(vec![Arc::new(TrueDivision)])
        .with_analyzer_rules(rules)
        .with_physical_optimizer_rules(yielding::rules())
        .with_default_features()
        .build();
    let session = SessionContext::new_with_state(state);
    let views = Views { sources: sources.into(), range: options.range, footers: Arc::<Footers>::default() };
    session.register_catalog(CATALOG, Arc::new(Store(Arc::new(views))));
    Ok(session)
}
