//! One table of a part, unpacked frame after frame; and where its rows lie, of which a frame has itself
//! only what its keyframe has not.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use zstd::zstd_safe::{DCtx, DDict};

use super::again::Again;
use super::frame::{Codec, Content, Entry, Frame, RAW_LIMIT};
use super::rows;

/// Among which rows one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Those of the keyframe.
    Key,
    /// Those that the frame has itself.
    Own,
}

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub of: Of,
    pub row: usize,
}

/// The rows of a table in one frame.
pub struct Lying {
    /// All those of its keyframe, where the frame is that or has some of them again.
    pub key: Option<RecordBatch>,
    /// Which of them; `None` where it is the keyframe, or has none of them.
    pub again: Option<Again>,
    /// The others.
    pub own: RecordBatch,
}

impl Lying {
    /// Where each row is, in their order.
    pub fn rows(&self) -> Vec<Place> {
        let all = |of: Of, rows: usize| (0..rows).map(|row| Place { of, row }).collect();
        match (&self.key, &self.again) {
            (Some(key), None) => all(Of::Key, key.num_rows()),
            (_, None) => all(Of::Own, self.own.num_rows()),
            (_, Some(again)) => {
                let mut of_key = (0..).zip(&again.of_key).filter(|(_, again)| **again);
                let mut own = 0..self.own.num_rows();
                let place = |is_again: &bool| match is_again {
                    true => of_key.next().map(|(row, _)| Place { of: Of::Key, row }),
                    false => own.next().map(|row| Place { of: Of::Own, row }),
                };
                again.here.iter().filter_map(place).collect()
            }
        }
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
    /// Of the table in a place of the part's list, which has these columns.
    pub fn new(id: usize, schema: SchemaRef) -> Self {
        TableReader { id, schema, zstd: DCtx::create(), key: None }
    }

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
        let lying = self.lying(frame, content, places)?;
        match (lying.again, lying.key) {
            (Some(again), Some(key)) => again.join(&frame.moment, &key, &lying.own).ok(),
            (None, Some(key)) => Some(key),
            _ => Some(lying.own),
        }
    }

    /// The table's rows in a frame that was entered, as they lie there, of the columns at some places, which
    /// rise, or of all; `None` where it has none or they are damaged.
    pub fn lying(&mut self, frame: &Frame<'_>, content: Content, places: Option<&[usize]>) -> Option<Lying> {
        let entry = frame.entry(self.id, content)?;
        let raw = self.unpack(entry, frame.key)?;
        if entry.codec != Codec::ZstdAgain {
            let rows = rows::decode(raw, &self.schema, entry.rows, places).ok()?;
            let none = rows::none(&self.schema, places);
            let is_key = content == Content::Interval && frame.key == frame.moment.seq;
            let (key, own) = if is_key { (Some(rows), none) } else { (None, rows) };
            return Some(Lying { key, again: None, own });
        }
        let (again, begin) =
            Again::decode(&raw).filter(|(again, _)| again.here.len() == entry.rows as usize)?;
        let own = match again.others() {
            0 => rows::none(&self.schema, places),
            count => rows::decode(raw.get(begin..)?.to_vec(), &self.schema, count as u32, places).ok()?,
        };
        let key = self.key.as_mut().filter(|key| key.seq == frame.key)?;
        if key.rows.is_none() {
            key.rows = rows::decode(std::mem::take(&mut key.raw), &self.schema, key.count, None).ok();
        }
        let whole = key.rows.as_ref().filter(|whole| whole.num_rows() == again.of_key.len())?;
        let chosen = places.map_or_else(|| Ok(whole.clone()), |places| whole.project(places));
        Some(Lying { key: Some(chosen.ok()?), again: Some(again), own })
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
