//! Where things stand on the screen. The view draws by it, and a click is looked up in it.

use ratatui::layout::Rect;

use super::model::Model;
use super::panel::{Column, List, Panel};

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

/// A column of a list narrower than this is not worth a text.
const LEAST_TEXT: u16 = 8;

/// What is at a place of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// The strip, and its column.
    Strip(u16),
    /// What a panel has above its heads.
    Panel(usize),
    /// A panel's heads, and how far from its left.
    Heads(usize, u16),
    /// A panel's place, and the line of its rows.
    Row(usize, usize),
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

/// How many lines a panel has above its rows: its title and heads, of a typed question its text as well.
pub fn above(panel: Panel) -> u16 {
    if panel == Panel::Question { 3 } else { 2 }
}

/// How many rows a list in that panel has on the screen.
pub fn rows_of(model: &Model, place: usize) -> usize {
    let areas = areas(model);
    let found = areas.panels.iter().find(|(of, ..)| *of == place);
    found.map_or(0, |(_, panel, area)| usize::from(area.height.saturating_sub(above(*panel))))
}

/// The columns of a list that have room, with the widths they get: the last takes what is left. What rows stand
/// by is always among them, and has room for its marker.
pub fn columns_of(model: &Model, panel: Panel, list: &List, width: u16) -> Vec<(Column, u16)> {
    let listing = model.listing(panel);
    let order = model.sheet(list.question).map_or(listing.sort.0.as_str(), |sheet| listing.order(sheet));
    let is_wanted = |column: &&Column| column.is_main || !model.settings.is_compact || column.name == order;
    let mut columns: Vec<Column> = list.columns.iter().filter(is_wanted).copied().collect();
    for column in columns.iter_mut().filter(|column| column.name == order && column.width > 0) {
        let head = model.say(column.head).chars().count() as u16;
        column.width = column.width.max(head + 1);
    }
    let taken = |columns: &[Column]| -> u16 {
        columns.iter().map(|column| if column.width == 0 { LEAST_TEXT * 2 } else { column.width } + 1).sum()
    };
    // What is not one of the main columns gives way first, from the right.
    let may_go = |column: &Column| column.name != order;
    while taken(&columns) > width
        && let Some(place) = columns.iter().rposition(|column| !column.is_main && may_go(column))
    {
        columns.remove(place);
    }
    // Then what is spare, then the others; the first and a text at the end stay, which say what a row is.
    let is_text = |column: Option<&Column>| column.is_some_and(|column| column.width == 0);
    for is_spare in [true, false] {
        while taken(&columns) > width
            && let Some(inside) = columns.get(1..columns.len() - usize::from(is_text(columns.last())))
            && let Some(place) =
                inside.iter().rposition(|column| column.is_spare == is_spare && may_go(column))
        {
            columns.remove(1 + place);
        }
    }
    let mut left = width;
    let mut all = Vec::new();
    for column in columns {
        let width = if column.width == 0 { left } else { column.width.min(left) };
        left = left.saturating_sub(width + 1);
        all.push((column, width));
    }
    all
}

/// The column of a list whose head is so far from the panel's left.
pub fn head_at(model: &Model, panel: Panel, list: &List, x: u16) -> Option<Column> {
    let mut right = 0;
    let mut all = columns_of(model, panel, list, model.size.0).into_iter();
    all.find(|(_, width)| {
        right += width + 1;
        x < right
    })
    .map(|(column, _)| column)
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
    let (place, panel, area) = areas.panels.iter().find(|(_, _, area)| inside(area))?;
    let (line, above) = (y - area.y, above(*panel));
    Some(match line.checked_sub(above) {
        Some(row) => Area::Row(*place, usize::from(row)),
        None if line + 1 == above => Area::Heads(*place, x - area.x),
        None => Area::Panel(*place),
    })
}
