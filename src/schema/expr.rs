//! The grammar of derived columns: columns, numbers, `+ - * /`, brackets and the sign.
//!
//! One tree is printed as SQL for the views and evaluated over rows by the recorder and by tiers. All treat
//! an unknown operand and a division by zero as unknown, so that they cannot disagree.
//! This file knows no table: `schema/build` checks each expression's columns with it.

use std::fmt;

/// A derived column's definition, parsed. Columns go by their names, or by whatever finds them faster.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr<C = String> {
    /// A stored column of the same table.
    Column(C),
    /// A literal.
    Number(f64),
    /// Two operands with `+`, `-`, `*` or `/` between them.
    Binary(Box<Expr<C>>, char, Box<Expr<C>>),
}

impl<C> Expr<C> {
    /// The same with each column called as `place` says; `None` where that knows one of them not.
    pub fn with_columns<D>(&self, place: &impl Fn(&C) -> Option<D>) -> Option<Expr<D>> {
        Some(match self {
            Expr::Column(name) => Expr::Column(place(name)?),
            Expr::Number(number) => Expr::Number(*number),
            Expr::Binary(left, operator, right) => {
                let (left, right) = (left.with_columns(place)?, right.with_columns(place)?);
                Expr::Binary(Box::new(left), *operator, Box::new(right))
            }
        })
    }

    /// Its value over one row, whose columns `look` finds; `None` is unknown.
    pub fn evaluate(&self, look: &impl Fn(&C) -> Option<f64>) -> Option<f64> {
        match self {
            Expr::Column(name) => look(name),
            Expr::Number(number) => Some(*number),
            Expr::Binary(left, operator, right) => {
                let (left, right) = (left.evaluate(look)?, right.evaluate(look)?);
                match operator {
                    '+' => Some(left + right),
                    '-' => Some(left - right),
                    '*' => Some(left * right),
                    _ if right == 0.0 => None,
                    _ => Some(left / right),
                }
            }
        }
    }
}

impl Expr {
    /// The columns it reads, in order of appearance, with repetitions.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Expr::Column(name) => vec![name],
            Expr::Number(_) => vec![],
            Expr::Binary(left, _, right) => {
                let mut all = left.columns();
                all.extend(right.columns());
                all
            }
        }
    }

    /// The same as SQL: everything in double precision, a division by zero NULL.
    pub fn to_sql(&self) -> String {
        match self {
            Expr::Column(name) => format!("cast(\"{name}\" as double)"),
            Expr::Number(number) => format!("cast({number} as double)"),
            Expr::Binary(left, '/', right) => {
                format!("({} / nullif({}, 0.0))", left.to_sql(), right.to_sql())
            }
            Expr::Binary(left, operator, right) => {
                format!("({} {operator} {})", left.to_sql(), right.to_sql())
            }
        }
    }
}

/// The expression in its own grammar, each operation in brackets.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Column(name) => f.write_str(name),
            Expr::Number(number) => number.fmt(f),
            Expr::Binary(left, operator, right) => write!(f, "({left} {operator} {right})"),
        }
    }
}

/// Reads an expression; the error says what stands where it should not.
pub fn parse(text: &str) -> Result<Expr, String> {
    let mut parser = Parser { rest: text };
    let expr = parser.sum()?;
    match parser.peek() {
        None => Ok(expr),
        Some(c) => Err(format!("`{c}` is one too many in `{text}`")),
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let found = self.peek().filter(|c| wanted.contains(c))?;
        self.rest = &self.rest[found.len_utf8()..];
        Some(found)
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.into()
    }

    fn sum(&mut self) -> Result<Expr, String> {
        let mut left = self.product()?;
        while let Some(operator) = self.take(&['+', '-']) {
            left = Expr::Binary(Box::new(left), operator, Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expr, String> {
        let mut left = self.operand()?;
        while let Some(operator) = self.take(&['*', '/']) {
            left = Expr::Binary(Box::new(left), operator, Box::new(self.operand()?));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, String> {
        if self.take(&['(']).is_some() {
            let inner = self.sum()?;
            return self.take(&[')']).map(|_| inner).ok_or_else(|| "a bracket is not closed".into());
        }
        if self.take(&['-']).is_some() {
            return Ok(Expr::Binary(Box::new(Expr::Number(0.0)), '-', Box::new(self.operand()?)));
        }
        match self.peek() {
            Some(c) if c.is_ascii_digit() => {
                let word = self.word(|c| c.is_ascii_digit() || c == '.');
                word.parse().map(Expr::Number).map_err(|_| format!("`{word}` is no number"))
            }
            Some(c) if c.is_ascii_lowercase() => {
                Ok(Expr::Column(self.word(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')))
            }
            Some(c) => Err(format!("`{c}` is no column, number or bracket")),
            None => Err("it ends where a column or number should follow".into()),
        }
    }
}
