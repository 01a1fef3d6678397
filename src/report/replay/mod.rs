//! A recording step by step, as plain text: what the host was doing, who took its CPU, and what happened.
//!
//! It asks for a stretch of time at a time, so that a month is no more in memory than ten minutes.

mod step;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use super::Error;
use super::ask::{Ask, Inquiry, Question};
use super::gather::{self, Options, Zone};
use crate::time::Micros;
use step::{Event, Next, Process, Sample};

/// So much time is asked for at once, or a step where that is longer.
const STRETCH_US: i64 = 600_000_000;

/// Which steps, and how much of each.
#[derive(Clone, Debug)]
pub struct Steps {
    /// The last sample of each span of so many microseconds; `None` for every sample.
    pub every_us: Option<i64>,
    /// So many processes at most.
    pub processes: usize,
    /// The tables that there are, where no store is gone through but files by themselves.
    pub tables: Option<BTreeSet<String>>,
}

/// What is told, in the order in which it says which samples there are.
const TOLD: [&str; 3] = ["system", "process", "event"];

impl Steps {
    fn has(&self, table: &str) -> bool {
        self.tables.as_ref().is_none_or(|tables| tables.contains(table))
    }
}

macro_rules! replayed {
    ($name:literal) => {
        Question {
            name: concat!("replay/", $name),
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/replay/", $name, ".sql")),
        }
    };
}

/// Hands out a piece of text a step, from the first to the last, until there are no more or `each` fails.
///
/// # Errors
/// Nothing recorded in the range, a host that is not told apart, a question that has no answer; and the error of
/// `each`.
pub fn replay<E: From<Error>>(
    ask: &dyn Ask,
    options: &Options,
    steps: &Steps,
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let clock = Zone::of(options);
    let Some(ticker) = TOLD.into_iter().find(|table| steps.has(table)) else {
        let there: Vec<String> = steps.tables.iter().flatten().cloned().collect();
        return Err(E::from(Error::NoSteps(there.join(", "))));
    };
    let found = match ticker {
        "system" => gather::host(ask, options, &clock)?,
        table => {
            let question = replayed!("hosts");
            gather::host_by(ask, options, &clock, question, &question.sql.replace("$table", table))?
        }
    };
    let stretch = steps.every_us.unwrap_or(1).max(1).max(STRETCH_US);
    let (first, last) = (found.first_ts.0.0, found.last_ts.0.0);
    let begin = options.range.from.map_or(first - 1, |from| from.0.max(first - 1));
    let end = options.range.to.map_or(last, |to| to.0.min(last));
    let missing: Vec<&str> = TOLD.into_iter().filter(|table| !steps.has(table)).collect();
    each(&text::heading(&found.host, &clock.moment(Micros(begin)), &missing))?;
    let (mut from, mut before) = (begin, None);
    while from < end {
        // Behind an edge of the clock, so that no span of a step is cut in two.
        let to = (from.div_euclid(stretch) + 1) * stretch;
        let inquiry = Inquiry {
            ask,
            host: &found.host,
            from: Micros(from),
            to: Micros(to.min(end)),
            held: &options.held,
        };
        let found = steps_of(&inquiry, steps, ticker)?;
        from = if found.is_empty() { behind_gap(&inquiry, end, ticker)? } else { to };
        for step in found {
            each(&text::step(&step, before, &clock))?;
            before = Some(step.sample.ts.0);
        }
    }
    Ok(())
}

/// Where the next stretch begins that has a sample.
fn behind_gap(inquiry: &Inquiry, end: i64, ticker: &str) -> Result<i64, Error> {
    let rest = Inquiry { from: inquiry.to, to: Micros(end), ..*inquiry };
    let question = replayed!("next");
    let next = rest.rows_of::<Next>(question, &question.sql.replace("$table", ticker))?;
    let next = next.into_iter().find_map(|next| next.ts);
    Ok(next.map_or(end, |ts| ts.0.0 - 1))
}

/// One step: a sample, who was busy in it, and what happened since the step before.
struct Step {
    sample: Sample,
    /// Whether more is known of the sample than when it was.
    has_host: bool,
    processes: Vec<Process>,
    events: Vec<Event>,
}

fn steps_of(inquiry: &Inquiry, steps: &Steps, ticker: &str) -> Result<Vec<Step>, Error> {
    let samples: Vec<Sample> = match ticker {
        "system" => inquiry.rows(replayed!("samples"))?,
        table => {
            let question = replayed!("steps");
            inquiry.rows_of(question, &question.sql.replace("$table", table))?
        }
    };
    let all = samples.len();
    let chosen = last_of_each(samples, steps.every_us);
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let ticks: Vec<String> = chosen.iter().map(|sample| sample.tick.to_string()).collect();
    let only = if chosen.len() < all { format!("and tick in ({})", ticks.join(", ")) } else { String::new() };
    let question = replayed!("processes");
    let sql = question.sql.replace("$ticks", &only).replace("$top", &steps.processes.to_string());
    let mut processes: BTreeMap<i64, Vec<Process>> = BTreeMap::new();
    for process in inquiry.rows_of::<Process>(question, &sql)? {
        processes.entry(process.tick).or_default().push(process);
    }
    let mut events = inquiry.rows::<Event>(replayed!("events"))?.into_iter().peekable();
    let has_host = ticker == "system";
    let step = |sample: Sample| {
        let happened = std::iter::from_fn(|| events.next_if(|event| event.ts.0 <= sample.ts.0)).collect();
        let processes = processes.remove(&sample.tick).unwrap_or_default();
        Step { has_host, processes, events: happened, sample }
    };
    Ok(chosen.into_iter().map(step).collect())
}

/// The last sample of each span.
fn last_of_each(samples: Vec<Sample>, every_us: Option<i64>) -> Vec<Sample> {
    let Some(every) = every_us.filter(|every| *every > 0) else { return samples };
    let span = |sample: &Sample| (sample.ts.0.0 - 1).div_euclid(every);
    let mut chosen: Vec<Sample> = Vec::new();
    for sample in samples {
        match chosen.last_mut() {
            Some(last) if span(last) == span(&sample) => *last = sample,
            _ => chosen.push(sample),
        }
    }
    chosen
}
