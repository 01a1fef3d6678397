//! The least and the greatest value of some rows, as Parquet's statistics say them.

use parquet::data_type::ByteArray;
use parquet::file::statistics::Statistics;

use crate::schema::Type;
use crate::store::runs::{Cell, Runs};

/// What the rows of a page or chunk lie between.
pub struct Extent {
    pub least: Cell,
    pub greatest: Cell,
    /// How many rows are unknown.
    pub unknown: usize,
}

impl Extent {
    /// Of the rows `from` to `to`, where nobody asks for more than how many are unknown.
    pub fn unknown(runs: &Runs, from: usize, to: usize) -> Self {
        let unknown = runs.within(from, to).filter(|(_, cell)| cell.is_none()).map(|(rows, _)| rows).sum();
        Extent { least: None, greatest: None, unknown }
    }

    /// Of the rows `from` to `to`.
    pub fn of(runs: &Runs, from: usize, to: usize) -> Self {
        let mut extent = Extent { least: None, greatest: None, unknown: 0 };
        let mut is_ordered = true;
        let (mut low, mut high) = (u64::MAX, 0);
        for (rows, cell) in runs.within(from, to) {
            let Some(cell) = cell else {
                extent.unknown += rows;
                continue;
            };
            if runs.datatype == Type::Utf8 {
                let text = |place: u64| runs.texts.text(place).as_bytes();
                if extent.least.is_none_or(|least| text(cell) < text(least)) {
                    extent.least = Some(cell);
                }
                if extent.greatest.is_none_or(|greatest| text(cell) > text(greatest)) {
                    extent.greatest = Some(cell);
                }
                continue;
            }
            is_ordered &= runs.datatype != Type::Float64 || !f64::from_bits(cell).is_nan();
            let rank = rank(runs.datatype, cell);
            if extent.least.is_none() || rank < low {
                (low, extent.least) = (rank, Some(cell));
            }
            if extent.greatest.is_none() || rank > high {
                (high, extent.greatest) = (rank, Some(cell));
            }
        }
        if !is_ordered {
            (extent.least, extent.greatest) = (None, None);
        }
        if runs.datatype == Type::Float64 {
            // Readers may take either zero for the other.
            let zero = |cell: Cell, as_zero: f64| {
                cell.map(|bits| if f64::from_bits(bits) == 0.0 { as_zero.to_bits() } else { bits })
            };
            (extent.least, extent.greatest) = (zero(extent.least, -0.0), zero(extent.greatest, 0.0));
        }
        extent
    }

    /// As the footer has it.
    pub fn statistics(&self, runs: &Runs) -> Statistics {
        let (least, greatest, unknown) = (self.least, self.greatest, Some(self.unknown as u64));
        let int = |cell: Cell| cell.map(|cell| cell as i64);
        let float = |cell: Cell| cell.map(f64::from_bits);
        let truth = |cell: Cell| cell.map(|cell| cell != 0);
        let text = |cell: Cell| cell.map(|place| ByteArray::from(&**runs.texts.text(place)));
        match runs.datatype {
            Type::Int64 | Type::Timestamp => {
                Statistics::int64(int(least), int(greatest), None, unknown, false)
            }
            Type::Float64 => Statistics::double(float(least), float(greatest), None, unknown, false),
            Type::Boolean => Statistics::boolean(truth(least), truth(greatest), None, unknown, false),
            Type::Utf8 => Statistics::byte_array(text(least), text(greatest), None, unknown, false),
        }
    }

    /// As the index of pages has them.
    pub fn bytes(&self, runs: &Runs) -> (Vec<u8>, Vec<u8>) {
        let bytes = |cell: Cell| match (cell, runs.datatype) {
            (None, _) => vec![],
            (Some(cell), Type::Utf8) => runs.texts.text(cell).as_bytes().to_vec(),
            (Some(cell), Type::Boolean) => vec![cell as u8],
            (Some(cell), _) => cell.to_le_bytes().to_vec(),
        };
        (bytes(self.least), bytes(self.greatest))
    }
}

/// A number that is larger where what a cell says is.
fn rank(datatype: Type, cell: u64) -> u64 {
    const SIGN: u64 = 1 << 63;
    match datatype {
        Type::Int64 | Type::Timestamp => cell ^ SIGN,
        Type::Float64 if cell & SIGN != 0 => !cell,
        Type::Float64 => cell | SIGN,
        Type::Boolean | Type::Utf8 => cell,
    }
}
