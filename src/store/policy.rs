//! What a store may grow to, and what its finished files look like.

use std::time::Duration;

use super::layout;
use crate::schema::Micros;

/// The bounds and habits of a store.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The span of a finished file.
    pub rotation: Rotation,
    /// How many such spans are kept.
    pub keep_files: Option<u64>,
    /// How long rows are kept.
    pub keep: Option<Duration>,
    /// How large the store may be.
    pub max_bytes: Option<u64>,
    /// How segments are compressed.
    pub compression: Compression,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            rotation: Rotation::DAY,
            keep_files: None,
            keep: None,
            max_bytes: None,
            compression: Compression::Zstd(3),
        }
    }
}

/// The span of a finished file. It divides the UTC day from midnight on and never passes its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rotation {
    span_us: i64,
}

impl Rotation {
    /// A file an hour.
    pub const HOUR: Rotation = Rotation { span_us: 3_600_000_000 };
    /// A file a day.
    pub const DAY: Rotation = Rotation { span_us: layout::DAY_US };

    /// A file each `span`; a longer one than a day is a day.
    pub fn every(span: Duration) -> Rotation {
        let span_us = i64::try_from(span.as_micros()).unwrap_or(layout::DAY_US);
        Rotation { span_us: span_us.clamp(1, layout::DAY_US) }
    }

    /// Its length.
    pub fn length(self) -> Duration {
        Duration::from_micros(self.span_us.unsigned_abs())
    }

    /// Which span an instant belongs to: its day, and its number in the day.
    pub fn span(self, ts: Micros) -> (i64, i64) {
        let day = layout::day_start(ts);
        (day, (ts.0 - 1 - day) / self.span_us)
    }
}

/// How the pages of segments are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    None,
    /// zstd of that level, 1 to 22.
    Zstd(i32),
}
