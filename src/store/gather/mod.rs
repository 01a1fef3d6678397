//! A table's rows out of a part's frames, as they are to lie in a segment: each frame is unpacked once,
//! and of it only what has changed is kept. So a part takes the same memory and time however many
//! processes do nothing in it; of a host where much happens the last columns are left for another pass.

mod blocks;
mod log;
mod stamps;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;

use self::blocks::Blocks;
use self::log::{Log, Sides};
use self::stamps::Stamps;
use super::Error;
use super::journal::{Content, Frame, Lying, Part, TableReader};
use super::runs::Runs;
use crate::schema::{COMMON, Column, Kind, Micros, Order, Table, Type};

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
    values: Values,
}

enum Values {
    OfTicks(Stamps),
    OfRows(Log),
}

/// Rows of one table on their way in: its columns from one on, as many as fit.
pub struct Gathering {
    reader: TableReader,
    schema: SchemaRef,
    keys: Vec<usize>,
    noted: Vec<Noted>,
    /// Where they and the keys stand in the part, in rising order.
    places: Vec<usize>,
    blocks: Option<Blocks>,
    rows: usize,
    ticks: Vec<u32>,
    before: Arrays,
}

/// The columns of a tick by their places in the part: those of the keyframe's rows, and of its own.
#[derive(Default)]
struct Arrays {
    key: Vec<Option<ArrayRef>>,
    own: Vec<Option<ArrayRef>>,
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
        let keys = table.columns.iter().filter(|c| c.kind == Kind::Key);
        // A part of a program that did not have one of the keys has none of the table's rows to show.
        let Some(keys) = keys.chain(&COMMON[..2]).map(place).collect::<Option<Vec<usize>>>() else {
            return Ok(None);
        };
        let by_entity = table.order == Order::Entity;
        let noted = |column| Noted::new(column, place(column), by_entity);
        let noted: Vec<Noted> = COMMON.iter().chain(table.columns).skip(from).map(noted).collect();
        let blocks = by_entity.then(|| Blocks::new(table)).transpose()?;
        let places = wanted(&noted, &keys);
        let (ticks, before) = (Vec::new(), Arrays::default());
        Ok(Some(Gathering { reader, schema, keys, noted, places, blocks, rows: 0, ticks, before }))
    }

    /// Takes in a frame. Frames are to come in order, keyframes among them.
    pub fn take(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        let rows = match self.blocks.take() {
            Some(mut blocks) => {
                let rows = self.take_entities(frame, &mut blocks);
                self.blocks = Some(blocks);
                rows?
            }
            None => self.take_rows(frame),
        };
        if rows == 0 {
            return Ok(());
        }
        self.rows += rows;
        self.ticks.push(rows as u32);
        while self.noted.len() > 1 && self.noted.iter().map(Noted::held_bytes).sum::<usize>() > PASS_BYTES {
            self.noted.pop();
            self.places = wanted(&self.noted, &self.keys);
        }
        Ok(())
    }

    /// Takes in rows as they come; tells how many.
    fn take_rows(&mut self, frame: &Frame<'_>) -> usize {
        let Some(batch) = self.reader.columns(frame, Content::Interval, &self.places) else { return 0 };
        let now = by_place(&self.schema, &self.places, &batch);
        for noted in &mut self.noted {
            if let (Values::OfRows(log), Some(place)) = (&mut noted.values, noted.place)
                && let Some(array) = &now[place]
            {
                log.follow(array, self.rows);
            }
        }
        batch.num_rows()
    }

    /// Takes in rows beside those of the same entities in the tick before; tells how many.
    fn take_entities(&mut self, frame: &Frame<'_>, blocks: &mut Blocks) -> Result<usize, Error> {
        let Some(lying) = self.reader.lying(frame, Content::Interval, Some(&self.places)) else {
            return Ok(0);
        };
        let step = blocks.next(frame.key, &lying)?;
        let rows = step.rows;
        if rows == 0 {
            return Ok(0);
        }
        let now = Arrays::of(&self.schema, &self.places, &lying);
        for noted in &mut self.noted {
            let Some(place) = noted.place else { continue };
            let datatype = noted.column.datatype;
            let (was, is) = (self.before.sides(place, datatype), now.sides(place, datatype));
            match &mut noted.values {
                Values::OfRows(log) => log.note(&was, &is, step, self.rows),
                Values::OfTicks(stamps) => stamps.note(frame, lying.again.as_ref(), &is, step, self.rows),
            }
        }
        self.before = now;
        Ok(rows)
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

/// The places of columns in the part, which rise.
fn wanted(noted: &[Noted], keys: &[usize]) -> Vec<usize> {
    let mut places: Vec<usize> = noted.iter().filter_map(|n| n.place).chain(keys.iter().copied()).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn by_place(schema: &SchemaRef, places: &[usize], batch: &RecordBatch) -> Vec<Option<ArrayRef>> {
    let mut all = vec![None; schema.fields().len()];
    places.iter().zip(batch.columns()).for_each(|(place, column)| all[*place] = Some(column.clone()));
    all
}

impl Arrays {
    fn of(schema: &SchemaRef, places: &[usize], lying: &Lying) -> Self {
        Arrays {
            key: lying.key.as_ref().map(|key| by_place(schema, places, key)).unwrap_or_default(),
            own: by_place(schema, places, &lying.own),
        }
    }

    fn sides<'a>(&'a self, place: usize, datatype: Type) -> Sides<'a> {
        let array = |arrays: &'a [Option<ArrayRef>]| arrays.get(place)?.as_ref();
        let values = |array: &'a ArrayRef| log::Values::of(datatype, array);
        Sides { key: array(&self.key).map(values), own: array(&self.own).map(values) }
    }
}

impl Noted {
    fn new(column: &'static Column, place: Option<usize>, by_entity: bool) -> Self {
        let is_common = COMMON.iter().any(|common| common.name == column.name);
        let values = if is_common && by_entity {
            Values::OfTicks(Stamps::new(column))
        } else {
            Values::OfRows(Log::new(column.datatype))
        };
        Noted { column, place, values }
    }

    fn held_bytes(&self) -> usize {
        match &self.values {
            Values::OfTicks(stamps) => stamps.held_bytes(),
            Values::OfRows(log) => log.held_bytes(),
        }
    }
}

impl Gathered {
    /// The first and the last `ts`, where that is among the columns.
    pub fn times(&self) -> Option<(Micros, Micros)> {
        let ts = self.columns.as_slice().iter().find(|noted| noted.column.name == "ts")?;
        let known: Vec<i64> = match &ts.values {
            Values::OfTicks(stamps) => stamps.numbers().collect(),
            Values::OfRows(log) => log.numbers().collect(),
        };
        Some((Micros(*known.iter().min()?), Micros(*known.iter().max()?)))
    }

    /// The next column, as it is to lie; `None` behind the last of this pass.
    pub fn next_column(&mut self) -> Option<Runs> {
        let Noted { column, place, values } = self.columns.next()?;
        if place.is_none() {
            return Some(Runs::unknown(column.datatype, self.rows));
        }
        Some(match values {
            Values::OfRows(log) => log.runs(self.places.as_deref(), self.rows),
            Values::OfTicks(stamps) => stamps.runs(self.arrivals()),
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
