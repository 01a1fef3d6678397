//! What the schema says of a word: tables and columns whose names or prose have it.

use super::super::model::Found;
use super::super::words::Lang;
use crate::schema;

/// So many are shown.
const MOST: usize = 60;

/// What is found of a text, names before prose; of nothing the tables.
pub fn found(text: &str, _lang: Lang) -> Vec<Found> {
    let text = text.trim().to_lowercase();
    let mut all: Vec<(usize, Found)> = Vec::new();
    for table in schema::TABLES.iter() {
        let mut add = |title: String, about: &str, name: &str| {
            let rank = match () {
                () if name == text => 0,
                () if name.starts_with(&text) => 1,
                () if name.contains(&text) => 2,
                () if about.to_lowercase().contains(&text) => 3,
                () => return,
            };
            all.push((rank, Found { title, text: about.to_string() }));
        };
        add(table.name.to_string(), table.about, table.name);
        if text.is_empty() {
            continue;
        }
        for column in table.columns {
            add(format!("{}.{}", table.name, column.name), column.about, column.name);
        }
        for column in table.derived {
            add(format!("{}.{}", table.name, column.name), column.about, column.name);
        }
    }
    all.sort_by_key(|(rank, _)| *rank);
    all.into_iter().take(MOST).map(|(_, found)| found).collect()
}
