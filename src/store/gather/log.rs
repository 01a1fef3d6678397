//! What changed in one column from tick to tick: most of a host's processes do nothing most of the
//! time, and what stays is neither copied nor looked at again.

use super::step::Step;
use super::values::{Pair, Sides, Values};
use crate::schema::Type;
use crate::store::journal::Place;
use crate::store::runs::{Cell, Runs, Texts};

/// Marks a row from which on the value is unknown.
const UNKNOWN: u32 = 1 << 31;
/// Rows compared at once.
const AT_ONCE: usize = 32;

/// Rows, by the number in which they arrived, with what they have that the entity's row before had not.
pub struct Log {
    pub datatype: Type,
    rows: Vec<u32>,
    cells: Vec<u64>,
    texts: Texts,
    /// Of the last row that followed others.
    above: Option<Cell>,
}

impl Log {
    pub fn new(datatype: Type) -> Self {
        Log { datatype, rows: Vec::new(), cells: Vec::new(), texts: Texts::default(), above: None }
    }

    /// About what it takes in memory.
    pub fn held_bytes(&self) -> usize {
        self.rows.len() * 12 + self.texts.held_bytes()
    }

    /// Notes what has changed in a tick: `first` is the number of its first row.
    pub fn note(&mut self, before: &Sides<'_>, now: &Sides<'_>, step: &Step, first: usize) {
        for (place, row) in &step.new {
            if let Some(values) = now.of(place.of) {
                self.push(values, place.row, first + row);
            }
        }
        for block in &step.blocks {
            let Some(values) = now.of(block.now.of) else { continue };
            let (from, to) = (block.before.row, block.now.row);
            let Some(before) = before.of(block.before.of) else {
                (0..block.rows).for_each(|row| self.push(values, to + row, first + block.first + row));
                continue;
            };
            let pair = |row, rows| Pair { before: from + row, now: to + row, rows };
            if before.same(values, pair(0, block.rows)) {
                continue;
            }
            for part in (0..block.rows).step_by(AT_ONCE) {
                let rows = AT_ONCE.min(block.rows - part);
                if rows < block.rows && before.same(values, pair(part, rows)) {
                    continue;
                }
                for row in part..part + rows {
                    if !before.same(values, pair(row, 1)) {
                        self.push(values, to + row, first + block.first + row);
                    }
                }
            }
        }
    }

    /// Notes the rows of a tick that are not what the row above them is: `first` is the number of its first
    /// row.
    pub fn follow(&mut self, now: &Sides<'_>, step: &Step, first: usize) {
        if self.datatype != Type::Utf8 {
            return self.follow_numbers(now, step, first);
        }
        let mut above = None;
        for (row, place) in step.places.iter().enumerate() {
            let Some(values) = now.of(place.of) else { continue };
            let same = above.replace(*place).is_some_and(|above: Place| {
                let pair = Pair { before: above.row, now: place.row, rows: 1 };
                now.of(above.of).is_some_and(|before| before.same(values, pair))
            });
            if !same {
                self.push(values, place.row, first + row);
            }
        }
    }

    /// The same where a value costs no more to take out than to compare: then the last row of the tick before is
    /// above the first one too.
    fn follow_numbers(&mut self, now: &Sides<'_>, step: &Step, first: usize) {
        for (row, place) in step.places.iter().enumerate() {
            let Some(values) = now.of(place.of) else { continue };
            let cell = values.number(place.row);
            if self.above.replace(cell) != Some(cell) {
                self.push_cell(cell, first + row);
            }
        }
    }

    fn push(&mut self, values: &Values<'_>, row: usize, number: usize) {
        let cell = values.cell(row, &mut self.texts);
        self.push_cell(cell, number);
    }

    fn push_cell(&mut self, cell: Cell, number: usize) {
        let number = number as u32;
        match cell {
            Some(cell) => {
                self.rows.push(number);
                self.cells.push(cell);
            }
            None => {
                self.rows.push(number | UNKNOWN);
                self.cells.push(0);
            }
        }
    }

    /// The column, of so many rows; `places` says where each row lies that arrived, if not where it did.
    pub fn runs(self, places: Option<&[u32]>, count: usize) -> Runs {
        let mut runs = Runs::new(self.datatype);
        runs.texts = self.texts;
        let place = |row: u32| {
            let row = row & !UNKNOWN;
            places.map_or(row, |places| places[row as usize])
        };
        // In the order in which they lie: (place, which).
        let mut noted: Vec<(u32, u32)> = self.rows.iter().map(|row| place(*row)).zip(0..).collect();
        if places.is_some() {
            noted.sort_unstable();
        }
        let next = noted.iter().skip(1).map(|(place, _)| *place).chain([count as u32]);
        for ((place, which), next) in noted.iter().zip(next) {
            let is_known = self.rows[*which as usize] & UNKNOWN == 0;
            runs.push((next - place) as usize, is_known.then(|| self.cells[*which as usize]));
        }
        runs
    }
}
