//! Panels of one row: each number under its name, in as many columns as have room.

use ratatui::layout::Rect;

use super::super::model::Model;
use super::super::panel::Panel;
use super::super::sheet::Sheet;
use super::super::theme::Role;
use super::super::words;
use super::figures;
use super::paint::{Paint, columns};

/// Draws it.
pub fn draw(model: &Model, paint: &mut Paint, panel: Panel, area: Rect) {
    let sheets: Vec<&Sheet> = panel.questions().iter().filter_map(|name| model.sheet(name)).collect();
    if sheets.is_empty() {
        paint.line(area, 0, model.say(words::NOTHING_HERE), Role::Dim);
        return;
    }
    let mut top = area;
    if panel == Panel::Memory {
        let used = bars(model, paint, sheets[0], area);
        top = Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area };
    }
    let cells: Vec<(String, String, Role)> =
        sheets.into_iter().flat_map(|sheet| cells(model, sheet)).collect();
    flow(paint, top, &cells);
}

/// Memory and swap as bars, and how many lines they took.
fn bars(model: &Model, paint: &mut Paint, sheet: &Sheet, area: Rect) -> u16 {
    let mut line = 0;
    for (word, used, total) in
        [(words::RAM, "used_bytes", "total_bytes"), (words::SWAP, "swap_used_bytes", "swap_total_bytes")]
    {
        let (Some(used), Some(total)) = (sheet.number(0, used), sheet.number(0, total)) else { continue };
        if total <= 0.0 || line >= area.height {
            continue;
        }
        let share = used / total;
        let role = figures::role("used_pct", share * 100.0);
        let (used, total) = (figures::cell("_bytes", used), figures::cell("_bytes", total));
        let text = format!(" {used} {} {total}", model.say(words::OF));
        let width = area.width.saturating_sub(columns(&text) + 5).min(60);
        paint.text(area.x, area.y + line, 5, model.say(word), Role::Dim);
        paint.text(area.x + 5, area.y + line, width, &figures::bar(share, usize::from(width)), role);
        paint.text(area.x + 5 + width, area.y + line, area.width.saturating_sub(5 + width), &text, role);
        line += 1;
    }
    line
}

/// What is known, with names that say their unit once.
fn cells(model: &Model, sheet: &Sheet) -> Vec<(String, String, Role)> {
    let names = sheet.columns().into_iter().filter(|name| name != "ts");
    let cell = |name: String| {
        let (value, role) = match (sheet.time(0, &name), sheet.number(0, &name)) {
            (Some(at), _) => (crate::time::show(at, &model.zone), Role::Text),
            (_, Some(value)) if sheet.is_number(&name) => {
                (figures::cell(&name, value), figures::role(&name, value))
            }
            _ => (sheet.text(0, &name)?, Role::Text),
        };
        Some((words::fields::field(&name, model.settings.lang), value, role))
    };
    names.filter_map(cell).collect()
}

fn flow(paint: &mut Paint, area: Rect, cells: &[(String, String, Role)]) {
    let name = cells.iter().map(|(name, ..)| columns(name)).max().unwrap_or(0).min(30);
    let value = cells.iter().map(|(_, value, _)| columns(value)).max().unwrap_or(0).min(40);
    let width = name + value + 3;
    let across = (area.width / width.max(1)).max(1);
    let lines = (cells.len() as u16).div_ceil(across);
    for (place, (label, text, role)) in cells.iter().enumerate() {
        let (line, column) = (place as u16 % lines, place as u16 / lines);
        if line >= area.height {
            continue;
        }
        let x = area.x + column * width;
        let room = area.right().saturating_sub(x);
        paint.text(x, area.y + line, name.min(room), label, Role::Dim);
        let taken = (name + 1).min(room);
        paint.right(x + taken, area.y + line, value.min(room - taken), text, *role);
    }
}
