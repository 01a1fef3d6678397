//! A part being read, as it was when it was opened. Damage costs what it hit, and is counted.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use zstd::zstd_safe::{DCtx, DDict};

use super::again::Again;
use super::frame::{self, Codec, Content, Entry, Frame, Moment, RAW_LIMIT};
use super::header::{self, Header};
use super::rows;
use crate::schema::PART_FORMAT;
use crate::store::Error;

/// A part, read as it was when it was opened.
pub struct Part {
    path: PathBuf,
    bytes: Vec<u8>,
    header: Option<Header>,
    /// Where the frames begin.
    frames: usize,
    /// By place; a table whose columns this program cannot read has no schema.
    tables: Vec<(String, Option<SchemaRef>)>,
}

/// What of a part cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Bytes behind the last frame: a tick that was cut off.
    pub torn_bytes: usize,
    /// Bytes before or between frames that belong to none.
    pub lost_bytes: usize,
    /// Tables of frames that do not fit their check, or lean on one that does not.
    pub lost_tables: usize,
    /// Whether the header is unreadable, so that nothing can be read.
    pub headless: bool,
}

impl Damage {
    /// Whether more is wrong than an end that was cut off.
    pub fn is_inside(&self) -> bool {
        self.lost_bytes > 0 || self.lost_tables > 0 || self.headless
    }
}

impl Part {
    /// Reads an open part up to `length`. A part whose header is not there has no frames.
    pub fn read(path: &Path, file: &File, length: u64) -> Result<Part, Error> {
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes).map_err(Error::io(path))?;
        Part::parse(path, bytes)
    }

    /// The part that some bytes are; `path` is for messages.
    pub fn parse(path: &Path, bytes: Vec<u8>) -> Result<Part, Error> {
        let Some((header, frames)) = header::decode(&bytes) else {
            return Ok(Part { path: path.into(), frames: 0, bytes, header: None, tables: vec![] });
        };
        if header.format > PART_FORMAT {
            let found = header.format;
            return Err(Error::Format { path: path.into(), found, known: PART_FORMAT });
        }
        let tables = header.tables();
        Ok(Part { path: path.into(), bytes, header: Some(header), frames, tables })
    }

    /// The same part, read as if its header were that of this program: for one whose own is damaged.
    pub fn assume_header(mut self, host: &str) -> Part {
        if self.header.is_none() {
            let header = Header::of_today(host, "");
            self.tables = header.tables();
            self.header = Some(header);
        }
        self
    }

    /// The same part, read as if this program did not know that table.
    pub fn without(mut self, name: &str) -> Part {
        self.tables.iter_mut().filter(|(table, _)| table == name).for_each(|(_, schema)| *schema = None);
        self
    }

    /// What it says of itself.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// The frames that can be proved, in order.
    pub fn frames(&self) -> Vec<Frame<'_>> {
        if self.header.is_none() {
            return vec![];
        }
        frame::scan(&self.bytes, self.frames).into_iter().map(|(_, frame)| frame).collect()
    }

    /// The highest number of a frame in it, also where its header is lost.
    pub fn last_seq(&self) -> Option<u64> {
        frame::scan(&self.bytes, self.frames).last().map(|(_, frame)| frame.moment.seq)
    }

    /// What cannot be read.
    pub fn damage(&self) -> Damage {
        let mut damage = Damage::default();
        if self.header.is_none() {
            // A header that was cut off is no loss: no frame is written before it is whole.
            let torn = frame::scan(&self.bytes, 0).is_empty();
            let bytes = self.bytes.len();
            return Damage { headless: !torn, torn_bytes: if torn { bytes } else { 0 }, ..damage };
        }
        let mut at = self.frames;
        let mut keys: HashMap<u64, Vec<(u16, bool)>> = HashMap::new();
        for (begin, frame) in frame::scan(&self.bytes, self.frames) {
            damage.lost_bytes += begin.saturating_sub(at);
            at = begin + frame.length;
            let is_key = frame.key == frame.moment.seq;
            let leans_on_nothing = |entry: &&Entry| {
                let base = keys.get(&frame.key).and_then(|key| key.iter().find(|(id, _)| *id == entry.id));
                let keyed = !is_key && entry.codec.is_keyed();
                entry.packed.is_none() || keyed && !base.is_some_and(|(_, sound)| *sound)
            };
            damage.lost_tables += frame.entries.iter().filter(leans_on_nothing).count();
            if is_key {
                let own = frame.entries.iter().filter(|entry| entry.content == Content::Interval);
                keys.insert(frame.key, own.map(|entry| (entry.id, entry.packed.is_some())).collect());
            }
        }
        damage.torn_bytes = self.bytes.len().saturating_sub(at);
        damage
    }

    /// The names of its tables.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|(name, _)| name.as_str())
    }

    /// A reader of one table's rows; `None` where the part has no such table, or one that this
    /// program cannot read.
    pub fn table(&self, name: &str) -> Option<TableReader> {
        let id = self.tables.iter().position(|(table, _)| table == name)?;
        let schema = self.tables[id].1.clone()?;
        Some(TableReader { id, schema, zstd: DCtx::create(), key: None })
    }

    /// The rows of a table, frame by frame, for those frames that `wanted` names.
    pub fn batches(&self, table: &str, wanted: impl Fn(&Moment) -> bool) -> Vec<RecordBatch> {
        let Some(mut reader) = self.table(table) else { return vec![] };
        let frames = self.frames();
        let mut batches = Vec::new();
        for frame in &frames {
            reader.enter(frame);
            if wanted(&frame.moment) {
                batches.extend(reader.rows(frame, Content::Interval));
            }
        }
        batches
    }

    /// Its path, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Unpacks one table, frame after frame.
pub struct TableReader {
    id: usize,
    schema: SchemaRef,
    zstd: DCtx<'static>,
    /// The last keyframe.
    key: Option<Key>,
}

/// The table in a keyframe.
struct Key {
    seq: u64,
    dictionary: DDict<'static>,
    raw: Vec<u8>,
    count: u32,
    /// Its rows, once a frame had some of them again.
    rows: Option<RecordBatch>,
}

impl TableReader {
    /// Takes note of a frame, which may be the keyframe of others. Frames are to be entered in order.
    pub fn enter(&mut self, frame: &Frame<'_>) {
        if frame.key != frame.moment.seq {
            return;
        }
        let entry = frame.entry(self.id, Content::Interval);
        self.key = entry.and_then(|entry| {
            let raw = self.unpack(entry, frame.key)?;
            let dictionary = DDict::try_create(&raw)?;
            Some(Key { seq: frame.key, dictionary, raw, count: entry.rows, rows: None })
        });
    }

    /// The table's columns, as the part declares them.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// How many rows of the table a frame says it has; `None` where it does not have the table.
    pub fn promised(&self, frame: &Frame<'_>, content: Content) -> Option<u64> {
        frame.entry(self.id, content).map(|entry| u64::from(entry.rows))
    }

    /// The table's rows in a frame that was entered; `None` where it has none or they are damaged.
    pub fn rows(&mut self, frame: &Frame<'_>, content: Content) -> Option<RecordBatch> {
        self.decode(frame, content, None)
    }

    /// The same, of the columns at these places alone, which rise.
    pub fn columns(&mut self, frame: &Frame<'_>, content: Content, places: &[usize]) -> Option<RecordBatch> {
        self.decode(frame, content, Some(places))
    }

    fn decode(
        &mut self,
        frame: &Frame<'_>,
        content: Content,
        places: Option<&[usize]>,
    ) -> Option<RecordBatch> {
        let entry = frame.entry(self.id, content)?;
        let raw = self.unpack(entry, frame.key)?;
        if entry.codec != Codec::ZstdAgain {
            return rows::decode(raw, &self.schema, entry.rows, places).ok();
        }
        let (again, begin) =
            Again::decode(&raw).filter(|(again, _)| again.here.len() == entry.rows as usize)?;
        let others = match again.others() {
            0 => rows::none(&self.schema, places),
            count => rows::decode(raw.get(begin..)?.to_vec(), &self.schema, count as u32, places).ok()?,
        };
        let key = self.key.as_mut().filter(|key| key.seq == frame.key)?;
        if key.rows.is_none() {
            key.rows = rows::decode(std::mem::take(&mut key.raw), &self.schema, key.count, None).ok();
        }
        let whole = key.rows.as_ref()?;
        let chosen = places.map_or_else(|| Ok(whole.clone()), |places| whole.project(places));
        again.join(&frame.moment, &chosen.ok()?, &others).ok()
    }

    fn unpack(&mut self, entry: &Entry<'_>, key: u64) -> Option<Vec<u8>> {
        let packed = entry.packed?;
        // A length that fits its check may still be anybody's: more is taken only as it is unpacked.
        if entry.raw > RAW_LIMIT {
            return None;
        }
        let promised = zstd::zstd_safe::get_frame_content_size(packed).ok()?;
        if promised != Some(entry.raw as u64) {
            return None;
        }
        let mut raw = Vec::with_capacity(entry.raw);
        let unpacked = match entry.codec {
            Codec::Zstd => self.zstd.decompress(&mut raw, packed),
            Codec::ZstdKeyed | Codec::ZstdAgain => {
                let key = self.key.as_ref().filter(|own| own.seq == key)?;
                self.zstd.decompress_using_ddict(&mut raw, packed, &key.dictionary)
            }
        };
        (unpacked.ok()? == entry.raw).then_some(raw)
    }
}
