//! What a key does where no line is being typed.

use super::super::answer;
use super::super::effect::{Effect, Move, Subject};
use super::super::keys::{Action, Key};
use super::super::model::{Help, Listing, Model, Prompt, Wanted};
use super::super::panel::Panel;
use super::super::words;
use super::{commands, moving, sorting};
use crate::time::Micros;

/// How many lines of help a key scrolls by.
const HELP_PAGE: i64 = 10;

/// Does what the key is bound to.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(action) = model.settings.keys.action(key) else { return Vec::new() };
    if model.screen.help != Help::Closed {
        return in_help(model, key, action);
    }
    let is_scrolled = match key {
        Key::Left => answer::scroll(model, -1),
        Key::Right => answer::scroll(model, 1),
        _ => false,
    };
    if is_scrolled {
        return Vec::new();
    }
    if key == Key::Ctrl('c') {
        return vec![Effect::Quit];
    }
    act(model, action)
}

/// Leaves; where something is being written, once that was said.
pub fn leave(model: &mut Model) -> Vec<Effect> {
    if model.typed.writing == 0 || model.typed.is_left_told {
        return vec![Effect::Quit];
    }
    model.typed.is_left_told = true;
    let text = model.say(words::STILL_WRITING);
    model.tell(text, true);
    Vec::new()
}

fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Step(by) => return moving::by_hand(model, Move::Samples(by)),
        Action::Screen(by) => return moving::screen(model, by),
        Action::Start => return moving::by_hand(model, Move::Start),
        Action::Live => return moving::live(model),
        Action::NextMark => return moving::mark(model, false),
        Action::PreviousMark => return moving::mark(model, true),
        Action::Play => play(model),
        Action::Faster => moving::speed(model, 1),
        Action::Slower => moving::speed(model, -1),
        Action::Freeze => {
            model.time.is_frozen = !model.time.is_frozen;
            model.time.play = None;
            if !model.time.is_frozen {
                return moving::stay(model);
            }
        }
        Action::MarkBegin | Action::MarkEnd => mark(model, action == Action::MarkEnd),
        Action::Enter => return enter(model),
        Action::Out => {
            model.time.is_range_new = false;
            if model.time.zoom_out() {
                model.time.keep_in_sight();
                return moving::course(model);
            }
        }
        Action::Closer if model.time.closer() => return moving::course(model),
        Action::Closer => {}
        Action::Headline => moving::headline(model),
        Action::Preset(number) => return preset(model, number),
        Action::Only(panel) => return commands::only(model, panel),
        Action::NextPanel => model.screen.turn(1),
        Action::PreviousPanel => model.screen.turn(-1),
        Action::Full => return full(model),
        Action::RowUp => row(model, -1),
        Action::RowDown => row(model, 1),
        Action::RowFirst => row(model, i64::MIN / 2),
        Action::RowLast => row(model, i64::MAX / 2),
        Action::SortNext => sorting::next(model),
        Action::SortBack => change(model, |listing| listing.sort.1 = !listing.sort.1),
        Action::SortBy(column) => return sorting::by(model, column),
        Action::Tree => change(model, |listing| listing.is_tree = !listing.is_tree),
        Action::FullCommand => model.settings.has_full_commands = !model.settings.has_full_commands,
        Action::Follow => follow(model),
        Action::Compact => model.settings.is_compact = !model.settings.is_compact,
        Action::Colours => model.settings.theme = model.settings.theme.next(),
        Action::Language => {
            model.settings.lang = model.settings.lang.other();
        }
        Action::Logs => {
            model.screen.has_logs = !model.screen.has_logs;
            if model.screen.has_logs {
                return vec![commands::logs(model)];
            }
        }
        Action::ErrorsOnly => {
            model.logs.errors_only = !model.logs.errors_only;
            return vec![commands::logs(model)];
        }
        Action::Report => return commands::report(model),
        Action::Copy => return commands::copy(model),
        Action::Help => model.screen.help = Help::Keys(0),
        Action::Close => return close(model),
        Action::Quit => return leave(model),
        Action::Jump => ask(model, Wanted::Jump, ""),
        Action::JumpOn => ask(model, Wanted::JumpOn, &model.stride.clone()),
        Action::JumpBack => ask(model, Wanted::JumpBack, &model.stride.clone()),
        Action::Filter => ask(model, Wanted::Filter, &model.listing(model.screen.focused()).filter),
        Action::FilterUser => ask(model, Wanted::User, ""),
        Action::AddLog => ask(model, Wanted::Log, ""),
        Action::Export => ask(model, Wanted::Export, ""),
        Action::Command => ask(model, Wanted::Command, ""),
        Action::Question => {
            let effects = commands::only(model, Panel::Question);
            ask(model, Wanted::Question, &model.asked.line.clone());
            return effects;
        }
    }
    Vec::new()
}

fn ask(model: &mut Model, wanted: Wanted, text: &str) {
    model.prompt = Some(Prompt::new(wanted, text));
}

/// Changes how the panel with the keys lists its rows.
pub fn change(model: &mut Model, how: impl FnOnce(&mut Listing)) {
    let panel = model.screen.focused();
    how(model.lists.entry(panel).or_insert_with(|| Listing::of(panel)));
}

/// Chooses a row so many further down.
pub fn row(model: &mut Model, by: i64) {
    let panel = model.screen.focused();
    let shown = model.shown(panel);
    let Some(last) = shown.rows.len().checked_sub(1) else { return };
    let here = shown.chosen.unwrap_or(0);
    let place = (here as i64).saturating_add(by).clamp(0, last as i64) as usize;
    let key = shown.rows[place].key.clone();
    change(model, |listing| (listing.chosen, listing.place) = (Some(key), place));
}

/// Chooses the row on a line of the panel, counted from its first row on the screen.
pub fn row_at(model: &mut Model, line: usize) {
    let panel = model.screen.focused();
    let shown = model.shown(panel);
    let height = super::super::layout::rows_of(model, model.screen.focus);
    let first = super::super::layout::first_row(shown.chosen, shown.rows.len(), height);
    let Some(row) = shown.rows.get(first + line) else { return };
    let (key, place) = (row.key.clone(), first + line);
    change(model, |listing| (listing.chosen, listing.place) = (Some(key), place));
}

fn play(model: &mut Model) {
    let now = model.now;
    model.time.play = match model.time.play {
        Some(_) => None,
        None => {
            model.time.follows = false;
            Some(super::super::model::Play { speed: 0, due: now })
        }
    };
}

fn mark(model: &mut Model, is_end: bool) {
    let here = model.time.cursor;
    let range = &mut model.time.range;
    if is_end {
        range.1 = Some(here)
    } else {
        *range = (Some(here), range.1.filter(|end| *end > here))
    }
    model.time.is_range_new = model.time.marked().is_some();
    let word = match model.time.range {
        (Some(from), Some(to)) if from >= to => words::RANGE_EMPTY,
        (Some(_), Some(_)) => words::RANGE_SET,
        _ if is_end => words::RANGE_ENDS,
        _ => words::RANGE_BEGINS,
    };
    let text = words::filled(model.say(word), &[&model.when(here, 1)]);
    model.tell(text, word == words::RANGE_EMPTY);
}

fn preset(model: &mut Model, number: u8) -> Vec<Effect> {
    model.screen.show(number);
    if let Some(column) = model.screen.preset().sort {
        for panel in [Panel::Process, Panel::Java] {
            let listing = model.lists.entry(panel).or_insert_with(|| Listing::of(panel));
            listing.sort = (column.into(), true);
        }
    }
    moving::stay(model)
}

/// What the row under the cursor of rows stands for is opened; a new range is zoomed into.
fn enter(model: &mut Model) -> Vec<Effect> {
    if let Some((from, to)) = model.time.marked().filter(|_| model.time.is_range_new) {
        model.time.is_range_new = false;
        model.time.follows = false;
        model.time.zooms.push(super::super::model::Zoom::Range(Micros(from.0 - 1), to));
        return moving::course(model);
    }
    let panel = model.screen.focused();
    let shown = model.shown(panel);
    let Some(row) = shown.chosen.and_then(|place| shown.rows.get(place)) else { return Vec::new() };
    match panel {
        Panel::Process | Panel::Java | Panel::Cgroup => {
            let Some(sheet) = panel.list().and_then(|list| model.sheet(list.question)) else {
                return Vec::new();
            };
            let subject = match panel {
                Panel::Cgroup => Subject::Cgroup { path: sheet.text(row.row, "path").unwrap_or_default() },
                _ => {
                    let (Some(pid), Some(start)) =
                        (sheet.number(row.row, "pid"), sheet.time(row.row, "start_time"))
                    else {
                        return Vec::new();
                    };
                    let name = sheet.text(row.row, "comm").unwrap_or_default();
                    Subject::Process { pid: pid as i64, start_time: start, name }
                }
            };
            model.subject = Some(subject);
            model.history = None;
            model.screen.only = Some(Panel::History);
            model.screen.focus = 0;
            moving::course(model)
        }
        Panel::Events => match model.time.marks.get(row.row).map(|mark| mark.ts) {
            Some(at) => moving::by_hand(model, Move::At(at)),
            None => Vec::new(),
        },
        Panel::Question => match &model.asked.answer {
            Some(Ok(sheet)) => match sheet.time(row.row, "ts") {
                Some(at) => moving::by_hand(model, Move::At(at)),
                None => Vec::new(),
            },
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The panel with the keys alone, and back.
fn full(model: &mut Model) -> Vec<Effect> {
    match model.screen.only {
        Some(_) => {
            model.screen.show(model.screen.preset);
            moving::stay(model)
        }
        None => {
            let panel = model.screen.focused();
            model.screen.show_only(panel);
            Vec::new()
        }
    }
}

fn follow(model: &mut Model) {
    let panel = model.screen.focused();
    let shown = model.shown(panel);
    let chosen = shown.chosen.map(|place| (shown.rows[place].key.clone(), place));
    change(model, |listing| {
        listing.follows = !listing.follows && chosen.is_some();
        if let Some((key, place)) = chosen.filter(|_| listing.follows) {
            (listing.chosen, listing.place) = (Some(key), place);
        }
    });
}

/// Closes one thing a press: what was typed and is being worked on, what is full, a filter, the marked range.
fn close(model: &mut Model) -> Vec<Effect> {
    let typed = &mut model.typed;
    if model.asked.is_running || typed.until.is_some() || (typed.writing > 0 && !typed.is_cancelled) {
        typed.is_cancelled = typed.writing > 0;
        typed.until = None;
        return vec![Effect::Cancel];
    }
    let panel = model.screen.focused();
    let listing = model.listing(panel);
    if !listing.filter.is_empty() || listing.follows {
        change(model, |listing| (listing.filter, listing.follows) = (String::new(), false));
    } else if model.screen.only.is_some() {
        model.screen.show(model.screen.preset);
        return moving::stay(model);
    } else if model.screen.has_logs {
        model.screen.has_logs = false;
    } else {
        model.time.range = (None, None);
        model.time.is_range_new = false;
    }
    Vec::new()
}

fn in_help(model: &mut Model, key: Key, action: Action) -> Vec<Effect> {
    let scrolled = |line: usize, by: i64| line.saturating_add_signed(by as isize);
    let by = match (key, action) {
        (Key::PageUp, _) => -HELP_PAGE,
        (Key::PageDown, _) => HELP_PAGE,
        (_, Action::RowUp) => -1,
        (_, Action::RowDown) => 1,
        (_, Action::Help) => {
            model.screen.help = match model.screen.help {
                Help::Keys(_) | Help::Commands(_) => {
                    Help::Glossary { text: String::new(), found: Vec::new(), line: 0 }
                }
                _ => Help::Closed,
            };
            return match model.screen.help {
                Help::Glossary { .. } => {
                    vec![Effect::Words { text: String::new(), lang: model.settings.lang }]
                }
                _ => Vec::new(),
            };
        }
        (_, Action::Filter) => {
            let is_keys = matches!(model.screen.help, Help::Keys(_) | Help::Commands(_));
            if is_keys {
                model.screen.help = Help::Glossary { text: String::new(), found: Vec::new(), line: 0 };
            }
            ask(model, Wanted::Search, "");
            return if is_keys {
                vec![Effect::Words { text: String::new(), lang: model.settings.lang }]
            } else {
                Vec::new()
            };
        }
        (_, Action::Language) => {
            act(model, Action::Language);
            return match &model.screen.help {
                Help::Glossary { text, .. } => {
                    vec![Effect::Words { text: text.clone(), lang: model.settings.lang }]
                }
                _ => Vec::new(),
            };
        }
        (_, Action::Close | Action::Quit) if key != Key::Ctrl('c') => {
            model.screen.help = Help::Closed;
            return Vec::new();
        }
        (Key::Ctrl('c'), _) => return vec![Effect::Quit],
        _ => return Vec::new(),
    };
    match &mut model.screen.help {
        Help::Keys(line) | Help::Commands(line) | Help::Glossary { line, .. } => *line = scrolled(*line, by),
        Help::Closed => {}
    }
    Vec::new()
}
