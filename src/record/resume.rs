//! What a recording counts on from: the totals of this boot that the one before it left, so that the
//! first row spans the time in which nobody recorded.

use std::time::Duration;

use super::deltas::Deltas;
use crate::schema::rows::Sample;
use crate::schema::{Row, every_table};
use crate::store::{Content, Frame, Part};

/// The totals at the end of a part, and when that was on the monotonic clock. `None` where it is of
/// another boot or has none. `now` is the monotonic clock.
pub fn totals(part: &Part, boot_id: &str, now: Duration) -> Option<(Sample, Duration)> {
    if boot_id.is_empty() || part.header()?.boot_id != boot_id {
        return None;
    }
    let frames = part.frames();
    let key = frames.iter().rposition(|frame| {
        frame.key == frame.moment.seq && frame.entries.iter().any(|entry| entry.content == Content::Totals)
    })?;
    let at = Duration::from_micros(frames.last()?.moment.monotonic.0.try_into().ok()?);
    if at > now {
        return None;
    }
    let mut deltas = Deltas::default();
    read(part, &frames[key..=key], Content::Totals).into_iter().for_each(|totals| deltas.begin(totals));
    // The keyframe's own interval is in its totals already; it is entered for those that lean on it.
    read(part, &frames[key..], Content::Interval).into_iter().skip(1).for_each(|rows| deltas.advance(rows));
    Some((deltas.totals(), at))
}

macro_rules! read {
    ($($name:ident: $row:ident),*) => {
        /// The rows of some frames.
        fn read(part: &Part, frames: &[Frame<'_>], content: Content) -> Vec<Sample> {
            let mut samples = vec![Sample::default(); frames.len()];
            $(
                if let Some(mut reader) = part.table(stringify!($name)) {
                    for (frame, sample) in frames.iter().zip(&mut samples) {
                        reader.enter(frame);
                        if let Some(batch) = reader.rows(frame, content) {
                            sample.$name = (0..batch.num_rows()).map(|at| Row::read(&batch, at)).collect();
                        }
                    }
                }
            )*
            samples
        }
    };
}
every_table!(read);
