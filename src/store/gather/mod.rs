//! A table's rows out of a part's frames, as they are to lie in a segment: each frame is unpacked once,
//! and of it only what has changed is kept. So a part takes the same memory and time however many
//! processes do nothing in it; of a host where much happens the last columns are left for another pass.

mod blocks;
mod log;
mod stamps;
mod step;
mod values;

use self::blocks::Blocks;
use self::log::Log;
use self::stamps::Stamps;
use self::step::Step;
use self::values::Sides;
use super::Error;
use super::journal::{Content, Frame, Lying, Part, TableReader};
use super::runs::Runs;
use crate::schema::{COMMON, Column, Kind, Micros, Order, Table};

/// What the columns of one pass may take.
const PASS_BYTES: usize = 3 << 20;

/// The rows of one table in some frames: the columns of one pass.
pub struct Gathered {
    rows: usize,
    /// Where each row lies, by the number in which it arrived; `None` where it lies as it arrived.
    places: Option<Vec<u32>>,
    /// How many rows each tick has.
    ticks: Vec<u32>,
    columns: std::vec::IntoIter<Noted>,
}

/// One column while frames go by.
struct Noted {
    column: &'static Column,
    /// In the part; `None` where it has none of that name.
    place: Option<usize>,
    values: Kept,
}

enum Kept {
    OfTicks(Stamps),
    OfRows(Log),
}

/// Rows of one table on their way in: its columns from one on, as many as fit.
pub struct Gathering {
    reader: TableReader,
    noted: Vec<Noted>,
    /// Of a table in the order of its entities, who they are.
    blocks: Option<Blocks>,
    /// Of another, the tick alone.
    step: Step,
    rows: usize,
    ticks: Vec<u32>,
    before: Option<Lying>,
}

impl Gathering {
    /// The columns of a table from the one numbered `from` on. `None` where the part has nothing to
    /// show of the table.
    pub fn new(part: &Part, table: &'static Table, from: usize) -> Result<Option<Self>, Error> {
        let Some(reader) = part.table(table.name) else { return Ok(None) };
        let schema = reader.schema().clone();
        let place = |column: &Column| {
            let place = schema.index_of(column.name).ok()?;
            (*schema.field(place).data_type() == column.datatype.arrow()).then_some(place)
        };
        // A part of a program that did not have one of the keys has none of the table's rows to show.
        if COMMON[..2].iter().any(|column| place(column).is_none()) {
            return Ok(None);
        }
        let keys = table.columns.iter().filter(|c| c.kind == Kind::Key);
        let Some(keys) = keys.map(|key| Some((place(key)?, key.datatype))).collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        let by_entity = table.order == Order::Entity;
        let noted = COMMON.iter().chain(table.columns).skip(from);
        let noted = noted.map(|column| Noted::new(column, place(column))).collect();
        let blocks = by_entity.then(|| Blocks::new(table, keys)).transpose()?;
        let (step, ticks) = (Step::default(), Vec::new());
        Ok(Some(Gathering { reader, noted, blocks, step, rows: 0, ticks, before: None }))
    }

    /// Takes in a frame. Frames are to come in order, keyframes among them.
    pub fn take(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        let Some(lying) = self.reader.lying(frame, Content::Interval) else { return Ok(()) };
        let (step, by_entity) = match &mut self.blocks {
            // Rows are taken in beside those of the same entities in the tick before.
            Some(blocks) => (blocks.next(frame.key, &lying)?, true),
            None => {
                self.step.of(&lying);
                (&self.step, false)
            }
        };
        let rows = step.places.len();
        if rows == 0 {
            return Ok(());
        }
        for noted in &mut self.noted {
            let Some(place) = noted.place else { continue };
            let sides = |lying| Sides::at(lying, place, noted.column.datatype);
            let is = sides(&lying);
            match &mut noted.values {
                Kept::OfTicks(stamps) => stamps.note(frame, lying.again.as_ref(), &is, step, self.rows),
                Kept::OfRows(log) if by_entity => {
                    let was = self.before.as_ref().map(sides).unwrap_or_default();
                    log.note(&was, &is, step, self.rows);
                }
                Kept::OfRows(log) => log.follow(&is, step, self.rows),
            }
        }
        self.before = Some(lying).filter(|_| by_entity);
        self.rows += rows;
        self.ticks.push(rows as u32);
        while self.noted.len() > 1 && self.noted.iter().map(Noted::held_bytes).sum::<usize>() > PASS_BYTES {
            self.noted.pop();
        }
        Ok(())
    }

    /// Takes note of a frame that is not wanted, which may be the keyframe of others.
    pub fn enter(&mut self, frame: &Frame<'_>) {
        self.reader.enter(frame);
    }

    /// What came in; `None` where that is no row.
    pub fn finish(self) -> Option<Gathered> {
        let places = self.blocks.map(Blocks::places);
        let (rows, ticks) = (self.rows, self.ticks);
        (rows > 0).then(|| Gathered { rows, places, ticks, columns: self.noted.into_iter() })
    }
}

impl Noted {
    fn new(column: &'static Column, place: Option<usize>) -> Self {
        let is_common = COMMON.iter().any(|common| common.name == column.name);
        let values = if is_common {
            Kept::OfTicks(Stamps::new(column))
        } else {
            Kept::OfRows(Log::new(column.datatype))
        };
        Noted { column, place, values }
    }

    fn held_bytes(&self) -> usize {
        match &self.values {
            Kept::OfTicks(stamps) => stamps.held_bytes(),
            Kept::OfRows(log) => log.held_bytes(),
        }
    }
}

impl Gathered {
    /// The first and the last `ts`, where that is among the columns.
    pub fn times(&self) -> Option<(Micros, Micros)> {
        let ts = self.columns.as_slice().iter().find(|noted| noted.column.name == "ts")?;
        let Kept::OfTicks(stamps) = &ts.values else { return None };
        let known: Vec<i64> = stamps.numbers().collect();
        Some((Micros(*known.iter().min()?), Micros(*known.iter().max()?)))
    }

    /// The next column, as it is to lie; `None` behind the last of this pass.
    pub fn next_column(&mut self) -> Option<Runs> {
        let Noted { column, place, values } = self.columns.next()?;
        if place.is_none() {
            return Some(Runs::unknown(column.datatype, self.rows));
        }
        Some(match values {
            Kept::OfRows(log) => log.runs(self.places.as_deref(), self.rows),
            Kept::OfTicks(stamps) => stamps.runs(self.arrivals()),
        })
    }

    /// Of each row in the order in which they lie: its tick, and the number in which it arrived.
    fn arrivals(&self) -> Vec<(u32, u32)> {
        let mut arrivals = vec![(0, 0); self.rows];
        let mut row = 0;
        for (tick, rows) in self.ticks.iter().enumerate() {
            for number in row..row + rows {
                let place = self.places.as_ref().map_or(number, |places| places[number as usize]);
                arrivals[place as usize] = (tick as u32, number);
            }
            row += rows;
        }
        arrivals
    }
}
