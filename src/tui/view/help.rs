//! Help over the panels: the key table, what may be typed behind `:`, and the glossary.

use ratatui::layout::Rect;

use super::super::keys::Group;
use super::super::model::{Found, Help, Model};
use super::super::theme::Role;
use super::super::words::{self, Word};
use super::paint::{Paint, columns};

/// Draws what is open of it.
pub fn draw(model: &Model, paint: &mut Paint, area: Rect) {
    paint.clear(area);
    let (title, lines, from) = match &model.screen.help {
        Help::Closed => return,
        Help::Keys(line) => (words::HELP, keys(model), *line),
        Help::Commands(line) => (words::COMMANDS, commands(model), *line),
        Help::Glossary { text, found, line } => {
            (words::GLOSSARY, glossary(model, text, found, area.width), *line)
        }
    };
    paint.text(area.x, area.y, area.width, &"─".repeat(usize::from(area.width)), Role::Dim);
    paint.text(
        area.x + 1,
        area.y,
        area.width.saturating_sub(1),
        &format!(" {} ", model.say(title)),
        Role::Title,
    );
    let height = usize::from(area.height.saturating_sub(1));
    let from = from.min(lines.len().saturating_sub(height));
    for (line, (text, role)) in lines.iter().skip(from).take(height).enumerate() {
        paint.text(area.x, area.y + 1 + line as u16, area.width, text, *role);
    }
}

fn keys(model: &Model) -> Vec<(String, Role)> {
    let bindings = model.settings.keys.bindings();
    let mut lines = Vec::new();
    for group in Group::ALL {
        lines.push((model.say(group.title()).to_string(), Role::Title));
        for (keys, binding) in bindings.iter().filter(|(_, binding)| binding.group == group) {
            let keys: Vec<String> = keys.iter().map(|key| key.name(model.settings.lang)).collect();
            let keys = keys.join(" ");
            let pad = 14usize.saturating_sub(usize::from(columns(&keys)));
            lines.push((format!("  {keys}{} {}", " ".repeat(pad), model.say(binding.about)), Role::Text));
        }
    }
    lines.push((String::new(), Role::Text));
    lines.push((format!(": {}", model.say(words::COMMANDS)), Role::Title));
    lines.extend(commands(model));
    lines
}

/// A line each, what they do one below the other.
fn commands(model: &Model) -> Vec<(String, Role)> {
    let of = |word: &Word| model.say(*word).split_once("{}").unwrap_or((model.say(*word), ""));
    let wide = words::commands::ALL.iter().map(|(_, word)| columns(of(word).0)).max().unwrap_or(0);
    let line = |(_, word): &(&str, Word)| {
        let (written, about) = of(word);
        let pad = " ".repeat(usize::from(wide - columns(written)) + 1);
        (format!("  {written}{pad}{about}"), Role::Text)
    };
    words::commands::ALL.iter().map(line).collect()
}

fn glossary(model: &Model, text: &str, found: &[Found], width: u16) -> Vec<(String, Role)> {
    let mut lines = Vec::new();
    if !text.is_empty() {
        lines.push((format!("/ {text}"), Role::Second));
    }
    if found.is_empty() {
        lines.push((model.say(words::NO_ROWS).to_string(), Role::Dim));
    }
    for term in found {
        lines.push((term.title.clone(), Role::Title));
        for line in wrapped(&term.text, usize::from(width.saturating_sub(4)).max(10)) {
            lines.push((format!("  {line}"), Role::Text));
        }
    }
    lines
}

/// Lines of so many columns at most, broken at spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if usize::from(columns(line) + columns(word)) < width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_string());
        }
    }
    lines
}
