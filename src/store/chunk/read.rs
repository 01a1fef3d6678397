//! A column chunk back into runs, without making rows of it. It reads what this program writes, and
//! has written; what else Parquet knows it refuses.

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::errors::{ParquetError, Result};

use super::delta;
use super::hybrid::Unpacked;
use crate::schema::Type;
use crate::store::runs::Runs;

/// Adds the rows of a chunk to those that are there.
pub fn read(pages: Box<dyn PageReader>, nullable: bool, runs: &mut Runs) -> Result<()> {
    let mut dictionary: Vec<u64> = Vec::new();
    for page in pages {
        match page? {
            Page::DictionaryPage { buf, num_values, encoding: Encoding::PLAIN, .. } => {
                let mut values = Plain { bytes: &buf, bit: 0 };
                for _ in 0..num_values {
                    dictionary.push(values.next(runs)?);
                }
            }
            Page::DataPage { buf, num_values, encoding, def_level_encoding: Encoding::RLE, .. } => {
                data(&buf, num_values as usize, encoding, nullable, &dictionary, runs)?;
            }
            _ => return Err(damaged("pages of a kind that was never written")),
        }
    }
    Ok(())
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(format!("it has {what}"))
}

fn data(
    page: &[u8],
    rows: usize,
    encoding: Encoding,
    nullable: bool,
    dictionary: &[u64],
    runs: &mut Runs,
) -> Result<()> {
    let short = || damaged("a page that ends too early");
    let (mut levels, values) = if nullable {
        let (length, rest) = page.split_first_chunk::<4>().ok_or_else(short)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (levels, values) = rest.split_at_checked(length).ok_or_else(short)?;
        (Some(Unpacked::new(levels, 1)), values)
    } else {
        (None, page)
    };
    let mut values = match encoding {
        Encoding::PLAIN => Values::Plain(Plain { bytes: values, bit: 0 }),
        Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => match values.split_first() {
            Some((width, places)) if *width <= 32 => Values::Places(Unpacked::new(places, u32::from(*width))),
            // A page of which nothing is known has no places.
            None => Values::Places(Unpacked::new(&[], 0)),
            _ => return Err(damaged("places that are too wide")),
        },
        Encoding::DELTA_BINARY_PACKED => {
            Values::Numbers(delta::decode(values, rows).ok_or_else(short)?.into_iter())
        }
        _ => return Err(damaged("values in a form that was never written")),
    };
    let mut left = rows;
    while left > 0 {
        let (count, is_known) = match &mut levels {
            Some(levels) => levels.next(left).map(|(count, level)| (count, level != 0)).ok_or_else(short)?,
            None => (left, true),
        };
        left -= count;
        if !is_known {
            runs.push(count, None);
            continue;
        }
        let mut known = count;
        while known > 0 {
            let (count, cell) = match &mut values {
                Values::Places(places) => {
                    let (count, place) = places.next(known).ok_or_else(short)?;
                    let cell = dictionary.get(place as usize);
                    (count, *cell.ok_or_else(|| damaged("places that its dictionary has not"))?)
                }
                Values::Plain(plain) => plain.run(known, runs)?,
                Values::Numbers(numbers) => (1, numbers.next().ok_or_else(short)? as u64),
            };
            runs.push(count, Some(cell));
            known -= count;
        }
    }
    Ok(())
}

enum Values<'a> {
    Plain(Plain<'a>),
    Places(Unpacked<'a>),
    Numbers(std::vec::IntoIter<i64>),
}

/// Values one behind the other.
struct Plain<'a> {
    bytes: &'a [u8],
    /// Of the first byte, where values are bits.
    bit: u32,
}

impl Plain<'_> {
    fn next(&mut self, runs: &mut Runs) -> Result<u64> {
        self.take(runs).ok_or_else(|| damaged("a page that ends too early"))
    }

    /// So many times, at most, comes that value next.
    fn run(&mut self, most: usize, runs: &mut Runs) -> Result<(usize, u64)> {
        let cell = self.next(runs)?;
        let mut rows = 1;
        if matches!(runs.datatype, Type::Int64 | Type::Float64 | Type::Timestamp) {
            let word = cell.to_le_bytes();
            let same = self.bytes.chunks_exact(8).take(most - 1).take_while(|next| **next == word).count();
            self.bytes = &self.bytes[8 * same..];
            rows += same;
        }
        Ok((rows, cell))
    }

    fn take(&mut self, runs: &mut Runs) -> Option<u64> {
        match runs.datatype {
            Type::Boolean => {
                let truth = self.bytes.first()? >> self.bit & 1;
                self.bit = (self.bit + 1) % 8;
                if self.bit == 0 {
                    self.bytes = &self.bytes[1..];
                }
                Some(u64::from(truth))
            }
            Type::Utf8 => {
                let (length, rest) = self.bytes.split_first_chunk::<4>()?;
                let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                self.bytes = rest;
                Some(runs.texts.place(std::str::from_utf8(text).ok()?))
            }
            Type::Int64 | Type::Float64 | Type::Timestamp => {
                let (word, rest) = self.bytes.split_first_chunk::<8>()?;
                self.bytes = rest;
                Some(u64::from_le_bytes(*word))
            }
        }
    }
}
