//! One tick as bytes: a header, a directory, and each table's rows compressed and checked on its own.
//!
//! ```text
//! magic "SRF0" · length u32 · seq u64 · wall i64 · monotonic i64 · tables u32      little-endian;
//! per table: id u32 · rows u32 · raw length u32 · length u32 · CRC-32C u32         times in µs
//! CRC-32C u32 of all of the above
//! per table: an Arrow IPC record batch, compressed with zstd
//! ```
//!
//! `length` counts everything behind itself. No byte is believed before its check fits.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use arrow::buffer::Buffer;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::read_record_batch;
use arrow::ipc::writer::{
    DictionaryTracker, IpcDataGenerator, IpcWriteContext, IpcWriteOptions, write_message,
};
use arrow::ipc::{MetadataVersion, root_as_message};

use crate::schema::Micros;

const MAGIC: [u8; 4] = *b"SRF0";
const HEADER: usize = 36;
const ENTRY: usize = 20;
/// What a frame's table may hold at most when unpacked: a bound for reading, far above any real one.
const RAW_LIMIT: usize = 256 << 20;

/// Turns ticks into frames; keeps its buffers and compressor from one to the next.
pub struct Encoder {
    options: IpcWriteOptions,
    context: IpcWriteContext,
    zstd: zstd::bulk::Compressor<'static>,
    raw: Vec<u8>,
    payload: Vec<u8>,
    frame: Vec<u8>,
}

/// When a frame was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Counts the frames of a store; never starts again.
    pub seq: u64,
    /// The `ts` of its rows.
    pub wall: Micros,
    /// The monotonic clock then.
    pub monotonic: Micros,
}

impl Encoder {
    /// An encoder at zstd level 1.
    pub fn new() -> Result<Self, ArrowError> {
        Ok(Encoder {
            options: IpcWriteOptions::try_new(8, false, MetadataVersion::V5)?,
            context: IpcWriteContext::default(),
            zstd: zstd::bulk::Compressor::new(1)?,
            raw: Vec::new(),
            payload: Vec::new(),
            frame: Vec::new(),
        })
    }

    /// The frame of one tick: the batches with the index of their table in the part's directory.
    pub fn encode(&mut self, moment: Moment, tables: &[(u32, RecordBatch)]) -> Result<&[u8], ArrowError> {
        self.frame.clear();
        self.payload.clear();
        self.frame.extend_from_slice(&MAGIC);
        self.frame.extend_from_slice(&[0; 4]);
        self.frame.extend_from_slice(&moment.seq.to_le_bytes());
        self.frame.extend_from_slice(&moment.wall.0.to_le_bytes());
        self.frame.extend_from_slice(&moment.monotonic.0.to_le_bytes());
        self.frame.extend_from_slice(&(tables.len() as u32).to_le_bytes());
        for (id, batch) in tables {
            self.pack(batch)?;
            let packed = self.zstd.compress(&self.raw)?;
            let sizes = [*id, batch.num_rows() as u32, self.raw.len() as u32, packed.len() as u32];
            sizes.iter().for_each(|n| self.frame.extend_from_slice(&n.to_le_bytes()));
            self.frame.extend_from_slice(&crc32c::crc32c(&packed).to_le_bytes());
            self.payload.extend_from_slice(&packed);
        }
        let length = (self.frame.len() - 8 + 4 + self.payload.len()) as u32;
        self.frame[4..8].copy_from_slice(&length.to_le_bytes());
        let check = crc32c::crc32c(&self.frame);
        self.frame.extend_from_slice(&check.to_le_bytes());
        self.frame.extend_from_slice(&self.payload);
        Ok(&self.frame)
    }

    fn pack(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let mut tracker = DictionaryTracker::new(false);
        let generator = IpcDataGenerator::default();
        let (_, data) = generator.encode(batch, &mut tracker, &self.options, &mut self.context)?;
        self.raw.clear();
        write_message(&mut self.raw, data, &self.options)?;
        Ok(())
    }
}

/// One frame in the bytes of a part.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// When it was taken.
    pub moment: Moment,
    tables: Vec<Entry<'a>>,
}

#[derive(Clone, Debug)]
struct Entry<'a> {
    id: u32,
    raw: usize,
    check: u32,
    packed: &'a [u8],
}

/// Reads the frame that the bytes begin with, and what follows it. `None` where they are no whole,
/// sound frame: a torn end, or damage.
pub fn decode(bytes: &[u8]) -> Option<(Frame<'_>, &[u8])> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let long = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    if bytes.get(..4)? != MAGIC {
        return None;
    }
    let whole = bytes.get(..8usize.checked_add(number(4)? as usize)?)?;
    let count = number(32)? as usize;
    let directory = HEADER.checked_add(count.checked_mul(ENTRY)?)?;
    let checked = whole.get(..directory)?;
    if number(directory)? != crc32c::crc32c(checked) {
        return None;
    }
    let mut payload = whole.get(directory + 4..)?;
    let mut tables = Vec::with_capacity(count);
    for at in (HEADER..directory).step_by(ENTRY) {
        let (packed, rest) = payload.split_at_checked(number(at + 12)? as usize)?;
        let (id, raw, check) = (number(at)?, number(at + 8)?, number(at + 16)?);
        tables.push(Entry { id, raw: raw as usize, check, packed });
        payload = rest;
    }
    let (wall, monotonic) = (Micros(long(16)? as i64), Micros(long(24)? as i64));
    let moment = Moment { seq: long(8)?, wall, monotonic };
    let sound = tables.iter().all(|t| crc32c::crc32c(t.packed) == t.check);
    sound.then_some((Frame { moment, tables }, &bytes[whole.len()..]))
}

impl Frame<'_> {
    /// The rows of a table, of the schema that the part declares for it.
    pub fn batch(&self, id: u32, schema: &SchemaRef) -> Result<Option<RecordBatch>, ArrowError> {
        let Some(entry) = self.tables.iter().find(|t| t.id == id) else { return Ok(None) };
        if entry.raw > RAW_LIMIT {
            return Err(ArrowError::IpcError(format!("a batch of {} bytes", entry.raw)));
        }
        let raw = zstd::bulk::decompress(entry.packed, entry.raw)?;
        let cut = || ArrowError::IpcError("a batch that is cut short".into());
        // An encapsulated message: a marker, the metadata's length, the metadata, the body.
        let length = raw.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).ok_or_else(cut)?;
        let metadata = raw.get(8..8 + length as usize).ok_or_else(cut)?;
        let message = root_as_message(metadata).map_err(|e| ArrowError::IpcError(e.to_string()))?;
        let batch = message.header_as_record_batch().ok_or_else(cut)?;
        let version = message.version();
        let body = Buffer::from(raw.get(8 + length as usize..).ok_or_else(cut)?);
        read_record_batch(&body, batch, schema.clone(), &HashMap::new(), None, &version).map(Some)
    }
}
