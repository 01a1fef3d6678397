//! `at('14:05' [, 'process'])`: the rows of a table as they stood at an instant, by default all
//! processes: of each host those of its last tick at or before it, no older than two intervals, or
//! a second: to that the beginning and the end of a recording are known.
//!
//! When that tick was is looked for in ever longer spans of time: mostly the first few seconds have
//! it, and no other row need be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, SchemaRef, TimestampMicrosecondType};
use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::datasource::ViewTable;
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::logical_expr::{
    Expr, LogicalPlanBuilder, TableProviderFilterPushDown, TableType, ident, lit,
};
use datafusion::physical_plan::{ExecutionPlan, collect};

use super::arguments::{count, instant, misused, text};
use crate::query::Error;
use crate::query::explain_error;
use crate::query::literals::ReadTime;
use crate::query::view::Views;
use crate::query::wanted::Wanted;
use crate::schema::{self, Micros, Table};
use crate::time::Range;

const USAGE: &str = "at('14:05')` or `at('yesterday 14:05', 'disk')";
const SECOND: i64 = 1_000_000;
/// How far back is looked. The last is two of the longest intervals that can be recorded.
const SPANS: [i64; 5] = [10 * SECOND, 150 * SECOND, 3_600 * SECOND, 21_600 * SECOND, 172_800 * SECOND];

pub(super) struct At {
    pub(super) views: Arc<Views>,
    pub(super) read: ReadTime,
}

impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("At")
    }
}

impl TableFunctionImpl for At {
    fn call_with_args(&self, args: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let given = args.exprs();
        count(USAGE, given, 1, 2)?;
        let at = instant(USAGE, &given[0], &self.read)?;
        let name = match given.get(1) {
            None => "process".to_string(),
            Some(name) => text(name)
                .ok_or_else(|| misused(USAGE, "the second argument of `at` is the name of a table"))?,
        };
        let unknown = || DataFusionError::External(Box::new(explain_error::table(&name)));
        let table = schema::table(&name).ok_or_else(unknown)?;
        if let Some(lacking) = self.views.lacks(table.name) {
            return Err(DataFusionError::External(Box::new(lacking)));
        }
        let view = self.views.view(table, &Wanted::All)?;
        Ok(Arc::new(Instant { views: self.views.clone(), table, at, view }))
    }
}

/// One table at one instant.
struct Instant {
    views: Arc<Views>,
    table: &'static Table,
    at: Micros,
    view: ViewTable,
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.table.name, self.at.0)
    }
}

impl Instant {
    /// The `ts` that each host's last tick has.
    async fn ticks(&self, state: &dyn Session) -> Result<BTreeMap<String, i64>> {
        let (mut found, mut until) = (BTreeMap::new(), self.at.0);
        let mut hosts = self.hosts()?;
        for span in SPANS {
            if hosts.is_empty() {
                break;
            }
            let from = self.at.0.saturating_sub(span);
            let rows = LogicalPlanBuilder::from(self.view.logical_plan().clone())
                .filter(ident("ts").gt(time(from)).and(ident("ts").lt_eq(time(until))))?
                .aggregate([ident("host"), ident("ts")], [max(ident("interval_us")).alias("interval")])?
                .build()?;
            let plan = state.create_physical_plan(&rows).await?;
            // The last of each host in this span; those of later spans are older.
            let mut last: BTreeMap<String, (i64, i64)> = BTreeMap::new();
            for batch in collect(plan, state.task_ctx()).await? {
                let host = cast(batch.column(0), &DataType::Utf8)?;
                let (host, ts) = (host.as_string::<i32>(), batch.column(1));
                let ts = ts.as_primitive::<TimestampMicrosecondType>();
                let interval = batch.column(2).as_primitive::<Int64Type>();
                for row in 0..batch.num_rows() {
                    let interval = if interval.is_valid(row) { interval.value(row) } else { 0 };
                    let told = last.entry(host.value(row).to_string()).or_insert((i64::MIN, 0));
                    *told = (*told).max((ts.value(row), interval));
                }
            }
            for (host, (ts, interval)) in last {
                hosts.remove(&host);
                if self.at.0 - ts <= interval.saturating_mul(2).max(SECOND) {
                    found.insert(host, ts);
                }
            }
            until = from;
        }
        Ok(found)
    }

    /// Those that may have rows in the longest of the spans.
    fn hosts(&self) -> Result<BTreeSet<String>> {
        let from = Micros(self.at.0.saturating_sub(SPANS[SPANS.len() - 1]));
        let range = Range { from: Some(from), to: Some(self.at) };
        let mut hosts = BTreeSet::new();
        for source in self.views.sources.iter() {
            let chosen = source
                .select(self.table, &range)
                .map_err(|error| DataFusionError::External(Box::new(Error::Store(Arc::new(error)))))?;
            hosts.extend(chosen.segments.into_iter().map(|segment| segment.name.host));
            hosts.extend(chosen.tail.iter().map(|tail| tail.host.to_string()));
        }
        Ok(hosts)
    }
}

fn time(micros: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())))
}

#[async_trait]
impl TableProvider for Instant {
    fn schema(&self) -> SchemaRef {
        self.view.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Exact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let ticks = self.ticks(state).await?;
        let (first, last) = (ticks.values().min().copied(), ticks.values().max().copied());
        let of = |(host, ts): (String, i64)| ident("host").eq(lit(host)).and(ident("ts").eq(time(ts)));
        let chosen = ticks.into_iter().map(of).reduce(Expr::or).unwrap_or_else(|| lit(false));
        let mut rows = LogicalPlanBuilder::from(self.view.logical_plan().clone()).filter(chosen)?;
        if let (Some(first), Some(last)) = (first, last) {
            // By this files are chosen; by what stands between `or` none could be.
            rows = rows.filter(ident("ts").gt_eq(time(first)).and(ident("ts").lt_eq(time(last))))?;
        }
        let rows = rows.build()?;
        ViewTable::new(rows, None).scan(state, projection, filters, limit).await
    }
}
