//! A part being read, as it was when it was opened. Damage costs what it hit, and is counted.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::frame::{self, Content, Entry, Frame, Moment};
use super::header::{self, Header};
use super::table::TableReader;
use super::window::Window;
use crate::schema::PART_FORMAT;
use crate::store::Error;
use crate::store::disk::read_exact_at;

/// A part, read as it was when it was opened.
pub struct Part {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Where the rest is, with the length of all, if only the header is in memory.
    lying: Option<(File, usize)>,
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
        let (mut bytes, mut from) = (Vec::new(), file);
        from.seek(SeekFrom::Start(0)).map_err(Error::io(path))?;
        from.take(length).read_to_end(&mut bytes).map_err(Error::io(path))?;
        Part::parse(path, bytes)
    }

    /// The same, of which only the header is read: its frames are there to be walked, a few in memory at
    /// once. One whose header is not there is read whole.
    pub fn open(path: &Path, file: &File, length: u64) -> Result<Part, Error> {
        let mut bytes = vec![0; length.min(header::BEGINNING as u64) as usize];
        read_exact_at(file, &mut bytes, 0).map_err(Error::io(path))?;
        let Some(whole) = header::length(&bytes).filter(|whole| *whole as u64 <= length) else {
            return Part::read(path, file, length);
        };
        let told = bytes.len();
        bytes.resize(whole, 0);
        read_exact_at(file, &mut bytes[told..], told as u64).map_err(Error::io(path))?;
        let mut part = Part::parse(path, bytes)?;
        if part.header.is_none() {
            return Part::read(path, file, length);
        }
        part.lying = Some((file.try_clone().map_err(Error::io(path))?, length as usize));
        Ok(part)
    }

    /// Visits the frames that can be proved, in order; tells what cannot be read.
    pub fn walk(&self, mut each: impl FnMut(&Frame<'_>)) -> Result<Damage, Error> {
        if self.header.is_none() {
            return Ok(self.damage());
        }
        let mut counted = Counted { at: self.frames, ..Counted::default() };
        let mut visit = |begin, frame: &Frame<'_>| {
            counted.take(begin, frame);
            each(frame);
        };
        let length = match &self.lying {
            Some((file, length)) => {
                let mut window = Window::new(file, *length);
                frame::walk(&mut window, self.frames, &mut visit);
                window.failed().map_err(Error::io(&self.path))?;
                *length
            }
            None => {
                frame::walk(&mut self.bytes.as_slice(), self.frames, &mut visit);
                self.bytes.len()
            }
        };
        Ok(counted.finish(length))
    }

    /// The part that some bytes are; `path` is for messages.
    pub fn parse(path: &Path, bytes: Vec<u8>) -> Result<Part, Error> {
        let Some((header, frames)) = header::decode(&bytes) else {
            return Ok(Part {
                path: path.into(),
                frames: 0,
                bytes,
                lying: None,
                header: None,
                tables: vec![],
            });
        };
        if header.format > PART_FORMAT {
            let found = header.format;
            return Err(Error::Format { path: path.into(), found, known: PART_FORMAT });
        }
        let tables = header.tables();
        Ok(Part { path: path.into(), bytes, lying: None, header: Some(header), frames, tables })
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
        if self.header.is_none() {
            // A header that was cut off is no loss: no frame is written before it is whole.
            let torn = frame::scan(&self.bytes, 0).is_empty();
            let bytes = self.bytes.len();
            return Damage { headless: !torn, torn_bytes: if torn { bytes } else { 0 }, ..Damage::default() };
        }
        let mut counted = Counted { at: self.frames, ..Counted::default() };
        frame::walk(&mut self.bytes.as_slice(), self.frames, &mut |begin, frame| counted.take(begin, frame));
        counted.finish(self.bytes.len())
    }

    /// Where its frames begin.
    pub fn beginning(&self) -> usize {
        self.frames
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
        Some(TableReader::new(id, schema))
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

/// Counts what cannot be read, frame after frame.
#[derive(Default)]
struct Counted {
    damage: Damage,
    /// Where the last frame ended.
    at: usize,
    /// The last keyframe, with its tables, and whether each is sound.
    key: Option<(u64, Vec<(u16, bool)>)>,
}

impl Counted {
    fn take(&mut self, begin: usize, frame: &Frame<'_>) {
        self.damage.lost_bytes += begin.saturating_sub(self.at);
        self.at = begin + frame.length;
        let is_key = frame.key == frame.moment.seq;
        let key = self.key.as_ref().filter(|(key, _)| *key == frame.key);
        let leans_on_nothing = |entry: &&Entry| {
            let base = key.and_then(|(_, tables)| tables.iter().find(|(id, _)| *id == entry.id));
            let keyed = !is_key && entry.codec.is_keyed();
            entry.packed.is_none() || keyed && !base.is_some_and(|(_, sound)| *sound)
        };
        self.damage.lost_tables += frame.entries.iter().filter(leans_on_nothing).count();
        if is_key {
            let own = frame.entries.iter().filter(|entry| entry.content == Content::Interval);
            self.key = Some((frame.key, own.map(|entry| (entry.id, entry.packed.is_some())).collect()));
        }
    }

    fn finish(self, length: usize) -> Damage {
        Damage { torn_bytes: length.saturating_sub(self.at), ..self.damage }
    }
}
