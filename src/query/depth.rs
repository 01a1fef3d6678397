//! How large and how deep a question may be: what plans it goes down into it by calls, and has a
//! stack of a certain size.
//!
//! First its words are counted, since the parser goes down too; then the depth of what it read.

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{self, Expr, ObjectName, Query, Select, SetExpr, Visit, Visitor};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::Error;

/// Characters.
const LONGEST: usize = 1 << 20;
/// Operators and keywords: whatever is not a name, a value, or punctuation of a list.
const MOST_WORDS: usize = 2_000;
/// Brackets in brackets. The parser's own bound lies above; where it strikes, the parser tries the same
/// again at each level, twice as often as at the one below.
const MOST_BRACKETS: usize = 32;
/// Questions in brackets in questions, of which it reads each twice.
const MOST_QUESTIONS: usize = 16;
/// `explain explain …`, where the parser goes down without counting.
const MOST_EXPLAINS: usize = 2;
/// `interval interval …`, the same.
const MOST_INTERVALS: usize = 200;
/// Operators upon operators, and questions in questions.
const DEEPEST: usize = 500;
/// Tables, a name behind `with` counted by what it stands for, and `select`s. The largest of a report's own
/// questions has 102.
const MOST_TABLES: u64 = 140;

/// Refuses a text that is too much for the parser.
pub(super) fn check_text(sql: &str) -> Result<(), Error> {
    if sql.len() > LONGEST {
        return Err(too(format!("it is {} KiB long, and may be {} KiB", sql.len() >> 10, LONGEST >> 10)));
    }
    // What cannot be read at all is the parser's to explain.
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, sql).tokenize() else { return Ok(()) };
    let (mut words, mut explains, mut intervals, mut questions) = (0, 0, 0, 0_usize);
    // The open brackets, and whether a question stands in each.
    let mut brackets: Vec<bool> = Vec::new();
    let mut just_opened = false;
    for token in tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))) {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => brackets.push(false),
            Token::RParen | Token::RBracket | Token::RBrace if brackets.pop() == Some(true) => questions -= 1,
            Token::Word(word) => match word.keyword {
                Keyword::EXPLAIN => explains += 1,
                Keyword::INTERVAL => intervals += 1,
                Keyword::SELECT | Keyword::WITH if just_opened => {
                    questions += 1;
                    brackets.pop();
                    brackets.push(true);
                }
                _ => {}
            },
            _ => {}
        }
        just_opened = matches!(token, Token::LParen);
        words += usize::from(builds_up(token));
        let open = brackets.len() > MOST_BRACKETS || questions > MOST_QUESTIONS;
        if open || explains > MOST_EXPLAINS || intervals > MOST_INTERVALS {
            return Err(too("it is nested too deeply".into()));
        }
    }
    if words > MOST_WORDS {
        return Err(too(format!(
            "it has {words} operators and keywords, and may have {MOST_WORDS}; a chain of `or` is shorter as `in (…)`"
        )));
    }
    Ok(())
}

/// Whether a token can make what is read deeper by one.
fn builds_up(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.keyword != Keyword::NoKeyword && word.quote_style.is_none(),
        Token::EOF
        | Token::Whitespace(_)
        | Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Comma
        | Token::Period
        | Token::LParen
        | Token::RParen
        | Token::RBracket
        | Token::RBrace => false,
        _ => true,
    }
}

/// Refuses a statement that is too much for the planner, or has an order inside.
pub(super) fn check(statement: &Statement) -> Result<(), Error> {
    match statement {
        Statement::Statement(sql) => check_sql(sql),
        Statement::Explain(explain) => check(&explain.statement),
        _ => Ok(()),
    }
}

fn check_sql(sql: &ast::Statement) -> Result<(), Error> {
    let mut shape = Shape::default();
    match sql.visit(&mut shape) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

fn too(why: String) -> Error {
    Error::TooLarge(why)
}

#[derive(Default)]
struct Shape {
    depth: usize,
    tables: u64,
    /// What the queries around the present one had counted before they began.
    before: Vec<u64>,
    /// The names behind `with`, by the place in memory of the query that each stands for.
    names: HashMap<usize, String>,
    weights: HashMap<String, u64>,
}

impl Shape {
    fn down(&mut self) -> ControlFlow<Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return ControlFlow::Break(too(format!(
                "it is nested more than {DEEPEST} deep; a chain of `or` is flat as `in (…)`"
            )));
        }
        ControlFlow::Continue(())
    }

    fn add(&mut self, tables: u64) -> ControlFlow<Error> {
        self.tables = self.tables.saturating_add(tables);
        if self.tables > MOST_TABLES {
            return ControlFlow::Break(too(format!(
                "it reads more than {MOST_TABLES} tables, each name behind `with` counted by what it stands for"
            )));
        }
        ControlFlow::Continue(())
    }
}

fn place(query: &Query) -> usize {
    std::ptr::from_ref(query) as usize
}

impl Visitor for Shape {
    type Break = Error;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Error> {
        if matches!(
            *query.body,
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_)
        ) {
            return ControlFlow::Break(Error::NotAQuestion);
        }
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.names.insert(place(&cte.query), cte.alias.name.value.to_lowercase());
        }
        self.before.push(self.tables);
        self.down()
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<Error> {
        self.depth -= 1;
        let before = self.before.pop().unwrap_or_default();
        if let Some(name) = self.names.remove(&place(query)) {
            self.weights.insert(name, (self.tables - before).max(1));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, _select: &Select) -> ControlFlow<Error> {
        self.add(1)
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<Error> {
        let weight = self.weights.get(&relation.to_string().to_lowercase()).copied();
        self.add(weight.unwrap_or(1))
    }

    fn pre_visit_expr(&mut self, _expr: &Expr) -> ControlFlow<Error> {
        self.down()
    }

    fn post_visit_expr(&mut self, _expr: &Expr) -> ControlFlow<Error> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }
}
