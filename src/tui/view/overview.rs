//! The headline numbers of the sample at the cursor, each beside its course.

use ratatui::layout::Rect;

use super::super::course::Span;
use super::super::model::Model;
use super::super::panel::Panel;
use super::super::theme::Role;
use super::super::words::{self, Word, filled};
use super::paint::{Paint, columns};
use super::{braille, figures};

/// So much room a text has before its graph.
const TEXT: u16 = 54;

/// A number that is shown, its name in the course, and what its graph ends at.
struct Line<'a> {
    word: Word,
    /// In parts, none of which is cut: the last have no room first.
    parts: Vec<String>,
    /// The same in fewer letters, where that is how more of it has room.
    short: Vec<String>,
    role: Role,
    columns: &'a [&'a str],
    top: Option<f64>,
}

/// Draws it.
pub fn draw(model: &Model, paint: &mut Paint, area: Rect) {
    if model.sheet("system").is_none() {
        let word = match (model.time.extent, &model.moment) {
            (None, _) => model.nothing(),
            (_, None) => words::LOADING,
            _ => words::NOTHING_HERE,
        };
        let missing = model.missing(Panel::Overview);
        paint.line(area, 0, missing.as_deref().unwrap_or(model.say(word)), Role::Dim);
        return;
    }
    let lines = lines(model);
    // Side by side where there is room for both.
    let across: u16 = if area.width >= 100 { 2 } else { 1 };
    let down = (lines.len() as u16).div_ceil(across);
    let width = area.width / across;
    for (place, line) in lines.iter().enumerate() {
        let (column, row) = (place as u16 / down, place as u16 % down);
        if row >= area.height {
            continue;
        }
        let (x, y) = (area.x + column * width, area.y + row);
        paint.text(x, y, 9, model.say(line.word), Role::Dim);
        let room = width.saturating_sub(10);
        let graph = room.saturating_sub(TEXT).min(width / 3);
        // A graph has a space before it, the next column one behind it.
        let graph = if graph >= 8 { graph } else { 0 };
        let text = line.text(room.saturating_sub(if graph == 0 { 1 } else { graph + 2 }));
        paint.text(x + 10, y, room, &text, line.role);
        if let Some(course) = &model.course
            && graph > 0
            && !line.columns.is_empty()
        {
            let parts: Vec<&[Span]> = line.columns.iter().map(|name| course.of(name)).collect();
            let spans = narrowed(&braille::sum(&parts), usize::from(graph) * 2);
            let most = spans.iter().flatten().map(|(_, most)| *most).fold(0.0, f64::max);
            let top = line.top.unwrap_or_else(|| braille::round_top(line.columns[0], most)).max(most);
            let place = Rect { x: x + width - graph - 1, y, width: graph, height: 1 };
            braille::draw(paint, place, &spans, top, Role::Graph);
        }
    }
}

impl Line<'_> {
    /// As much of it as has room: shorter where more of it then has.
    fn text(&self, room: u16) -> String {
        let fitting = |parts: &[String]| {
            let fits = |many: &usize| columns(&parts[..*many].join("  ")) <= room;
            parts[..(1..=parts.len()).rev().find(fits).unwrap_or(parts.len().min(1))].to_vec()
        };
        let (whole, short) = (fitting(&self.parts), fitting(&self.short));
        if short.len() > whole.len() { short.join("  ") } else { whole.join("  ") }
    }
}

/// The parts of a text, which stand two spaces apart, each with its number.
fn filled_parts(text: &str, by: &[&str]) -> Vec<String> {
    let mut by = by.iter();
    text.split("  ").map(|part| filled(part, &by.next().copied().into_iter().collect::<Vec<_>>())).collect()
}

fn lines(model: &Model) -> Vec<Line<'static>> {
    let number = |name: &str| model.headline(name);
    let shown = |name: &str| number(name).map_or_else(|| "-".into(), |value| figures::cell(name, value));
    let worst = |names: &[&str]| {
        let rank = |role: &Role| match role {
            Role::Critical => 2,
            Role::Warning => 1,
            _ => 0,
        };
        let roles = names.iter().filter_map(|name| Some(figures::role(name, number(name)?)));
        roles.max_by_key(rank).filter(|role| rank(role) > 0).unwrap_or(Role::Text)
    };
    let say = |word: Word| model.say(word);
    let read = shown("disk_read_bytes_per_s");
    let written = shown("disk_write_bytes_per_s");
    let received = shown("network_rx_bytes_per_s");
    let sent = shown("network_tx_bytes_per_s");
    vec![
        Line {
            word: words::CPU,
            parts: filled_parts(
                say(words::CPU_LINE),
                &[&format!("{:>5}", shown("cpu")), &shown("iowait_pct"), &shown("steal_pct")],
            ),
            short: Vec::new(),
            role: worst(&["cpu", "iowait_pct", "steal_pct"]),
            columns: &["cpu"],
            top: Some(100.0),
        },
        Line {
            word: words::MEMORY,
            parts: filled_parts(
                say(words::MEMORY_LINE),
                &[
                    &format!("{:>5}", shown("memory_used_pct")),
                    &shown("memory_available_bytes"),
                    &shown("swap_used_bytes"),
                ],
            ),
            short: Vec::new(),
            role: worst(&["memory_used_pct"]),
            columns: &["memory_used_pct"],
            top: Some(100.0),
        },
        Line {
            word: words::LOAD,
            parts: [format!("{} {} {}", shown("load1"), shown("load5"), shown("load15"))]
                .into_iter()
                .chain(filled_parts(say(words::TASKS), &[&shown("runnable"), &shown("blocked")]))
                .collect(),
            short: Vec::new(),
            role: Role::Text,
            columns: &[],
            top: None,
        },
        Line {
            word: words::DISK,
            parts: vec![
                format!("{} {read}", say(words::READ)),
                format!("{} {written}", say(words::WRITTEN)),
                format!("{} {}", say(words::LATENCY), shown("disk_latency_us")),
            ],
            short: vec![
                format!("{} {read}", say(words::READ_SHORT)),
                format!("{} {written}", say(words::WRITTEN_SHORT)),
                format!("{} {}", say(words::LATENCY), shown("disk_latency_us")),
            ],
            role: Role::Text,
            columns: &["disk_read_bytes_per_s", "disk_write_bytes_per_s"],
            top: None,
        },
        Line {
            word: words::NETWORK,
            parts: vec![
                format!("{} {received}", say(words::RECEIVED)),
                format!("{} {sent}", say(words::SENT)),
            ],
            short: vec![format!("↓ {received}"), format!("↑ {sent}")],
            role: Role::Text,
            columns: &["network_rx_bytes_per_s", "network_tx_bytes_per_s"],
            top: None,
        },
        Line {
            word: words::PRESSURE,
            parts: filled_parts(
                say(words::PRESSURE_LINE),
                &[&shown("cpu_some_pct"), &shown("memory_some_pct"), &shown("io_some_pct")],
            ),
            short: Vec::new(),
            role: worst(&["cpu_some_pct", "memory_some_pct", "io_some_pct"]),
            columns: &["cpu_some_pct", "memory_some_pct", "io_some_pct"],
            top: Some(100.0),
        },
    ]
}

/// The same in fewer columns.
fn narrowed(spans: &[Span], columns: usize) -> Vec<Span> {
    if spans.len() <= columns || columns == 0 {
        return spans.to_vec();
    }
    let inside = |at: usize| &spans[at * spans.len() / columns..((at + 1) * spans.len() / columns).max(1)];
    let joined = |at| {
        inside(at)
            .iter()
            .copied()
            .flatten()
            .reduce(|(least, most), (low, high)| (least.min(low), most.max(high)))
    };
    (0..columns).map(joined).collect()
}
