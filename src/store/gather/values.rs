//! A column's values where they lie in a frame's bytes. They are compared by many at once, and only
//! what has changed is taken out.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::util::bit_chunk_iterator::BitChunks;

use crate::schema::Type;
use crate::store::journal::{Lying, Of, Rows};
use crate::store::runs::{Cell, Texts};

/// Rows of two ticks that are to have the same: where they begin, and how many.
#[derive(Clone, Copy)]
pub struct Pair {
    pub before: usize,
    pub now: usize,
    pub rows: usize,
}

/// The values of a column in some rows.
pub struct Values<'a> {
    /// A bit a row; `None` where all are known.
    known: Option<&'a [u8]>,
    bytes: Bytes<'a>,
}

#[derive(Clone, Copy)]
enum Bytes<'a> {
    /// Numbers, and floats by their bits.
    Words(&'a [u8]),
    Truths(&'a [u8]),
    Texts(Ends<'a>, &'a [u8]),
}

/// Where each text begins, and the last one ends.
#[derive(Clone, Copy)]
struct Ends<'a>(&'a [u8]);

impl Ends<'_> {
    fn at(self, row: usize) -> usize {
        u32::from_le_bytes(self.0[4 * row..][..4].try_into().unwrap_or_default()) as usize
    }
}

impl<'a> Values<'a> {
    /// Those of the column at a place, which has this type.
    pub fn of(rows: &'a Rows, place: usize, datatype: Type) -> Self {
        let column = rows.column(place);
        let bytes = match datatype {
            Type::Boolean => Bytes::Truths(column.values),
            Type::Utf8 => Bytes::Texts(Ends(column.values), column.texts),
            Type::Int64 | Type::Timestamp | Type::Float64 => Bytes::Words(column.values),
        };
        Values { known: column.known, bytes }
    }

    /// Whether the rows have the same values in both. What is unknown in both may be called different.
    pub fn same(&self, now: &Values<'_>, pair: Pair) -> bool {
        let Pair { before: from, now: to, rows } = pair;
        let same_bytes = match (self.bytes, now.bytes) {
            (Bytes::Words(before), Bytes::Words(now)) => {
                before[8 * from..][..8 * rows] == now[8 * to..][..8 * rows]
            }
            (Bytes::Truths(before), Bytes::Truths(now)) => same_bits(before, now, pair),
            (Bytes::Texts(ends, texts), Bytes::Texts(ends_now, texts_now)) => {
                let (begin, begin_now) = (ends.at(from), ends_now.at(to));
                texts[begin..ends.at(from + rows)] == texts_now[begin_now..ends_now.at(to + rows)]
                    && (1..=rows).all(|row| ends.at(from + row) - begin == ends_now.at(to + row) - begin_now)
            }
            _ => false,
        };
        same_bytes
            && match (self.known, now.known) {
                (None, None) => true,
                (Some(before), Some(now)) => same_bits(before, now, pair),
                (Some(known), None) => (from..from + rows).all(|row| bit(known, row)),
                (None, Some(known)) => (to..to + rows).all(|row| bit(known, row)),
            }
    }

    /// What a row has; its text goes to the others.
    pub fn cell(&self, row: usize, texts: &mut Texts) -> Cell {
        match self.bytes {
            Bytes::Texts(..) if self.is_known(row) => Some(texts.place(self.text(row).unwrap_or_default())),
            _ => self.number(row),
        }
    }

    /// What a row of a column of numbers has.
    pub fn number(&self, row: usize) -> Cell {
        self.is_known(row).then_some(())?;
        match self.bytes {
            Bytes::Words(words) => Some(word(words, row)),
            Bytes::Truths(truths) => Some(u64::from(bit(truths, row))),
            Bytes::Texts(..) => None,
        }
    }

    fn is_known(&self, row: usize) -> bool {
        self.known.is_none_or(|known| bit(known, row))
    }

    fn text(&self, row: usize) -> Option<&'a str> {
        let Bytes::Texts(ends, texts) = self.bytes else { return None };
        // They were proved to be text.
        std::str::from_utf8(&texts[ends.at(row)..ends.at(row + 1)]).ok()
    }

    /// The first `count` of them as an array.
    pub fn array(&self, datatype: Type, count: usize) -> ArrayRef {
        let is_known = |row: &usize| self.is_known(*row);
        let numbers = || (0..count).map(|row| self.number(row));
        match datatype {
            Type::Int64 => Arc::new(numbers().map(|n| n.map(|n| n as i64)).collect::<Int64Array>()),
            Type::Timestamp => {
                let times: TimestampMicrosecondArray = numbers().map(|n| n.map(|n| n as i64)).collect();
                Arc::new(times.with_timezone("UTC"))
            }
            Type::Float64 => Arc::new(numbers().map(|n| n.map(f64::from_bits)).collect::<Float64Array>()),
            Type::Boolean => Arc::new(numbers().map(|n| n.map(|n| n == 1)).collect::<BooleanArray>()),
            Type::Utf8 => {
                let text = |row: usize| Some(row).filter(is_known).and_then(|row| self.text(row));
                Arc::new((0..count).map(text).collect::<StringArray>())
            }
        }
    }
}

fn word(words: &[u8], row: usize) -> u64 {
    u64::from_le_bytes(words[8 * row..][..8].try_into().unwrap_or_default())
}

fn bit(bits: &[u8], at: usize) -> bool {
    (bits[at / 8] >> (at % 8)) & 1 == 1
}

fn same_bits(before: &[u8], now: &[u8], pair: Pair) -> bool {
    let before = BitChunks::new(before, pair.before, pair.rows);
    before.iter_padded().eq(BitChunks::new(now, pair.now, pair.rows).iter_padded())
}

/// The values of a column in the rows of a keyframe, and in those that a frame has itself.
#[derive(Default)]
pub struct Sides<'a> {
    pub key: Option<Values<'a>>,
    pub own: Option<Values<'a>>,
}

impl<'a> Sides<'a> {
    /// Those of the column at a place of the part, which has this type.
    pub fn at(lying: &'a Lying, place: usize, datatype: Type) -> Self {
        let of = |rows: &'a Rows| Values::of(rows, place, datatype);
        Sides { key: lying.key.as_deref().map(of), own: lying.own.as_ref().map(of) }
    }

    /// Those of one of the two.
    pub fn of(&self, of: Of) -> Option<&Values<'a>> {
        match of {
            Of::Key => self.key.as_ref(),
            Of::Own => self.own.as_ref(),
        }
    }
}
