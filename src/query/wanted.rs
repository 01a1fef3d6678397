//! Which columns a question can be about: those it names.
//!
//! A table has sixty stored columns and as many derived ones, each with an expression that every rule of the
//! planner looks at again and again: to plan a question over all of them takes as long as to answer it. So views
//! hold what is named. More than is meant does no harm, so that all words of the text count, wherever they stand.

use std::collections::HashSet;
use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{self, Query, Select, SelectItem, SetExpr, Visit, Visitor};

/// With these the engine looks at columns that nobody named.
const ALL_WORDS: [&str; 3] = ["natural", "information_schema", "describe"];

/// Columns by their names.
#[derive(Debug, PartialEq)]
pub(super) enum Wanted {
    All,
    Named(HashSet<String>),
}

impl Wanted {
    /// What the statement, which is that text, can be about.
    pub(super) fn of(statement: &Statement, sql: &str) -> Wanted {
        if !is_plain(statement) {
            return Wanted::All;
        }
        let is_in_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words = sql.split(|letter| !is_in_name(letter)).filter(|word| !word.is_empty());
        let words: HashSet<String> = words.map(str::to_lowercase).collect();
        match ALL_WORDS.iter().any(|word| words.contains(*word)) {
            true => Wanted::All,
            false => Wanted::Named(words),
        }
    }

    /// Whether a column of that name is among them.
    pub(super) fn has(&self, column: &str) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Named(words) => words.contains(column),
        }
    }
}

/// Whether it is a question whose columns are all named.
fn is_plain(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(sql) => match sql.as_ref() {
            ast::Statement::Query(query) => query.visit(&mut Stars).is_continue(),
            ast::Statement::Explain { statement, .. } => statement.visit(&mut Stars).is_continue(),
            _ => false,
        },
        Statement::Explain(explain) => is_plain(&explain.statement),
        _ => false,
    }
}

/// Ends where all columns of something are meant.
struct Stars;

impl Visitor for Stars {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if is_whole(&query.body) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let is_star =
            |item: &SelectItem| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
        // Without a list all is meant: `from process`.
        match select.projection.is_empty() || select.projection.iter().any(is_star) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

/// Whether a table by itself is among what is put together: `table process`.
fn is_whole(body: &SetExpr) -> bool {
    match body {
        SetExpr::Table(_) => true,
        SetExpr::SetOperation { left, right, .. } => is_whole(left) || is_whole(right),
        _ => false,
    }
}
