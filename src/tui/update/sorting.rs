//! By which column a panel's rows stand: by keys, by a command, by a click on a head.

use super::super::effect::Effect;
use super::super::layout;
use super::super::model::Model;
use super::super::panel::Panel;
use super::super::words;
use super::commands;
use super::keys::change;

/// By the next column, the greatest first.
pub fn next(model: &mut Model) {
    let panel = model.screen.focused();
    let Some(list) = panel.list() else { return };
    let now = model.listing(panel).sort.0;
    let Some(sheet) = model.sheet(list.question) else { return };
    // What is made of others while it is drawn has no order.
    let there = sheet.columns();
    let columns: Vec<&str> = list
        .columns
        .iter()
        .map(|column| column.name)
        .filter(|name| there.iter().any(|of| of == name))
        .collect();
    let Some(many) = columns.len().checked_sub(1) else { return };
    let place = columns.iter().position(|name| *name == now).map_or(0, |place| place + 1);
    let next = columns[if place > many { 0 } else { place }];
    change(model, |listing| listing.sort = (next.into(), true));
}

/// By a column of processes, wherever they are on the screen; else they are shown.
pub fn by(model: &mut Model, column: &'static str) -> Vec<Effect> {
    let panels = model.screen.panels();
    let place = panels.iter().position(|panel| matches!(panel, Panel::Process | Panel::Java));
    let effects = match place {
        Some(place) => {
            model.screen.focus = place;
            Vec::new()
        }
        None => commands::only(model, Panel::Process),
    };
    change(model, |listing| {
        listing.sort = (column.into(), true);
        listing.is_tree = false;
    });
    effects
}

/// By a column of that name.
pub fn named(model: &mut Model, name: &str) {
    let panel = model.screen.focused();
    let known = panel.list().and_then(|list| model.sheet(list.question));
    if !known.is_some_and(|sheet| sheet.columns().iter().any(|column| column == name)) {
        let text = model.say(words::NO_SUCH_COLUMN);
        let colon = model.say(words::COLON);
        model.tell(format!("{text}{colon}{name}"), true);
        return;
    }
    change(model, |listing| listing.sort = (name.into(), true));
}

/// By the column whose head is so far from the panel's left: of numbers the greatest first, of texts the first
/// of the alphabet; once more, the other way round.
pub fn at(model: &mut Model, x: u16) {
    let panel = model.screen.focused();
    let Some(list) = panel.list() else { return };
    let Some(column) = layout::head_at(model, panel, list, x) else { return };
    let Some(sheet) = model.sheet(list.question) else { return };
    // What is made of others while it is drawn has no order.
    if !sheet.columns().iter().any(|name| name == column.name) {
        return;
    }
    let is_number = sheet.is_number(column.name);
    change(model, |listing| {
        let is_again = listing.sort.0 == column.name && !listing.is_tree;
        listing.sort = (column.name.into(), if is_again { !listing.sort.1 } else { is_number });
        listing.is_tree = false;
    });
}
