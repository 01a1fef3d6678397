//! What a set of collectors fills: of each table, which columns have values. No reasons are looked for.

use crate::schema::{Row, Rows, Sample, TABLES, Value, every_table};

use super::evidence::OWN;

/// What was filled of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    pub table: &'static str,
    /// None where nothing fills it.
    pub rows: usize,
    /// The columns that have a value in every row.
    pub known: Vec<&'static str>,
    /// Those that have one in some.
    pub partly: Vec<&'static str>,
    /// And in none.
    pub unknown: Vec<&'static str>,
}

/// Of each table that is about the host, in order.
pub fn filled(sample: &Sample) -> Vec<Filled> {
    let mut all = Vec::new();
    macro_rules! each {
        ($($name:ident: $row:ident),*) => { $(all.push(of(&sample.$name));)* };
    }
    every_table!(each);
    all.retain(|filled| !OWN.contains(&filled.table));
    debug_assert_eq!(all.len() + OWN.len(), TABLES.len());
    all
}

fn of<R: Row>(rows: &Rows<R>) -> Filled {
    let table = R::table();
    let mut filled =
        Filled { table: table.name, rows: rows.len(), known: vec![], partly: vec![], unknown: vec![] };
    for (at, column) in table.columns.iter().enumerate() {
        let has_value = |row: &&R| row.values().get(at).is_some_and(|value| *value != Value::Unknown);
        let count = rows.iter().filter(|row| has_value(row)).count();
        let list = match count {
            0 => &mut filled.unknown,
            _ if count == rows.len() => &mut filled.known,
            _ => &mut filled.partly,
        };
        list.push(column.name);
    }
    filled
}
