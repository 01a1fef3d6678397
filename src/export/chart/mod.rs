//! A line chart for a terminal, in braille: the first column of times is the way to the right, each column of
//! numbers a panel, and each text beside them a panel of its own.
//!
//! A dot's column shows the least and the largest of its stretch of time, so that no spike is lost.

mod canvas;
mod series;

use std::collections::HashMap;
use std::io::Write;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, SchemaRef};

use super::cell::{Cells, is_number, number, visible};
use super::{Error, Options, Writer};
use crate::schema::Micros;
use crate::time;
use canvas::Canvas;
use series::{Series, Stretch};

/// As wide where nobody says how wide the terminal is.
const WIDTH: usize = 80;
/// The lines of all panels together: with what stands around them they fit a terminal of 24.
const LINES: usize = 16;
/// More panels than this are not drawn.
const PANELS: usize = 8;
/// More series than this are more than can be chosen from.
const MOST_SERIES: usize = 200;

pub(super) struct Chart<'a> {
    out: &'a mut dyn Write,
    options: Options,
    columns: Result<Columns, Error>,
    series: Vec<Series>,
    by_name: HashMap<(String, usize), usize>,
}

/// Which columns are what.
struct Columns {
    time: usize,
    numbers: Vec<(usize, String)>,
    texts: Vec<usize>,
}

impl Columns {
    fn of(schema: &SchemaRef) -> Result<Columns, Error> {
        let those = |fits: fn(&DataType) -> bool| {
            schema.fields().iter().enumerate().filter(move |(_, field)| fits(field.data_type()))
        };
        let time = those(|t| matches!(t, DataType::Timestamp(..))).next();
        let (time, _) =
            time.ok_or(Error::Chart("a chart needs a column of times: begin with `select ts, `"))?;
        let numbers: Vec<_> = those(is_number).map(|(index, f)| (index, visible(f.name()))).collect();
        if numbers.is_empty() {
            return Err(Error::Chart("a chart needs a column of numbers beside the times"));
        }
        Ok(Columns { time, numbers, texts: those(is_text).map(|(index, _)| index).collect() })
    }
}

fn is_text(datatype: &DataType) -> bool {
    match datatype {
        DataType::Dictionary(_, value) => is_text(value),
        other => other.is_string(),
    }
}

impl<'a> Chart<'a> {
    pub(super) fn new(schema: &SchemaRef, out: &'a mut dyn Write, options: &Options) -> Self {
        let columns = Columns::of(schema);
        Chart { out, options: options.clone(), columns, series: Vec::new(), by_name: HashMap::new() }
    }

    fn columns(&mut self) -> Result<&Columns, Error> {
        match &mut self.columns {
            Ok(columns) => Ok(columns),
            // Told once; who goes on in spite of it is told what is so in any case.
            Err(told) => {
                let again = Error::Chart("a chart needs a column of times and one of numbers");
                Err(std::mem::replace(told, again))
            }
        }
    }

    fn series(&mut self, texts: &str, column: usize, name: &str) -> Result<&mut Series, Error> {
        let next = self.series.len();
        let index = match self.by_name.get(&(texts.to_string(), column)) {
            Some(index) => *index,
            None if next == MOST_SERIES => {
                return Err(Error::Chart(
                    "more than 200 series are no chart: select fewer texts beside the numbers, or filter them",
                ));
            }
            None => {
                let label = if texts.is_empty() { name.to_string() } else { format!("{texts} {name}") };
                self.series.push(Series::new(label));
                self.by_name.insert((texts.to_string(), column), next);
                next
            }
        };
        Ok(&mut self.series[index])
    }

    /// The series that are drawn: with texts those that rise highest, else the first.
    fn drawn(&self) -> Vec<(&Series, Stretch)> {
        let mut drawn: Vec<_> = self.series.iter().filter_map(|s| Some((s, s.whole()?))).collect();
        if self.columns.as_ref().is_ok_and(|columns| !columns.texts.is_empty()) {
            drawn.sort_by(|(_, a), (_, b)| b.most.total_cmp(&a.most));
        }
        drawn.truncate(PANELS);
        drawn
    }
}

impl Writer for Chart<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let zone = self.options.zone.clone();
        let columns = self.columns()?;
        let Cells::Times(times, _) = Cells::new(batch.column(columns.time), &zone)? else {
            return Err(Error::Chart("a chart needs a column of times"));
        };
        let mut texts = vec![String::new(); batch.num_rows()];
        for &index in &columns.texts {
            let mut each = texts.iter_mut();
            Cells::new(batch.column(index), &zone)?.visit(0..batch.num_rows(), |cell| {
                if let Some(text) = each.next() {
                    let blank = if text.is_empty() { "" } else { " " };
                    *text += &format!("{blank}{}", cell.as_deref().unwrap_or(super::cell::NULL));
                }
            })?;
        }
        for (index, name) in columns.numbers.clone() {
            let numbers = cast(batch.column(index), &DataType::Float64)?;
            let numbers = numbers.as_primitive::<Float64Type>();
            for row in (0..batch.num_rows()).filter(|row| times.is_valid(*row)) {
                let series = self.series(&texts[row], index, &name)?;
                if numbers.is_valid(row) {
                    series.add(times.value(row), numbers.value(row));
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.columns()?;
        let text = self.text();
        self.out.write_all(text.as_bytes())?;
        Ok(self.out.flush()?)
    }
}

impl Chart<'_> {
    fn text(&self) -> String {
        let drawn = self.drawn();
        let (Some(from), Some(to)) =
            (drawn.iter().map(|(_, all)| all.first.0).min(), drawn.iter().map(|(_, all)| all.last.0).max())
        else {
            return "nothing to draw: no row has a time and a number\n".into();
        };
        let [bold, plain] = if self.options.colour { ["\x1b[1m", "\x1b[0m"] } else { ["", ""] };
        let scales: Vec<(f64, f64)> = drawn.iter().map(|(_, all)| scale(all)).collect();
        let longest = scales.iter().flat_map(|(low, high)| [number(*low).len(), number(*high).len()]).max();
        let gutter = longest.unwrap_or(0);
        let room = self.options.width.unwrap_or(WIDTH).saturating_sub(gutter + 4).max(10);
        let lines = (LINES / drawn.len()).saturating_sub(1).clamp(3, 14);
        let mut text = String::new();
        for ((series, all), (low, high)) in drawn.iter().zip(&scales) {
            let of =
                format!("min {}, max {}, last {}", number(all.least), number(all.most), number(all.last.1));
            text += &format!("{:gutter$}   {bold}{}{plain}: {of}\n", "", series.label);
            let canvas = draw(series, (from, to), (*low, *high), room, lines);
            for (index, line) in canvas.lines().enumerate() {
                let label = match index {
                    0 => number(*high),
                    last if last + 1 == lines => number(*low),
                    _ => String::new(),
                };
                let edge = if label.is_empty() { '│' } else { '┤' };
                text += format!(" {label:>gutter$} {edge}{line}").trim_end();
                text.push('\n');
            }
        }
        text += &self.axis(from, to, gutter, room);
        let left_out = self.series.len().saturating_sub(drawn.len());
        if left_out > 0 {
            text += &format!("{left_out} more series are not drawn\n");
        }
        text
    }

    /// From when to when; the day is said twice only where it is another.
    fn axis(&self, from: i64, to: i64, gutter: usize, room: usize) -> String {
        let zone = &self.options.zone;
        let (from, to) = (time::show(Micros(from), zone), time::show(Micros(to), zone));
        let same_day = from.split(' ').next() == to.split(' ').next();
        let to = if same_day { to.split_once(' ').map_or("", |(_, clock)| clock) } else { &to };
        let blanks = (room + 1).saturating_sub(from.chars().count() + to.chars().count()).max(1);
        format!(" {:gutter$} └{}\n {:gutter$} {from}{:blanks$}{to}\n", "", "─".repeat(room), "", "")
    }
}

/// What stands at the bottom and at the top: from zero, unless that would press all that moves to the top.
fn scale(all: &Stretch) -> (f64, f64) {
    let moves_high = all.least > all.most / 2.0 && all.least < all.most;
    let low = if all.least >= 0.0 && !moves_high { 0.0 } else { all.least };
    (low, if all.most > low { all.most } else { low + low.abs().max(1.0) })
}

fn draw(
    series: &Series,
    (from, to): (i64, i64),
    (low, high): (f64, f64),
    columns: usize,
    lines: usize,
) -> Canvas {
    let (right, bottom) = (2 * columns as i128 - 1, 4 * lines - 1);
    let span = (i128::from(to) - i128::from(from)).max(1);
    let x = |at: i64| ((i128::from(at) - i128::from(from)) * right / span) as usize;
    // By halves, so that the largest of all numbers do not overflow.
    let share = |value: f64| (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
    let y = |value: f64| (bottom as f64 * (1.0 - share(value).clamp(0.0, 1.0))).round() as usize;
    let mut canvas = Canvas::new(columns, lines);
    let bridged = series.bridged();
    let mut before: Option<&Stretch> = None;
    for stretch in series.stretches() {
        let at = x(stretch.first.0);
        if let Some(b) = before.filter(|b| stretch.first.0.saturating_sub(b.last.0) <= bridged) {
            canvas.line((x(b.first.0), y(b.last.1)), (at, y(stretch.first.1)));
        }
        canvas.line((at, y(stretch.least)), (at, y(stretch.most)));
        before = Some(stretch);
    }
    canvas
}
