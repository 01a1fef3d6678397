//! Parameters of a question: `:name` in its text, declared in its head with a default.
//!
//! ```sql
//! -- Which processes used the most CPU time?
//! -- :n = 10, how many
//! ```
//!
//! A value takes a name's place as a literal and as nothing else: where the default is a number only
//! a number, else a quoted text. `:name` in text, in comments and behind another colon is left alone.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{Expr, Value, Visit, Visitor};

use super::Error;
use super::tiers::quoted;
use crate::schema::{either, near};

/// One that is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    /// As SQL writes it.
    pub default: String,
    /// What it is, in some words.
    pub about: String,
}

/// What the head of a question declares: lines of comment that begin with `:name =`.
pub fn parameters(sql: &str) -> Vec<Parameter> {
    let head = sql.lines().map(str::trim).take_while(|line| line.starts_with("--"));
    head.filter_map(|line| {
        let (name, rest) = line.trim_start_matches('-').trim().strip_prefix(':')?.split_once('=')?;
        let (name, rest) = (name.trim(), rest.trim());
        if name.is_empty() || name.len() != name_length(name) {
            return None;
        }
        let end = match rest.strip_prefix('\'') {
            Some(text) => text.find('\'')? + 2,
            None => rest.find(',').unwrap_or(rest.len()),
        };
        let about = rest[end..].trim_start_matches(',').trim();
        Some(Parameter { name: name.into(), default: rest[..end].trim().into(), about: about.into() })
    })
    .collect()
}

/// The question with its parameters' values in their places: what was given, else the default.
///
/// # Errors
/// A value for a parameter that the question does not have, or one that is not what it should be.
pub fn filled(sql: &str, given: &[(String, String)]) -> Result<String, Error> {
    let declared = parameters(sql);
    let (text, used) = filled_in(sql, &declared, given)?;
    match given.iter().find(|(name, _)| !used.contains(name)) {
        Some((name, _)) => Err(unknown(name, &declared)),
        None => Ok(text),
    }
}

/// The same, where what is given is for this question and others: what it does not have is nothing wrong.
///
/// # Errors
/// A value that is not what it should be.
pub fn filled_from(sql: &str, given: &[(String, String)]) -> Result<String, Error> {
    Ok(filled_in(sql, &parameters(sql), given)?.0)
}

/// The question, and the names of what was put in.
fn filled_in(
    sql: &str,
    declared: &[Parameter],
    given: &[(String, String)],
) -> Result<(String, Vec<String>), Error> {
    let mut values: BTreeMap<&str, String> =
        declared.iter().map(|one| (one.name.as_str(), one.default.clone())).collect();
    for (name, value) in given {
        let default = declared.iter().find(|one| one.name == *name).map(|one| one.default.as_str());
        values.insert(name, literal(name, value, default)?);
    }
    let (text, used) = replaced(sql, &values);
    Ok((text, used.into_iter().map(String::from).collect()))
}

fn unknown(name: &str, declared: &[Parameter]) -> Error {
    let names: Vec<&str> = declared.iter().map(|one| one.name.as_str()).collect();
    let hint = match near(name, names.iter().copied()).as_slice() {
        [] if names.is_empty() => format!("it has none: one would be written `:{name}` in it"),
        [] => format!("it has {}", names.join(", ")),
        close => format!("did you mean {}?", either(close)),
    };
    Error::Other(format!("the question has no parameter `{name}`; {hint}"))
}

/// A value as SQL writes it.
fn literal(name: &str, value: &str, default: Option<&str>) -> Result<String, Error> {
    let is_number = is_number(value);
    match default {
        Some(default) if !default.starts_with('\'') && !is_number => Err(Error::Other(format!(
            "the parameter `{name}` is a number, such as {default}; '{value}' is none"
        ))),
        Some(default) if default.starts_with('\'') => Ok(quoted(value)),
        // In brackets, since `-` and a minus would begin a comment.
        _ if is_number && value.starts_with('-') => Ok(format!("({value})")),
        _ if is_number => Ok(value.into()),
        _ => Ok(quoted(value)),
    }
}

fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(decimals)
}

/// How much of the beginning of a text is a name.
fn name_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// Refuses a question with something in the place of a value that nobody gave, and says how to give one.
pub(super) fn check(statement: &Statement) -> Result<(), Error> {
    match statement {
        Statement::Statement(sql) => match sql.visit(&mut Open) {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) => Ok(()),
        },
        Statement::Explain(explain) => check(&explain.statement),
        _ => Ok(()),
    }
}

struct Open;

impl Visitor for Open {
    type Break = Error;

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Error> {
        let Expr::Value(value) = expr else { return ControlFlow::Continue(()) };
        let Value::Placeholder(name) = &value.value else { return ControlFlow::Continue(()) };
        ControlFlow::Break(Error::Other(match name.strip_prefix(':') {
            Some(bare) => format!(
                "the parameter `{name}` has no value; give it one with --param {bare}=VALUE, in the shell with \\set {bare} VALUE"
            ),
            None => format!(
                "`{name}` is no parameter: those are written `:name`, and given a value with --param name=VALUE, in the shell with \\set name VALUE"
            ),
        }))
    }
}

/// How much of the beginning is no place for a parameter: text, a comment, a cast.
fn left_alone(rest: &str) -> usize {
    match rest.chars().next() {
        Some(quote @ ('\'' | '"')) => rest[1..].find(quote).map_or(rest.len(), |end| end + 2),
        Some('-') if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
        Some('/') if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
        Some(':') if rest.starts_with("::") => 2,
        _ => 0,
    }
}

/// The text with what stands for the names, and which of them there were.
fn replaced<'a>(sql: &str, values: &BTreeMap<&'a str, String>) -> (String, Vec<&'a str>) {
    let (mut text, mut used) = (String::with_capacity(sql.len()), Vec::new());
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let left_alone = left_alone(rest);
        if left_alone > 0 {
            text += &rest[..left_alone];
            rest = &rest[left_alone..];
            continue;
        }
        let name = rest.strip_prefix(':').map_or("", |after| &after[..name_length(after)]);
        if let Some((name, value)) = values.get_key_value(name) {
            text += value;
            used.push(*name);
            rest = &rest[1 + name.len()..];
            continue;
        }
        text.push(first);
        rest = &rest[first.len_utf8()..];
    }
    (text, used)
}
