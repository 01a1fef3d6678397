//! Events and anomalies of the range on the strip.

use ratatui::layout::Rect;

use super::super::layout::first_row;
use super::super::model::{Model, Severity};
use super::super::theme::Role;
use super::super::words;
use super::paint::Paint;

/// Draws them, the chosen one in sight.
pub fn draw(model: &Model, paint: &mut Paint, area: Rect, is_focused: bool) {
    let shown = model.shown(super::Panel::Events);
    if shown.rows.is_empty() {
        let word = if shown.of == 0 { words::NO_EVENTS } else { words::NONE_MATCHES };
        paint.line(area, 0, model.say(word), Role::Dim);
        return;
    }
    // One line more than a list has: there are no heads. Clicks count from the second.
    let height = usize::from(area.height.saturating_sub(1));
    let first = first_row(shown.chosen, shown.rows.len(), height);
    let lang = model.settings.lang;
    let span = model.time.shown().map_or(0, |(from, to)| to.0 - from.0);
    for (line, row) in shown.rows.iter().skip(first).take(height).enumerate() {
        let mark = &model.time.marks[row.row];
        let role = match mark.severity {
            Severity::Info => Role::Text,
            Severity::Warning => Role::Warning,
            Severity::Critical => Role::Critical,
        };
        let at = model.when(mark.ts, span.min(86_400_000_000));
        let here = if mark.ts == model.time.cursor { "▶" } else { " " };
        let text = format!("{here}{at}  {:<14} {}", mark.kind(lang), mark.text(lang));
        let y = area.y + 1 + line as u16;
        paint.text(area.x, y, area.width, &text, role);
        if is_focused && shown.chosen == Some(first + line) {
            paint.over(Rect { y, height: 1, ..area }, Role::Cursor);
        }
    }
}
