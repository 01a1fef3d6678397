//! Where things stand on the screen. The view draws by it, and a click is looked up in it.

use ratatui::layout::Rect;

use super::model::Model;
use super::panel::Panel;

/// The least lines a panel is worth drawing in: its title, its heads and two rows.
const LEAST: u16 = 4;

/// The parts of the screen.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    pub head: Rect,
    pub strip: Rect,
    /// The panels that have room, each with its place among those wanted.
    pub panels: Vec<(usize, Panel, Rect)>,
    pub foot: Rect,
}

/// What is at a place of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// The strip, and its column.
    Strip(u16),
    /// A panel's place, and the line of its rows.
    Panel(usize, usize),
}

/// Divides the screen up.
pub fn areas(model: &Model) -> Areas {
    let (columns, lines) = model.size;
    let line = |y: u16, height: u16| Rect { x: 0, y, width: columns, height };
    let strip = match lines {
        0..=5 => 0,
        6..=11 => 2,
        12..=23 => 4,
        24..=35 => 5,
        36..=49 => 7,
        _ => 9,
    };
    let body = line(1 + strip, lines.saturating_sub(2 + strip));
    Areas {
        head: line(0, lines.min(1)),
        strip: line(1, strip),
        panels: panels(model, body),
        foot: line(lines.saturating_sub(1), u16::from(lines > 1)),
    }
}

/// The panels one below the other, each as high as its weight is among theirs; those at the end give way.
fn panels(model: &Model, body: Rect) -> Vec<(usize, Panel, Rect)> {
    let mut wanted: Vec<(usize, Panel, u16)> = model
        .screen
        .weighed()
        .into_iter()
        .enumerate()
        .map(|(place, (panel, weight))| (place, panel, weight))
        .collect();
    // The one with the keys is never the one that gives way.
    let focused = model.screen.focus;
    let fixed = |panel: Panel, weight: u16| match (panel, weight) {
        (Panel::Overview, 0) => Some(overview_lines(body)),
        _ => None,
    };
    let least = |wanted: &[(usize, Panel, u16)]| -> u16 {
        wanted.iter().map(|(_, panel, weight)| fixed(*panel, *weight).unwrap_or(LEAST)).sum()
    };
    while wanted.len() > 1 && least(&wanted) > body.height {
        let last = wanted.iter().rposition(|(place, ..)| *place != focused).unwrap_or(wanted.len() - 1);
        wanted.remove(last);
    }
    let taken: u16 = wanted.iter().filter_map(|(_, panel, weight)| fixed(*panel, *weight)).sum();
    let mut left = body.height.saturating_sub(taken);
    let mut weights: u16 = wanted.iter().map(|(_, _, weight)| *weight).sum();
    let mut y = body.y;
    let mut all = Vec::new();
    for (place, panel, weight) in wanted {
        let height = match fixed(panel, weight) {
            Some(height) => height.min(body.height),
            None => {
                let height = (u32::from(left) * u32::from(weight) / u32::from(weights.max(1))) as u16;
                let height = if weights == weight { left } else { height.max(LEAST).min(left) };
                weights -= weight;
                left -= height;
                height
            }
        };
        all.push((place, panel, Rect { y, height, ..body }));
        y += height;
    }
    all
}

fn overview_lines(body: Rect) -> u16 {
    match (body.width, body.height) {
        (_, 0..=9) => body.height / 2,
        (0..=99, _) => 7,
        _ => 4,
    }
}

/// How many characters the strip's graph is wide.
pub fn strip_width(size: (u16, u16)) -> u16 {
    size.0.max(1)
}

/// How many rows a list in that panel has on the screen.
pub fn rows_of(model: &Model, place: usize) -> usize {
    let areas = areas(model);
    let area = areas.panels.iter().find(|(of, ..)| *of == place).map(|(_, _, area)| *area);
    area.map_or(0, |area| usize::from(area.height.saturating_sub(2)))
}

/// The first row on the screen, such that the chosen one is in sight.
pub fn first_row(chosen: Option<usize>, of: usize, height: usize) -> usize {
    let middle = chosen.unwrap_or(0).saturating_sub(height / 2);
    middle.min(of.saturating_sub(height))
}

/// What is at a place of the screen.
pub fn at(model: &Model, x: u16, y: u16) -> Option<Area> {
    let areas = areas(model);
    let inside = |area: &Rect| y >= area.y && y < area.bottom() && x >= area.x && x < area.right();
    if inside(&areas.strip) {
        return Some(Area::Strip(x));
    }
    let (place, _, area) = areas.panels.iter().find(|(_, _, area)| inside(area))?;
    Some(Area::Panel(*place, usize::from((y - area.y).saturating_sub(2))))
}
