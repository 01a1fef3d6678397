//! Moves of the cursor: which sample they end at, and what was so then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use arrow::array::{Datum, RecordBatch, Scalar, TimestampMicrosecondArray};
use arrow::compute::kernels::cmp::eq;
use arrow::compute::{cast, concat_batches, filter_record_batch};
use arrow::error::ArrowError;

use super::super::effect::{Go, Move};
use super::super::event::Moment;
use super::super::panel::{Question, question};
use super::super::sheet::Sheet;
use super::shelf::Place;
use super::standing::Standing;
use super::{Desk, Job, lock};
use crate::query::tiers::{Grain, literal, quoted};
use crate::time::Micros;

/// How long a stretch is that is kept at hand; shorter where a sample has so many rows.
const LENGTHS: [(usize, i64); 4] = [(60, 600), (400, 120), (1_200, 60), (usize::MAX, 10)];
const SECOND: i64 = 1_000_000;

/// Ever longer stretches in which the next sample is looked for.
const REACHES: [i64; 4] = [600 * SECOND, 7_200 * SECOND, 86_400 * SECOND, i64::MAX / 4];

/// Answers moves.
pub struct Moments {
    rest: Sender<Job>,
    /// How long stretches of a question are, in seconds.
    lengths: BTreeMap<&'static str, i64>,
    /// What the second thread was last told to read.
    reading: Vec<Place>,
    /// What it will be told to, should the cursor stay here.
    ahead: Vec<(&'static Question, Place)>,
    /// Between samples, as seen last, in microseconds.
    interval: i64,
    standing: Standing,
}

/// The rows of questions with many of them, of all samples in a short range.
struct Around {
    /// Later than this, and up to that.
    range: (Micros, Micros),
    rows: BTreeMap<&'static str, Vec<RecordBatch>>,
}

impl Moments {
    /// What is read ahead is read by `rest`.
    pub fn new(rest: Sender<Job>) -> Self {
        let (lengths, reading, ahead, standing) = Default::default();
        Moments { rest, lengths, reading, ahead, interval: SECOND, standing }
    }

    /// Another host: nothing of what was to be read ahead is.
    pub fn forget(&mut self) {
        self.reading.clear();
        self.ahead.clear();
        self.lengths.clear();
        self.standing = Standing::default();
    }

    /// Where the move ends, and what was so there.
    pub fn go(&mut self, desk: &Desk, go: &Go) -> Result<Moment, String> {
        let (first, last) = desk.extent()?;
        let questions: Vec<&'static Question> =
            go.questions.iter().filter_map(|name| question(name)).collect();
        let near = |at: Micros| Micros(at.0.clamp(first.0, last.0));
        self.ahead.clear();
        let (ts, around) = match go.to {
            Move::Start => self.at(desk, &questions, (first, 1), (first, last))?,
            Move::End => self.at(desk, &questions, (last, 1), (first, last))?,
            Move::At(at) => {
                let reach = self.interval + self.interval / 4;
                self.at(desk, &questions, (near(at), reach), (first, last))?
            }
            Move::Samples(by) => (self.step(desk, go.from, by, (first, last))?, None),
            Move::Peak { from, to, column } => (peak(desk, from, to, column)?.unwrap_or(to), None),
        };
        let around = around.filter(|around| around.range.0 < ts && ts <= around.range.1);
        let around = around.unwrap_or_else(|| self.read_around(desk, &questions, (Micros(ts.0 - 1), ts)));
        let mut sheets = BTreeMap::new();
        for question in questions {
            let sheet = match self.sheet(desk, question, ts, last, &around)?.filter(|sheet| !sheet.is_empty())
            {
                None => self.standing.before(desk, question, self.place(question, ts), ts)?,
                found => found,
            };
            if let Some(sheet) = sheet {
                sheets.insert(question.name, sheet);
            }
        }
        if matches!(go.to, Move::Samples(_)) {
            self.read_ahead();
        }
        Ok(Moment { ts, sheets })
    }

    /// Whether there is something to read, should the cursor stay here.
    pub fn looks_ahead(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// Has the second thread read what the next step will want.
    pub fn read_ahead(&mut self) {
        for (question, place) in std::mem::take(&mut self.ahead) {
            if !self.reading.contains(&place) {
                self.reading.push(place);
                self.reading.drain(..self.reading.len().saturating_sub(4));
                let _ = self.rest.send(Job::Read(question, place));
            }
        }
    }

    /// Reads what is not at hand, two at the same time: of questions with few rows the stretches around the range's
    /// end, of those with many its rows. What fails does so again, and is said, where it is looked for.
    fn read_around(&self, desk: &Desk, questions: &[&'static Question], range: (Micros, Micros)) -> Around {
        let mut missing: Vec<_> = {
            let shelf = desk.shelf();
            let places = questions.iter().map(|question| (*question, self.place(question, range.1)));
            places.filter(|(_, place)| shelf.known_to(*place).is_none_or(|upto| upto < range.1)).collect()
        };
        // Those that take longest first.
        missing.sort_by_key(|(question, _)| question.is_large);
        let (missing, rows) = (Mutex::new(missing), Mutex::new(BTreeMap::new()));
        let next = || lock(&missing).pop();
        let work = || {
            while let Some((question, place)) = next() {
                if !question.is_large {
                    let _ = read(desk, question, place);
                } else if let Ok(found) = desk.asked(question.sql, range.0, range.1, Grain::FINE) {
                    lock(&rows).insert(question.name, found);
                }
            }
        };
        // Each thread more has memory of its own, which the allocator keeps for it.
        std::thread::scope(|scope| {
            scope.spawn(work);
            work();
        });
        Around { range, rows: rows.into_inner().unwrap_or_else(PoisonError::into_inner) }
    }

    fn place(&self, question: &Question, ts: Micros) -> Place {
        let usual = if question.name == "host" { 86_400 } else { 600 };
        let length = self.lengths.get(question.name).copied().unwrap_or(usual) * SECOND;
        // A sample at the edge belongs to the stretch that ends there.
        (question.name, length, (ts.0 - 1).div_euclid(length) * length)
    }

    fn sheet(
        &mut self,
        desk: &Desk,
        question: &'static Question,
        ts: Micros,
        last: Micros,
        around: &Around,
    ) -> Result<Option<Sheet>, String> {
        let place = self.place(question, ts);
        let is_known = desk.shelf().known_to(place).is_some_and(|upto| upto >= ts);
        if !is_known && question.is_large {
            let rows = match around.rows.get(question.name) {
                Some(rows) => at_once(rows, ts).map_err(super::told)?,
                None => desk.asked(question.sql, Micros(ts.0 - 1), ts, Grain::FINE)?,
            };
            let many = rows.iter().map(RecordBatch::num_rows).sum::<usize>();
            let fitting = LENGTHS.iter().find(|(most, _)| many <= *most).map_or(600, |(_, length)| *length);
            // A sample without rows does not say how many others have.
            if many > 0 {
                self.lengths.insert(question.name, fitting);
            }
            // At the end there is nothing around it that was not just looked at.
            if ts < last {
                self.ahead.push((question, self.place(question, ts)));
            }
            let whole = rows.first().map(|first| concat_batches(&first.schema(), &rows));
            return whole.transpose().map(|rows| rows.map(Sheet::new)).map_err(super::told);
        }
        if !is_known {
            read(desk, question, place)?;
        }
        let found = desk.shelf().sheet(place, ts, question.is_slow);
        if found.is_some() || !question.is_slow {
            return Ok(found);
        }
        let before = (place.0, place.1, place.2 - place.1);
        if desk.shelf().known_to(before).is_none() {
            read(desk, question, before)?;
        }
        Ok(desk.shelf().sheet(before, ts, true))
    }

    /// The instants of the samples in the stretch around one.
    fn samples(&mut self, desk: &Desk, ts: Micros, last: Micros) -> Result<Vec<i64>, String> {
        let ticker = desk.ticker.0;
        let place = self.place(ticker, ts);
        let end = Micros((place.2 + place.1).min(last.0));
        if desk.shelf().known_to(place).is_none_or(|upto| upto < end) {
            read(desk, ticker, place)?;
        }
        let samples = desk.shelf().samples(place);
        // The shortest: a gap among them is no interval, and what lies in as long a range would be far too much.
        if let Some(interval) = samples.windows(2).map(|two| two[1] - two[0]).min() {
            self.interval = interval;
        }
        Ok(samples)
    }

    /// The sample there, else the last before, else the first. Most likely it is not further back than `reach`, so that
    /// what is wanted of it is asked before it is known.
    fn at(
        &mut self,
        desk: &Desk,
        questions: &[&'static Question],
        (at, reach): (Micros, i64),
        (first, last): (Micros, Micros),
    ) -> Result<(Micros, Option<Around>), String> {
        let also: BTreeSet<&str> = questions.iter().map(|question| question.name).collect();
        let ticker = (!also.contains(desk.ticker.0.name)).then_some(desk.ticker.0);
        let all: Vec<&'static Question> = questions.iter().copied().chain(ticker).collect();
        let around = self.read_around(desk, &all, (Micros(at.0 - reach), at));
        let here = self.samples(desk, at, last)?.into_iter().rev().find(|ts| *ts <= at.0);
        let ts = match here {
            Some(ts) => Micros(ts),
            None => match beyond(desk, at, true)? {
                Some(ts) => ts,
                None => beyond(desk, at, false)?.unwrap_or(first),
            },
        };
        Ok((ts, Some(around)))
    }

    /// So many samples on, or as many as there are.
    fn step(
        &mut self,
        desk: &Desk,
        from: Micros,
        by: i64,
        (first, last): (Micros, Micros),
    ) -> Result<Micros, String> {
        let (mut here, mut left) = (from, by);
        while left != 0 {
            let samples = self.samples(desk, here, last)?;
            let on: Vec<i64> = match left > 0 {
                true => samples.into_iter().filter(|ts| *ts > here.0).collect(),
                false => samples.into_iter().rev().filter(|ts| *ts < here.0).collect(),
            };
            match on.get(left.unsigned_abs() as usize - 1) {
                Some(ts) => return Ok(Micros(*ts)),
                None => {
                    left -= left.signum() * on.len() as i64;
                    here = on.last().map_or(here, |ts| Micros(*ts));
                }
            }
            match beyond(desk, here, left < 0)? {
                Some(next) => (here, left) = (next, left - left.signum()),
                None => break,
            }
        }
        Ok(Micros(here.0.clamp(first.0, last.0)))
    }
}

/// Reads what is missing of a stretch.
pub fn read(desk: &Desk, question: &Question, place: Place) -> Result<(), String> {
    let host = desk.host();
    let (_, last) = desk.extent()?;
    let known = desk.shelf().known_to(place).unwrap_or(Micros(place.2));
    let end = Micros((place.2 + place.1).min(last.0));
    if known >= end && desk.shelf().known_to(place).is_some() {
        return Ok(());
    }
    let rows = match known < end {
        true => desk.asked(question.sql, known, end, Grain::FINE)?,
        false => Vec::new(),
    };
    let mut shelf = desk.shelf();
    if shelf.host != host {
        // Another host was chosen meanwhile.
        return Ok(());
    }
    shelf.add(place, end.max(known), &rows).map_err(super::told)
}

/// Of rows of several samples those of one.
pub(super) fn at_once(rows: &[RecordBatch], ts: Micros) -> Result<Vec<RecordBatch>, ArrowError> {
    let of_one = |rows: &RecordBatch| match rows.column_by_name("ts") {
        Some(times) => {
            let wanted = TimestampMicrosecondArray::new_scalar(ts.0);
            let wanted = cast(wanted.get().0, times.data_type())?;
            filter_record_batch(rows, &eq(times, &Scalar::new(wanted))?)
        }
        None => Ok(rows.slice(0, 0)),
    };
    rows.iter().map(of_one).collect()
}

/// The next sample behind an instant, or the last before, however far.
fn beyond(desk: &Desk, from: Micros, is_back: bool) -> Result<Option<Micros>, String> {
    let (host, table) = (quoted(&desk.host()), desk.ticker.1);
    for reach in REACHES {
        let sql = match is_back {
            false => format!(
                "select min(ts) as ts from {table} where host = {host} and ts > {} and ts <= {}",
                literal(from),
                literal(Micros(from.0.saturating_add(reach)))
            ),
            true => format!(
                "select max(ts) as ts from {table} where host = {host} and ts > {} and ts < {}",
                literal(Micros(from.0.saturating_sub(reach))),
                literal(from)
            ),
        };
        if let Some(ts) = first_time(desk.ask(&sql)?) {
            return Ok(Some(ts));
        }
    }
    Ok(None)
}

/// Where a headline number is greatest.
fn peak(desk: &Desk, from: Micros, to: Micros, column: &str) -> Result<Option<Micros>, String> {
    let sql = format!(
        "select ts from system where host = {} and ts > {} and ts <= {} order by {column} desc, ts limit 1",
        quoted(&desk.host()),
        literal(from),
        literal(to)
    );
    Ok(first_time(desk.ask(&sql)?))
}

/// The instant in the first row's `ts`.
pub fn first_time(rows: Vec<arrow::array::RecordBatch>) -> Option<Micros> {
    rows.into_iter().find(|batch| batch.num_rows() > 0).and_then(|batch| Sheet::new(batch).time(0, "ts"))
}
