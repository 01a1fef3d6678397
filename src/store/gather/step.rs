//! A tick's rows as they come in: where each is and, of a table by entity, where it was in the tick before.

use crate::store::journal::{Lying, Of, Place};

/// Rows that follow each other in a tick, and in the tick before did as well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// Where they began in the tick before.
    pub before: Place,
    pub now: Place,
    /// Which row of the tick the first is.
    pub first: usize,
    pub rows: usize,
}

/// A tick beside the one before.
#[derive(Default)]
pub struct Step {
    /// Where each of its rows is.
    pub places: Vec<Place>,
    /// Rows of entities that were there, which may have changed.
    pub blocks: Vec<Block>,
    /// Those of entities that were not: where they are, and which rows of the tick.
    pub new: Vec<(Place, usize)>,
    /// Which rows of the tick its own are.
    pub own: Vec<usize>,
}

impl Step {
    /// A tick by itself.
    pub fn of(&mut self, lying: &Lying) {
        self.blocks.clear();
        self.new.clear();
        self.own.clear();
        self.places = lying.rows();
        let own = self.places.iter().enumerate().filter(|(_, place)| place.of == Of::Own);
        self.own.extend(own.map(|(row, _)| row));
    }

    /// Adds a row of an entity that was there: where it was, where it is, and which row of the tick it is.
    pub fn push(&mut self, before: Place, now: Place, row: usize) {
        let follows =
            |first: Place, rows: usize, place: Place| first.of == place.of && first.row + rows == place.row;
        match self.blocks.last_mut() {
            Some(block)
                if follows(block.before, block.rows, before)
                    && follows(block.now, block.rows, now)
                    && block.first + block.rows == row =>
            {
                block.rows += 1;
            }
            _ => self.blocks.push(Block { before, now, first: row, rows: 1 }),
        }
    }
}
