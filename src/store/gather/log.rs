//! What changed in one column from tick to tick: most of a host's processes do nothing most of the
//! time, and what stays is neither copied nor looked at again.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};

use super::blocks::Step;
use crate::schema::Type;
use crate::store::journal::Of;
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
}

/// Rows of two arrays that are to have the same: where they begin, and how many.
#[derive(Clone, Copy)]
struct Pair {
    before: usize,
    now: usize,
    rows: usize,
}

impl Log {
    pub fn new(datatype: Type) -> Self {
        Log { datatype, rows: Vec::new(), cells: Vec::new(), texts: Texts::default() }
    }

    /// About what it takes in memory.
    pub fn held_bytes(&self) -> usize {
        self.rows.len() * 12 + self.texts.held_bytes()
    }

    /// The numbers that are noted.
    pub fn numbers(&self) -> impl Iterator<Item = i64> {
        self.rows
            .iter()
            .zip(&self.cells)
            .filter(|(row, _)| **row & UNKNOWN == 0)
            .map(|(_, cell)| *cell as i64)
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

    /// Notes the rows of a tick that are not what the row above them is.
    pub fn follow(&mut self, now: &ArrayRef, first: usize) {
        let values = Values::of(self.datatype, now);
        for row in 0..now.len() {
            let above = Pair { before: row.wrapping_sub(1), now: row, rows: 1 };
            if row == 0 || !values.same(&values, above) {
                self.push(&values, row, first + row);
            }
        }
    }

    fn push(&mut self, values: &Values<'_>, row: usize, number: usize) {
        let number = number as u32;
        match values.cell(row, &mut self.texts) {
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

/// The values of a column in some rows.
pub enum Values<'a> {
    /// Numbers, and floats by their bits.
    Words(ScalarBuffer<i64>, Option<&'a NullBuffer>),
    Truths(&'a BooleanArray),
    Texts(&'a StringArray),
    /// Of another type than the table's: so many unknown ones.
    Unknown,
}

impl<'a> Values<'a> {
    /// Those of an array; of another type than the table's they are unknown.
    pub fn of(datatype: Type, array: &'a ArrayRef) -> Self {
        if *array.data_type() != datatype.arrow() {
            return Values::Unknown;
        }
        let words = match datatype {
            Type::Boolean => return Values::Truths(array.as_boolean()),
            Type::Utf8 => return Values::Texts(array.as_string()),
            Type::Int64 => array.as_primitive::<Int64Type>().values().clone(),
            Type::Timestamp => array.as_primitive::<TimestampMicrosecondType>().values().clone(),
            Type::Float64 => {
                let bits = array.as_primitive::<Float64Type>().values().inner().clone();
                ScalarBuffer::new(bits, 0, array.len())
            }
        };
        Values::Words(words, array.nulls())
    }

    /// Whether a block has the same values in both. What is unknown in both may be called different.
    fn same(&self, now: &Values<'_>, pair: Pair) -> bool {
        let (a, b) = (pair.before..pair.before + pair.rows, pair.now..pair.now + pair.rows);
        match (self, now) {
            (Values::Words(before, unknown), Values::Words(now, unknown_now)) => {
                before[a] == now[b] && same_nulls(*unknown, *unknown_now, pair)
            }
            (Values::Truths(before), Values::Truths(now)) => {
                before.values().slice(pair.before, pair.rows) == now.values().slice(pair.now, pair.rows)
                    && same_nulls(before.nulls(), now.nulls(), pair)
            }
            (Values::Texts(before), Values::Texts(now)) => {
                let offsets = |of: &StringArray, from: usize| {
                    let offsets = &of.value_offsets()[from..=from + pair.rows];
                    (offsets[0] as usize, offsets[pair.rows] as usize)
                };
                let (from, to) = offsets(before, pair.before);
                let (from_now, to_now) = offsets(now, pair.now);
                if before.value_data()[from..to] != now.value_data()[from_now..to_now] {
                    return false;
                }
                let shift = from_now as i32 - from as i32;
                let ends = before.value_offsets()[a].iter().zip(&now.value_offsets()[b]);
                ends.fold(true, |same, (before, now)| same & (now - before == shift))
                    && same_nulls(before.nulls(), now.nulls(), pair)
            }
            (Values::Unknown, Values::Unknown) => true,
            _ => false,
        }
    }

    /// What a row of a column of numbers has.
    pub fn number(&self, row: usize) -> Cell {
        self.cell(row, &mut Texts::default())
    }

    fn cell(&self, row: usize, texts: &mut Texts) -> Cell {
        match self {
            Values::Words(words, unknown) => {
                unknown.is_none_or(|unknown| unknown.is_valid(row)).then(|| words[row] as u64)
            }
            Values::Truths(truths) => truths.is_valid(row).then(|| u64::from(truths.value(row))),
            Values::Texts(of) => of.is_valid(row).then(|| texts.place(of.value(row))),
            Values::Unknown => None,
        }
    }
}

fn same_nulls(before: Option<&NullBuffer>, now: Option<&NullBuffer>, pair: Pair) -> bool {
    match (before, now) {
        (None, None) => true,
        (Some(before), Some(now)) => {
            before.inner().slice(pair.before, pair.rows) == now.inner().slice(pair.now, pair.rows)
        }
        (Some(one), None) => one.slice(pair.before, pair.rows).null_count() == 0,
        (None, Some(one)) => one.slice(pair.now, pair.rows).null_count() == 0,
    }
}

/// The values of a column in the rows of a keyframe, and in those that a frame has itself.
#[derive(Default)]
pub struct Sides<'a> {
    pub key: Option<Values<'a>>,
    pub own: Option<Values<'a>>,
}

impl<'a> Sides<'a> {
    fn of(&self, of: Of) -> Option<&Values<'a>> {
        match of {
            Of::Key => self.key.as_ref(),
            Of::Own => self.own.as_ref(),
        }
    }
}
