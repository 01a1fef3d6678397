//! What a recording counts on from: the totals of this boot that the one before it left, so that the
//! first row spans the time in which nobody recorded.

use std::collections::BTreeMap;
use std::time::Duration;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use super::deltas::Deltas;
use crate::schema::rows::Sample;
use crate::schema::{Row, Rows, every_table};
use crate::store::{Content, Frame, Part};

/// What is counted on from.
#[derive(Debug, Default)]
pub struct Left {
    /// The kernel's totals of the last tick.
    pub totals: Sample,
    /// When that was, on the monotonic clock.
    pub at: Duration,
    /// When the totals of a table were read, where that was before the last tick.
    read_at: BTreeMap<&'static str, Duration>,
}

impl Left {
    /// Totals that were all read at an instant.
    pub fn at(totals: Sample, at: Duration) -> Self {
        Left { totals, at, read_at: BTreeMap::new() }
    }

    /// When some tables were read that are read together.
    pub fn read_at(&self, tables: &[&str]) -> Duration {
        tables.iter().filter_map(|table| self.read_at.get(table)).max().copied().unwrap_or(self.at)
    }
}

/// The totals at the end of a part. `None` where it is of another boot or has none, and where some of what was
/// counted behind those that it has is lost. `now` is the monotonic clock.
pub fn totals(part: &Part, boot_id: &str, now: Duration) -> Option<Left> {
    if boot_id.is_empty() || part.header()?.boot_id != boot_id || part.damage().is_inside() {
        return None;
    }
    let frames = part.frames();
    let key = frames.iter().rposition(|frame| {
        frame.key == frame.moment.seq && frame.entries.iter().any(|entry| entry.content == Content::Totals)
    })?;
    let at = monotonic(frames.last()?);
    if at > now || frames[key..].windows(2).any(|two| two[0].moment.seq + 1 != two[1].moment.seq) {
        return None;
    }
    let (mut deltas, mut left) = (Deltas::default(), Left { at, ..Left::default() });
    let at_key = monotonic(&frames[key]);
    for totals in read(part, &frames[key..=key], Content::Totals, |table, _, rows_of| {
        let age = rows_of
            .age_us
            .and_then(|us| u64::try_from(us).ok())
            .map_or(Duration::ZERO, Duration::from_micros);
        left.read_at.insert(table, at_key.saturating_sub(age));
    }) {
        deltas.begin(totals);
    }
    // The keyframe's own interval is in its totals already; it is entered for those that lean on it.
    let mut read_at = Vec::new();
    let intervals = read(part, &frames[key..], Content::Interval, |table, frame, _| {
        read_at.push((table, monotonic(frame)));
    });
    intervals.into_iter().skip(1).for_each(|rows| deltas.advance(rows));
    for (table, at) in read_at.into_iter().filter(|(_, at)| *at > at_key) {
        left.read_at.insert(table, at);
    }
    left.totals = deltas.totals();
    Some(left)
}

fn monotonic(frame: &Frame<'_>) -> Duration {
    Duration::from_micros(frame.moment.monotonic.0.max(0).unsigned_abs())
}

/// What is told of a table's rows in a frame.
struct RowsOf {
    /// The interval of those that have none of their own; of totals how long before the frame they were read.
    age_us: Option<i64>,
}

macro_rules! read {
    ($($name:ident: $row:ident),*) => {
        /// The rows of some frames. `seen` is told of each table that a frame has rows of, other than such
        /// that come at a pace of their own.
        fn read(
            part: &Part,
            frames: &[Frame<'_>],
            content: Content,
            mut seen: impl FnMut(&'static str, &Frame<'_>, RowsOf),
        ) -> Vec<Sample> {
            let mut samples = vec![Sample::default(); frames.len()];
            $(
                if let Some(mut reader) = part.table(stringify!($name)) {
                    for (frame, sample) in frames.iter().zip(&mut samples) {
                        reader.enter(frame);
                        if let Some(batch) = reader.rows(frame, content) {
                            sample.$name = (0..batch.num_rows()).map(|at| Row::read(&batch, at)).collect();
                            if let Some(rows_of) = rows_of(&sample.$name, &batch) {
                                seen(stringify!($name), frame, rows_of);
                            }
                        }
                    }
                }
            )*
            samples
        }
    };
}
every_table!(read);

fn rows_of<R: Row>(rows: &Rows<R>, batch: &RecordBatch) -> Option<RowsOf> {
    let at = rows.iter().position(|row| !row.has_own_interval())?;
    let interval = batch.column_by_name("interval_us").and_then(|c| c.as_primitive_opt::<Int64Type>());
    let age_us = interval.filter(|interval| interval.is_valid(at)).map(|interval| interval.value(at));
    Some(RowsOf { age_us })
}
