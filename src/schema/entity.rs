//! What an entity is called where one text has to say which row of a table is meant: in `base`.

use std::fmt::Write;

use super::{Kind, Row, Table, Value};

/// The table of what counters stood at.
pub const BASE: &str = "base";

/// Where a table's key columns are among its columns.
pub fn keys(table: &'static Table) -> impl Iterator<Item = usize> {
    table.columns.iter().enumerate().filter(|(_, column)| column.kind == Kind::Key).map(|(at, _)| at)
}

/// Writes the values of key columns as one text, in the place of what `text` has.
pub fn entity<'a>(keys: impl Iterator<Item = Value<'a>>, text: &mut String) {
    text.clear();
    for (at, key) in keys.enumerate() {
        if at > 0 {
            text.push(' ');
        }
        match key {
            Value::Unknown => text.push('-'),
            key => write!(text, "{key}").expect("a string takes what is written"),
        }
    }
}

/// What a row is about, as one text.
pub fn entity_of<R: Row>(row: &R) -> String {
    let (values, mut text) = (row.values(), String::new());
    entity(keys(R::table()).map(|at| values[at]), &mut text);
    text
}
