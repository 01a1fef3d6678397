//! A typed question and its answer.

use ratatui::layout::Rect;

use super::super::model::Model;
use super::super::panel::Panel;
use super::super::theme::Role;
use super::super::words;
use super::list;
use super::paint::Paint;

/// Draws it.
pub fn draw(model: &Model, paint: &mut Paint, area: Rect, is_focused: bool) {
    let asked = &model.asked;
    if asked.sql.is_empty() {
        let word = if model.prompt.is_some() { words::TYPE_QUESTION } else { words::NO_QUESTION };
        paint.line(area, 0, model.say(word), Role::Dim);
        return;
    }
    paint.line(area, 0, &asked.sql, Role::Title);
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
            list::sheet(model, paint, below, sheet, &shown, is_focused);
        }
    }
}
