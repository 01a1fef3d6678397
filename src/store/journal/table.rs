//! One table of a part, unpacked frame after frame; and where its rows lie, of which a frame has itself
//! only what its keyframe has not.

use std::cell::RefCell;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use zstd::zstd_safe::{DCtx, DDict};

use super::again::Again;
use super::frame::{Codec, Content, Entry, Frame, RAW_LIMIT};
use super::rows::{self, Rows};

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
    pub key: Option<Arc<Rows>>,
    /// Which of them; `None` where it is the keyframe, or has none of them.
    pub again: Option<Again>,
    /// The others, if there are any.
    pub own: Option<Rows>,
}

impl Lying {
    /// Where each row is, in their order.
    pub fn rows(&self) -> Vec<Place> {
        let all = |of: Of, rows: usize| (0..rows).map(|row| Place { of, row }).collect();
        let own = self.own.as_ref().map_or(0, Rows::count);
        match (&self.key, &self.again) {
            (Some(key), None) => all(Of::Key, key.count()),
            (_, None) => all(Of::Own, own),
            (_, Some(again)) => {
                let mut of_key = (0..).zip(&again.of_key).filter(|(_, again)| **again);
                let mut own = 0..own;
                let place = |is_again: &bool| match is_again {
                    true => of_key.next().map(|(row, _)| Place { of: Of::Key, row }),
                    false => own.next().map(|row| Place { of: Of::Own, row }),
                };
                again.here.iter().filter_map(place).collect()
            }
        }
    }
}

thread_local! {
    /// What unpacking takes, some 100 KiB, serves all tables: a part has as many readers as tables.
    static ZSTD: RefCell<DCtx<'static>> = RefCell::new(DCtx::create());
}

/// Unpacks one table, frame after frame.
pub struct TableReader {
    id: usize,
    schema: SchemaRef,
    /// The last keyframe.
    key: Option<Key>,
}

/// The table in a keyframe.
struct Key {
    seq: u64,
    dictionary: DDict<'static>,
    count: u32,
    /// Its rows, proved once they are asked for.
    raw: Option<Vec<u8>>,
    rows: Option<Arc<Rows>>,
    batch: Option<RecordBatch>,
}

impl TableReader {
    /// Of the table in a place of the part's list, which has these columns.
    pub fn new(id: usize, schema: SchemaRef) -> Self {
        TableReader { id, schema, key: None }
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
            let (seq, count) = (frame.key, entry.rows);
            Some(Key { seq, dictionary, count, raw: Some(raw), rows: None, batch: None })
        });
    }

    /// The table's place in the part's list.
    pub fn id(&self) -> usize {
        self.id
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
        let Lying { key, again, own } = self.lying(frame, content)?;
        if let (Some(key), None) = (&key, &again) {
            return key.batch(&self.schema, places).ok();
        }
        let own = match own {
            Some(rows) => rows.batch(&self.schema, places).ok()?,
            None => rows::none(&self.schema, places),
        };
        let Some(again) = again else { return Some(own) };
        let key = self.key_batch()?;
        let key = places.map_or_else(|| Ok(key.clone()), |places| key.project(places)).ok()?;
        again.join(&frame.moment, &key, &own).ok()
    }

    /// The table's rows in a frame that was entered, as they lie there; `None` where it has none or they are
    /// damaged.
    pub fn lying(&mut self, frame: &Frame<'_>, content: Content) -> Option<Lying> {
        let entry = frame.entry(self.id, content)?;
        if content == Content::Interval && frame.key == frame.moment.seq {
            return Some(Lying { key: Some(self.key_rows(frame.key)?), again: None, own: None });
        }
        let raw = self.unpack(entry, frame.key)?;
        if entry.codec != Codec::ZstdAgain {
            let own = Rows::prove(raw, &self.schema, entry.rows)?;
            return Some(Lying { key: None, again: None, own: Some(own) });
        }
        let (again, begin) =
            Again::decode(&raw).filter(|(again, _)| again.here.len() == entry.rows as usize)?;
        let own = match again.others() {
            0 => None,
            count => Some(Rows::prove(raw.get(begin..)?.to_vec(), &self.schema, count as u32)?),
        };
        let key = self.key_rows(frame.key).filter(|key| key.count() == again.of_key.len())?;
        Some(Lying { key: Some(key), again: Some(again), own })
    }

    fn key_rows(&mut self, seq: u64) -> Option<Arc<Rows>> {
        let key = self.key.as_mut().filter(|key| key.seq == seq)?;
        if let Some(raw) = key.raw.take() {
            key.rows = Rows::prove(raw, &self.schema, key.count).map(Arc::new);
        }
        key.rows.clone()
    }

    /// The keyframe's rows, all columns of them.
    fn key_batch(&mut self) -> Option<&RecordBatch> {
        let key = self.key.as_mut()?;
        if key.batch.is_none() {
            key.batch = key.rows.as_ref()?.batch(&self.schema, None).ok();
        }
        key.batch.as_ref()
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
        let dictionary = match entry.codec {
            Codec::Zstd => None,
            Codec::ZstdKeyed | Codec::ZstdAgain => {
                Some(&self.key.as_ref().filter(|own| own.seq == key)?.dictionary)
            }
        };
        let unpacked = ZSTD.with_borrow_mut(|zstd| match dictionary {
            Some(dictionary) => zstd.decompress_using_ddict(&mut raw, packed, dictionary),
            None => zstd.decompress(&mut raw, packed),
        });
        (unpacked.ok()? == entry.raw).then_some(raw)
    }
}
