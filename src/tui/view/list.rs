//! Rows under heads, one of them chosen.

use ratatui::layout::Rect;

use super::super::layout::{columns_of, first_row};
use super::super::model::{Listing, Model, Row, java};
use super::super::panel::{Column, Panel};
use super::super::sheet::Sheet;
use super::super::theme::Role;
use super::super::words;
use super::figures;
use super::paint::Paint;

/// Draws the rows of a panel.
pub fn draw(model: &Model, paint: &mut Paint, panel: Panel, area: Rect, is_focused: bool) {
    let Some(list) = panel.list() else { return };
    let Some(sheet) = model.sheet(list.question) else {
        let word = if model.moment.is_none() { words::LOADING } else { words::NOTHING_HERE };
        paint.line(area, 0, model.say(word), Role::Dim);
        return;
    };
    let listing = model.listing(panel);
    let shown = model.shown(panel);
    let chosen = columns_of(model, panel, list, area.width);
    heads(model, paint, area, &chosen, &listing, sheet);
    let height = usize::from(area.height.saturating_sub(1));
    let first = first_row(shown.chosen, shown.rows.len(), height);
    for (line, row) in shown.rows.iter().skip(first).take(height).enumerate() {
        let y = area.y + 1 + line as u16;
        draw_row(model, paint, Rect { y, height: 1, ..area }, sheet, &chosen, row, panel);
        if is_focused && shown.chosen == Some(first + line) {
            paint.over(Rect { y, height: 1, ..area }, Role::Cursor);
        }
    }
    if shown.rows.is_empty() {
        let word = match (panel, shown.of) {
            (Panel::Java, 0) => words::NO_JAVA,
            (_, 0) => words::NO_ROWS,
            _ => words::NONE_MATCHES,
        };
        paint.line(area, 1, model.say(word), Role::Dim);
    }
}

fn is_left(sheet: &Sheet, name: &str) -> bool {
    !sheet.is_number(name) && !matches!(name, "heap_max" | "heap_min")
}

fn heads(
    model: &Model,
    paint: &mut Paint,
    area: Rect,
    columns: &[(Column, u16)],
    listing: &Listing,
    sheet: &Sheet,
) {
    let mut x = area.x;
    for (column, width) in columns {
        let is_sorted = listing.order(sheet) == column.name && !listing.is_tree;
        let mark = match (is_sorted, listing.sort.1) {
            (false, _) => "",
            (true, true) => "▼",
            (true, false) => "▲",
        };
        let text = format!("{}{mark}", model.say(column.head));
        let role = if is_sorted { Role::Title } else { Role::Dim };
        if is_left(sheet, column.name) {
            paint.text(x, area.y, *width, &text, role);
        } else {
            paint.right(x, area.y, *width, &text, role);
        }
        x += width + 1;
    }
}

fn draw_row(
    model: &Model,
    paint: &mut Paint,
    line: Rect,
    sheet: &Sheet,
    columns: &[(Column, u16)],
    row: &Row,
    panel: Panel,
) {
    let mut x = line.x;
    for (column, width) in columns {
        let name = column.name;
        match number(sheet, row.row, name, panel) {
            Some(value) if !is_left(sheet, name) => {
                let (text, role) = (figures::cell(name, value), figures::role(name, value));
                paint.right(x, line.y, *width, &text, role);
            }
            None if sheet.is_number(name) => paint.right(x, line.y, *width, "-", Role::Dim),
            _ => match text(model, sheet, row, name, panel) {
                Some(text) => drop(paint.text(x, line.y, *width, &text, Role::Text)),
                None if is_left(sheet, name) => drop(paint.text(x, line.y, *width, "-", Role::Dim)),
                None => paint.right(x, line.y, *width, "-", Role::Dim),
            },
        }
        x += width + 1;
    }
}

fn number(sheet: &Sheet, row: usize, name: &str, panel: Panel) -> Option<f64> {
    match (panel, name) {
        (Panel::Java, "heap_max") => java(sheet, row)?.heap_max,
        (Panel::Java, "heap_min") => java(sheet, row)?.heap_min,
        _ => sheet.number(row, name),
    }
}

fn text(model: &Model, sheet: &Sheet, row: &Row, name: &str, panel: Panel) -> Option<String> {
    match (panel, name) {
        (Panel::Java, "collector") => java(sheet, row.row)?.collector.map(str::to_string),
        (Panel::Java, "role") => Some(java(sheet, row.row)?.role),
        (_, "comm") => {
            let comm = sheet.text(row.row, "comm");
            let full = model.settings.has_full_commands.then(|| sheet.text(row.row, "cmdline")).flatten();
            let command = full.or(comm)?;
            Some(format!("{}{command}", row.branch))
        }
        (Panel::Cgroup, "path") => {
            let path = sheet.text(row.row, "path")?;
            match row.depth {
                0 => Some(path),
                _ => Some(format!("{}{}", row.branch, path.rsplit('/').next().unwrap_or(&path))),
            }
        }
        (_, "read_only") => Some(if sheet.is(row.row, name) { "ro" } else { "rw" }.into()),
        (Panel::Network, "netns_name") => {
            let namespace = sheet.text(row.row, name).or_else(|| sheet.text(row.row, "netns"))?;
            Some(namespace)
        }
        _ => sheet.text(row.row, name),
    }
}
