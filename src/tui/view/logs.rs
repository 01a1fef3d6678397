//! What was logged around the cursor: the line next to it is marked.

use ratatui::layout::Rect;

use super::super::model::Model;
use super::super::theme::Role;
use super::super::words;
use super::paint::Paint;

/// Draws it.
pub fn draw(model: &Model, paint: &mut Paint, area: Rect) {
    let lines = &model.logs.lines;
    if lines.is_empty() {
        paint.line(area, 0, model.say(words::NO_LOGS), Role::Dim);
        return;
    }
    let here = model.time.cursor;
    let passed = lines.iter().rposition(|line| line.ts.is_some_and(|ts| ts <= here)).unwrap_or(0);
    let height = usize::from(area.height);
    let first = passed.saturating_sub(height / 2).min(lines.len().saturating_sub(height));
    for (line, log) in lines.iter().skip(first).take(height).enumerate() {
        let is_here = first + line == passed;
        let at = log.ts.map_or_else(|| "        ".into(), |ts| model.when(ts, 0));
        let text = format!("{}{at} {}: {}", if is_here { "▶" } else { " " }, log.from, log.text);
        let role = match log.is_error {
            true => Role::Critical,
            false if is_here => Role::Title,
            false => Role::Text,
        };
        paint.line(area, line as u16, &text, role);
    }
}
