//! A column chunk of a Parquet file, written out of runs: what stays costs what a run costs, in time
//! and on disk, and not what its rows would.
//!
//! It knows pages and encodings, and neither tables nor files.

mod coding;
mod delta;
mod extent;
mod hybrid;
mod read;

use bytes::Bytes;
use parquet::basic::{Compression as Codec, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::zstd_safe::{CCtx, compress_bound, get_error_name};

pub use self::read::read;

use self::coding::Coding;
use self::extent::Extent;
use super::runs::Runs;

/// Rows of a page: what one entity's rows are read in.
const PAGE_ROWS: usize = 20_000;
/// A chunk of so few runs is one page, however many rows it has.
const PAGE_RUNS: usize = 512;
/// Places of so few runs, with little text, are left as they are: zstd would make them larger.
const PLAIN_RUNS: usize = 4;
const PLAIN_TEXT_BYTES: usize = 64;
/// Pages of so few bytes are neither packed nor held against other ways.
const TINY_BYTES: usize = 64;
/// About what the header of a page takes.
const PAGE_HEADER: usize = 20;

/// How numbers are written down before they are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// They rise evenly from row to row.
    Rising,
    /// Levels: plainly, unless they stay.
    Level,
    /// What takes few values: in a dictionary of so many at most, else plainly.
    Few(usize),
    /// Whichever way turns out smallest.
    Smallest,
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
        let whole = match told {
            Told::Nothing => Extent::unknown(runs, 0, rows),
            Told::OfChunk | Told::OfPages => Extent::of(runs, 0, rows),
        };
        let nullable = descr.max_def_level() > 0;
        if !nullable && whole.unknown > 0 {
            return Err(ParquetError::General(format!("{} has rows without a value", descr.name())));
        }
        let page_rows =
            if told != Told::OfPages && runs.len() <= PAGE_RUNS { rows.max(1) } else { PAGE_ROWS };
        let mut packed: Option<Packed> = None;
        for coding in Coding::of(runs, form, rows - whole.unknown) {
            let other = self.pack(&coding, runs, nullable, page_rows)?;
            let with_headers = |packed: &Packed| packed.bytes() + packed.pages.len() * PAGE_HEADER;
            if packed.as_ref().is_none_or(|packed| with_headers(&other) < with_headers(packed)) {
                let is_tiny = other.bytes() <= TINY_BYTES && other.pages.len() == 1;
                packed = Some(other);
                if is_tiny {
                    break;
                }
            }
        }
        let packed = packed.ok_or_else(|| ParquetError::General("no way to write values down".into()))?;
        let encoding = packed.encoding;

        let mut out = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut out);
        let (mut unpacked_bytes, mut packed_bytes) = (0, 0);
        let (mut dictionary_offset, mut data_offset) = (None, None);
        let (mut places, mut index) =
            (OffsetIndexBuilder::new(), ColumnIndexBuilder::new(descr.physical_type()));
        for PackedPage { buf, size, rows } in packed.pages {
            let page = match rows {
                Rows::OfDictionary(values) => Page::DictionaryPage {
                    buf,
                    num_values: values as u32,
                    encoding: Encoding::PLAIN,
                    is_sorted: false,
                },
                Rows::Between(from, to) => Page::DataPage {
                    buf,
                    num_values: (to - from) as u32,
                    encoding,
                    def_level_encoding: Encoding::RLE,
                    rep_level_encoding: Encoding::RLE,
                    statistics: None,
                },
            };
            let spec = pages.write_page(CompressedPage::new(page, size))?;
            unpacked_bytes += spec.uncompressed_size as i64;
            packed_bytes += spec.compressed_size as i64;
            let Rows::Between(from, to) = rows else {
                dictionary_offset = Some(spec.offset as i64);
                continue;
            };
            data_offset.get_or_insert(spec.offset as i64);
            places.append_row_count((to - from) as i64);
            places.append_offset_and_size(spec.offset as i64, spec.compressed_size as i32);
            if indexed && told == Told::OfPages {
                let extent = Extent::of(runs, from, to);
                let (least, greatest) = extent.bytes(runs);
                index.append(extent.unknown == to - from, least, greatest, extent.unknown as i64);
            }
        }

        let used = [Encoding::PLAIN, Encoding::RLE]
            .into_iter()
            .chain((encoding != Encoding::PLAIN).then_some(encoding));
        let mut metadata = ColumnChunkMetaData::builder(descr)
            .set_encodings(used.collect())
            .set_compression(packed.codec)
            .set_num_values(rows as i64)
            .set_total_compressed_size(packed_bytes)
            .set_total_uncompressed_size(unpacked_bytes)
            .set_data_page_offset(data_offset.unwrap_or(0))
            .set_dictionary_page_offset(dictionary_offset);
        if told != Told::Nothing {
            metadata = metadata.set_statistics(whole.statistics(runs));
        }
        let close = ColumnCloseResult {
            bytes_written: packed_bytes as u64,
            rows_written: rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: (indexed && told == Told::OfPages).then(|| index.build()).transpose()?,
            offset_index: indexed.then(|| places.build()),
        };
        Ok((out.into_inner()?.into(), close))
    }

    /// The pages of a chunk written down in one way: packed, unless that makes them larger.
    fn pack(&mut self, coding: &Coding, runs: &Runs, nullable: bool, page_rows: usize) -> Result<Packed> {
        let tiny = matches!(coding, Coding::Places(_))
            && runs.len() <= PLAIN_RUNS
            && runs.texts.held_bytes() <= PLAIN_TEXT_BYTES * PLAIN_RUNS;
        if runs.len() <= PLAIN_RUNS && !tiny {
            let plain = self.pages(coding, runs, nullable, page_rows, None)?;
            if plain.bytes() <= TINY_BYTES {
                return Ok(plain);
            }
        }
        if let Some(level) = self.level.filter(|_| !tiny) {
            let packed = self.pages(coding, runs, nullable, page_rows, Some(level))?;
            if packed.pages.iter().map(|page| page.size).sum::<usize>() > packed.bytes() {
                return Ok(packed);
            }
        }
        self.pages(coding, runs, nullable, page_rows, None)
    }

    fn pages(
        &mut self,
        coding: &Coding,
        runs: &Runs,
        nullable: bool,
        page_rows: usize,
        level: Option<i32>,
    ) -> Result<Packed> {
        let codec = match level {
            Some(level) => Codec::ZSTD(ZstdLevel::try_new(level)?),
            None => Codec::UNCOMPRESSED,
        };
        let mut packed = Packed { encoding: coding.encoding(), codec, pages: Vec::new() };
        self.raw.clear();
        if let Some(values) = coding.dictionary(&mut self.raw, runs) {
            packed.pages.push(self.page(level, Rows::OfDictionary(values))?);
        }
        for from in (0..runs.rows()).step_by(page_rows) {
            let to = (from + page_rows).min(runs.rows());
            self.raw.clear();
            coding.rows(&mut self.raw, runs, nullable, from, to);
            packed.pages.push(self.page(level, Rows::Between(from, to))?);
        }
        Ok(packed)
    }

    /// The page that was put together.
    fn page(&mut self, level: Option<i32>, rows: Rows) -> Result<PackedPage> {
        let size = self.raw.len();
        let Some(level) = level else {
            return Ok(PackedPage { buf: self.raw.clone().into(), size, rows });
        };
        let mut packed = Vec::with_capacity(compress_bound(size));
        self.zstd
            .compress(&mut packed, &self.raw, level)
            .map_err(|code| ParquetError::General(get_error_name(code).into()))?;
        packed.shrink_to_fit();
        Ok(PackedPage { buf: packed.into(), size, rows })
    }
}

/// A chunk's pages, written down in one way.
struct Packed {
    encoding: Encoding,
    codec: Codec,
    pages: Vec<PackedPage>,
}

struct PackedPage {
    buf: Bytes,
    /// How long it is unpacked.
    size: usize,
    rows: Rows,
}

/// What a page has.
#[derive(Clone, Copy)]
enum Rows {
    /// So many values, each once.
    OfDictionary(usize),
    /// The rows from one to another.
    Between(usize, usize),
}

impl Packed {
    /// What its pages take.
    fn bytes(&self) -> usize {
        self.pages.iter().map(|page| page.buf.len()).sum()
    }
}
