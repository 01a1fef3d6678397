//! The schema `meta`: what there is to ask about. Tables and columns come from the declaration,
//! segments from the names in a store's folders, gaps from what the recorder noted of them.
//!
//! No segment is opened for any but `meta.gaps`.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::common::Result;
use datafusion::datasource::{MemTable, ViewTable};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::functions::regex::expr_fn::regexp_replace;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, ident, lit, try_cast};

use super::source::Held;
use super::view::Views;
use super::wanted::Wanted;
use crate::schema::{self, Micros, Tier};

/// The name of the schema.
pub(super) const META: &str = "meta";

/// Its tables, as they are typed, and what each has a row for.
pub const META_TABLES: [(&str, &str); 4] = [
    ("meta.tables", "What tables there are, a row each"),
    ("meta.columns", "The columns of all tables, a row each"),
    ("meta.segments", "The files of the store, a row each"),
    ("meta.gaps", "Times without rows, or with fewer than there should be"),
];

/// The table of gaps, and the one whose rows tell of them.
pub(super) const GAPS_TABLE: &str = "gaps";
pub(super) const EVENT: &str = "event";

/// What the recorder notes of a time without rows, or with fewer than there should be.
const GAPS: [&str; 4] = ["gap", "lost", "skipped", "suspend"];

/// The tables that tell of the others.
#[derive(Debug)]
pub(super) struct Meta(pub(super) Arc<Views>);

#[async_trait]
impl SchemaProvider for Meta {
    fn table_names(&self) -> Vec<String> {
        META_TABLES.iter().map(|(name, _)| name[META.len() + 1..].to_string()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let batch = match name {
            "tables" => tables()?,
            "columns" => columns()?,
            "segments" => segments(
                self.0.sources.iter().flat_map(|source| source.held()).collect::<Vec<_>>().as_slice(),
            )?,
            GAPS_TABLE => return Ok(Some(Arc::new(gaps(&self.0)?))),
            _ => return Ok(None),
        };
        Ok(Some(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?)))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.table_names().iter().any(|known| known == name)
    }
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    Ok(RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name, column, true)),
    )?)
}

/// A row a table, tiers behind what is recorded.
fn tables() -> Result<RecordBatch> {
    let all: Vec<_> = schema::all_tables().collect();
    let tier = |tier: Tier| if tier == Tier::Minute { "1m" } else { "1h" };
    let names: StringArray = all.iter().map(|table| Some(table.name)).collect();
    let tiers: StringArray = all.iter().map(|table| table.tier.map(tier)).collect();
    let made_of: StringArray = all.iter().map(|table| table.tier.map(|_| table.raw)).collect();
    let rows: StringArray = all.iter().map(|table| Some(table.rows)).collect();
    let stored: Int64Array = all.iter().map(|table| Some(table.schema().fields().len() as i64)).collect();
    let derived: Int64Array = all.iter().map(|table| Some(table.derived.len() as i64)).collect();
    let about: StringArray = all.iter().map(|table| Some(table.about)).collect();
    batch(vec![
        ("table_name", Arc::new(names)),
        ("tier", Arc::new(tiers)),
        ("made_of", Arc::new(made_of)),
        ("rows_a_tick", Arc::new(rows)),
        ("stored_columns", Arc::new(stored)),
        ("derived_columns", Arc::new(derived)),
        ("about", Arc::new(about)),
    ])
}

/// A row a column, in the order in which `select *` has them.
fn columns() -> Result<RecordBatch> {
    let all: Vec<_> = schema::all_tables().collect();
    let described = schema::describe(&all);
    let names = ["table_name", "column_name", "kind", "data_type", "unit", "about", "source", "expression"];
    batch(names.into_iter().zip(described.columns().iter().cloned()).collect())
}

/// A row a file.
fn segments(held: &[Held]) -> Result<RecordBatch> {
    let instants = |of: fn(&Held) -> Option<Micros>| {
        let micros = held.iter().map(|file| of(file).map(|at| at.0));
        Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC")) as ArrayRef
    };
    let numbers = |of: fn(&Held) -> Option<u64>| {
        Arc::new(held.iter().map(|file| of(file).map(|number| number as i64)).collect::<Int64Array>())
            as ArrayRef
    };
    let tables: StringArray = held.iter().map(|file| file.table.as_deref()).collect();
    let hosts: StringArray = held.iter().map(|file| Some(file.host.as_str())).collect();
    let state = |file: &Held| if file.table.is_some() { "sealed" } else { "journal" };
    let states: StringArray = held.iter().map(|file| Some(state(file))).collect();
    let paths: StringArray = held.iter().map(|file| Some(file.path.to_string_lossy())).collect();
    batch(vec![
        ("table_name", Arc::new(tables)),
        ("host", Arc::new(hosts)),
        ("state", Arc::new(states)),
        ("from_ts", instants(|file| Some(file.from))),
        ("to_ts", instants(|file| file.to)),
        ("bytes", numbers(|file| file.bytes)),
        ("first_seq", numbers(|file| Some(file.first_seq))),
        ("last_seq", numbers(|file| file.last_seq)),
        ("generation", numbers(|file| file.generation.map(u64::from))),
        ("path", Arc::new(paths)),
    ])
}

/// A row a time without rows, or with fewer than there should be.
fn gaps(views: &Views) -> Result<ViewTable> {
    let event = schema::table(EVENT).expect("there is a table of events");
    let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    // Where it began stands in what is there for programs: the row is stamped with its end.
    let pattern = lit(r#"^.*"from_us":(-?[0-9]+).*$"#);
    let from = regexp_replace(ident("detail"), pattern, lit("${1}"), None);
    let from = cast(try_cast(from, DataType::Int64), instant);
    let to = coalesce(vec![ident("until_ts"), ident("ts")]);
    let micros = |at: Expr| cast(cast(at, DataType::Int64), DataType::Float64);
    let kinds = GAPS.iter().map(|kind| lit(*kind)).collect();
    let plan = LogicalPlanBuilder::from(views.view(event, &Wanted::All)?.logical_plan().clone())
        .filter(ident("kind").in_list(kinds, false))?
        .project([
            ident("host"),
            from.alias("from_ts"),
            to.alias("to_ts"),
            ident("kind"),
            ident("message"),
        ])?;
    let seconds = (micros(ident("to_ts")) - micros(ident("from_ts"))) / lit(1e6);
    let columns = [
        ident("host"),
        ident("from_ts"),
        ident("to_ts"),
        seconds.alias("seconds"),
        ident("kind"),
        ident("message"),
    ];
    Ok(ViewTable::new(plan.project(columns)?.build()?, None))
}
