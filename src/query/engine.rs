//! The engine: a session over one or more stores that answers questions in SQL.
//!
//! It blocks its caller; the threads that work for it are its own. It changes nothing on disk but
//! for temporary files without a name where a sort does not fit into memory.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::{CatalogProviderList, MemoryCatalogProviderList};
use datafusion::common::{DataFusionError, TableReference};
use datafusion::config::Dialect;
use datafusion::execution::session_state::SessionState;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{SQLOptions, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use futures::StreamExt;
use tokio::runtime::Runtime;

use super::Error;
use super::depth;
use super::explain_error::{Asked, explained, table};
use super::files::Footers;
use super::literals::ReadTime;
use super::meta::{EVENT, GAPS_TABLE, META};
use super::names::plain;
use super::parameters;
use super::places::sources;
use super::running::Running;
use super::session::session;
use super::source::Source;
use super::view::{CATALOG, Store, Views};
use super::wanted::Wanted;
use super::work::{self, Limits, Part, Parts};
use crate::schema;
use crate::time::Range;

/// Temporary files together may be so many times as large as the process.
const SPILLED_TIMES: u64 = 16;
/// More threads than this buy little for the sizes at hand.
const MOST_THREADS: usize = 4;
/// A deep condition is evaluated as it was planned, a call a level.
const STACK_BYTES: usize = 16 << 20;

/// What the program takes before it holds a row.
const AROUND_BYTES: u64 = 64 << 20;
/// With less no sort can begin.
const LEAST_POOL_BYTES: usize = 16 << 20;
/// What a thread is worth having for, beside that: each decodes segments and sorts rows of its own, and two sorts of wide
/// rows that have too little for either are refused where one would be done.
const THREAD_BYTES: u64 = 48 << 20;

/// How an engine answers.
#[derive(Clone)]
pub struct Options {
    /// Rows outside of it do not exist for any question.
    pub range: Range,
    /// Reads a text that is compared with a time.
    pub read_time: ReadTime,
    /// What sorts, joins and groups may hold in memory. Decoding Parquet is not counted.
    pub memory_bytes: usize,
    /// How much of it may go to temporary files.
    pub spilled_bytes: u64,
    /// How large the process may be while a question is worked on, where that is known: beyond it the
    /// question ends. Nothing else in the process should grow meanwhile.
    pub resident_bytes: Option<u64>,
    /// How long a question may take.
    pub timeout: Option<Duration>,
    /// Whether conditions are applied while Parquet is decoded. The answers are the same.
    pub pushdown: bool,
    /// How many threads work on a question.
    pub threads: usize,
    /// What was read of files already, by engines before this one.
    pub footers: Arc<Footers>,
}

impl Options {
    /// All of time, 256 MiB, and as many threads as the machine has, up to four.
    pub fn new(read_time: ReadTime) -> Self {
        let threads = available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_THREADS);
        Options {
            range: Range::ALL,
            read_time,
            memory_bytes: 256 << 20,
            spilled_bytes: SPILLED_TIMES * (256 << 20),
            resident_bytes: None,
            timeout: None,
            pushdown: true,
            threads,
            footers: Arc::default(),
        }
    }

    /// So that the process as a whole stays below `bytes`: what decodes Parquet is not counted where it
    /// reserves nothing, so that what is left for sorts, joins and groups stands well below.
    pub fn within(mut self, bytes: u64) -> Self {
        let beside = bytes.saturating_sub(AROUND_BYTES);
        self.resident_bytes = Some(bytes);
        self.memory_bytes = usize::try_from(beside / 4).unwrap_or(usize::MAX);
        self.memory_bytes = self.memory_bytes.max(LEAST_POOL_BYTES);
        self.spilled_bytes = bytes.saturating_mul(SPILLED_TIMES);
        self.threads = self.threads.min(usize::try_from(beside / THREAD_BYTES).unwrap_or(usize::MAX)).max(1);
        self
    }
}

/// Answers questions over stores.
pub struct Engine {
    pub(super) runtime: Option<Runtime>,
    pub(super) desk: Desk,
    limits: Limits,
}

/// What a question at work needs of the engine.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) session: SessionContext,
    views: Arc<Views>,
    allowed_bytes: usize,
}

impl Engine {
    /// Opens stores, folders of stores or segments by themselves; one named twice is read once.
    ///
    /// # Errors
    /// A folder that is no store, or an engine that cannot start.
    pub fn open(stores: &[PathBuf], options: Options) -> Result<Self, Error> {
        Self::over(sources(stores)?, options)
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
            .thread_stack_size(STACK_BYTES)
            .build()
            .map_err(|error| start(&error))?;
        let Options { resident_bytes, timeout, memory_bytes, .. } = options;
        let whole = resident_bytes.and_then(|bytes| usize::try_from(bytes).ok());
        let limits = Limits { timeout, resident_bytes, allowed_bytes: whole.unwrap_or(memory_bytes) };
        let footers = options.footers.clone();
        let views = Arc::new(Views { sources: sources.into(), range: options.range, footers });
        let session = session(&views, &options).map_err(|error| start(&error))?;
        let desk = Desk { session, views, allowed_bytes: whole.unwrap_or(memory_bytes) };
        Ok(Engine { runtime: Some(runtime), desk, limits })
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
    /// What is wrong with the question, or with a store, or which limit was met; `each` may have seen a
    /// part by then.
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
        each: impl FnMut(&RecordBatch) -> ControlFlow<()>,
    ) -> Result<SchemaRef, Error> {
        let Some(runtime) = &self.runtime else { return Err(Error::Start("it has ended".into())) };
        let (desk, sql, told) = (self.desk.clone(), sql.to_string(), running.clone());
        let work = move |parts| desk.answer(sql, told, parts);
        work::answered(runtime.handle(), &self.limits, running, work, each)
    }
}

/// A computation that looks at nothing is not waited for.
impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Desk {
    async fn answer(self, sql: String, running: Running, parts: Parts) -> Result<(), Error> {
        let state = self.session.state();
        let explain = |error: DataFusionError| {
            explained(&error, &Asked { sql: &sql, state: &state, allowed_bytes: self.allowed_bytes })
        };
        let (plan, schema) = self.plan(&sql, &state).await?;
        running.started(&plan);
        let mut batches = execute_stream(plan, state.task_ctx()).map_err(explain)?;
        let mut wanted = parts.send(Part::Schema(schema.clone())).is_ok();
        while wanted && let Some(batch) = batches.next().await {
            let batch = batch.and_then(|batch| named(&batch, &schema)).map_err(explain)?;
            wanted = parts.send(Part::Rows(batch)).is_ok();
        }
        Ok(())
    }

    /// The state with views of these columns.
    fn of_named(&self, wanted: Wanted, state: &SessionState) -> SessionState {
        let catalogs = MemoryCatalogProviderList::new();
        let store = Store { views: self.views.clone(), wanted: Arc::new(wanted) };
        catalogs.register_catalog(CATALOG.to_string(), Arc::new(store));
        let mut state = state.clone();
        state.register_catalog_list(Arc::new(catalogs));
        state
    }

    /// The plan, and the schema of the answer with names as they were typed.
    async fn plan(
        &self,
        sql: &str,
        state: &SessionState,
    ) -> Result<(Arc<dyn ExecutionPlan>, SchemaRef), Error> {
        let explain = |error: DataFusionError| {
            explained(&error, &Asked { sql, state, allowed_bytes: self.allowed_bytes })
        };
        depth::check_text(sql)?;
        let statement = state.sql_to_statement(sql, &Dialect::Generic).map_err(|error| match error {
            DataFusionError::Plan(_) => Error::Empty,
            DataFusionError::NotImplemented(_) => Error::Several,
            other => explain(other),
        })?;
        if !is_question(&statement) {
            return Err(Error::NotAQuestion);
        }
        depth::check(&statement)?;
        parameters::check(&statement)?;
        let references = state.resolve_table_references(&statement).map_err(explain)?;
        for reference in &references {
            if let Some(lacking) = asked_for(reference).and_then(|table| self.views.lacks(table)) {
                return Err(lacking);
            }
            let TableReference::Bare { table: name } = reference else { continue };
            if schema::table(name).is_none() && !state.table_functions().contains_key(&**name) {
                return Err(table(name));
            }
        }
        let wanted = Wanted::of(&statement, sql);
        let plan = match self.of_named(wanted, state).statement_to_plan(statement.clone()).await {
            Ok(plan) => plan,
            // What is wrong with it is told of whole tables.
            Err(_) => state.statement_to_plan(statement).await.map_err(explain)?,
        };
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

/// The table that rows are read of for this one, where it is one of those that are recorded.
fn asked_for(reference: &TableReference) -> Option<&'static str> {
    match (reference.schema(), reference.table()) {
        (Some(META), GAPS_TABLE) => Some(EVENT),
        (None | Some(CATALOG), name) => schema::table(name).map(|table| table.name),
        _ => None,
    }
}

/// The batch under the names of `schema`, with its text as everybody reads it.
fn named(batch: &RecordBatch, schema: &SchemaRef) -> datafusion::common::Result<RecordBatch> {
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| match (column.data_type(), field.data_type()) {
        (DataType::Utf8View, wanted @ DataType::Utf8) => cast(column, wanted),
        _ => Ok(column.clone()),
    });
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns.collect::<Result<_, _>>()?, &rows)?)
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
