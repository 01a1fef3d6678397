//! Commands behind `:`, and what several keys have in common.

use super::super::effect::{Effect, Export, Exported};
use super::super::model::{Help, Model, Zoom};
use super::super::panel::{PRESETS, Panel};
use super::super::theme::Theme;
use super::super::words::{self, Lang, Word};
use super::{copied, keys, moving, sorting, typed};
use crate::time::{self, Micros};

/// Logs are shown from so much before the cursor to so much behind.
const LOGS_AROUND: i64 = 300_000_000;

/// Does what was typed behind `:`.
pub fn command(model: &mut Model, text: &str) -> Vec<Effect> {
    let (word, rest) =
        text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()));
    if let Some(panel) = Panel::ALL.iter().find(|panel| panel.name() == word && rest.is_empty()) {
        return only(model, *panel);
    }
    if let Some((number, _)) = PRESETS.iter().find(|(_, preset)| preset.name == word) {
        model.screen.show(*number);
        return moving::stay(model);
    }
    match word {
        "q" | "quit" => return keys::leave(model),
        "help" => model.screen.help = Help::Commands(0),
        "lang" => match rest {
            "en" => model.settings.lang = Lang::En,
            "fr" => model.settings.lang = Lang::Fr,
            _ => among(model, words::LANGUAGES, &Lang::ALL.map(Lang::name)),
        },
        "theme" => match Theme::ALL.into_iter().find(|theme| theme.name() == rest) {
            Some(theme) => model.settings.theme = theme,
            None => among(model, words::THEMES, &Theme::ALL.map(Theme::name)),
        },
        "until" | "since" if !model.has_table("system") => {
            let text = model.no_table("system");
            model.tell(text, true);
        }
        "until" | "since" if !rest.is_empty() => {
            let (number, from) = (model.typed.number(), model.time.cursor);
            model.typed.until = Some(number);
            return vec![Effect::Until { number, from, condition: rest.into(), is_back: word == "since" }];
        }
        "sql" if !rest.is_empty() => return typed::question(model, rest),
        "go" | "b" if !rest.is_empty() => return typed::jump(model, rest),
        "export" if !rest.is_empty() => return export(model, rest),
        "host" => return host(model, rest),
        "sort" => sorting::named(model, rest),
        "zoom" => return zoom(model, rest),
        _ => {
            let text = model.say(words::UNKNOWN_COMMAND);
            let colon = model.say(words::COLON);
            model.tell(format!("{word}{colon}{text}"), true);
        }
    }
    Vec::new()
}

/// Says which names there are.
fn among(model: &mut Model, word: Word, names: &[&str]) {
    let text = words::filled(model.say(word), &[&names.join(", ")]);
    model.tell(text, true);
}

/// Shows one panel alone.
pub fn only(model: &mut Model, panel: Panel) -> Vec<Effect> {
    model.screen.show_only(panel);
    let mut effects = moving::stay(model);
    if panel == Panel::History {
        effects.extend(moving::course(model));
    }
    effects
}

/// Asks for what was logged around the cursor.
pub fn logs(model: &Model) -> Effect {
    let here = model.time.cursor;
    Effect::Logs {
        from: Micros(here.0.saturating_sub(LOGS_AROUND)),
        to: Micros(here.0.saturating_add(LOGS_AROUND)),
        files: model.logs.files.clone(),
        errors: model.logs.errors_only,
        lang: model.settings.lang,
    }
}

/// Copies the SQL behind the panel.
pub fn copy(model: &mut Model) -> Vec<Effect> {
    let sql = copied::sql(model);
    let text = model.say(if sql.is_some() { words::COPIED } else { words::NO_SQL });
    model.tell(text, sql.is_none());
    sql.map(Effect::Copy).into_iter().collect()
}

/// Writes what the panel with the keys shows: the answer of a question, else rows of the chosen range.
pub fn export(model: &mut Model, into: &str) -> Vec<Effect> {
    let Some((from, to)) = model.recorded().and(model.time.chosen()) else { return Vec::new() };
    let panel = model.screen.focused();
    if let Some(missing) = model.missing(panel) {
        model.tell(missing, true);
        return Vec::new();
    }
    let of = match (panel, &model.subject) {
        (Panel::Question, _) if !model.asked.sql.is_empty() => Exported::Answer(model.asked.sql.clone()),
        (Panel::History, Some(subject)) => Exported::Of(subject.clone()),
        _ => Exported::Table(panel.table()),
    };
    model.typed.writing += 1;
    let (host, lang) = (model.host.clone(), model.settings.lang);
    vec![Effect::Export(Export { host, from, to, of, into: into.into(), lang })]
}

/// Writes a report of the chosen range.
pub fn report(model: &mut Model) -> Vec<Effect> {
    let Some((from, to)) = model.recorded().and(model.time.chosen()) else { return Vec::new() };
    model.typed.writing += 1;
    vec![Effect::Report { host: model.host.clone(), from, to, lang: model.settings.lang }]
}

fn host(model: &mut Model, name: &str) -> Vec<Effect> {
    if !model.hosts.iter().any(|host| host == name) {
        let text = model.say(words::NO_SUCH_HOST);
        let colon = model.say(words::COLON);
        model.tell(format!("{text}{colon}{}", model.hosts.join(", ")), true);
        return Vec::new();
    }
    model.host = name.into();
    model.typed.until = None;
    model.moment = None;
    model.course = None;
    model.time.extent = None;
    model.ahead = Some(Vec::new());
    model.time.marks.clear();
    (model.time.marked_to, model.time.judged_to) = (Micros(i64::MIN), Micros(i64::MIN));
    vec![Effect::Host(name.into()), moving::look(model)]
}

fn zoom(model: &mut Model, length: &str) -> Vec<Effect> {
    let length = match time::parse_duration(length) {
        Ok(length) => i64::try_from(length.as_micros()).unwrap_or(i64::MAX).max(1_000_000),
        Err(error) => {
            let text = words::wrong(&error, model.settings.lang);
            model.tell(text, true);
            return Vec::new();
        }
    };
    let Some((first, last)) = model.recorded() else { return Vec::new() };
    let zoom = match model.time.follows {
        true => Zoom::Last(length),
        false => model.time.around(length, first, last),
    };
    model.time.zooms.push(zoom);
    moving::course(model)
}
