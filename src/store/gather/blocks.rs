//! Which rows of a tick are about the same entities as in the tick before, and where the rows of each
//! entity lie in the end. A row that both ticks have from one keyframe is not even looked at.

use super::step::Step;
use super::values::Values;
use crate::schema::{Table, Type};
use crate::store::Error;
use crate::store::entity::Entities;
use crate::store::journal::{Lying, Of, Place, Rows};

/// The entities of a table, tick by tick.
pub struct Blocks {
    entities: Entities,
    /// The key columns: their places in the part, and what they are.
    keys: Vec<(usize, Type)>,
    /// Of each row that arrived.
    of_row: Vec<u32>,
    /// The last keyframe that rows were taken from, and whose they are.
    key: Option<(u64, Vec<u32>)>,
    /// The keyframe of the tick before.
    key_before: Option<u64>,
    tick: u32,
    /// Of each entity: the last tick that it was in, from one on, and where.
    last: Vec<(u32, Place)>,
    step: Step,
}

impl Blocks {
    /// Nobody yet. `keys` are the places of the key columns in the part, and their types.
    pub fn new(table: &'static Table, keys: Vec<(usize, Type)>) -> Result<Self, Error> {
        Ok(Blocks {
            entities: Entities::new(table)?,
            keys,
            of_row: Vec::new(),
            key: None,
            key_before: None,
            tick: 0,
            last: Vec::new(),
            step: Step::default(),
        })
    }

    /// Takes in a tick, whose keyframe is `key`.
    pub fn next(&mut self, key: u64, lying: &Lying) -> Result<&Step, Error> {
        if let Some(rows) = &lying.key
            && self.key.as_ref().is_none_or(|(seq, _)| *seq != key)
        {
            self.key = Some((key, self.whose(rows)?));
        }
        let own = lying.own.as_ref().map_or_else(|| Ok(Vec::new()), |rows| self.whose(rows))?;
        let of_key = self.key.take();
        let whose_key = of_key.as_ref().map_or(&[][..], |(_, whose)| whose);
        self.step.of(lying);
        self.tick += 1;
        let stays = self.key_before == Some(key);
        for row in 0..self.step.places.len() {
            let place = self.step.places[row];
            let entity = match place.of {
                Of::Key => whose_key[place.row],
                Of::Own => own[place.row],
            };
            self.of_row.push(entity);
            let last = &mut self.last[entity as usize];
            let (tick, before) = std::mem::replace(last, (self.tick, place));
            // Also a second row of the same tick, which only somebody else can have written.
            if tick == 0 || tick + 1 != self.tick {
                self.step.new.push((place, row));
            } else if !(stays && place.of == Of::Key && place == before) {
                self.step.push(before, place, row);
            }
        }
        self.key = of_key;
        self.key_before = Some(key);
        Ok(&self.step)
    }

    fn whose(&mut self, rows: &Rows) -> Result<Vec<u32>, Error> {
        let key = |(place, datatype): &(usize, Type)| {
            Values::of(rows, *place, *datatype).array(*datatype, rows.count())
        };
        let keys: Vec<_> = self.keys.iter().map(key).collect();
        let whose = self.entities.of_keys(&keys, rows.count())?;
        let most = whose.iter().max().map_or(0, |most| *most as usize + 1);
        if self.last.len() < most {
            self.last.resize(most, (0, Place { of: Of::Key, row: 0 }));
        }
        Ok(whose)
    }

    /// Where each row lies, by the number in which it arrived: entities in the order of their keys, the
    /// rows of each in the order in which they came.
    pub fn places(self) -> Vec<u32> {
        let mut rows = vec![0; self.last.len()];
        self.of_row.iter().for_each(|entity| rows[*entity as usize] += 1);
        let mut order: Vec<u32> = (0..rows.len() as u32).collect();
        order.sort_by(|a, b| self.entities.order(*a).cmp(&self.entities.order(*b)));
        let mut next = 0;
        for entity in order {
            let count = std::mem::replace(&mut rows[entity as usize], next);
            next += count;
        }
        let mut places = self.of_row;
        for place in &mut places {
            let next = &mut rows[*place as usize];
            *place = std::mem::replace(next, *next + 1);
        }
        places
    }
}
