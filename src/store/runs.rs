//! A column as runs: what stays for many rows is held once, however many they are.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::{ArrowPrimitiveType, Float64Type, Int64Type, TimestampMicrosecondType};

use crate::schema::Type;

/// A value in 64 bits: a number or a time as it is, a float's bits, 0 or 1, or the place of a text.
/// `None` is unknown.
pub type Cell = Option<u64>;

/// The values of a column, row after row.
pub struct Runs {
    pub datatype: Type,
    /// Behind the last row of each run.
    ends: Vec<u32>,
    cells: Vec<Cell>,
    pub texts: Texts,
}

impl Runs {
    /// No rows.
    pub fn new(datatype: Type) -> Self {
        Runs { datatype, ends: Vec::new(), cells: Vec::new(), texts: Texts::default() }
    }

    /// So many rows of which nothing is known.
    pub fn unknown(datatype: Type, rows: usize) -> Self {
        let mut runs = Runs::new(datatype);
        runs.push(rows, None);
        runs
    }

    /// The rows of an array; one of another type is unknown.
    pub fn of(datatype: Type, array: &ArrayRef) -> Self {
        let mut runs = Runs::new(datatype);
        runs.extend(array);
        runs
    }

    /// The rows of an array of any type that a column may have; one of another is unknown.
    pub fn from_array(array: &ArrayRef) -> Self {
        let all = [Type::Int64, Type::Float64, Type::Boolean, Type::Utf8, Type::Timestamp];
        let datatype = all.into_iter().find(|datatype| datatype.arrow() == *array.data_type());
        Runs::of(datatype.unwrap_or(Type::Int64), array)
    }

    /// Adds the rows of an array.
    pub fn extend(&mut self, array: &ArrayRef) {
        if *array.data_type() != self.datatype.arrow() {
            return self.push(array.len(), None);
        }
        match self.datatype {
            Type::Int64 => self.numbers::<Int64Type>(array, |n| n as u64),
            Type::Timestamp => self.numbers::<TimestampMicrosecondType>(array, |n| n as u64),
            Type::Float64 => self.numbers::<Float64Type>(array, f64::to_bits),
            Type::Boolean => {
                array.as_boolean().iter().for_each(|truth| self.push(1, truth.map(u64::from)));
            }
            Type::Utf8 => {
                let mut before = None;
                for text in array.as_string::<i32>() {
                    let cell = match self.cells.last() {
                        Some(cell) if before == Some(text) => *cell,
                        _ => text.map(|text| self.texts.place(text)),
                    };
                    before = Some(text);
                    self.push(1, cell);
                }
            }
        }
    }

    fn numbers<T: ArrowPrimitiveType>(&mut self, array: &ArrayRef, bits: impl Fn(T::Native) -> u64) {
        array.as_primitive::<T>().iter().for_each(|value| self.push(1, value.map(&bits)));
    }

    /// Adds rows of one value.
    pub fn push(&mut self, rows: usize, cell: Cell) {
        if rows == 0 {
            return;
        }
        let end = self.rows() as u32 + rows as u32;
        match self.ends.last_mut() {
            Some(last) if self.cells.last() == Some(&cell) => *last = end,
            _ => {
                self.ends.push(end);
                self.cells.push(cell);
            }
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.ends.last().map_or(0, |end| *end as usize)
    }

    /// How many runs there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// What a row has.
    pub fn at(&self, row: usize) -> Cell {
        self.cells[self.run_of(row)]
    }

    /// Which run a row belongs to.
    pub fn run_of(&self, row: usize) -> usize {
        self.ends.partition_point(|end| *end as usize <= row)
    }

    /// The runs of the rows `from` to `to`, cut where those are: how many rows, and what they have.
    pub fn within(&self, from: usize, to: usize) -> impl Iterator<Item = (usize, Cell)> {
        let first = self.run_of(from);
        let mut row = from;
        let of_run = self.ends[first..].iter().zip(&self.cells[first..]);
        of_run.take_while(move |_| row < to).map_while(move |(end, cell)| {
            let end = (*end as usize).min(to);
            let rows = end.checked_sub(row).filter(|rows| *rows > 0)?;
            row = end;
            Some((rows, *cell))
        })
    }

    /// The values of some rows, which rise, as an array.
    pub fn pick(&self, rows: &[Range<usize>]) -> ArrayRef {
        let runs = || rows.iter().flat_map(|rows| self.within(rows.start, rows.end));
        macro_rules! built {
            ($builder:expr, $value:expr) => {{
                let mut built = $builder;
                for (rows, cell) in runs() {
                    let value = cell.map($value);
                    (0..rows).for_each(|_| built.append_option(value));
                }
                built
            }};
        }
        match self.datatype {
            Type::Int64 => Arc::new(built!(Int64Builder::new(), |cell| cell as i64).finish()),
            Type::Float64 => Arc::new(built!(Float64Builder::new(), f64::from_bits).finish()),
            Type::Boolean => Arc::new(built!(BooleanBuilder::new(), |cell| cell != 0).finish()),
            Type::Utf8 => Arc::new(built!(StringBuilder::new(), |cell| self.texts.text(cell)).finish()),
            Type::Timestamp => {
                let mut times = built!(TimestampMicrosecondBuilder::new(), |cell| cell as i64);
                Arc::new(times.finish().with_timezone("UTC"))
            }
        }
    }

    /// All runs.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Cell)> {
        self.within(0, self.rows())
    }
}

/// Texts, each once, in the order in which they came.
#[derive(Default)]
pub struct Texts {
    all: Vec<Arc<str>>,
    places: HashMap<Arc<str>, u64>,
    bytes: usize,
}

impl Texts {
    /// The place of a text.
    pub fn place(&mut self, text: &str) -> u64 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.all.len() as u64;
        let shared: Arc<str> = text.into();
        self.all.push(shared.clone());
        self.places.insert(shared, place);
        self.bytes += text.len();
        place
    }

    /// The text in a place.
    pub fn text(&self, place: u64) -> &Arc<str> {
        &self.all[place as usize]
    }

    /// About what they take in memory.
    pub fn held_bytes(&self) -> usize {
        self.bytes + self.all.len() * 64
    }
}
