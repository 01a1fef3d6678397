//! Keys while a line is typed, and what a line does that is confirmed.

use super::super::effect::{Effect, Move};
use super::super::keys::Key;
use super::super::model::{Asked, Help, Model, Prompt, Wanted};
use super::super::panel::Panel;
use super::super::words;
use super::{commands, keys, moving};
use crate::time::{self, Context, Micros};

/// A key goes into the line.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(prompt) = &mut model.prompt else { return Vec::new() };
    match key {
        Key::Char(c) => prompt.insert(c),
        Key::Backspace if !prompt.backspace() && prompt.text.is_empty() => model.prompt = None,
        Key::Backspace => {}
        Key::Delete => prompt.delete(),
        Key::Left => prompt.move_by(-1),
        Key::Right => prompt.move_by(1),
        Key::Home => prompt.move_by(i64::MIN / 2),
        Key::End => prompt.move_by(i64::MAX / 2),
        Key::Ctrl('u') => prompt.clear(),
        Key::Ctrl('c') => return vec![Effect::Quit],
        Key::Esc => {
            let wanted = prompt.wanted;
            model.prompt = None;
            if wanted == Wanted::Filter {
                keys::change(model, |listing| listing.filter.clear());
            }
            return Vec::new();
        }
        Key::Enter => {
            let Some(prompt) = model.prompt.take() else { return Vec::new() };
            return done(model, &prompt);
        }
        _ => return Vec::new(),
    }
    meanwhile(model)
}

/// Filters and searches hold while they are typed.
fn meanwhile(model: &mut Model) -> Vec<Effect> {
    let Some(Prompt { wanted, text, .. }) = model.prompt.clone() else { return Vec::new() };
    match wanted {
        Wanted::Filter => keys::change(model, |listing| listing.filter = text),
        Wanted::Search => {
            model.screen.help = Help::Glossary { text: text.clone(), found: Vec::new(), line: 0 };
            return vec![Effect::Words { text, lang: model.settings.lang }];
        }
        _ => {}
    }
    Vec::new()
}

fn done(model: &mut Model, prompt: &Prompt) -> Vec<Effect> {
    let text = prompt.text.trim();
    if text.is_empty() && prompt.wanted != Wanted::Filter {
        return Vec::new();
    }
    match prompt.wanted {
        Wanted::Jump => jump(model, text),
        Wanted::JumpOn => stride(model, text, 1),
        Wanted::JumpBack => stride(model, text, -1),
        Wanted::Filter => Vec::new(),
        Wanted::User => {
            keys::change(model, |listing| listing.filter = format!("user:{text}"));
            Vec::new()
        }
        Wanted::Command => commands::command(model, text),
        Wanted::Log => {
            model.logs.files.push(text.into());
            model.screen.has_logs = true;
            vec![commands::logs(model)]
        }
        Wanted::Export => commands::export(model, text),
        Wanted::Question => question(model, text),
        Wanted::Search => Vec::new(),
    }
}

/// Asks what was typed.
pub fn question(model: &mut Model, text: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    if !model.screen.panels().contains(&Panel::Question) {
        effects.extend(commands::only(model, Panel::Question));
    }
    let number = model.typed.number();
    model.asked = Asked { number, line: text.into(), ..Asked::default() };
    match crate::query::typed(text) {
        Ok(sql) => {
            model.asked.is_running = true;
            model.asked.sql.clone_from(&sql);
            effects.push(Effect::Ask(number, sql));
        }
        Err(error) => model.asked.answer = Some(Err(error.to_string())),
    }
    effects
}

/// To an instant, as times are written everywhere.
pub fn jump(model: &mut Model, text: &str) -> Vec<Effect> {
    let Some((start, end)) = model.recorded() else { return Vec::new() };
    let context = Context {
        now: model.now,
        zone: model.zone.clone(),
        start: Some(start),
        end: Some(end),
        live: model.time.is_live,
    };
    match time::parse(text, &context) {
        Ok(at) => {
            let near = Micros(at.0.clamp(start.0, end.0));
            if near != at {
                let edge = if at < start { words::ITS_BEGIN } else { words::ITS_END };
                let text = format!("{} {}", model.say(words::OUTSIDE), model.say(edge));
                model.tell(text, false);
            }
            moving::by_hand(model, Move::At(near))
        }
        Err(error) => {
            let text = words::wrong(&error, model.settings.lang);
            model.tell(text, true);
            Vec::new()
        }
    }
}

fn stride(model: &mut Model, text: &str, sign: i64) -> Vec<Effect> {
    let length = match time::parse_duration(text) {
        Ok(length) => length,
        Err(error) => {
            let text = words::wrong(&error, model.settings.lang);
            model.tell(text, true);
            return Vec::new();
        }
    };
    model.stride = text.into();
    let Some((first, last)) = model.recorded() else { return Vec::new() };
    let by = i64::try_from(length.as_micros()).unwrap_or(i64::MAX).saturating_mul(sign);
    let at = model.time.cursor.0.saturating_add(by).clamp(first.0, last.0);
    if model.time.cursor.0 == at {
        let text = model.say(words::NO_MORE_MARKS);
        model.tell(text, false);
    }
    moving::by_hand(model, Move::At(Micros(at)))
}
