//! A column chunk of a Parquet file, written out of runs: what stays costs what a run costs, in time
//! and on disk, and not what its rows would.
//!
//! It knows pages and encodings, and neither tables nor files.

mod delta;
mod extent;
mod hybrid;
mod read;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use bytes::Bytes;
use parquet::basic::{Compression as Codec, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::zstd_safe::{CCtx, compress_bound, get_error_name};

pub use self::read::read;

use self::extent::Extent;
use self::hybrid::{Hybrid, width_of};
use super::runs::Runs;
use crate::schema::Type;

/// Rows of a page: what one entity's rows are read in.
const PAGE_ROWS: usize = 20_000;
/// A chunk of so few runs is one page, however many rows it has.
const PAGE_RUNS: usize = 512;
/// A chunk of so few runs, with little text, is left as it is: zstd would make it larger.
const PLAIN_RUNS: usize = 4;
const PLAIN_TEXT_BYTES: usize = 64;
/// Where a value stays for so many rows, runs of places in a dictionary take less than zstd makes of rows.
const RUN_ROWS: usize = 8;

/// How numbers are written down before they are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// They rise evenly from row to row.
    Rising,
    /// Levels: plainly, unless they stay.
    Level,
    /// What takes few values: in a dictionary of so many at most, else plainly.
    Few(usize),
}

/// What of its values is told beside a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Nothing,
    OfChunk,
    OfPages,
}

/// Writes chunks; keeps its buffers from one to the next.
pub struct ChunkWriter {
    /// Of zstd; `None` leaves pages as they are.
    level: Option<i32>,
    zstd: CCtx<'static>,
    raw: Vec<u8>,
}

/// A chunk's bytes, and what the footer says of it.
pub type Chunk = (Bytes, ColumnCloseResult);

impl ChunkWriter {
    /// Packs with zstd at a level, or not.
    pub fn new(level: Option<i32>) -> Self {
        ChunkWriter { level, zstd: CCtx::create(), raw: Vec::new() }
    }

    /// The chunk of a column; `indexed`: with the places of its pages.
    pub fn write(
        &mut self,
        descr: ColumnDescPtr,
        form: Form,
        told: Told,
        indexed: bool,
        runs: &Runs,
    ) -> Result<Chunk> {
        let rows = runs.rows();
        let whole = Extent::of(runs, 0, rows);
        let nullable = descr.max_def_level() > 0;
        if !nullable && whole.unknown > 0 {
            return Err(ParquetError::General(format!("{} has rows without a value", descr.name())));
        }
        let dictionary = Dictionary::of(runs, form, rows - whole.unknown);
        let tiny = runs.len() <= PLAIN_RUNS && runs.texts.held_bytes() <= PLAIN_TEXT_BYTES * PLAIN_RUNS;
        let level = self.level.filter(|_| !tiny);
        let page_rows =
            if told != Told::OfPages && runs.len() <= PAGE_RUNS { rows.max(1) } else { PAGE_ROWS };

        let mut out = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut out);
        let (mut unpacked, mut packed, mut dictionary_offset, mut data_offset) = (0, 0, None, None);
        let mut put = |page: CompressedPage| {
            let is_dictionary = page.compressed_page().is_dictionary_page();
            let spec = pages.write_page(page)?;
            unpacked += spec.uncompressed_size as i64;
            packed += spec.compressed_size as i64;
            if is_dictionary {
                dictionary_offset = Some(spec.offset as i64);
            } else {
                data_offset.get_or_insert(spec.offset as i64);
            }
            Ok::<_, ParquetError>((spec.offset as i64, spec.compressed_size as i32))
        };
        let (mut places, mut index) =
            (OffsetIndexBuilder::new(), ColumnIndexBuilder::new(descr.physical_type()));

        if let Some(dictionary) = &dictionary {
            self.raw.clear();
            dictionary.cells.iter().for_each(|cell| plain(&mut self.raw, runs, *cell));
            let (buf, size) = self.pack(level)?;
            let num_values = dictionary.cells.len() as u32;
            let page = Page::DictionaryPage { buf, num_values, encoding: Encoding::PLAIN, is_sorted: false };
            put(CompressedPage::new(page, size))?;
        }
        let encoding = match dictionary {
            Some(_) => Encoding::RLE_DICTIONARY,
            None if form == Form::Rising => Encoding::DELTA_BINARY_PACKED,
            None => Encoding::PLAIN,
        };
        let mut from = 0;
        while from < rows {
            let to = (from + page_rows).min(rows);
            self.raw.clear();
            if nullable {
                levels(&mut self.raw, runs, from, to);
            }
            let known = runs.within(from, to).filter_map(|(rows, cell)| Some((rows, cell?)));
            match (&dictionary, runs.datatype) {
                (Some(dictionary), _) => dictionary.write(&mut self.raw, known),
                (None, Type::Boolean) => truths(&mut self.raw, known),
                (None, _) if form == Form::Rising => {
                    let numbers = known.flat_map(|(rows, cell)| std::iter::repeat_n(cell as i64, rows));
                    delta::encode(&mut self.raw, &numbers.collect::<Vec<_>>());
                }
                (None, _) => known.for_each(|(rows, cell)| {
                    (0..rows).for_each(|_| self.raw.extend_from_slice(&cell.to_le_bytes()));
                }),
            }
            let (buf, size) = self.pack(level)?;
            let (offset, size) = put(CompressedPage::new(
                Page::DataPage {
                    buf,
                    num_values: (to - from) as u32,
                    encoding,
                    def_level_encoding: Encoding::RLE,
                    rep_level_encoding: Encoding::RLE,
                    statistics: None,
                },
                size,
            ))?;
            places.append_row_count((to - from) as i64);
            places.append_offset_and_size(offset, size);
            if indexed && told == Told::OfPages {
                let extent = Extent::of(runs, from, to);
                let (least, greatest) = extent.bytes(runs);
                index.append(extent.unknown == to - from, least, greatest, extent.unknown as i64);
            }
            from = to;
        }

        let bytes_written = packed as u64;
        let used = [Encoding::PLAIN, Encoding::RLE]
            .into_iter()
            .chain((encoding != Encoding::PLAIN).then_some(encoding));
        let mut metadata = ColumnChunkMetaData::builder(descr)
            .set_encodings(used.collect())
            .set_compression(match level {
                Some(level) => Codec::ZSTD(parquet::basic::ZstdLevel::try_new(level)?),
                None => Codec::UNCOMPRESSED,
            })
            .set_num_values(rows as i64)
            .set_total_compressed_size(packed)
            .set_total_uncompressed_size(unpacked)
            .set_data_page_offset(data_offset.unwrap_or(0))
            .set_dictionary_page_offset(dictionary_offset);
        if told != Told::Nothing {
            metadata = metadata.set_statistics(whole.statistics(runs));
        }
        let close = ColumnCloseResult {
            bytes_written,
            rows_written: rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: (indexed && told == Told::OfPages).then(|| index.build()).transpose()?,
            offset_index: indexed.then(|| places.build()),
        };
        Ok((out.into_inner()?.into(), close))
    }

    /// The page that was put together, packed, and how long it is unpacked.
    fn pack(&mut self, level: Option<i32>) -> Result<(Bytes, usize)> {
        let size = self.raw.len();
        let Some(level) = level else { return Ok((self.raw.clone().into(), size)) };
        let mut packed = Vec::with_capacity(compress_bound(size));
        self.zstd
            .compress(&mut packed, &self.raw, level)
            .map_err(|code| ParquetError::General(get_error_name(code).into()))?;
        packed.shrink_to_fit();
        Ok((packed.into(), size))
    }
}

/// The values of a chunk, each once.
struct Dictionary {
    cells: Vec<u64>,
    places: HashMap<u64, u32, BuildHasherDefault<Spread>>,
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
    /// `None` where values are smaller as they are.
    fn of(runs: &Runs, form: Form, known: usize) -> Option<Self> {
        let most = match (runs.datatype, form) {
            (Type::Boolean, _) | (_, Form::Rising) => return None,
            (Type::Utf8, _) => usize::MAX,
            _ if runs.len() * RUN_ROWS <= runs.rows() => usize::MAX,
            (_, Form::Level) => return None,
            (_, Form::Few(most)) => most,
        };
        if known == 0 {
            return None;
        }
        let mut dictionary = Dictionary { cells: Vec::new(), places: HashMap::default(), width: 0 };
        for cell in runs.iter().filter_map(|(_, cell)| cell) {
            let next = dictionary.cells.len() as u32;
            if *dictionary.places.entry(cell).or_insert(next) == next {
                dictionary.cells.push(cell);
            }
            if dictionary.cells.len() > most {
                return None;
            }
        }
        dictionary.width = width_of(dictionary.cells.len() as u64 - 1);
        Some(dictionary)
    }

    fn write(&self, out: &mut Vec<u8>, known: impl Iterator<Item = (usize, u64)>) {
        out.push(self.width as u8);
        // Runs that only unknown rows part are one here.
        Hybrid::new(out, self.width).write(known.map(|(rows, cell)| (rows, self.places[&cell])));
    }
}

/// Which rows are known.
fn levels(out: &mut Vec<u8>, runs: &Runs, from: usize, to: usize) {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    let known = runs.within(from, to).map(|(rows, cell)| (rows, u32::from(cell.is_some())));
    Hybrid::new(out, 1).write(known);
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
