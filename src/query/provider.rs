//! The one provider that decides which rows a table has: segments and the journal's tail, of all
//! hosts, with `host` as the last column.
//!
//! It prunes by time and filters nothing itself; the view above it does.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{AsArray, RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::compute::{cast, max, min};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimestampMicrosecondType};
use datafusion::catalog::memory::{DataSourceExec, MemorySourceConfig};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::{DataFusionError, Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::union::UnionExec;
use futures::{StreamExt, TryStreamExt, stream};

use super::Error;
use super::bounds::narrow;
use super::copies::once;
use super::files::{Files, Footers, Opened, Scanned};
use super::row_groups;
use super::source::{Chosen, Source};
use super::statistics::statistics;
use crate::schema::{Micros, Table};
use crate::store::{Tail, rises};
use crate::time::Range;

/// So many footers are fetched at the same time, where they are far away.
const FETCHES: usize = 32;

/// The column that says which host a row is of.
const HOST: &str = "host";

/// The rows of one table.
pub(super) struct Recorded {
    pub(super) table: &'static Table,
    pub(super) sources: Arc<[Arc<dyn Source>]>,
    /// Rows outside of it need not be read.
    pub(super) range: Range,
    pub(super) footers: Arc<Footers>,
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorded({})", self.table.name)
    }
}

impl Recorded {
    /// What can hold rows in the range, of all sources; rows of these columns at least.
    fn select(&self, range: &Range, columns: &[&str]) -> Result<(Vec<Opened>, Vec<Tail>)> {
        let mut chosen = Vec::new();
        for source in self.sources.iter() {
            let one = source
                .select_columns(self.table, range, columns)
                .map_err(|error| DataFusionError::External(Box::new(Error::Store(Arc::new(error)))))?;
            chosen.push((source.clone(), one));
        }
        let Chosen { mut segments, tail: mut tails } = once(chosen);
        segments.retain(|segment| range.touches(segment.name.from, segment.name.to));
        tails.retain(|tail| touches(&tail.batch, range));
        Ok((segments, tails))
    }

    async fn scan_segments(
        &self,
        segments: Vec<Opened>,
        range: &Range,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = TableSchema::builder(in_views(&self.table.schema()))
            .with_table_partition_cols(vec![Arc::new(host())])
            .build();
        let options = TableParquetOptions {
            global: state.config_options().execution.parquet.clone(),
            ..TableParquetOptions::default()
        };
        let source = ParquetSource::new(schema.clone())
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(Files));
        let file = |segment: Opened| async move {
            let host = ScalarValue::Utf8View(Some(segment.name.host.clone()));
            let file = PartitionedFile::new(segment.path.to_string_lossy(), segment.bytes);
            let footer = self.footers.of(&segment).await?;
            let known = statistics(&footer, self.table);
            let file = file.with_partition_values(vec![host]).with_statistics(Arc::new(known));
            let rises = rises(&footer);
            let footer = row_groups::within(&footer, range);
            Ok::<_, DataFusionError>((file.with_extension(Scanned { opened: segment, footer }), rises))
        };
        // Those of two hosts overlap.
        let of_one_host = segments.windows(2).all(|two| two[0].name.host == two[1].name.host);
        let files = stream::iter(segments).map(file).buffered(FETCHES).try_collect::<Vec<_>>().await?;
        let (files, rise): (Vec<_>, Vec<bool>) = files.into_iter().unzip();
        let rise = of_one_host && !rise.contains(&false);
        let merged = |files: &[PartitionedFile]| {
            let each = files.iter().filter_map(|file| file.statistics.as_deref());
            Statistics::try_merge_iter(each, schema.table_schema())
        };
        let known = merged(&files)?;
        let groups = FileGroup::new(files).split_files(state.config().target_partitions()).into_iter();
        let groups = groups.map(|group| {
            let known = merged(group.files())?;
            Ok(group.with_statistics(Arc::new(known)))
        });
        let groups = groups.collect::<Result<Vec<_>>>()?;
        // The address is a formality: no file is read by its path.
        let scan = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(known)
            // Where files overlap it is dropped again by their statistics.
            .with_output_ordering(if rise { by_ts(schema.table_schema()) } else { vec![] })
            .with_projection_indices(projection.cloned())?
            .with_limit(limit);
        Ok(DataSourceExec::from_data_source(scan.build()))
    }

    fn scan_tails(&self, tails: &[Tail], projected: &SchemaRef) -> Result<Arc<dyn ExecutionPlan>> {
        let rows_of = |tail: &Tail| {
            let rows = tail.batch.num_rows();
            let column = |field: &Arc<Field>| match tail.batch.column_by_name(field.name()) {
                _ if field.name() == HOST => {
                    ScalarValue::Utf8View(Some(tail.host.to_string())).to_array_of_size(rows)
                }
                Some(column) => Ok(cast(column, field.data_type())?),
                None => Ok(new_null_array(field.data_type(), rows)),
            };
            let columns = projected.fields().iter().map(column).collect::<Result<_>>()?;
            let counted = RecordBatchOptions::new().with_row_count(Some(rows));
            Ok(RecordBatch::try_new_with_options(projected.clone(), columns, &counted)?)
        };
        let batches = tails.iter().map(rows_of).collect::<Result<Vec<_>>>()?;
        let rise = projected.column_with_name("ts").is_some_and(|(ts, _)| {
            let ts = batches
                .iter()
                .flat_map(|batch| batch.column(ts).as_primitive::<TimestampMicrosecondType>().values());
            ts.is_sorted()
        });
        let order = if rise { by_ts(projected) } else { vec![] };
        let rows = MemorySourceConfig::try_new(&[batches], projected.clone(), None)?;
        Ok(DataSourceExec::from_data_source(rows.try_with_sort_information(order)?))
    }
}

fn host() -> Field {
    Field::new(HOST, DataType::Utf8View, false)
}

/// The columns with text as views of it: of a row that repeats another's nothing is copied, and most rows do.
fn in_views(stored: &Schema) -> SchemaRef {
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)),
        _ => field.clone(),
    };
    Arc::new(Schema::new(stored.fields().iter().map(field).collect::<Vec<_>>()))
}

/// In order of `ts`, which is never NULL.
fn by_ts(schema: &SchemaRef) -> Vec<LexOrdering> {
    let ts =
        schema.index_of("ts").map(|index| PhysicalSortExpr::new_default(Arc::new(Column::new("ts", index))));
    ts.ok().and_then(|ts| LexOrdering::new([ts])).into_iter().collect()
}

/// Whether some rows of the batch lie in the range.
fn touches(batch: &RecordBatch, range: &Range) -> bool {
    let Some(ts) =
        batch.column_by_name("ts").and_then(|ts| ts.as_primitive_opt::<TimestampMicrosecondType>())
    else {
        return batch.num_rows() > 0;
    };
    match (min(ts), max(ts)) {
        (Some(first), Some(last)) => range.touches(Micros(first), Micros(last)),
        _ => false,
    }
}

#[async_trait]
impl TableProvider for Recorded {
    fn schema(&self) -> SchemaRef {
        let stored = in_views(&self.table.schema());
        let fields = stored.fields().iter().cloned().chain([Arc::new(host())]);
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.schema();
        let projected = projection.map(|columns| schema.project(columns).map(Arc::new)).transpose()?;
        let projected = projected.unwrap_or(schema);
        let mut columns: Vec<&str> = projected.fields().iter().map(|field| field.name().as_str()).collect();
        // By which it is known whether a tail has rows in the range, and whether they lie elsewhere too.
        columns.extend(["ts", "tick"]);
        let range = narrow(self.range, filters);
        let (segments, tails) = self.select(&range, &columns)?;
        let mut parts = Vec::new();
        if !segments.is_empty() {
            parts.push(self.scan_segments(segments, &range, state, projection, limit).await?);
        }
        if !tails.is_empty() {
            parts.push(self.scan_tails(&tails, &projected)?);
        }
        if parts.is_empty() {
            return Ok(Arc::new(EmptyExec::new(projected)));
        }
        // One part is handed out bare: a union cannot push a sort down.
        UnionExec::try_new(parts)
    }
}
