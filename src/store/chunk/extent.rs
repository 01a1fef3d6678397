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
    /// Of the rows `from` to `to`.
    pub fn of(runs: &Runs, from: usize, to: usize) -> Self {
        let mut extent = Extent { least: None, greatest: None, unknown: 0 };
        let mut is_ordered = true;
        for (rows, cell) in runs.within(from, to) {
            let Some(cell) = cell else {
                extent.unknown += rows;
                continue;
            };
            is_ordered &= runs.datatype != Type::Float64 || !f64::from_bits(cell).is_nan();
            if extent.least.is_none_or(|least| below(runs, cell, least)) {
                extent.least = Some(cell);
            }
            if extent.greatest.is_none_or(|greatest| below(runs, greatest, cell)) {
                extent.greatest = Some(cell);
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

fn below(runs: &Runs, a: u64, b: u64) -> bool {
    match runs.datatype {
        Type::Int64 | Type::Timestamp => (a as i64) < (b as i64),
        Type::Float64 => f64::from_bits(a) < f64::from_bits(b),
        Type::Boolean => a < b,
        Type::Utf8 => runs.texts.text(a).as_bytes() < runs.texts.text(b).as_bytes(),
    }
}
