//! What stands for a sample that has no rows of its own: a collector may have an interval of its own, and a recorder
//! reads processes less often that would take more than it may.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::error::ArrowError;

use super::super::panel::Question;
use super::super::sheet::Sheet;
use super::Desk;
use super::moments::at_once;
use super::shelf::Place;
use crate::query::tiers::Grain;
use crate::time::Micros;

/// Rows stand at most so long for what is now, in microseconds.
const LONGEST: i64 = 120_000_000;
/// They are looked for at least so far back, since the interval may have become longer.
const LEAST_REACH: i64 = 20_000_000;

/// Knows at which intervals rows came.
#[derive(Default)]
pub struct Standing {
    /// By question, as seen last, in microseconds.
    intervals: BTreeMap<&'static str, i64>,
}

impl Standing {
    /// The last rows before `ts`, of which the interval has not passed twice since; `place` is the stretch around it.
    pub fn before(
        &mut self,
        desk: &Desk,
        question: &'static Question,
        place: Place,
        ts: Micros,
    ) -> Result<Option<Sheet>, String> {
        // Of what is slow the last rows are shown anyway, and what happens has no interval.
        if question.is_slow || !question.sql.contains("interval_us") {
            return Ok(None);
        }
        let is_known = desk.shelf().known_to(place).is_some_and(|upto| upto >= ts);
        let at_hand = is_known.then(|| desk.shelf().sheet(place, ts, true)).flatten();
        let before = match at_hand {
            Some(sheet) => Some(sheet),
            None => {
                let interval = self.intervals.get(question.name);
                let reach = interval.map_or(LONGEST, |interval| (2 * interval).clamp(LEAST_REACH, LONGEST));
                let from = Micros(ts.0.saturating_sub(reach));
                last_of(&desk.asked(question.sql, from, ts, Grain::FINE)?).map_err(super::told)?
            }
        };
        Ok(before.and_then(|sheet| {
            let (at, interval) = (sheet.time(0, "ts")?, sheet.number(0, "interval_us")? as i64);
            self.intervals.insert(question.name, interval);
            (ts.0 - at.0 <= 2 * interval).then_some(sheet)
        }))
    }
}

/// Of rows of several samples those of the last one.
fn last_of(rows: &[RecordBatch]) -> Result<Option<Sheet>, ArrowError> {
    let sheets = rows.iter().map(|rows| Sheet::new(rows.clone()));
    let times = sheets.flat_map(|sheet| (0..sheet.len()).filter_map(|row| sheet.time(row, "ts")).max());
    let Some(last) = times.max() else { return Ok(None) };
    let rows = at_once(rows, last)?;
    let whole = rows.first().map(|first| concat_batches(&first.schema(), &rows));
    Ok(whole.transpose()?.map(Sheet::new))
}
