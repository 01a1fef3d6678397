//! Where in time the desk stands: what is recorded, what of it is shown, the cursor, marks.

use super::super::words::{self, Word};
use super::mark::Mark;
use crate::time::Micros;

/// A graph that the strip can show.
#[derive(Clone, Copy, Debug)]
pub struct Headline {
    pub title: Word,
    /// The numbers in the course, the sum of which is drawn.
    pub columns: &'static [&'static str],
    /// What the graph is at most at least: percent stand on 100.
    pub top: Option<f64>,
}

/// All of them, in the order of the key.
pub const HEADLINES: [Headline; 5] = [
    Headline { title: words::CPU, columns: &["cpu"], top: Some(100.0) },
    Headline { title: words::MEMORY, columns: &["memory_used_pct"], top: Some(100.0) },
    Headline { title: words::DISK, columns: &["disk_read_bytes_per_s", "disk_write_bytes_per_s"], top: None },
    Headline {
        title: words::NETWORK,
        columns: &["network_rx_bytes_per_s", "network_tx_bytes_per_s"],
        top: None,
    },
    Headline {
        title: words::PRESSURE,
        columns: &["cpu_some_pct", "memory_some_pct", "io_some_pct"],
        top: Some(100.0),
    },
];

/// Which part of the recording the strip shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Zoom {
    /// All of it.
    Whole,
    /// So many microseconds up to the end.
    Last(i64),
    /// A range of its own.
    Range(Micros, Micros),
}

/// How it plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Play {
    /// Samples a second, as a power of two.
    pub speed: i32,
    /// When the next one is due.
    pub due: Micros,
}

/// Where in time the desk stands.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// First and last sample; `None` while nothing is recorded.
    pub extent: Option<(Micros, Micros)>,
    /// Whether somebody records.
    pub is_live: bool,
    /// When it was last looked at, and whether the answer is still to come.
    pub looked: Micros,
    pub is_looking: bool,
    /// What is shown last; under it what was shown before.
    pub zooms: Vec<Zoom>,
    pub cursor: Micros,
    /// Whether the cursor goes along with the end.
    pub follows: bool,
    pub is_frozen: bool,
    pub play: Option<Play>,
    /// What was marked: from, to.
    pub range: (Option<Micros>, Option<Micros>),
    /// Whether Enter would zoom into it.
    pub is_range_new: bool,
    pub marks: Vec<Mark>,
    /// Up to when events are known, and up to when anomalies.
    pub marked_to: Micros,
    pub judged_to: Micros,
    /// Which of [`HEADLINES`].
    pub headline: usize,
}

impl Default for Timeline {
    fn default() -> Self {
        Timeline {
            extent: None,
            is_live: false,
            looked: Micros(i64::MIN / 2),
            is_looking: false,
            zooms: vec![Zoom::Whole],
            cursor: Micros(0),
            follows: true,
            is_frozen: false,
            play: None,
            range: (None, None),
            is_range_new: false,
            marks: Vec::new(),
            marked_to: Micros(i64::MIN),
            judged_to: Micros(i64::MIN),
            headline: 0,
        }
    }
}

impl Timeline {
    /// What the strip shows: later than the first instant, up to the second.
    pub fn shown(&self) -> Option<(Micros, Micros)> {
        let (first, last) = self.extent?;
        // A single sample has a strip of a second.
        let begin = Micros(first.0.min(last.0 - 1_000_000) - 1);
        Some(match self.zooms.last() {
            Some(Zoom::Last(length)) => (Micros(begin.0.max(last.0 - length)), last),
            Some(Zoom::Range(from, to)) => (*from, *to),
            _ => (begin, last),
        })
    }

    /// Shows more of the recording again; `false` where all is shown.
    pub fn zoom_out(&mut self) -> bool {
        if self.zooms.len() > 1 {
            self.zooms.pop();
            return true;
        }
        let changed = self.zooms != [Zoom::Whole];
        self.zooms = vec![Zoom::Whole];
        changed
    }

    /// A quarter as long around the cursor.
    pub fn closer(&mut self) -> bool {
        let (Some((from, to)), Some((first, last))) = (self.shown(), self.extent) else { return false };
        let length = (to.0 - from.0) / 4;
        if length < 10_000_000 {
            return false;
        }
        let zoom = self.around(length, first, last);
        self.zooms.push(zoom);
        true
    }

    /// So long a range around the cursor, within what is recorded.
    pub fn around(&self, length: i64, first: Micros, last: Micros) -> Zoom {
        let latest = last.0.saturating_sub(length);
        let begin = self.cursor.0.saturating_sub(length / 2).min(latest).max(first.0 - 1);
        Zoom::Range(Micros(begin), Micros(begin.saturating_add(length).min(last.0)))
    }

    /// Moves the shown range such that the cursor is in it; whether it had to.
    pub fn keep_in_sight(&mut self) -> bool {
        let (Some((from, to)), Some((first, last))) = (self.shown(), self.extent) else { return false };
        if self.cursor > from && self.cursor <= to {
            return false;
        }
        let around = self.around(to.0 - from.0, first, last);
        let Some(zoom) = self.zooms.last_mut() else { return false };
        *zoom = around;
        true
    }

    /// The mark behind the cursor, or the one before it.
    pub fn mark_from(&self, is_back: bool) -> Option<&Mark> {
        let stops = self.marks.iter().filter(|mark| mark.is_stop());
        match is_back {
            false => stops.filter(|mark| mark.ts > self.cursor).min_by_key(|mark| mark.ts),
            true => stops.filter(|mark| mark.ts < self.cursor).max_by_key(|mark| mark.ts),
        }
    }

    /// The marked range, where both ends are there.
    pub fn marked(&self) -> Option<(Micros, Micros)> {
        match self.range {
            (Some(from), Some(to)) if from < to => Some((from, to)),
            _ => None,
        }
    }

    /// What an export or a report is of: the marked range, else what is shown.
    pub fn chosen(&self) -> Option<(Micros, Micros)> {
        self.marked().or_else(|| self.shown())
    }
}
