//! Rows that a frame does not hold itself, since they are those of its keyframe: what did not change.
//!
//! ```text
//! rows of the table in the keyframe u32 · rows of the table in this frame u32 · interval i64 (MIN: NULL)
//! a bit a row of the keyframe: whether it stands here again
//! a bit a row of this frame: whether it is such a one
//! zeros up to a multiple of eight, then the other rows as an Arrow IPC record batch, where there are any
//! ```
//!
//! Both have as many bits set; the first set one stands where the second's first is, and so on. All columns
//! of such a row are the keyframe's, but for the three that say when it is.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, TimestampMicrosecondArray};
use arrow::compute::interleave;
use arrow::error::ArrowError;

use super::frame::Moment;

const HEADER: usize = 16;
/// Far above any real number of rows.
const MOST_ROWS: usize = 1 << 20;

/// Which rows of the keyframe stand in a frame again, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// For each row of the keyframe whether it does.
    pub of_key: Vec<bool>,
    /// For each row of the frame whether it is one of those.
    pub here: Vec<bool>,
    /// The interval of all rows of the frame.
    pub interval_us: Option<i64>,
}

impl Again {
    /// How many rows the frame holds itself.
    pub fn others(&self) -> usize {
        self.here.iter().filter(|again| !**again).count()
    }

    /// Writes it down.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&(self.of_key.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&(self.here.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&self.interval_us.unwrap_or(i64::MIN).to_le_bytes());
        for bits in [&self.of_key, &self.here] {
            let packed = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| (byte << 1) | u8::from(*bit));
            bytes.extend(bits.chunks(8).map(packed));
        }
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }

    /// Reads what the bytes begin with, and where the other rows do. `None` where it contradicts itself.
    pub fn decode(bytes: &[u8]) -> Option<(Again, usize)> {
        let count = |at: usize| {
            let count = u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
            (count <= MOST_ROWS).then_some(count)
        };
        let (key_rows, rows) = (count(0)?, count(4)?);
        let interval_us = i64::from_le_bytes(bytes.get(8..HEADER)?.try_into().ok()?);
        let here_at = HEADER + key_rows.div_ceil(8);
        let end = here_at + rows.div_ceil(8);
        let unpack = |bits: &[u8], count: usize| {
            let bit = |at: usize| (bits[at / 8] >> (at % 8)) & 1 == 1;
            (0..count).map(bit).collect::<Vec<bool>>()
        };
        let of_key = unpack(bytes.get(HEADER..here_at)?, key_rows);
        let here = unpack(bytes.get(here_at..end)?, rows);
        let set = |bits: &[bool]| bits.iter().filter(|bit| **bit).count();
        let interval_us = (interval_us != i64::MIN).then_some(interval_us);
        let agree = set(&of_key) == set(&here);
        agree.then_some((Again { of_key, here, interval_us }, end.next_multiple_of(8)))
    }

    /// All rows of the frame: those of the keyframe and the `others`, which have the same columns.
    ///
    /// # Errors
    /// Where the counts of rows are not those of the two batches.
    pub fn join(
        &self,
        moment: &Moment,
        key: &RecordBatch,
        others: &RecordBatch,
    ) -> Result<RecordBatch, ArrowError> {
        if key.num_rows() != self.of_key.len() || others.num_rows() != self.others() {
            return Err(ArrowError::IpcError("a frame that does not fit its keyframe".into()));
        }
        let mut of_key = (0..).zip(&self.of_key).filter(|(_, again)| **again).map(|(at, _)| (0, at));
        let mut own = (0..others.num_rows()).map(|at| (1, at));
        let places: Vec<(usize, usize)> =
            self.here.iter().filter_map(|again| if *again { of_key.next() } else { own.next() }).collect();
        let rows = self.here.len();
        let schema = others.schema();
        let column = |at: usize| -> Result<ArrayRef, ArrowError> {
            Ok(match schema.field(at).name().as_str() {
                "ts" => {
                    let times = TimestampMicrosecondArray::from_value(moment.wall.0, rows);
                    Arc::new(times.with_timezone("UTC"))
                }
                "tick" => Arc::new(Int64Array::from_value(moment.seq as i64, rows)),
                "interval_us" => Arc::new(Int64Array::from(vec![self.interval_us; rows])),
                _ => interleave(&[key.column(at), others.column(at)], &places)?,
            })
        };
        let columns = (0..schema.fields().len()).map(column).collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(schema, columns)
    }
}
