//! The course of one process or cgroup over the range on the strip, a graph a number.

use ratatui::layout::Rect;

use super::super::model::Model;
use super::super::theme::Role;
use super::super::words::{self, Word, filled, heads};
use super::paint::Paint;
use super::{braille, figures};

/// What is drawn, as far as it is known.
const GRAPHS: [(Word, &str); 8] = [
    (heads::CPU_PCT, "cpu_pct"),
    (heads::RSS, "rss_bytes"),
    (heads::MEM, "memory_bytes"),
    (heads::READ_S, "read_bytes_per_s"),
    (heads::WRITE_S, "write_bytes_per_s"),
    (heads::RQ_PCT, "run_delay_pct"),
    (heads::THROTTLED_PCT, "throttled_pct"),
    (heads::THR, "threads"),
];

/// Draws it.
pub fn draw(model: &Model, paint: &mut Paint, area: Rect) {
    let Some(subject) = &model.subject else {
        paint.line(area, 0, model.say(words::NO_HISTORY), Role::Dim);
        return;
    };
    let Some((_, course)) = model.history.as_ref().filter(|(name, _)| *name == subject.name()) else {
        paint.line(area, 0, model.say(words::LOADING), Role::Dim);
        return;
    };
    let there: Vec<_> = GRAPHS.iter().filter(|(_, name)| course.most(name).is_some()).collect();
    if there.is_empty() {
        paint.line(area, 0, model.say(words::NO_ROWS), Role::Dim);
        return;
    }
    let fit = there.len().min(usize::from(area.height / 2).max(1));
    let height = area.height / fit as u16;
    for (place, (title, name)) in there.iter().take(fit).enumerate() {
        let y = area.y + place as u16 * height;
        let graph = Rect { y, height: height.min(area.bottom() - y), ..area };
        let top = braille::round_top(name, course.most(name).unwrap_or(0.0));
        braille::draw(paint, graph, course.of(name), top, Role::Graph);
        let here = course.column(model.time.cursor).and_then(|column| {
            course.of(name).get(column).copied().flatten().map(|(_, most)| (column, most))
        });
        let (title, end) = (model.say(*title), figures::cell(name, top));
        let text = match here {
            Some((_, now)) => filled(model.say(words::NOW_OF), &[title, &figures::cell(name, now), &end]),
            None => filled(model.say(words::UP_TO), &[title, &end]),
        };
        paint.text(graph.x, graph.y, graph.width, &format!("{text} "), Role::Title);
        if let Some(column) = course.column(model.time.cursor) {
            let x = graph.x + ((column / 2) as u16).min(graph.width.saturating_sub(1));
            paint.over(Rect { x, width: 1, ..graph }, Role::Cursor);
        }
    }
}
