//! The recorded rows that a tier file is made of: some segments' rows of some ticks, read a window of
//! time and a few columns at once.

use std::ops::Range;
use std::path::Path;

use super::super::Error;
use super::super::layout::SegmentName;
use super::super::runs::Runs;
use super::super::segment::Reader;
use crate::schema::{COMMON, Micros, Table, Type};

/// Ticks that a row group spans, mostly fewer.
const MOST_TICKS: usize = 1 << 20;

/// Segments, open for as long as tiers are made of them.
pub struct Source {
    pub table: &'static Table,
    files: Vec<Reader>,
    /// The first and last tick that is wanted.
    ticks: (i64, i64),
}

/// Rows later than the first and no later than the second, in microseconds.
pub type Window = (i64, i64);

impl Source {
    /// Opens segments for their rows of the frames `first` to `last`.
    pub fn open(
        root: &Path,
        table: &'static Table,
        segments: &[SegmentName],
        (first, last): (u64, u64),
    ) -> Result<Self, Error> {
        let files = segments.iter().map(|name| Reader::open(&name.path(root))).collect::<Result<_, _>>()?;
        let tick = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
        Ok(Source { table, files, ticks: (tick(first), tick(last)) })
    }

    /// The first and last `ts` of the rows; `None` where there are none.
    pub fn extent(&self) -> Result<Option<(Micros, Micros)>, Error> {
        let mut extent: Option<(i64, i64)> = None;
        for file in &self.files {
            for group in 0..file.row_groups() {
                let found = match (file.bounds(group, "ts"), file.bounds(group, "tick")) {
                    (Some(ts), Some(ticks)) if self.ticks.0 <= ticks.0 && ticks.1 <= self.ticks.1 => Some(ts),
                    (_, Some(ticks)) if ticks.1 < self.ticks.0 || self.ticks.1 < ticks.0 => None,
                    _ => {
                        let wanted = |(_, tick): &(i64, i64)| self.ticks.0 <= *tick && *tick <= self.ticks.1;
                        let times = stamps(file, group)?.into_iter().filter(wanted).map(|(ts, _)| ts);
                        times.fold(None, |all: Option<(i64, i64)>, ts| {
                            Some(all.map_or((ts, ts), |(a, b)| (a.min(ts), b.max(ts))))
                        })
                    }
                };
                extent = match (extent, found) {
                    (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
                    (one, other) => one.or(other),
                };
            }
        }
        Ok(extent.map(|(first, last)| (Micros(first), Micros(last))))
    }

    /// Says that they are not read soon again.
    pub fn forget(&self) {
        self.files.iter().for_each(Reader::forget);
    }

    /// Hands out the row groups that have rows of a window, with which rows those are.
    pub fn groups(
        &self,
        window: Window,
        mut each: impl FnMut(&Group<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for file in &self.files {
            for number in 0..file.row_groups() {
                let Some((wanted, stamps)) = self.chosen(file, number, window)? else { continue };
                let ticks = distinct(stamps.iter().map(|(_, tick)| *tick));
                each(&Group { table: self.table, file, number, wanted, stamps, ticks })?;
            }
        }
        Ok(())
    }

    /// Which rows of a row group are wanted, with the stamps of all; `None` where none are.
    fn chosen(&self, file: &Reader, group: usize, window: Window) -> Result<Option<Chosen>, Error> {
        let inside = |ts: i64, tick: i64| {
            window.0 < ts && ts <= window.1 && self.ticks.0 <= tick && tick <= self.ticks.1
        };
        if let (Some(ts), Some(ticks)) = (file.bounds(group, "ts"), file.bounds(group, "tick"))
            && (ts.1 <= window.0 || window.1 < ts.0 || ticks.1 < self.ticks.0 || self.ticks.1 < ticks.0)
        {
            return Ok(None);
        }
        let stamps = stamps(file, group)?;
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (row, _) in stamps.iter().enumerate().filter(|(_, (ts, tick))| inside(*ts, *tick)) {
            match ranges.last_mut() {
                Some(range) if range.end == row => range.end += 1,
                _ => ranges.push(row..row + 1),
            }
        }
        Ok((!ranges.is_empty()).then_some((ranges, stamps)))
    }
}

/// Rows of a row group, and `ts` and `tick` of all.
type Chosen = (Vec<Range<usize>>, Vec<(i64, i64)>);

/// A row group, of which columns are read one by one.
pub struct Group<'a> {
    table: &'static Table,
    file: &'a Reader,
    number: usize,
    /// Which of its rows are wanted.
    pub wanted: Vec<Range<usize>>,
    /// `ts` and `tick` of each row.
    pub stamps: Vec<(i64, i64)>,
    /// The ticks of its rows, each once, in order.
    pub ticks: Vec<i64>,
}

/// Ticks, each once, in order. They come again and again, one entity after the other.
fn distinct(ticks: impl Iterator<Item = i64> + Clone) -> Vec<i64> {
    let (least, greatest) = ticks.clone().fold((i64::MAX, i64::MIN), |(a, b), t| (a.min(t), b.max(t)));
    let span = greatest.checked_sub(least).and_then(|span| usize::try_from(span).ok());
    let Some(span) = span.filter(|span| *span < MOST_TICKS) else {
        return ticks.collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    };
    let mut seen = vec![false; span + 1];
    ticks.for_each(|tick| seen[(tick - least) as usize] = true);
    (least..).zip(seen).filter(|(_, seen)| *seen).map(|(tick, _)| tick).collect()
}

impl Group<'_> {
    /// A column of all rows; unknown where the file has none of that name.
    pub fn column(&self, name: &str) -> Result<Runs, Error> {
        let mut of_table = COMMON.iter().chain(self.table.columns);
        let datatype = of_table.find(|c| c.name == name).map_or(Type::Int64, |column| column.datatype);
        let mut runs = Runs::new(datatype);
        self.file.column(self.number, name, &mut runs)?;
        Ok(runs)
    }
}

/// `ts` and `tick` of each row of a row group.
fn stamps(file: &Reader, group: usize) -> Result<Vec<(i64, i64)>, Error> {
    let (mut ts, mut tick) = (Runs::new(Type::Timestamp), Runs::new(Type::Int64));
    file.column(group, "ts", &mut ts)?;
    file.column(group, "tick", &mut tick)?;
    let each = |runs: Runs| {
        let rows = runs.iter().flat_map(|(rows, cell)| std::iter::repeat_n(cell.map(|n| n as i64), rows));
        let rows = rows.collect::<Option<Vec<i64>>>();
        rows.ok_or_else(|| file.damaged("it has rows without ts or tick"))
    };
    Ok(each(ts)?.into_iter().zip(each(tick)?).collect())
}
