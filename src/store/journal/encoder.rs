//! Turns ticks into frames. Every sixtieth frame of a part is a keyframe; those between are packed
//! with its tables as dictionaries, since most of what a host is doing it did a minute ago.
//!
//! It writes nothing to a disk.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use zstd::zstd_safe::{CCtx, CDict, compress_bound, get_error_name};

use super::again::Again;
use super::frame::{Codec, Content, ENTRY, HEADER, MAGIC, Moment};
use super::message::MessageWriter;

/// How many frames lean on one keyframe, itself included.
const KEYED_FRAMES: u32 = 60;
/// zstd's: a frame is packed in a fraction of a millisecond.
const LEVEL: i32 = 1;

/// The tables of a tick: each with its place in the part's list of tables.
pub type Tables = [(u32, RecordBatch)];

/// A table of a tick as a frame holds it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its place in the part's list of tables.
    pub id: u32,
    /// Its rows, or those that are not the keyframe's.
    pub rows: RecordBatch,
    /// The others. Never in a keyframe.
    pub again: Option<Again>,
}

impl Told {
    /// How many rows the table has.
    pub fn count(&self) -> usize {
        self.again.as_ref().map_or(self.rows.num_rows(), |again| again.here.len())
    }
}

impl From<&(u32, RecordBatch)> for Told {
    fn from((id, rows): &(u32, RecordBatch)) -> Self {
        Told { id: *id, rows: rows.clone(), again: None }
    }
}

/// Turns the ticks of one part into frames; keeps its buffers from one to the next.
pub struct Encoder {
    messages: MessageWriter,
    zstd: CCtx<'static>,
    dictionaries: HashMap<u32, CDict<'static>>,
    key: u64,
    until_key: u32,
    raw: Vec<u8>,
    packed: Vec<u8>,
    payload: Vec<u8>,
}

impl Default for Encoder {
    fn default() -> Self {
        Encoder::new()
    }
}

impl Encoder {
    /// An encoder for a new part: its first frame is a keyframe.
    pub fn new() -> Self {
        Encoder {
            messages: MessageWriter::default(),
            zstd: CCtx::create(),
            dictionaries: HashMap::new(),
            key: 0,
            until_key: 0,
            raw: Vec::new(),
            packed: Vec::new(),
            payload: Vec::new(),
        }
    }

    /// Begins another part.
    pub fn restart(&mut self) {
        self.until_key = 0;
    }

    /// Whether the next frame is a keyframe, which takes totals as well.
    pub fn is_key_next(&self) -> bool {
        self.until_key == 0
    }

    /// The frame of one tick. `totals` go into keyframes only.
    pub fn encode(
        &mut self,
        moment: Moment,
        interval: &[Told],
        totals: &Tables,
    ) -> Result<Vec<u8>, ArrowError> {
        let is_key = self.is_key_next();
        if is_key {
            self.dictionaries.clear();
            self.key = moment.seq;
        }
        self.payload.clear();
        let totals = if is_key { totals } else { &[] };
        let count = interval.len() + totals.len();
        let mut frame = Vec::with_capacity(HEADER + count * ENTRY + 4);
        frame.extend_from_slice(&MAGIC);
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(&moment.seq.to_le_bytes());
        frame.extend_from_slice(&self.key.to_le_bytes());
        frame.extend_from_slice(&moment.wall.0.to_le_bytes());
        frame.extend_from_slice(&moment.monotonic.0.to_le_bytes());
        frame.extend_from_slice(&(count as u32).to_le_bytes());
        for told in interval {
            self.table(told, Content::Interval, &mut frame)?;
            if is_key && let Some(dictionary) = CDict::try_create(&self.raw, LEVEL) {
                self.dictionaries.insert(told.id, dictionary);
            }
        }
        for table in totals {
            self.table(&table.into(), Content::Totals, &mut frame)?;
        }
        let length = (frame.len() - 8 + 4 + self.payload.len()) as u32;
        frame[4..8].copy_from_slice(&length.to_le_bytes());
        let check = crc32c::crc32c(&frame);
        frame.extend_from_slice(&check.to_le_bytes());
        frame.extend_from_slice(&self.payload);
        self.until_key = if is_key { KEYED_FRAMES - 1 } else { self.until_key - 1 };
        Ok(frame)
    }

    /// Packs one table: its entry into the directory, its rows behind the payload.
    fn table(&mut self, told: &Told, content: Content, directory: &mut Vec<u8>) -> Result<(), ArrowError> {
        self.raw.clear();
        if let Some(again) = &told.again {
            again.encode(&mut self.raw);
        }
        if told.again.is_none() || told.rows.num_rows() > 0 {
            self.messages.write(&told.rows, &mut self.raw)?;
        }
        self.packed.clear();
        self.packed.reserve(compress_bound(self.raw.len()));
        let dictionary = self.dictionaries.get(&told.id).filter(|_| content == Content::Interval);
        let (codec, packed) = match dictionary {
            Some(dictionary) => {
                let codec = if told.again.is_some() { Codec::ZstdAgain } else { Codec::ZstdKeyed };
                (codec, self.zstd.compress_using_cdict(&mut self.packed, &self.raw, dictionary))
            }
            None if told.again.is_some() => {
                return Err(ArrowError::IpcError("rows of a keyframe that does not have the table".into()));
            }
            None => (Codec::Zstd, self.zstd.compress(&mut self.packed, &self.raw, LEVEL)),
        };
        packed.map_err(|code| ArrowError::IpcError(get_error_name(code).into()))?;
        directory.extend_from_slice(&(told.id as u16).to_le_bytes());
        directory.extend_from_slice(&[content as u8, codec as u8]);
        let sizes = [told.count() as u32, self.raw.len() as u32, self.packed.len() as u32];
        sizes.iter().for_each(|n| directory.extend_from_slice(&n.to_le_bytes()));
        directory.extend_from_slice(&crc32c::crc32c(&self.packed).to_le_bytes());
        self.payload.extend_from_slice(&self.packed);
        Ok(())
    }
}
