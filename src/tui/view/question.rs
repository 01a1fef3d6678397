//! A typed question and its answer.

use ratatui::layout::Rect;

use super::super::answer::{APART, Fitting, cell, fitting};
use super::super::layout::first_row;
use super::super::model::{Model, Shown};
use super::super::panel::Panel;
use super::super::sheet::Sheet;
use super::super::theme::Role;
use super::super::words;
use super::paint::Paint;

/// Draws it.
pub fn draw(model: &Model, paint: &mut Paint, area: Rect, is_focused: bool) {
    let asked = &model.asked;
    if asked.line.is_empty() {
        let word = if model.prompt.is_some() { words::TYPE_QUESTION } else { words::NO_QUESTION };
        paint.line(area, 0, model.say(word), Role::Dim);
        return;
    }
    paint.line(area, 0, &asked.line, Role::Title);
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    match &asked.answer {
        _ if asked.is_running => paint.line(below, 0, model.say(words::LOADING), Role::Dim),
        None => {}
        Some(Err(error)) => {
            let wide = usize::from(below.width.max(1));
            let letters: Vec<char> = words::said(error, model.settings.lang).chars().collect();
            for (line, piece) in letters.chunks(wide).enumerate() {
                paint.line(below, line as u16, &piece.iter().collect::<String>(), Role::Critical);
            }
        }
        Some(Ok(sheet)) if sheet.is_empty() => paint.line(below, 0, model.say(words::NO_ROWS), Role::Dim),
        Some(Ok(sheet)) => {
            let shown = model.shown(Panel::Question);
            rows(model, paint, below, sheet, &shown, is_focused);
        }
    }
}

/// The rows under their heads; on the question's line how many columns are out of sight on either side.
fn rows(model: &Model, paint: &mut Paint, area: Rect, sheet: &Sheet, shown: &Shown, has_keys: bool) {
    let height = usize::from(area.height.saturating_sub(1));
    let first = first_row(shown.chosen, shown.rows.len(), height);
    let seen: Vec<usize> = shown.rows.iter().skip(first).take(height).map(|row| row.row).collect();
    let Fitting { columns, left, right } = fitting(model, sheet, &seen, area.width);
    let mut x = area.x;
    for (name, width) in &columns {
        paint.text(x, area.y, *width, name, Role::Dim);
        for (y, row) in (area.y + 1..).zip(&seen) {
            let cell = cell(model, sheet, *row, name);
            if sheet.is_number(name) {
                paint.right(x, y, *width, &cell, Role::Text);
            } else {
                paint.text(x, y, *width, &cell, Role::Text);
            }
        }
        x = x.saturating_add(width + APART);
    }
    let beside = match (left, right) {
        (0, 0) => String::new(),
        (0, right) => format!(" {right} ▶"),
        (left, 0) => format!(" ◀ {left}"),
        (left, right) => format!(" ◀ {left}  {right} ▶"),
    };
    paint.right(area.x, area.y.saturating_sub(1), area.width, &beside, Role::Second);
    if let Some(chosen) =
        shown.chosen.filter(|chosen| has_keys && *chosen >= first && *chosen < first + height)
    {
        let y = area.y + 1 + (chosen - first) as u16;
        paint.over(Rect { y, height: 1, ..area }, Role::Cursor);
    }
}
