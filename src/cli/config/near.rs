//! What a mistyped key may have been meant to be.

use super::alerts::ALERT;
use super::key::Declared;
use super::keys::KEYS;

/// The way out for a key that is not known: the one that was meant, if one is near.
pub fn key(table: &str, name: &str) -> String {
    let own: Vec<&str> = KEYS.iter().filter(|key| key.table == table).map(|key| key.name).collect();
    let same =
        KEYS.iter().find(|key| key.name == name.replace('-', "_") && !key.table.starts_with("collect."));
    if let Some(near) = nearest(name, own.iter().copied()) {
        return format!("did you mean \"{near}\"?");
    }
    match same {
        Some(Declared { table: "", .. }) => format!("\"{name}\" stands before the first [table]"),
        Some(key) => format!("\"{}\" is a key of [{}]", key.name, key.table),
        None if own.is_empty() => format!("there are the tables {}", tables().join(", ")),
        None => format!("there are {}", own.join(", ")),
    }
}

/// The way out for one of some names that is not known.
pub fn among(name: &str, names: &[&str]) -> String {
    match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("there are {}", names.join(", ")),
    }
}

/// The same for a table.
pub fn table(name: &str) -> String {
    let mut tables = tables();
    tables.push(ALERT);
    match nearest(name, tables.iter().copied()) {
        Some(near) => format!("did you mean [{near}]?"),
        None => format!("there are {}", tables.join(", ")),
    }
}

/// The variable that a mistyped one was meant to be.
pub fn variable<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let edits = |variable: &&String| strsim::damerau_levenshtein(name, variable);
    known.iter().filter(|variable| edits(variable) <= 2).min_by_key(edits).map(String::as_str)
}

/// All tables but the beginning of the file, in order.
pub fn tables() -> Vec<&'static str> {
    let mut tables: Vec<&str> = KEYS.iter().map(|key| key.table).filter(|table| !table.is_empty()).collect();
    tables.dedup();
    tables
}

fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase().replace('-', "_");
    let edits = |name: &str| strsim::damerau_levenshtein(&word, name);
    let part = |name: &str| word.len() > 2 && (name.contains(&word) || word.contains(name));
    names
        .filter(|name| edits(name) <= (word.chars().count() / 3).clamp(1, 2) || part(name))
        .min_by_key(|name| edits(name))
}
