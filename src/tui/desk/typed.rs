//! What was typed: questions, conditions, exports and reports, one after the other on a thread of their own, so
//! that none of them keeps the strip, logs or a list waiting however long it takes.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender};

use super::super::effect::Effect;
use super::super::event::Event;
use super::super::sheet::Sheet;
use super::{Desk, ranges, told};
use crate::query::Running;

/// So many rows of an answer are shown.
const MOST_ROWS: usize = 10_000;

/// Who can stop what is worked on: questions and conditions by themselves, since the next of them does so too.
#[derive(Default)]
pub struct Stops {
    question: Running,
    condition: Running,
    rest: Running,
}

impl Stops {
    /// By what an effect is stopped; of questions and conditions the one before is no longer wanted.
    pub fn of(&mut self, effect: &Effect) -> Running {
        let one = match effect {
            Effect::Ask(..) => &mut self.question,
            Effect::Until { .. } => &mut self.condition,
            _ => return self.rest.clone(),
        };
        one.cancel();
        *one = Running::default();
        one.clone()
    }

    /// Stops all that was given so far.
    pub fn cancel(&mut self) {
        self.question.cancel();
        self.condition.cancel();
        std::mem::take(&mut self.rest).cancel();
    }
}

/// Carries out what was typed, until there is no more.
pub fn work(desk: &Desk, jobs: &Receiver<(Effect, Running)>, events: &Sender<Event>) {
    while let Ok((effect, running)) = jobs.recv() {
        let event = match effect {
            Effect::Ask(number, sql) => Event::Answer(number, answer(desk, &sql, &running)),
            Effect::Until { number, from, condition, is_back } => {
                Event::Until(number, ranges::until(desk, from, &condition, is_back, &running))
            }
            Effect::Export(export) => Event::Written(desk.hooks.export(&export, &running)),
            Effect::Report { host, from, to, lang } => {
                Event::Written(desk.hooks.report(&host, (from, to), lang, &running))
            }
            _ => continue,
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

fn answer(desk: &Desk, sql: &str, running: &Running) -> Result<Sheet, String> {
    let (mut batches, mut rows) = (Vec::new(), 0);
    let schema = desk.engine.watched(sql.trim().trim_end_matches(';'), running, |batch| {
        let taken = batch.num_rows().min(MOST_ROWS - rows);
        batches.push(batch.slice(0, taken));
        rows += taken;
        if rows < MOST_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let schema = schema.map_err(told)?;
    arrow::compute::concat_batches(&schema, &batches).map(Sheet::new).map_err(told)
}
