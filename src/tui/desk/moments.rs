//! Moves of the cursor: which sample they end at, and what was so then.

use std::collections::BTreeMap;
use std::sync::mpsc::Sender;

use super::super::effect::{Go, Move};
use super::super::event::Moment;
use super::super::panel::{Question, question};
use super::super::sheet::Sheet;
use super::shelf::Place;
use super::{Desk, Job};
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
}

impl Moments {
    /// What is read ahead is read by `rest`.
    pub fn new(rest: Sender<Job>) -> Self {
        Moments { rest, lengths: BTreeMap::new(), reading: Vec::new() }
    }

    /// Another host: nothing of what was to be read ahead is.
    pub fn forget(&mut self) {
        self.reading.clear();
        self.lengths.clear();
    }

    /// Where the move ends, and what was so there.
    pub fn go(&mut self, desk: &Desk, go: &Go) -> Result<Moment, String> {
        let (first, last) = desk.extent()?;
        let ts = match go.to {
            Move::Start => self.at(desk, first, (first, last))?,
            Move::End => self.at(desk, last, (first, last))?,
            Move::At(at) => self.at(desk, at, (first, last))?,
            Move::Samples(by) => self.step(desk, go.from, by, (first, last))?,
            Move::Peak { from, to, column } => peak(desk, from, to, column)?.unwrap_or(to),
        };
        let mut sheets = BTreeMap::new();
        let questions: Vec<&'static Question> =
            go.questions.iter().filter_map(|name| question(name)).collect();
        self.read_small(desk, &questions, ts);
        for question in questions {
            if let Some(sheet) = self.sheet(desk, question, ts, last)? {
                sheets.insert(question.name, sheet);
            }
        }
        Ok(Moment { ts, sheets })
    }

    /// Reads what is not at hand of questions with few rows, all at the same time. What fails does so again,
    /// and is said, where it is looked for.
    fn read_small(&self, desk: &Desk, questions: &[&'static Question], ts: Micros) {
        let small = questions.iter().filter(|question| !question.is_large);
        let places = small.map(|question| (*question, self.place(question, ts)));
        let missing: Vec<_> =
            places.filter(|(_, place)| desk.shelf().known_to(*place).is_none_or(|upto| upto < ts)).collect();
        std::thread::scope(|scope| {
            for (question, place) in missing {
                scope.spawn(move || read(desk, question, place));
            }
        });
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
    ) -> Result<Option<Sheet>, String> {
        let place = self.place(question, ts);
        let is_known = desk.shelf().known_to(place).is_some_and(|upto| upto >= ts);
        if !is_known && question.is_large {
            let rows = desk.asked(question.sql, Micros(ts.0 - 1), ts, Grain::FINE)?;
            let many = rows.iter().map(arrow::array::RecordBatch::num_rows).sum::<usize>();
            let fitting = LENGTHS.iter().find(|(most, _)| many <= *most).map_or(600, |(_, length)| *length);
            self.lengths.insert(question.name, fitting);
            let place = self.place(question, ts);
            // At the end there is nothing around it that was not just looked at.
            if ts < last && !self.reading.contains(&place) {
                self.reading.push(place);
                self.reading.drain(..self.reading.len().saturating_sub(4));
                let _ = self.rest.send(Job::Read(question, place));
            }
            let whole = rows.first().map(|first| arrow::compute::concat_batches(&first.schema(), &rows));
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
    fn samples(&self, desk: &Desk, ts: Micros, last: Micros) -> Result<Vec<i64>, String> {
        let ticker = desk.ticker.0;
        let place = self.place(ticker, ts);
        let end = Micros((place.2 + place.1).min(last.0));
        if desk.shelf().known_to(place).is_none_or(|upto| upto < end) {
            read(desk, ticker, place)?;
        }
        Ok(desk.shelf().samples(place))
    }

    /// The sample there, else the last before, else the first.
    fn at(&self, desk: &Desk, at: Micros, (first, last): (Micros, Micros)) -> Result<Micros, String> {
        let at = Micros(at.0.clamp(first.0, last.0));
        let here = self.samples(desk, at, last)?.into_iter().rev().find(|ts| *ts <= at.0);
        match here {
            Some(ts) => Ok(Micros(ts)),
            None => match beyond(desk, at, true)? {
                Some(ts) => Ok(ts),
                None => Ok(beyond(desk, at, false)?.unwrap_or(first)),
            },
        }
    }

    /// So many samples on, or as many as there are.
    fn step(
        &self,
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
