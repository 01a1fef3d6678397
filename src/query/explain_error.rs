//! DataFusion's errors in the words of this program: one line, near names, no noise.

use std::error::Error as StdError;
use std::io;

use datafusion::arrow::error::ArrowError;
use datafusion::common::{Column, DataFusionError, SchemaError};
use datafusion::execution::session_state::SessionState;
use datafusion::sql::sqlparser::parser::ParserError;

use super::Error;
use super::meta::META_TABLES;
use super::work::TOO_LONG;
use crate::schema::{self, COMMON, TABLES, Table, either, near};

/// The question that failed, and what it was asked of.
pub(super) struct Asked<'a> {
    pub(super) sql: &'a str,
    pub(super) state: &'a SessionState,
    pub(super) allowed_bytes: usize,
}

/// What the error means to the one who asked.
pub(super) fn explained(error: &DataFusionError, asked: &Asked) -> Error {
    if let Some(own) = own(error) {
        return own;
    }
    let memory = Error::Memory { allowed_bytes: asked.allowed_bytes };
    match error.find_root() {
        DataFusionError::SQL(error, _) => Error::Syntax(syntax(error)),
        DataFusionError::SchemaError(error, _) => column(error, asked.sql),
        DataFusionError::ResourcesExhausted(_) => memory,
        root if root.to_string().contains(TOO_LONG) => memory,
        // A join that has no room for its first batch.
        root if root.message().contains("no data to spill") => memory,
        DataFusionError::Plan(what) => planning(what, asked.state).unwrap_or_else(|| other(what)),
        // A condition is evaluated while a segment is decoded, and what it says comes as a text.
        DataFusionError::ParquetError(error) if error.to_string().contains("ResourcesExhausted(") => memory,
        DataFusionError::ParquetError(error) => reading(&error.to_string()),
        DataFusionError::ArrowError(error, _) => match error.as_ref() {
            ArrowError::ParquetError(what) => reading(what),
            error => other(&error.to_string()),
        },
        root => other(&root.message()),
    }
}

/// One of our own errors that travelled through DataFusion.
fn own(error: &DataFusionError) -> Option<Error> {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(link) = cause {
        // What an I/O error is made of is not its source.
        let inside = link.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inside = inside.and_then(|inside| inside.downcast_ref::<Error>());
        if let Some(own) = link.downcast_ref::<Error>().or(inside) {
            return Some(own.clone());
        }
        cause = link.source();
    }
    None
}

/// So many characters of the engine's own words: it tells of a plan or an expression as a whole.
const LONGEST: usize = 300;

fn other(what: &str) -> Error {
    let line = first_line(what);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => Error::Other(format!("{}…", &line[..end])),
        None => Error::Other(line.to_string()),
    }
}

fn first_line(text: &str) -> &str {
    let mut line = text.lines().next().unwrap_or_default().trim_end_matches([':', ' ']);
    while let Some(rest) = NOISE.iter().find_map(|noise| line.strip_prefix(noise)) {
        line = rest;
    }
    line
}

/// What says where in the engine an error arose, and nothing to its user.
const NOISE: [&str; 8] = [
    "Error during planning: ",
    "Internal error: ",
    "Execution error: ",
    "Arrow error: ",
    "Parquet error: ",
    "Cast error: ",
    "External: ",
    "Compute error: ",
];

/// A condition is evaluated while a segment is decoded, so what is wrong with the condition comes
/// as an error of reading.
fn reading(what: &str) -> Error {
    match what.split_once("Error evaluating filter predicate: ") {
        // `ArrowError(CastError("Cannot cast string 'web1' to value of Int64 type"), Some(""))`
        Some((_, inner)) => {
            let quoted = inner.split_once("(\"").and_then(|(_, rest)| rest.split_once("\")"));
            other(quoted.map_or(inner, |(message, _)| message))
        }
        None => Error::Other(format!(
            "a segment is damaged ({}); ask for a range without it with -b and -e",
            first_line(what)
        )),
    }
}

fn syntax(error: &ParserError) -> String {
    let (ParserError::ParserError(what) | ParserError::TokenizerError(what)) = error else {
        return "it is nested too deeply".to_string();
    };
    // `Expected: an expression, found: EOF at Line: 1, Column: 8`
    let what = first_line(what);
    let (what, place) = match what.rsplit_once(" at Line: ") {
        Some((what, place)) => (what, format!(" (line {})", place.replace("Column: ", "column "))),
        None => (what, String::new()),
    };
    match what.strip_prefix("Expected: ").and_then(|what| what.split_once(", found: ")) {
        Some((expected, "EOF")) => format!("it ends where {expected} should follow"),
        Some((expected, found)) => format!("`{found}` stands where {expected} should{place}"),
        None => format!("{what}{place}"),
    }
}

/// What our own functions that make tables are given.
const TABLE_FUNCTIONS: [(&str, &str); 2] = [("at", "'14:05'"), ("gapfill", "'1 minute'")];

/// Unknown tables of the question.
pub(super) fn table(name: &str) -> Error {
    // As it was typed, without the catalog that goes without saying.
    let name = name.strip_prefix("sysray.").unwrap_or(name);
    let about = name.strip_prefix("meta.").map(|_| META_TABLES.as_slice());
    let names = || match about {
        Some(tables) => tables.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        None => TABLES.iter().map(|table| table.name).collect(),
    };
    // A function that stands where a table does may have been meant too.
    let hint = match near(name, names().into_iter().chain(["gapfill"])).as_slice() {
        [] => format!("there are {}", names().join(", ")),
        close => format!("did you mean {}?", either(close)),
    };
    Error::Table { name: name.to_string(), hint }
}

fn column(error: &SchemaError, sql: &str) -> Error {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => unknown_column(field, valid_fields, sql),
        SchemaError::AmbiguousReference { field } => Error::Other(format!(
            "`{}` is in more than one table of the question; write `TABLE.{}`",
            field.name, field.name
        )),
        error => Error::Other(format!("{}; name one of them anew with `as`", first_line(&error.to_string()))),
    }
}

fn unknown_column(field: &Column, valid: &[Column], sql: &str) -> Error {
    let name = field.name.clone();
    let mut tables: Vec<&str> = valid.iter().filter_map(of).collect();
    tables.dedup();
    if let Some(meant) = of(field) {
        if !tables.contains(&meant) {
            let hint = format!("the question is about {}", either(&tables));
            return Error::Table { name: meant.to_string(), hint };
        }
        tables.retain(|table| *table == meant);
    }
    let known = valid.iter().filter(|column| of(column).is_none_or(|table| tables.contains(&table)));
    let close = near(&name, known.map(|column| column.name.as_str()));
    let elsewhere: Vec<&str> =
        TABLES.iter().filter(|table| has(table, &name)).map(|table| table.name).collect();
    let described = tables.iter().find(|table| schema::table(table).is_some());
    let lists = described.map_or("`show columns from TABLE` lists them".to_string(), |table| {
        format!("`sysray schema {table}` lists them")
    });
    let hint = if sql.contains(&format!("\"{name}\"")) {
        format!("text stands in single quotes: '{name}'")
    } else if !close.is_empty() {
        format!("did you mean {}? {lists}", either(&close))
    } else if !elsewhere.is_empty() {
        format!("there is one in {}; {lists}", either(&elsewhere))
    } else {
        lists
    };
    let place = if tables.is_empty() { String::new() } else { format!(" in {}", tables.join(", ")) };
    Error::Column { name, place, hint }
}

fn of(column: &Column) -> Option<&str> {
    column.relation.as_ref().map(|table| table.table())
}

fn has(table: &Table, column: &str) -> bool {
    let stored = COMMON.iter().chain(table.columns).any(|stored| stored.name == column);
    stored || table.derived.iter().any(|derived| derived.name == column)
}

/// The errors of planning that have no type of their own. Their words are this version's, and the
/// suite asks for each.
fn planning(what: &str, state: &SessionState) -> Option<Error> {
    let quoted = |before: &str, after: char| {
        let (_, rest) = what.split_once(before)?;
        rest.split(after).next()
    };
    if let Some(name) = quoted("Invalid function '", '\'').or_else(|| quoted("table function '", '\'')) {
        return Some(function(name, state));
    }
    if what.contains("failed to match any signature") || what.contains("No function matches") {
        let name = quoted("unction '", '\'').or_else(|| quoted("types '", '('))?;
        return Some(Error::Other(format!(
            "`{name}` does not take arguments of these types; `describe TABLE` shows a column's"
        )));
    }
    if what.contains("must appear in the GROUP BY clause") {
        let name = quoted("column \"", '"')?.rsplit('.').next()?;
        return Some(Error::Other(format!(
            "`{name}` has many values a group; add it to `group by`, or take `max({name})` or the like"
        )));
    }
    let name = what.strip_prefix("table '")?.strip_suffix("' not found")?;
    Some(table(name))
}

fn function(name: &str, state: &SessionState) -> Error {
    // Those that are there, and stand where they cannot.
    let known = name.to_lowercase();
    if state.table_functions().contains_key(&known) {
        let called =
            TABLE_FUNCTIONS.iter().find(|(known, _)| *known == name).map_or("…", |(_, called)| called);
        return Error::Other(format!(
            "`{name}` makes a table and no value: `select * from {name}({called})`"
        ));
    }
    if state.window_functions().contains_key(&known) {
        let given = match known.as_str() {
            "interpolate" => "x, ts",
            "row_number" | "rank" | "dense_rank" | "percent_rank" | "cume_dist" => "",
            _ => "x",
        };
        return Error::Other(format!(
            "`{name}` looks at the rows around each, in an order: `{name}({given}) over (order by ts)`"
        ));
    }
    let scalar = state.scalar_functions().keys();
    let known = scalar.chain(state.aggregate_functions().keys()).chain(state.window_functions().keys());
    let known = known.chain(state.table_functions().keys());
    let hint = match near(name, known.map(String::as_str)).as_slice() {
        [] => "`show functions` lists them".to_string(),
        close => format!("did you mean {}?", either(close)),
    };
    Error::Function { name: name.to_string(), hint }
}
