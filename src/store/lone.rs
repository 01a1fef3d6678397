//! A segment by itself, wherever it was copied to and whatever it is called there: its footer knows what
//! its path said.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use super::Error;
use super::catalog::{Segment, Selection};
use super::layout::{SegmentName, second_above, second_below};
use super::segment::Reader;
use crate::schema::{Micros, Table, table};
use crate::time::Range;

/// One segment, opened for reading.
pub struct Lone {
    segment: Segment,
    first: Micros,
    last: Micros,
}

impl Lone {
    /// Opens the file.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let foreign = || {
            let what = "it is no segment of a sysray store; answers to questions, and what other programs wrote, \
                        cannot be asked here";
            Error::damaged(path, what)
        };
        let file = File::open(path).map_err(Error::io(path))?;
        let reader = Reader::of(path, file.try_clone().map_err(Error::io(path))?)?;
        let number = |key: &str| reader.fact(key).and_then(|fact| fact.parse().ok());
        let (Some(known), Some(host)) =
            (reader.fact("sysray.table").and_then(table), reader.fact("sysray.host"))
        else {
            return Err(foreign());
        };
        let bounds = (0..reader.row_groups()).filter_map(|group| reader.bounds(group, "ts"));
        let widest = bounds.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)));
        let Some((first, last)) = widest.map(|(first, last)| (Micros(first), Micros(last))) else {
            return Err(Error::damaged(path, "it has no rows"));
        };
        let name = SegmentName {
            table: known.name.into(),
            host: host.into(),
            first_seq: number("sysray.first_seq").unwrap_or(0),
            last_seq: number("sysray.last_seq").unwrap_or(0),
            from: second_below(first),
            to: second_above(last),
            generation: reader.fact("sysray.generation").and_then(|fact| fact.parse().ok()).unwrap_or(0),
        };
        let bytes = file.metadata().map_err(Error::io(path))?.len();
        let path = path.canonicalize().map_err(Error::io(path))?;
        Ok(Lone { segment: Segment { name, path, file: Arc::new(file), bytes }, first, last })
    }

    /// It, where it holds rows of `table` in the range.
    pub fn select(&self, table: &Table, range: &Range) -> Selection {
        let name = &self.segment.name;
        let holds = name.table == table.name && range.touches(name.from, name.to);
        Selection { segments: holds.then(|| self.segment.clone()).into_iter().collect(), tail: Vec::new() }
    }

    /// What and where it is.
    pub fn segment(&self) -> &Segment {
        &self.segment
    }

    /// Its first and its last `ts`.
    pub fn extent(&self) -> (Micros, Micros) {
        (self.first, self.last)
    }
}
