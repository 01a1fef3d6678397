//! One value as people read it: numbers short, times in their zone, text that cannot drive a
//! terminal.

use std::fmt::Write;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, TimestampMicrosecondArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Schema, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::tz::TimeZone;

use super::Error;
use super::plain::column_in_utc;
use crate::schema::Micros;
use crate::time;

/// What stands where nothing is known.
pub(super) const NULL: &str = "NULL";

/// One column of a batch, ready to be read as text.
pub(super) enum Cells {
    Floats(Float64Array),
    Times(TimestampMicrosecondArray, TimeZone),
    Others(ArrayRef),
    /// Text that was made to be read in lines, which stay.
    InLines(ArrayRef),
}

impl Cells {
    pub(super) fn new(column: &ArrayRef, zone: &TimeZone) -> Result<Cells, Error> {
        let column = column_in_utc(column)?;
        let checked = CastOptions { safe: false, ..CastOptions::default() };
        let cast = |to: &DataType| cast_with_options(&column, to, &checked);
        Ok(match column.data_type() {
            DataType::Float16 | DataType::Float32 | DataType::Float64 => {
                Cells::Floats(cast(&DataType::Float64)?.as_primitive().clone())
            }
            DataType::Timestamp(_, offset) => {
                let micros = DataType::Timestamp(TimeUnit::Microsecond, offset.clone());
                Cells::Times(cast(&micros)?.as_primitive().clone(), zone.clone())
            }
            _ => Cells::Others(column),
        })
    }

    /// A column of text whose line breaks are shown as such.
    pub(super) fn in_lines(column: &ArrayRef) -> Cells {
        Cells::InLines(column.clone())
    }

    /// Visits the text of each row, in order; `None` is NULL.
    pub(super) fn visit(
        &self,
        rows: std::ops::Range<usize>,
        mut see: impl FnMut(Option<String>),
    ) -> Result<(), Error> {
        match self {
            Cells::Floats(array) => {
                rows.for_each(|row| see(array.is_valid(row).then(|| number(array.value(row)))))
            }
            Cells::Times(array, zone) => rows.for_each(|row| {
                see(array.is_valid(row).then(|| time::show(Micros(array.value(row)), zone)));
            }),
            Cells::Others(array) | Cells::InLines(array) => {
                let in_lines = matches!(self, Cells::InLines(_));
                let options = FormatOptions::default().with_null(NULL);
                let formatter = ArrayFormatter::try_new(array.as_ref(), &options)?;
                for row in rows {
                    see(match array.is_null(row) {
                        true => None,
                        false if in_lines => {
                            let text = formatter.value(row).try_to_string()?;
                            Some(text.lines().map(visible).collect::<Vec<_>>().join("\n"))
                        }
                        false => Some(visible(&formatter.value(row).try_to_string()?)),
                    });
                }
            }
        }
        Ok(())
    }
}

/// Whether values of the type are read from the right.
pub(super) fn is_number(datatype: &DataType) -> bool {
    match datatype {
        DataType::Dictionary(_, value) => is_number(value),
        other => other.is_numeric(),
    }
}

/// Whether values of the type may be broken into lines without being misread.
pub(super) fn is_prose(datatype: &DataType) -> bool {
    match datatype {
        DataType::Dictionary(_, value) => is_prose(value),
        other => other.is_string() || other.is_nested(),
    }
}

/// Whether it is what `explain` answers: text of the engine's own, in lines that are read one below the other.
pub(super) fn is_plan(schema: &Schema) -> bool {
    let fields = schema.fields().iter();
    fields
        .map(|field| (field.name().as_str(), field.data_type().is_string()))
        .eq([("plan_type", true), ("plan", true)])
}

/// A number with at most six significant digits; whole numbers whole.
pub(super) fn number(value: f64) -> String {
    /// Above it, doubles skip whole numbers, so that further digits would be made up.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let size = value.abs();
    if !value.is_finite() {
        return value.to_string();
    }
    if size > EXACT || (size != 0.0 && size < 1e-5) {
        let (digits, exponent) = match format!("{value:.5e}").split_once('e') {
            Some((digits, exponent)) => (digits.to_string(), exponent.to_string()),
            None => return value.to_string(),
        };
        return format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'));
    }
    let whole_digits = if size < 1.0 { 0 } else { size.log10().floor() as usize + 1 };
    let leading_zeros = if size > 0.0 && size < 1.0 { (-size.log10()).ceil() as usize - 1 } else { 0 };
    let decimals = if value.fract() == 0.0 { 0 } else { (6 + leading_zeros).saturating_sub(whole_digits) };
    let shown = format!("{value:.decimals$}");
    let shown = if shown.contains('.') { shown.trim_end_matches('0').trim_end_matches('.') } else { &shown };
    if shown == "-0" { "0".into() } else { shown.into() }
}

/// Text with everything that a terminal would obey, or that would hide or turn what follows,
/// spelled out.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            // Writing to a string does not fail.
            '\0'..='\x1f' | '\x7f' => drop(write!(shown, "\\x{:02x}", c as u32)),
            _ if obeyed(c) => drop(write!(shown, "\\u{{{:x}}}", c as u32)),
            _ => shown.push(c),
        }
    }
    shown
}

/// C1 controls, line separators, marks of direction, invisible fillers and tags.
fn obeyed(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}
