//! The strip: the recording, or what is zoomed into, as a graph with the cursor in it.

use std::ops::Range;

use ratatui::layout::Rect;

use super::super::course::Course;
use super::super::model::{HEADLINES, Model, Severity};
use super::super::theme::Role;
use super::super::words;
use super::paint::{Paint, columns};
use super::{braille, figures};
use crate::time::Micros;

/// Draws it: the graph, then a line of marks and times.
pub fn draw(model: &Model, paint: &mut Paint, area: Rect) {
    if area.height == 0 || area.width == 0 {
        return;
    }
    let graph = Rect { height: area.height - 1, ..area };
    let line = Rect { y: area.bottom() - 1, height: 1, ..area };
    let Some(course) = &model.course else {
        let word = if model.time.extent.is_some() { words::LOADING } else { model.nothing() };
        paint.line(graph, 0, model.say(word), Role::Dim);
        return;
    };
    let headline = &HEADLINES[model.time.headline % HEADLINES.len()];
    let parts: Vec<_> = headline.columns.iter().map(|name| course.of(name)).collect();
    let spans = braille::sum(&parts);
    let most = spans.iter().flatten().map(|(_, most)| *most).fold(0.0, f64::max);
    let top = headline.top.unwrap_or_else(|| braille::round_top(headline.columns[0], most)).max(most);
    gaps(paint, graph, course);
    braille::draw(paint, graph, &spans, top, Role::Graph);
    let unit = if headline.top.is_some() { "_pct" } else { headline.columns[0] };
    let of = if headline.top.is_some() { " %" } else { "" };
    let title = match model.has_table("system") {
        true => format!("{} {}{of} ", model.say(headline.title), figures::cell(unit, top)),
        false => format!("{} ", model.no_table("system")),
    };
    paint.text(graph.x, graph.y, graph.width, &title, Role::Dim);
    let free = times(model, paint, line, course);
    marks(model, paint, line, &free, course);
    range(model, paint, area, course);
    if let Some(x) = place(course, model.time.cursor, area.width) {
        paint.over(Rect { x: area.x + x, width: 1, ..area }, Role::Cursor);
    }
}

/// The character that an instant is in.
fn place(course: &Course, at: Micros, width: u16) -> Option<u16> {
    course.column(at).map(|column| ((column / 2) as u16).min(width.saturating_sub(1)))
}

/// Nothing was recorded there.
fn gaps(paint: &mut Paint, area: Rect, course: &Course) {
    for x in 0..area.width {
        let place = usize::from(x) * 2;
        let recorded = |at: usize| course.recorded.get(at).copied().unwrap_or(false);
        if !recorded(place) && !recorded(place + 1) {
            (0..area.height).for_each(|line| {
                paint.text(area.x + x, area.y + line, 1, "░", Role::Dim);
            });
        }
    }
}

/// Writes from when to when; which columns between are left free.
fn times(model: &Model, paint: &mut Paint, line: Rect, course: &Course) -> Range<u16> {
    let from = format!("{} ", model.when(course.from, course.to.0 - course.from.0));
    let to = format!(" {}", model.when(course.to, course.to.0 - course.from.0));
    paint.text(line.x, line.y, line.width, &"─".repeat(usize::from(line.width)), Role::Dim);
    paint.text(line.x, line.y, line.width, &from, Role::Dim);
    let (left, right) = (columns(&from).min(line.width), columns(&to).min(line.width));
    if left + right + 2 > line.width {
        return left..line.width;
    }
    paint.right(line.x, line.y, line.width, &to, Role::Dim);
    left..line.width - right
}

/// What stands out, on the line of times where that is free, else above it.
fn marks(model: &Model, paint: &mut Paint, line: Rect, free: &Range<u16>, course: &Course) {
    let mut worst: Vec<Option<Severity>> = vec![None; usize::from(line.width)];
    for mark in &model.time.marks {
        if let Some(x) = place(course, mark.ts, line.width) {
            let there = &mut worst[usize::from(x)];
            *there = (*there).max(Some(mark.severity));
        }
    }
    for (x, severity) in worst.into_iter().enumerate() {
        let (c, role) = match severity {
            None => continue,
            Some(Severity::Info) => ("·", Role::Second),
            Some(Severity::Warning) => ("▲", Role::Warning),
            Some(Severity::Critical) => ("▲", Role::Critical),
        };
        let y = if free.contains(&(x as u16)) { line.y } else { line.y.saturating_sub(1) };
        paint.text(line.x + x as u16, y, 1, c, role);
    }
}

fn range(model: &Model, paint: &mut Paint, area: Rect, course: &Course) {
    let (from, to) = model.time.range;
    let at = |ts: Option<Micros>| ts.and_then(|ts| place(course, ts, area.width));
    let line = area.bottom() - 1;
    if let (Some(from), Some(to)) = (from, to)
        && from < to
    {
        let inside = |ts: Micros| Micros(ts.0.clamp(course.from.0 + 1, course.to.0.max(course.from.0 + 1)));
        if let (Some(left), Some(right)) = (at(Some(inside(from))), at(Some(inside(to)))) {
            let width = right - left + 1;
            paint.over(Rect { x: area.x + left, y: area.y, width, height: area.height }, Role::Range);
        }
    }
    if let Some(x) = at(from) {
        paint.text(area.x + x, line, 1, "[", Role::Title);
    }
    if let Some(x) = at(to) {
        paint.text(area.x + x, line, 1, "]", Role::Title);
    }
}
