//! The answer to a typed question as it has room on the screen: each column as wide as what is seen of it, the first
//! one always there, and of the others those from where it is scrolled to.

use unicode_width::UnicodeWidthStr;

use super::layout::{first_row, rows_of};
use super::model::Model;
use super::panel::Panel;
use super::sheet::Sheet;
use crate::export::figures::number;

/// No column is wider.
const WIDEST: usize = 60;
/// So far apart they stand.
pub const APART: u16 = 2;

/// Which columns have room.
#[derive(Debug, Default, PartialEq)]
pub struct Fitting {
    /// Each with its width.
    pub columns: Vec<(String, u16)>,
    /// How many there are to the left of those behind the first, and how many to the right that are not seen whole.
    pub left: usize,
    pub right: usize,
}

/// The columns that have room in a width, when these rows are seen.
pub fn fitting(model: &Model, sheet: &Sheet, rows: &[usize], width: u16) -> Fitting {
    let names = sheet.columns();
    let left = model.asked.skipped.min(names.len().saturating_sub(2));
    let (mut x, mut whole) = (0, 0);
    let mut columns = Vec::new();
    for (_, name) in names.iter().enumerate().filter(|(place, _)| *place == 0 || *place > left) {
        if x >= width {
            break;
        }
        let cells = rows.iter().map(|row| cell(model, sheet, *row, name).width());
        let wide = cells.chain([name.width()]).max().unwrap_or(0).min(WIDEST) as u16;
        let room = width - x;
        whole += usize::from(wide <= room);
        columns.push((name.clone(), wide.min(room)));
        x = x.saturating_add(wide + APART);
    }
    Fitting { columns, left, right: names.len().saturating_sub(left + whole) }
}

/// Scrolls the answer on the screen by a column; `false` where all of it is in sight, or none is there.
pub fn scroll(model: &mut Model, by: i64) -> bool {
    let Some(Ok(sheet)) = &model.asked.answer else { return false };
    if model.screen.focused() != Panel::Question || model.asked.is_running {
        return false;
    }
    let Fitting { left, right, .. } = fitting(model, sheet, &seen(model), model.size.0);
    if left == 0 && right == 0 {
        return false;
    }
    if by < 0 || right > 0 {
        model.asked.skipped = left.saturating_add_signed(by as isize);
    }
    true
}

/// The rows of the answer that are on the screen.
fn seen(model: &Model) -> Vec<usize> {
    let shown = model.shown(Panel::Question);
    let height = rows_of(model, model.screen.focus);
    let first = first_row(shown.chosen, shown.rows.len(), height);
    shown.rows.iter().skip(first).take(height).map(|row| row.row).collect()
}

/// A cell as it is known; a time in the zone of the desk.
pub fn cell(model: &Model, sheet: &Sheet, row: usize, name: &str) -> String {
    match (sheet.time(row, name), sheet.number(row, name)) {
        (Some(at), _) => crate::time::show(at, &model.zone),
        (None, Some(value)) if sheet.is_number(name) => match value.fract() == 0.0 && value.abs() < 1e15 {
            true => format!("{value:.0}"),
            false => number(value),
        },
        _ => sheet.text(row, name).unwrap_or_else(|| "NULL".into()),
    }
}
