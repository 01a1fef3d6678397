//! The ways in which the values of a chunk can be written down, before zstd has them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use parquet::basic::Encoding;

use super::delta;
use super::hybrid::{Hybrid, width_of};
use super::{Form, PLAIN_RUNS};
use crate::schema::Type;
use crate::store::runs::Runs;

/// Where a value stays for so many rows, runs of places in a dictionary take less than zstd makes of rows.
const RUN_ROWS: usize = 8;
/// Where one run in so many is shorter, rows are tried as well.
const SHORT_SHARE: usize = 4;
/// A dictionary is not tried where values come less often than so.
const REPEATED: usize = 4;
/// Without a dictionary neither text is tried that would be longer row by row, nor numbers of few runs in more rows.
const PLAIN_TEXT: usize = 16 << 10;
const PLAIN_ROWS: usize = 32;

/// One way.
pub enum Coding {
    /// Places in a dictionary.
    Places(Dictionary),
    /// What each number is more than the one before.
    Rising,
    Plain,
}

impl Coding {
    /// Those that are worth a try, one at least; `known` rows have a value.
    pub fn of(runs: &Runs, form: Form, known: usize) -> Vec<Self> {
        if form == Form::Rising {
            // What rises unevenly, and the same in each entity's rows, is found again by zstd alone.
            return vec![Coding::Rising, Coding::Plain];
        }
        if form != Form::Smallest {
            let Some(places) = Dictionary::of(runs, most(runs, form), known) else {
                return vec![Coding::Plain];
            };
            // A value that comes once between others takes a whole group of places.
            let plain = (runs.datatype != Type::Utf8 && short_runs(runs) * SHORT_SHARE >= runs.len())
                .then_some(Coding::Plain);
            return [Coding::Places(places)].into_iter().chain(plain).collect();
        }
        if runs.datatype == Type::Boolean || known == 0 {
            return vec![Coding::Plain];
        }
        let is_text = runs.datatype == Type::Utf8;
        // What hardly repeats would stand twice.
        let most = if is_text { usize::MAX } else { (known / REPEATED).max(PLAIN_RUNS) };
        let places = Dictionary::of(runs, most, known).map(Coding::Places);
        let rising = (!is_text && runs.datatype != Type::Float64).then_some(Coding::Rising);
        let may_be_plain = match is_text {
            true => text_bytes(runs) <= PLAIN_TEXT,
            false => runs.len() > PLAIN_RUNS || known <= PLAIN_ROWS,
        };
        let plain = (may_be_plain || places.is_none()).then_some(Coding::Plain);
        // What stays rises by nothing, which takes some bytes and ends the search.
        [rising, places, plain].into_iter().flatten().collect()
    }

    /// What Parquet calls it.
    pub fn encoding(&self) -> Encoding {
        match self {
            Coding::Places(_) => Encoding::RLE_DICTIONARY,
            Coding::Rising => Encoding::DELTA_BINARY_PACKED,
            Coding::Plain => Encoding::PLAIN,
        }
    }

    /// The dictionary, if it has one: how many values, which are put into `out`.
    pub fn dictionary(&self, out: &mut Vec<u8>, runs: &Runs) -> Option<usize> {
        let Coding::Places(dictionary) = self else { return None };
        dictionary.cells.iter().for_each(|cell| plain(out, runs, *cell));
        Some(dictionary.cells.len())
    }

    /// The rows `from` to `to`.
    pub fn rows(&self, out: &mut Vec<u8>, runs: &Runs, nullable: bool, from: usize, to: usize) {
        if nullable {
            levels(out, runs, from, to);
        }
        let known = runs.within(from, to).filter_map(|(rows, cell)| Some((rows, cell?)));
        match (self, runs.datatype) {
            (Coding::Places(dictionary), _) => dictionary.write(out, runs, from, to),
            (Coding::Rising, _) => {
                let mut numbers = Vec::with_capacity(to - from);
                known.for_each(|(rows, cell)| numbers.resize(numbers.len() + rows, cell as i64));
                delta::encode(out, &numbers);
            }
            (Coding::Plain, Type::Boolean) => truths(out, known),
            (Coding::Plain, _) => known.for_each(|(rows, cell)| {
                let at = out.len();
                plain(out, runs, cell);
                let end = at + (out.len() - at) * rows;
                // What is there already, and then as much again.
                while out.len() < end {
                    out.extend_from_within(at..out.len().min(at + end - out.len()));
                }
            }),
        }
    }
}

/// How many values a dictionary has at most.
fn most(runs: &Runs, form: Form) -> usize {
    match (runs.datatype, form) {
        (Type::Boolean, _) => 0,
        (Type::Utf8, _) => usize::MAX,
        _ if runs.len() * RUN_ROWS <= runs.rows() => usize::MAX,
        (_, Form::Few(most)) => most,
        _ => 0,
    }
}

/// How many runs are so short that places are packed for them.
fn short_runs(runs: &Runs) -> usize {
    runs.iter().filter(|(rows, _)| *rows < RUN_ROWS).count()
}

/// What text takes row by row.
fn text_bytes(runs: &Runs) -> usize {
    let bytes =
        |(rows, cell): (usize, Option<u64>)| cell.map_or(0, |cell| rows * runs.texts.text(cell).len());
    runs.iter().map(bytes).sum()
}

/// The values of a chunk, each once.
pub struct Dictionary {
    cells: Vec<u64>,
    /// Of each run; of an unknown one nothing.
    places: Vec<u32>,
    width: u32,
}

/// Spreads a number over all bits: what is hashed is the recorder's own, and there is much of it.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        let wide = u128::from(self.0 ^ number) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (wide >> 64) as u64 ^ wide as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Dictionary {
    /// Of so many values at most, where so many rows have one.
    fn of(runs: &Runs, most: usize, rows: usize) -> Option<Self> {
        if most == 0 || rows == 0 {
            return None;
        }
        let mut dictionary =
            Dictionary { cells: Vec::new(), places: Vec::with_capacity(runs.len()), width: 0 };
        let mut known: HashMap<u64, u32, BuildHasherDefault<Spread>> = HashMap::default();
        for (_, cell) in runs.iter() {
            let next = dictionary.cells.len() as u32;
            let place = cell.map_or(0, |cell| *known.entry(cell).or_insert(next));
            if let Some(cell) = cell.filter(|_| place == next) {
                dictionary.cells.push(cell);
            }
            if dictionary.cells.len() > most {
                return None;
            }
            dictionary.places.push(place);
        }
        dictionary.width = width_of(dictionary.cells.len() as u64 - 1);
        Some(dictionary)
    }

    fn write(&self, out: &mut Vec<u8>, runs: &Runs, from: usize, to: usize) {
        out.push(self.width as u8);
        let places = runs.within(from, to).zip(&self.places[runs.run_of(from)..]);
        // Runs that only unknown rows part are one here.
        let known = places.filter(|((_, cell), _)| cell.is_some());
        Hybrid::new(out, self.width).write(known.map(|((rows, _), place)| (rows, *place)));
    }
}

/// Which rows are known.
fn levels(out: &mut Vec<u8>, runs: &Runs, from: usize, to: usize) {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    if runs.within(from, to).all(|(_, cell)| cell.is_some()) {
        Hybrid::new(out, 1).write([(to - from, 1)].into_iter());
    } else {
        let known = runs.within(from, to).map(|(rows, cell)| (rows, u32::from(cell.is_some())));
        Hybrid::new(out, 1).write(known);
    }
    let length = (out.len() - at - 4) as u32;
    out[at..at + 4].copy_from_slice(&length.to_le_bytes());
}

fn truths(out: &mut Vec<u8>, known: impl Iterator<Item = (usize, u64)>) {
    let (mut byte, mut filled) = (0u8, 0);
    for (rows, cell) in known {
        for _ in 0..rows {
            byte |= (cell as u8) << filled;
            filled += 1;
            if filled == 8 {
                out.push(byte);
                (byte, filled) = (0, 0);
            }
        }
    }
    if filled > 0 {
        out.push(byte);
    }
}

fn plain(out: &mut Vec<u8>, runs: &Runs, cell: u64) {
    if runs.datatype == Type::Utf8 {
        let text = runs.texts.text(cell).as_bytes();
        out.extend_from_slice(&(text.len() as u32).to_le_bytes());
        out.extend_from_slice(text);
    } else {
        out.extend_from_slice(&cell.to_le_bytes());
    }
}
