//! The first line, which says where in time this is, and the last, where one types and is told things.

use ratatui::layout::Rect;

use super::super::keys::Action;
use super::super::model::{Help, Model, Wanted};
use super::super::theme::Role;
use super::super::words;
use super::paint::{Paint, columns};

/// The first line: host, time and zone at the cursor, how it goes on, where it is recorded.
pub fn head(model: &Model, paint: &mut Paint, area: Rect) {
    if area.height == 0 {
        return;
    }
    let mut x = area.x;
    let mut put = |paint: &mut Paint, text: &str, role: Role| {
        x += paint.text(x, area.y, area.right().saturating_sub(x), text, role);
    };
    put(paint, if model.host.is_empty() { "sysray" } else { &model.host }, Role::Title);
    if model.time.extent.is_some() {
        put(paint, &format!("  {}  ", model.moment_text()), Role::Text);
    } else {
        put(paint, "  ", Role::Text);
    }
    let (word, role) = match (&model.time.play, model.time.follows, model.time.is_live) {
        _ if model.time.is_frozen => (words::FROZEN, Role::Warning),
        (Some(_), ..) => (words::PLAYING, Role::Second),
        (None, true, true) => (words::LIVE, Role::Good),
        (None, false, true) => (words::PAUSED, Role::Warning),
        (None, _, false) => (words::REPLAY, Role::Second),
    };
    put(paint, model.say(word), role);
    if let Some(play) = model.time.play {
        put(paint, &format!(" ×{}", f64::from(play.speed).exp2()), Role::Second);
    }
    if model.typed.writing > 0 {
        put(paint, &format!("  {}", model.say(words::WRITING)), Role::Second);
    }
    let place = format!(" {}", if model.is_kept { &model.place } else { model.say(words::NOT_KEPT) });
    if x + columns(&place) < area.right() {
        paint.right(area.x, area.y, area.width, &place, Role::Dim);
    }
}

/// The last line: what is typed, else what was said, else the keys one begins with.
pub fn foot(model: &Model, paint: &mut Paint, area: Rect) {
    if area.height == 0 {
        return;
    }
    if let Some(prompt) = &model.prompt {
        let word = match prompt.wanted {
            Wanted::Jump => words::P_JUMP,
            Wanted::JumpOn => words::P_JUMP_ON,
            Wanted::JumpBack => words::P_JUMP_BACK,
            Wanted::Filter => words::P_FILTER,
            Wanted::User => words::P_USER,
            Wanted::Command => words::P_COMMAND,
            Wanted::Log => words::P_LOG,
            Wanted::Export => words::P_EXPORT,
            Wanted::Question => words::P_QUESTION,
            Wanted::Search => words::P_SEARCH,
        };
        let label = match prompt.wanted {
            Wanted::Command => model.say(word).to_string(),
            _ => format!("{}{}", model.say(word), model.say(words::COLON)),
        };
        let taken = paint.text(area.x, area.y, area.width, &label, Role::Title);
        let room = area.width.saturating_sub(taken + 1);
        // What stands before the cursor is in sight, however long the line.
        let before: String = prompt.text.chars().take(prompt.place).collect();
        let skip = columns(&before).saturating_sub(room);
        let text: String = prompt.text.chars().skip(usize::from(skip)).collect();
        paint.text(area.x + taken, area.y, area.width.saturating_sub(taken), &text, Role::Text);
        let x = area.x + taken + columns(&before) - skip;
        paint.over(Rect { x, width: 1, ..area }, Role::Cursor);
        return;
    }
    match &model.notice {
        Some(notice) => {
            let role = if notice.is_error { Role::Critical } else { Role::Second };
            paint.text(area.x, area.y, area.width, &notice.text, role);
        }
        None => {
            let word = if model.screen.help == Help::Closed { words::HINTS } else { words::HINTS_HELP };
            let next = model.settings.keys.key_of(Action::NextMark);
            let next = next.map_or_else(String::new, |key| key.name(model.settings.lang));
            let text = words::filled(model.say(word), &[&next]);
            paint.text(area.x, area.y, area.width, &text, Role::Dim);
        }
    }
}
