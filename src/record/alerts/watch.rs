//! One rule over the rows of each tick: compiled to places of columns once, it makes nothing in a tick in
//! which nothing is the matter.

use std::hash::{DefaultHasher, Hasher};
use std::time::Duration;

use super::rule::Rule;
use super::told::{self, Over};
use super::tracked::{Step, Times, Tracked};
use crate::schema::rows::{Event, Sample};
use crate::schema::{Expr, Micros, Row, Value, every_table, parse_expr};

/// Entities that one rule follows at most.
pub const MOST_TRACKED: usize = 256;
/// Of one rule as many are raised within a window; what is due beyond that is raised later.
pub const MOST_RAISED: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);
/// Rows that come at a pace of their own do so every ten seconds: what has had none for so long is gone.
const GONE: Duration = Duration::from_secs(60);

/// A tick, as a rule sees it.
pub struct Look<'a> {
    pub rows: &'a Sample,
    pub ts: Micros,
    /// The monotonic clock.
    pub now: Duration,
    /// The interval of the rule's table.
    pub interval_us: Option<i64>,
    /// Whether that table was read.
    pub is_read: bool,
}

/// What became of a rule in a tick.
pub struct News {
    pub event: Event,
    /// Whether it was raised or cleared, so that a command is run; else something is to be said of the rule.
    pub is_change: bool,
}

/// A row of any table.
trait Cells {
    fn value(&self, at: usize) -> Value<'_>;
    fn hash(&self) -> u64;
    /// `None` where it has that of its table.
    fn own_interval_us(&self) -> Option<Option<i64>>;
}

impl<R: Row> Cells for R {
    fn value(&self, at: usize) -> Value<'_> {
        Row::value(self, at)
    }

    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash_key(&mut hasher);
        hasher.finish()
    }

    fn own_interval_us(&self) -> Option<Option<i64>> {
        self.has_own_interval().then(|| Row::own_interval_us(self))
    }
}

/// A column of a row, where it stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    Column(usize),
    Interval,
    Time,
}

/// Hands each row of a table to a closure.
type Rows = fn(&Sample, &mut dyn FnMut(&dyn Cells));

macro_rules! rows {
    ($($name:ident: $row:ident),*) => {
        fn rows_of(table: &str) -> Option<Rows> {
            $(
                if table == stringify!($name) {
                    return Some(|sample, each| sample.$name.iter().for_each(|row| each(row)));
                }
            )*
            None
        }
    };
}
every_table!(rows);

/// A rule that is watched.
pub struct Watch {
    pub rule: Rule,
    rows: Rows,
    value: Expr<Place>,
    times: Times,
    tracked: Vec<Tracked>,
    /// Rounds of rows that were seen.
    round: u64,
    window: Option<Duration>,
    raised_in_window: u32,
    /// Whether it was said that there are too many, or that too many are raised at once.
    is_full_told: bool,
    is_held_told: bool,
}

impl Watch {
    /// Finds the rule's columns; `None` where its table has none of them, which no rule that was read has.
    pub fn new(rule: Rule) -> Option<Watch> {
        let (table, column) = (rule.condition.table, rule.condition.column);
        let derived = table.derived.iter().find(|derived| derived.name == column);
        let expr = match derived {
            Some(derived) => parse_expr(derived.expr).ok()?,
            None => Expr::Column(column.to_string()),
        };
        let place = |name: &String| match name.as_str() {
            "interval_us" => Some(Place::Interval),
            "ts" => Some(Place::Time),
            name => table.columns.iter().position(|column| column.name == name).map(Place::Column),
        };
        Some(Watch {
            rows: rows_of(table.name)?,
            value: expr.with_columns(&place)?,
            times: Times { lasts: rule.lasts, clear_lasts: rule.clear_lasts },
            rule,
            tracked: Vec::new(),
            round: 0,
            window: None,
            raised_in_window: 0,
            is_full_told: false,
            is_held_told: false,
        })
    }

    /// Takes in a tick.
    pub fn see(&mut self, look: &Look<'_>, tell: &mut Vec<News>) {
        self.round += 1;
        let mut has_rows = false;
        let rows = self.rows;
        rows(look.rows, &mut |row| {
            has_rows = true;
            self.row(row, look, tell);
        });
        if (has_rows || look.is_read) && !self.tracked.is_empty() {
            self.let_go(look, tell);
        }
        if self.tracked.len() < MOST_TRACKED / 2 {
            self.is_full_told = false;
        }
    }

    fn row(&mut self, row: &dyn Cells, look: &Look<'_>, tell: &mut Vec<News>) {
        let own = row.own_interval_us();
        let interval_us = own.unwrap_or(look.interval_us);
        let value = self.value.evaluate(&|place| match place {
            Place::Column(at) => row.value(*at).as_f64(),
            Place::Interval => interval_us.map(|us| us as f64),
            Place::Time => Some(look.ts.0 as f64),
        });
        let condition = &self.rule.condition;
        let (comparison, threshold) = (condition.comparison, condition.threshold);
        let is_beyond = value.is_some_and(|value| comparison.holds(value, threshold));
        if !is_beyond && self.tracked.is_empty() || !self.rule.filter.passes(|at| row.value(at)) {
            return;
        }
        let hash = row.hash();
        let known = self.tracked.iter().position(|tracked| tracked.hash == hash);
        let at = match known {
            Some(at) => at,
            None if !is_beyond => return,
            None if self.tracked.len() >= MOST_TRACKED => {
                if !std::mem::replace(&mut self.is_full_told, true) {
                    tell.push(News { event: told::too_many(&self.rule), is_change: false });
                }
                return;
            }
            None => {
                let names = told::names(condition.table, |at| row.value(at));
                self.tracked.push(Tracked::new(hash, names, own.is_some(), look.now, look.ts));
                self.tracked.len() - 1
            }
        };
        let tracked = &mut self.tracked[at];
        (tracked.round, tracked.seen) = (self.round, look.now);
        // What is unknown neither raises it nor clears it.
        let Some(value) = value else { return };
        let holds = is_beyond || comparison.holds(value, self.rule.clear);
        match tracked.see(value, is_beyond, holds, look.now, &self.times) {
            Step::Stays => {}
            Step::IsDue => self.raise(at, look, tell),
            Step::Ends => self.end(at, Over::Value, look, tell),
        }
    }

    fn raise(&mut self, at: usize, look: &Look<'_>, tell: &mut Vec<News>) {
        let is_new = self.window.is_none_or(|began| look.now.saturating_sub(began) >= WINDOW);
        if is_new {
            (self.window, self.raised_in_window, self.is_held_told) = (Some(look.now), 0, false);
        }
        if self.raised_in_window >= MOST_RAISED {
            if !std::mem::replace(&mut self.is_held_told, true) {
                tell.push(News { event: told::held_back(&self.rule), is_change: false });
            }
            return;
        }
        self.raised_in_window += 1;
        let tracked = &mut self.tracked[at];
        tracked.raised = Some((look.now, look.ts));
        tell.push(News { event: told::raised(&self.rule, tracked, look.now), is_change: true });
    }

    /// Forgets an entity, and says so if it was raised.
    fn end(&mut self, at: usize, over: Over, look: &Look<'_>, tell: &mut Vec<News>) {
        let tracked = self.tracked.swap_remove(at);
        if let Some(event) = told::cleared(&self.rule, &tracked, over, look.now) {
            tell.push(News { event, is_change: true });
        }
    }

    /// Ends what has no row any more.
    fn let_go(&mut self, look: &Look<'_>, tell: &mut Vec<News>) {
        for at in (0..self.tracked.len()).rev() {
            let tracked = &self.tracked[at];
            let is_there = tracked.round == self.round
                || tracked.has_own_interval && look.now.saturating_sub(tracked.seen) < GONE;
            if !is_there {
                self.end(at, Over::Gone, look, tell);
            }
        }
    }
}
