//! Columns as they were typed: `max(cpu)`, where the engine says `max(system.cpu)`, and `tick / 2` for
//! `tick / Int64(2)`; text is plain text, which the engine has views of.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use regex::Regex;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\bU?(?:Int|Float)64\((-?[0-9][0-9.eE+-]*)\)").expect("the pattern is constant")
});
static TEXT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\bUtf8(?:View)?\("([^"]*)"\)"#).expect("the pattern is constant"));

/// The schema with plain names. `table` is the question's only one, and goes without saying.
pub(super) fn plain(schema: &SchemaRef, table: Option<&str>) -> SchemaRef {
    let field = |field: &FieldRef| {
        let mut name = NUMBER.replace_all(field.name(), "$1").into_owned();
        name = TEXT.replace_all(&name, "'$1'").into_owned();
        if let Some(table) = table {
            name = without(&name, table);
        }
        let datatype = match field.data_type() {
            DataType::Utf8View => DataType::Utf8,
            other => other.clone(),
        };
        field.as_ref().clone().with_name(name).with_data_type(datatype)
    };
    let fields: Vec<_> = schema.fields().iter().map(field).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// The name without `table.`, where that begins a word.
fn without(name: &str, table: &str) -> String {
    let qualifier = format!("{table}.");
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find(&qualifier) {
        let begins =
            !rest[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '.');
        plain += &rest[..at];
        if !begins {
            plain += &qualifier;
        }
        rest = &rest[at + qualifier.len()..];
    }
    plain + rest
}
