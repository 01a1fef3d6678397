//! A column that all rows of a tick share, mostly: when it was, its number, and how long the interval was.

use std::collections::HashMap;

use super::step::Step;
use super::values::Sides;
use crate::schema::Column;
use crate::store::journal::{Again, Frame};
use crate::store::runs::{Cell, Runs};

/// What the rows of each tick have.
pub struct Stamps {
    column: &'static Column,
    /// Of each tick.
    usual: Vec<Cell>,
    /// The rows that have something else, by the number in which they arrived.
    odd: HashMap<u32, Cell>,
}

impl Stamps {
    pub fn new(column: &'static Column) -> Self {
        Stamps { column, usual: Vec::new(), odd: HashMap::new() }
    }

    /// About what it takes in memory.
    pub fn held_bytes(&self) -> usize {
        self.usual.len() * 16 + self.odd.len() * 32
    }

    /// The numbers that are known.
    pub fn numbers(&self) -> impl Iterator<Item = i64> {
        self.usual.iter().chain(self.odd.values()).flatten().map(|cell| *cell as i64)
    }

    /// Takes in a tick: `first` is the number of its first row. Rows of the keyframe that stand there again
    /// have the frame's own time.
    pub fn note(
        &mut self,
        frame: &Frame<'_>,
        again: Option<&Again>,
        now: &Sides<'_>,
        step: &Step,
        first: usize,
    ) {
        let of_frame = again.map(|again| match self.column.name {
            "ts" => Some(frame.moment.wall.0 as u64),
            "tick" => Some(frame.moment.seq),
            _ => again.interval_us.map(|us| us as u64),
        });
        // A keyframe's rows are those of the tick, one after the other.
        let is_key = again.is_none() && step.own.is_empty();
        let side = if is_key { &now.key } else { &now.own };
        let rows = if is_key { step.places.len() } else { step.own.len() };
        let cell = |row: usize| side.as_ref().and_then(|values| values.number(row));
        let usual = of_frame.unwrap_or_else(|| if rows > 0 { cell(0) } else { None });
        self.usual.push(usual);
        if of_frame.is_some() {
            // Whatever its own rows say, as wherever else they are read.
            return;
        }
        for row in 0..rows {
            let own = cell(row);
            if own != usual {
                let row = if is_key { row } else { step.own[row] };
                self.odd.insert((first + row) as u32, own);
            }
        }
    }

    /// The column; `arrivals` tells of each row in their order its tick, and the number in which it arrived.
    pub fn runs(self, arrivals: impl IntoIterator<Item = (u32, u32)>) -> Runs {
        let mut runs = Runs::new(self.column.datatype);
        for (tick, row) in arrivals {
            let odd = if self.odd.is_empty() { None } else { self.odd.get(&row) };
            runs.push(1, odd.copied().unwrap_or(self.usual[tick as usize]));
        }
        runs
    }
}
