//! The words that a question can be made of: tables, their columns, and functions.

use std::collections::BTreeMap;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::TableReference;

use super::Engine;
use super::view::CATALOG;

/// What there is to ask for, as it is typed.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// The columns of each table, in their order.
    pub tables: BTreeMap<String, Vec<String>>,
    /// Names of functions, sorted.
    pub functions: Vec<String>,
}

impl Engine {
    /// All its words. A table that cannot be opened has no columns.
    pub fn vocabulary(&self) -> Vocabulary {
        let mut tables = BTreeMap::new();
        let catalog = self.desk.session.catalog(CATALOG);
        for schema_name in catalog.iter().flat_map(|catalog| catalog.schema_names()) {
            let Some(schema) = catalog.as_ref().and_then(|catalog| catalog.schema(&schema_name)) else {
                continue;
            };
            for table in schema.table_names() {
                let reference = TableReference::partial(schema_name.as_str(), table.as_str());
                let provider = self
                    .runtime
                    .as_ref()
                    .map(|runtime| runtime.block_on(self.desk.session.table_provider(reference)));
                let provider = provider.and_then(Result::ok);
                let columns = provider.map(|provider| names(&provider.schema())).unwrap_or_default();
                let name = if schema_name == CATALOG { table } else { format!("{schema_name}.{table}") };
                tables.insert(name, columns);
            }
        }
        let state = self.desk.session.state();
        let scalar = state.scalar_functions().keys();
        let others = state.aggregate_functions().keys().chain(state.window_functions().keys());
        let mut functions: Vec<String> =
            scalar.chain(others).chain(state.table_functions().keys()).cloned().collect();
        functions.sort();
        functions.dedup();
        Vocabulary { tables, functions }
    }
}

fn names(schema: &SchemaRef) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}
