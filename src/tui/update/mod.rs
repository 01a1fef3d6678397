//! What an event does to the model, and what it wants done. No clock, no disk, no terminal.

mod answers;
mod commands;
mod copied;
mod keys;
pub mod moving;
mod sorting;
mod typed;

use super::effect::Effect;
use super::event::Event;
use super::keys::{Action, Key};
use super::model::{Help, Model};

/// Takes an event in.
pub fn update(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) => pressed(model, key),
        Event::Click(..) | Event::Drag(..) | Event::Wheel(..) if model.screen.help != Help::Closed => {
            Vec::new()
        }
        Event::Click(x, y) => moving::click(model, x, y),
        Event::Drag(x, y) => moving::drag(model, x, y),
        Event::Wheel(x, y, by) => moving::wheel(model, x, y, by),
        Event::Size(columns, lines) => {
            let is_wider = model.size.0 != columns;
            model.size = (columns, lines);
            if is_wider { moving::course(model) } else { Vec::new() }
        }
        Event::Clock(now) => moving::clock(model, now),
        Event::Extent(extent) => {
            let is_last = !matches!(extent, Ok(Some(_)));
            let effects = answers::extent(model, extent);
            if is_last { opened(model, effects) } else { effects }
        }
        Event::Moment(moment) => {
            let effects = answers::moment(model, moment);
            // One of another host than is being opened is of no use.
            if model.time.extent.is_some() { opened(model, effects) } else { effects }
        }
        Event::Course(course) => {
            model.travel.is_drawing = false;
            match course {
                Ok(course) => model.course = Some(course),
                Err(error) => model.tell(error, true),
            }
            Vec::new()
        }
        Event::History(history) => {
            match history {
                Ok(history) => model.history = Some(history),
                Err(error) => model.tell(error, true),
            }
            Vec::new()
        }
        Event::Marks(since, marks) => answers::marks(model, since, marks),
        // Of a question before, nobody wants to know any more.
        Event::Answer(number, _) if number != model.asked.number => Vec::new(),
        Event::Answer(_, answer) => {
            model.asked.is_running = false;
            model.asked.answer = Some(answer);
            Vec::new()
        }
        Event::Until(number, found) => answers::until(model, number, found),
        Event::Logs(lines) => {
            model.logs.lines = lines;
            Vec::new()
        }
        Event::Words(words) => {
            if let Help::Glossary { found, line, .. } = &mut model.screen.help {
                *found = words;
                *line = 0;
            }
            Vec::new()
        }
        Event::Written(written) => answers::written(model, written),
    }
}

fn pressed(model: &mut Model, key: Key) -> Vec<Effect> {
    if let Some(ahead) = &mut model.ahead {
        let leaves = match key {
            Key::Ctrl('c') => true,
            _ => ahead.is_empty() && model.settings.keys.action(key) == Some(Action::Quit),
        };
        if !leaves {
            ahead.push(key);
            return Vec::new();
        }
    }
    let before = model.notice_before(key == Key::Esc);
    let effects = match model.prompt {
        Some(_) => typed::key(model, key),
        None => keys::key(model, key),
    };
    model.notice_behind(before);
    effects
}

/// What there is to be seen stands: keys of before mean that.
fn opened(model: &mut Model, mut effects: Vec<Effect>) -> Vec<Effect> {
    for key in model.ahead.take().into_iter().flatten() {
        effects.extend(pressed(model, key));
    }
    effects
}
