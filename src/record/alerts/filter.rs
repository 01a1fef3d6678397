//! Which rows a rule is about: `fstype != squashfs and mount = /data*`.

use std::fmt;

use super::condition::meant;
use crate::schema::{Table, Type, Value};

/// Comparisons of stored columns with patterns, all of which must be so.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// As it was written.
    text: String,
    tests: Vec<Test>,
}

#[derive(Clone, Debug)]
struct Test {
    /// The column's place in the table.
    column: usize,
    is_equal: bool,
    pattern: String,
}

impl Filter {
    /// Reads tests of a table's columns with `and` between them.
    ///
    /// # Errors
    /// What cannot be meant.
    pub fn parse(text: &str, table: &'static Table) -> Result<Filter, String> {
        const FORM: &str = "write it as mount = /data*, device != 'loop*', several with `and` between them";
        let mut tests = Vec::new();
        let mut rest = text.trim();
        loop {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').ok_or(FORM)?;
            let (name, behind) = rest.split_at(end);
            let behind = behind.trim_start();
            let (is_equal, behind) = match (behind.strip_prefix("!="), behind.strip_prefix('=')) {
                (Some(behind), _) => (false, behind),
                (_, Some(behind)) => (true, behind),
                _ => return Err(FORM.into()),
            };
            let (pattern, behind) = value(behind.trim_start()).ok_or(FORM)?;
            tests.push(Test { column: column(table, name)?, is_equal, pattern: pattern.into() });
            let behind = behind.trim_start();
            if behind.is_empty() {
                return Ok(Filter { text: text.trim().into(), tests });
            }
            let word = behind.get(..3).filter(|word| word.eq_ignore_ascii_case("and")).ok_or(FORM)?;
            rest = behind[word.len()..].strip_prefix(char::is_whitespace).ok_or(FORM)?.trim_start();
        }
    }

    /// Whether a row passes, whose values `look` finds by their places. What is unknown equals nothing.
    pub fn passes<'a>(&self, look: impl Fn(usize) -> Value<'a>) -> bool {
        self.tests.iter().all(|test| {
            let is_like = match look(test.column) {
                Value::Text(text) => is_like(text, &test.pattern),
                Value::Bool(yes) => is_like(if yes { "true" } else { "false" }, &test.pattern),
                Value::Int(number) => is_like(itoa::Buffer::new().format(number), &test.pattern),
                Value::Unknown | Value::Float(_) | Value::Time(_) => false,
            };
            is_like == test.is_equal
        })
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn column(table: &'static Table, name: &str) -> Result<usize, String> {
    let can = |datatype: Type| matches!(datatype, Type::Utf8 | Type::Boolean | Type::Int64);
    match table.columns.iter().position(|column| column.name == name) {
        Some(at) if can(table.columns[at].datatype) => Ok(at),
        Some(_) => Err(format!("{}.{name} is no text, true or false, or whole number", table.name)),
        None => {
            let names = table.columns.iter().filter(|column| can(column.datatype)).map(|column| column.name);
            Err(format!("{} has no stored column {name:?}{}", table.name, meant(name, names)))
        }
    }
}

/// A value in single quotes, or one word; and what follows it.
fn value(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('\'') {
        return quoted.split_once('\'');
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    Some(text.split_at(end)).filter(|(word, _)| !word.is_empty())
}

/// Whether a text is like a pattern, in which `*` stands for any characters and `?` for one.
fn is_like(text: &str, pattern: &str) -> bool {
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    // Where the last `*` was, and how far what it stands for has come.
    let mut star = None;
    loop {
        let before = text.clone();
        match (pattern.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                star = Some((pattern.clone(), before.clone()));
                text = before;
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(there)) if wanted == there => {}
            _ => {
                let Some((behind, from)) = &mut star else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, text) = (behind.clone(), from.clone());
            }
        }
    }
}
