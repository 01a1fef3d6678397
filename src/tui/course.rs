//! The course of numbers over a range of time, in as many columns as are drawn: of each the least and the
//! greatest, so that a spike of one sample is seen however long the range is.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use crate::time::Micros;

/// The least and the greatest value of a column; `None` where nothing is known.
pub type Span = Option<(f64, f64)>;

/// Rows are as long as lies between them and their predecessors, give or take so much.
const MOST_LATE: i64 = 1_000_000;

/// Numbers by name, a span a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    pub from: Micros,
    pub to: Micros,
    /// How many columns each has.
    pub columns: usize,
    /// Whether anything was recorded there.
    pub recorded: Vec<bool>,
    pub series: BTreeMap<String, Vec<Span>>,
}

impl Course {
    /// One of nothing so far.
    pub fn new(from: Micros, to: Micros, columns: usize) -> Self {
        Course { from, to, columns, recorded: vec![false; columns], series: BTreeMap::new() }
    }

    /// Takes rows in: their time in `ts`, how long a row's time is in `bucket_us`, and every other number,
    /// where `x_max` is the greatest within a row whose mean is `x`.
    pub fn take_in(&mut self, sheet: &Sheet) {
        let names: Vec<String> = sheet.columns().into_iter().filter(|name| sheet.is_number(name)).collect();
        for row in 0..sheet.len() {
            let Some(ts) = sheet.time(row, "ts") else { continue };
            let length = sheet.number(row, "bucket_us").unwrap_or(0.0) as i64;
            let begin = Micros(ts.0 - length.max(1));
            let Some((first, last)) = self.reach(begin, ts) else { continue };
            // A tick that is late by a little leaves no hole behind the one before; nor does a range that ends
            // before there was to be a next one.
            let late = (length / 2).min(MOST_LATE);
            let (since, _) = self.reach(Micros(begin.0 - late), ts).unwrap_or((first, last));
            let is_last = ts.0 + length + late > self.to.0;
            let until = if is_last { self.columns - 1 } else { last };
            self.recorded[since..=until].fill(true);
            for name in names.iter().filter(|name| *name != "bucket_us") {
                let Some(value) = sheet.number(row, name).filter(|value| value.is_finite()) else { continue };
                let (name, is_peak) = match name.strip_suffix("_max") {
                    Some(name) => (name, true),
                    None => (name.as_str(), false),
                };
                if !self.series.contains_key(name) {
                    self.series.insert(name.to_string(), vec![None; self.columns]);
                }
                let Some(spans) = self.series.get_mut(name) else { continue };
                for span in &mut spans[first..=last] {
                    *span = Some(match *span {
                        None => (value, value),
                        Some((least, most)) if is_peak => (least, most.max(value)),
                        Some((least, most)) => (least.min(value), most.max(value)),
                    });
                }
            }
        }
    }

    /// The columns that a row from `begin` to `end` covers, of which at least the one with its end; of one that ends
    /// behind the range those within.
    fn reach(&self, begin: Micros, end: Micros) -> Option<(usize, usize)> {
        let end = if begin < self.to { end.min(self.to) } else { end };
        let last = self.column(end)?;
        // A row begins behind its predecessor's end.
        let first = self.column(Micros(begin.0 + 1).max(Micros(self.from.0 + 1))).unwrap_or(last);
        Some((first.min(last), last))
    }

    /// The column that an instant is in: the range is open at its begin, closed at its end.
    pub fn column(&self, ts: Micros) -> Option<usize> {
        let length = (i128::from(self.to.0) - i128::from(self.from.0)).max(1);
        let into = i128::from(ts.0) - i128::from(self.from.0);
        if into <= 0 || into > length || self.columns == 0 {
            return None;
        }
        Some(((into - 1) * self.columns as i128 / length) as usize)
    }

    /// The instant at which a column ends.
    pub fn end_of(&self, column: usize) -> Micros {
        let length = i128::from(self.to.0 - self.from.0);
        let into = length * (column as i128 + 1) / (self.columns.max(1) as i128);
        Micros(self.from.0 + into as i64)
    }

    /// One number's spans; nothing where it is not known at all.
    pub fn of(&self, name: &str) -> &[Span] {
        self.series.get(name).map_or(&[], Vec::as_slice)
    }

    /// The greatest of all.
    pub fn most(&self, name: &str) -> Option<f64> {
        self.of(name).iter().flatten().map(|(_, most)| *most).reduce(f64::max)
    }
}

impl Course {
    /// Takes rows in that are of several things, told apart by `by`: of each the number `of`, named
    /// `<by><which>`.
    pub fn take_in_by(&mut self, sheet: &Sheet, by: &str, of: &str) {
        let peak = format!("{of}_max");
        for row in 0..sheet.len() {
            let (Some(ts), Some(which)) = (sheet.time(row, "ts"), sheet.text(row, by)) else { continue };
            let length = sheet.number(row, "bucket_us").unwrap_or(0.0) as i64;
            let Some(mean) = sheet.number(row, of) else { continue };
            let most = sheet.number(row, &peak).unwrap_or(mean);
            let Some((first, last)) = self.reach(Micros(ts.0 - length.max(1)), ts) else { continue };
            let columns = self.columns;
            let spans = self.series.entry(format!("{by}{which}")).or_insert_with(|| vec![None; columns]);
            for span in &mut spans[first..=last] {
                *span = Some(span.map_or((mean, most), |(low, high)| (low.min(mean), high.max(most))));
            }
        }
    }
}
