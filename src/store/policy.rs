//! What a store may grow to, and what its finished files look like.

use std::time::Duration;

use super::layout;
use crate::schema::Micros;

/// A part ends when it is so large, or an eighth of what the store may be.
pub const PART_BYTES: u64 = 16 << 20;
/// A part ends when it has so many rows of `process`.
pub const PART_ROWS: u64 = 262_144;
/// The least that a store can be bounded to: a part and what it is sealed to have to fit.
pub const LEAST_MAX_BYTES: u64 = 8 << 20;

const DAY: Duration = Duration::from_secs(86_400);

/// The bounds and habits of a store.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The span of a finished file.
    pub rotation: Rotation,
    /// How many such spans are kept.
    pub keep_files: Option<u64>,
    /// How long rows are kept.
    pub keep: Keep,
    /// How large the store may be, by the blocks it occupies.
    pub max_bytes: Option<u64>,
    /// How much of its filesystem is to stay free, in percent: below that the oldest rows go.
    pub min_free_pct: f64,
    /// How segments are compressed.
    pub compression: Compression,
}

/// How long rows are kept, by their class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    pub process: Duration,
    pub raw: Duration,
    pub minute: Duration,
    pub hour: Duration,
}

/// What rows are worth: the order in which they are given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Rows of `process` and `thread` as they were recorded: most of the bytes.
    Process,
    /// Other rows as they were recorded.
    Raw,
    /// A row a minute.
    Minute,
    /// A row an hour.
    Hour,
}

impl Class {
    /// The class of a table's rows.
    pub fn of(table: &str) -> Class {
        match table {
            "process" | "thread" => Class::Process,
            _ if table.ends_with("_1m") => Class::Minute,
            _ if table.ends_with("_1h") => Class::Hour,
            _ => Class::Raw,
        }
    }
}

impl Keep {
    /// How long rows of a class are kept.
    pub fn of(&self, class: Class) -> Duration {
        match class {
            Class::Process => self.process,
            Class::Raw => self.raw,
            Class::Minute => self.minute,
            Class::Hour => self.hour,
        }
    }
}

impl Default for Keep {
    fn default() -> Self {
        Keep { process: 3 * DAY, raw: 14 * DAY, minute: 90 * DAY, hour: 400 * DAY }
    }
}

impl Policy {
    /// How large a part of the journal may become.
    pub fn part_bytes(&self) -> u64 {
        self.max_bytes.map_or(PART_BYTES, |max| PART_BYTES.min(max / 8))
    }

    /// How large the journal may be, parts that wait to be sealed included.
    pub fn journal_bytes(&self) -> u64 {
        self.part_bytes() * 3
    }

    /// How large everything but the journal may be. The two shares are apart, so that the recorder
    /// and its maintenance need not ask each other.
    pub fn sealed_bytes(&self) -> u64 {
        self.max_bytes.map_or(u64::MAX, |max| max.saturating_sub(self.journal_bytes()))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            rotation: Rotation::DAY,
            keep_files: None,
            keep: Keep::default(),
            max_bytes: None,
            min_free_pct: 0.0,
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
