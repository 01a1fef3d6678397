//! Draws the model. It changes nothing.

mod braille;
mod core;
mod events;
mod fields;
mod figures;
mod foot;
mod help;
mod history;
mod list;
mod logs;
mod overview;
mod paint;
mod question;
mod strip;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::layout;
use super::model::{Help, Listing, Model};
use super::panel::Panel;
use super::theme::Role;
use super::words;
use crate::time::Micros;
use paint::Paint;

/// Draws all of it.
pub fn view(model: &Model, frame: &mut Frame) {
    let whole = frame.area();
    let settings = &model.settings;
    frame.buffer_mut().set_style(whole, settings.theme.ground(settings.depth));
    let areas = layout::areas(model);
    let mut paint = Paint::new(frame.buffer_mut(), settings.theme, settings.depth);
    foot::head(model, &mut paint, areas.head);
    strip::draw(model, &mut paint, areas.strip);
    for (place, panel, area) in &areas.panels {
        draw(model, &mut paint, *place, *panel, *area);
    }
    if model.screen.help != Help::Closed {
        let top = areas.strip.bottom();
        let body = Rect { y: top, height: areas.foot.y.saturating_sub(top), ..whole };
        help::draw(model, &mut paint, body);
    }
    foot::foot(model, &mut paint, areas.foot);
}

fn draw(model: &Model, paint: &mut Paint, place: usize, panel: Panel, area: Rect) {
    if area.height == 0 || area.width == 0 {
        return;
    }
    let is_focused = model.screen.focus == place;
    if panel == Panel::Overview {
        return overview::draw(model, paint, area);
    }
    title(model, paint, panel, area, is_focused);
    let inside = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if model.time.extent.is_none() {
        paint.line(inside, 0, model.say(model.nothing()), Role::Dim);
        return;
    }
    if let Some(missing) = model.missing(panel) {
        paint.line(inside, 0, &missing, Role::Dim);
        return;
    }
    match panel {
        Panel::Overview => {}
        Panel::Cpu => core::draw(model, paint, inside),
        Panel::Memory | Panel::Protocol | Panel::Host => fields::draw(model, paint, panel, inside),
        Panel::Events => events::draw(model, paint, inside, is_focused),
        Panel::History => history::draw(model, paint, inside),
        Panel::Question => question::draw(model, paint, inside, is_focused),
        Panel::Logs => logs::draw(model, paint, inside),
        _ => list::draw(model, paint, panel, inside, is_focused),
    }
}

/// When the rows of a panel are of, where that is a sample before the cursor's.
fn before(model: &Model, panel: Panel) -> Option<Micros> {
    let at = model.sheet(panel.questions().first()?)?.time(0, "ts")?;
    (at < model.moment.as_ref()?.ts).then_some(at)
}

fn title(model: &Model, paint: &mut Paint, panel: Panel, area: Rect, is_focused: bool) {
    let rule = "─".repeat(usize::from(area.width));
    paint.text(area.x, area.y, area.width, &rule, Role::Dim);
    let mut text = format!(" {} ", model.say(panel.title()));
    if (panel.list().is_some() || matches!(panel, Panel::Events)) && model.missing(panel).is_none() {
        let shown = model.shown(panel);
        let many = match shown.rows.len() == shown.of {
            true => shown.of.to_string(),
            false => format!("{} {} {}", shown.rows.len(), model.say(words::OF), shown.of),
        };
        text += &format!("{many} ");
    }
    if let Some(at) = before(model, panel) {
        text += &format!("{} {} ", model.say(words::AS_OF), model.when(at, model.time.cursor.0 - at.0));
    }
    let listing = model.listing(panel);
    if !listing.filter.is_empty() {
        text += &format!("[{}] ", listing.filter);
    }
    text += &instead(model, panel, &listing).unwrap_or_default();
    if listing.follows {
        text += &format!("[{}] ", followed(model, panel, &listing));
    }
    if panel == Panel::History
        && let Some(subject) = &model.subject
    {
        text += &format!("{} ", subject.name());
    }
    let role = if is_focused { Role::Title } else { Role::Dim };
    paint.text(area.x + 1.min(area.width), area.y, area.width.saturating_sub(2), &text, role);
}

/// Where rows cannot stand by the column that is wanted: by which they do.
fn instead(model: &Model, panel: Panel, listing: &Listing) -> Option<String> {
    let list = panel.list().filter(|_| !listing.is_tree)?;
    let order = listing.order(model.sheet(list.question)?);
    let head = |name: &str| {
        let column = list.columns.iter().find(|column| column.name == name);
        column.map_or_else(|| name.to_string(), |column| model.say(column.head).to_string())
    };
    let text = words::filled(model.say(words::SORTED_INSTEAD), &[&head(&listing.sort.0), &head(order)]);
    (order != listing.sort.0).then(|| format!("{text} "))
}

/// The row that is kept in sight: of a process its name, where it is there, and its number.
fn followed(model: &Model, panel: Panel, listing: &Listing) -> String {
    let key = listing.chosen.as_deref().unwrap_or_default();
    if !matches!(panel, Panel::Process | Panel::Java) {
        return key.to_string();
    }
    let pid = key.split(' ').next().unwrap_or_default();
    let row = model.shown(panel).rows.into_iter().find(|row| row.key == key).map(|row| row.row);
    match row.and_then(|row| model.sheet("process")?.text(row, "comm")) {
        Some(name) => format!("{name} ({pid})"),
        None => pid.to_string(),
    }
}
