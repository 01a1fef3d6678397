//! How a table looks in SQL: what is stored, then `host`, then the derived columns, cut to the
//! engine's range. A view is made when a question names its table.
//!
//! No rows pass here: filters and projections go through the view to the provider.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::{CatalogProvider, SchemaProvider, TableProvider};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, TableType, cast, ident, lit};

use super::Error;
use super::division::divide;
use super::files::Footers;
use super::meta::{META, Meta};
use super::provider::Recorded;
use super::source::Source;
use super::wanted::Wanted;
use crate::schema::{self, Micros, Table};
use crate::time::Range;

/// The name of the catalog, and of the schema in it that need not be named.
pub(super) const CATALOG: &str = "sysray";

/// In each view.
const KEPT: [&str; 2] = ["ts", "host"];

/// All tables over some sources.
pub(super) struct Views {
    pub(super) sources: Arc<[Arc<dyn Source>]>,
    pub(super) range: Range,
    pub(super) footers: Arc<Footers>,
}

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Views")
    }
}

impl Views {
    /// The table with these of its columns; with `ts` and `host` in any case, since a view without a column is none.
    pub(super) fn view(&self, table: &'static Table, wanted: &Wanted) -> Result<ViewTable> {
        let recorded = Recorded {
            table,
            sources: self.sources.clone(),
            range: self.range,
            footers: self.footers.clone(),
        };
        let schema = recorded.schema();
        let mut plan = LogicalPlanBuilder::scan(table.name, provider_as_source(Arc::new(recorded)), None)?;
        for limit in limits(&self.range) {
            plan = plan.filter(limit)?;
        }
        let is_wanted = |name: &str| KEPT.contains(&name) || wanted.has(name);
        let stored = schema.fields().iter().filter(|field| is_wanted(field.name()));
        let stored = stored.map(|field| Ok(ident(field.name())));
        let derived = table.derived.iter().filter(|column| is_wanted(column.name));
        let derived = derived.map(|column| {
            let tree = schema::parse_expr(column.expr).map_err(DataFusionError::Plan)?;
            Ok(computed(&tree).alias(column.name))
        });
        let columns = stored.chain(derived).collect::<Result<Vec<_>>>()?;
        Ok(ViewTable::new(plan.project(columns)?.build()?, None))
    }
}

impl Views {
    /// That none of the sources can have rows of the table, where they are single files.
    pub(super) fn lacks(&self, name: &str) -> Option<Error> {
        let mut held = BTreeSet::new();
        for source in self.sources.iter() {
            held.extend(source.tables()?);
        }
        if held.is_empty() || held.contains(name) {
            return None;
        }
        let files = self.sources.iter().flat_map(|source| source.held());
        let files: Vec<String> = files.map(|file| file.path.display().to_string()).collect();
        let held: Vec<String> = held.into_iter().collect();
        Some(Error::Elsewhere { name: name.into(), file: files.join(" and "), held: held.join("` and `") })
    }
}

/// The range as conditions on `ts`.
fn limits(range: &Range) -> Vec<Expr> {
    let at = |micros: Micros| lit(ScalarValue::TimestampMicrosecond(Some(micros.0), Some("UTC".into())));
    let from = range.from.map(|from| ident("ts").gt(at(from)));
    let to = range.to.map(|to| ident("ts").lt_eq(at(to)));
    from.into_iter().chain(to).collect()
}

/// A derived column: all in double precision, a division by zero NULL.
fn computed(tree: &schema::Expr) -> Expr {
    match tree {
        schema::Expr::Column(name) => cast(ident(name), DataType::Float64),
        schema::Expr::Number(number) => lit(*number),
        schema::Expr::Binary(left, operator, right) => {
            let (left, right) = (computed(left), computed(right));
            match operator {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                _ => divide(left, right),
            }
        }
    }
}

/// The tables as one question sees them.
#[derive(Debug)]
struct Tables {
    views: Arc<Views>,
    wanted: Arc<Wanted>,
}

#[async_trait]
impl SchemaProvider for Tables {
    fn table_names(&self) -> Vec<String> {
        schema::all_tables().map(|table| table.name.to_string()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let view = schema::table(name).map(|table| self.views.view(table, &self.wanted)).transpose()?;
        Ok(view.map(|view| Arc::new(view) as Arc<dyn TableProvider>))
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        Ok(schema::table(name).map(|_| TableType::View))
    }

    fn table_exist(&self, name: &str) -> bool {
        schema::table(name).is_some()
    }
}

/// The catalog with that schema, and the one that tells of it.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) views: Arc<Views>,
    pub(super) wanted: Arc<Wanted>,
}

impl Store {
    /// With whole tables.
    pub(super) fn whole(views: &Arc<Views>) -> Self {
        Store { views: views.clone(), wanted: Arc::new(Wanted::All) }
    }
}

impl CatalogProvider for Store {
    fn schema_names(&self) -> Vec<String> {
        vec![CATALOG.to_string(), META.to_string()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        match name {
            CATALOG => Some(Arc::new(Tables { views: self.views.clone(), wanted: self.wanted.clone() })),
            META => Some(Arc::new(Meta(self.views.clone()))),
            _ => None,
        }
    }
}
