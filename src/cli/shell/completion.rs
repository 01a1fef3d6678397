//! What Tab offers: tables where a table is due, else columns of the question's tables, functions and SQL's
//! own words; behind a backslash the commands and what they take.

use super::commands::COMMANDS;
use super::statement::{self, ends_hidden};
use crate::export::Format;
use crate::query::{EXAMPLES, Vocabulary};

const SQL: &str = "and|as|asc|between|by|case|desc|describe|distinct|else|end|explain|from|group by|having|in|is|\
    join|left join|like|limit|not|null|on|or|order by|over|partition by|select|show tables|then|union all|when|\
    where|with";

/// Where the word begins that ends at `at`, and what it may become.
pub fn complete(text: &str, at: usize, words: &Vocabulary) -> (usize, Vec<String>) {
    let before = &text[..at];
    if let Some((_, line)) = statement::command(before).filter(|(_, line)| line.starts_with('\\')) {
        // Blanks at its end count here: they begin what it takes.
        let from = before.rfind(line).unwrap_or(0);
        let (start, offered) = command(&before[from..], words);
        return (from + start, offered);
    }
    if let Some(line) = before.trim_start().strip_prefix('@').filter(|line| !line.contains('\n')) {
        let (start, offered) = named(line);
        return (at - line.len() + start, offered);
    }
    let start = before.rfind(|c: char| !is_word(c)).map_or(0, |at| at + char_length(before, at));
    if ends_hidden(&before[..start]) {
        return (at, Vec::new());
    }
    let word = before[start..].to_lowercase();
    let begins = |name: &&String| name.to_lowercase().starts_with(&word);
    if takes_table(&before[..start]) {
        return (start, words.tables.keys().filter(begins).cloned().collect());
    }
    let mentioned = mentioned(text, words);
    if let Some((owner, part)) = word.rsplit_once('.') {
        let alias = mentioned.iter().find(|(_, alias)| alias == owner);
        let table = words.tables.get(alias.map_or(owner, |(name, _)| name.as_str()));
        let of = table.into_iter().flatten().filter(|column| column.starts_with(part)).cloned().collect();
        return (start + owner.len() + 1, of);
    }
    if word.is_empty() && mentioned.is_empty() {
        return (start, Vec::new());
    }
    let columns = mentioned.iter().flat_map(|(name, _)| &words.tables[*name]);
    let mut offered: Vec<String> = columns.filter(begins).cloned().collect();
    // Without a table no column can be meant for sure, but a name may be looked for.
    if mentioned.is_empty() && word.len() > 2 {
        offered.extend(words.tables.values().flatten().filter(begins).cloned());
    }
    if !word.is_empty() {
        offered.extend(words.functions.iter().filter(begins).map(|name| format!("{name}(")));
        offered
            .extend(SQL.split('|').filter(|known| known.starts_with(&word)).map(|known| format!("{known} ")));
    }
    offered.sort();
    offered.dedup();
    (start, offered)
}

/// The name of an example, or what of it can be chosen.
fn named(line: &str) -> (usize, Vec<String>) {
    let Some(blank) = line.rfind(' ') else {
        let names = EXAMPLES.iter().filter(|example| example.name.starts_with(line));
        let offered = names.map(|example| match example.parameters().is_empty() {
            true => example.name.to_string(),
            false => format!("{} ", example.name),
        });
        return (0, offered.collect());
    };
    let name = line.split(' ').next().unwrap_or_default();
    let known = EXAMPLES.iter().find(|example| example.name == name);
    let offered = known.map(|example| example.parameters()).unwrap_or_default();
    let offered = offered.into_iter().map(|one| format!("{}=", one.name));
    (blank + 1, offered.filter(|one| one.starts_with(&line[blank + 1..])).collect())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

fn char_length(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

/// Whether the word behind is the name of a table.
fn takes_table(before: &str) -> bool {
    let mut words = before.split_whitespace().rev();
    let last = words.next().unwrap_or_default().to_lowercase();
    match last.as_str() {
        "from" | "join" | "describe" => true,
        // `from process p, `
        _ if last.ends_with(',') => words.take(3).any(|word| word.eq_ignore_ascii_case("from")),
        _ => false,
    }
}

/// The tables that the text names, each with the word that stands for it.
fn mentioned<'a>(text: &str, words: &'a Vocabulary) -> Vec<(&'a String, String)> {
    let text = text.to_lowercase();
    let all: Vec<&str> = text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    for (index, word) in all.iter().enumerate() {
        let Some((name, _)) = words.tables.get_key_value(*word) else { continue };
        let behind = index.checked_sub(1).map(|before| all[before]);
        if !behind.is_some_and(|word| matches!(word, "from" | "join")) && !text.contains(&format!(", {word}"))
        {
            continue;
        }
        let next: Vec<&&str> = all[index + 1..].iter().filter(|word| **word != "as").take(1).collect();
        found.push((name, word.to_string()));
        if let [alias] = next.as_slice() {
            found.push((name, alias.to_string()));
        }
    }
    found
}

/// A command's name, or what it takes.
fn command(before: &str, words: &Vocabulary) -> (usize, Vec<String>) {
    let Some(blank) = before.rfind(' ') else {
        let names = COMMANDS.iter().map(|(name, argument, _)| match argument.is_empty() {
            true => name.to_string(),
            false => format!("{name} "),
        });
        return (0, names.filter(|name| name.starts_with(before)).collect());
    };
    let part = &before[blank + 1..];
    let names: Vec<String> = match before.split_whitespace().next() {
        Some("\\d" | "\\dt") => words.tables.keys().cloned().collect(),
        Some("\\format") => {
            Format::ALL.iter().filter(|f| !f.is_binary()).map(|f| f.name().to_string()).collect()
        }
        Some("\\examples") => EXAMPLES.iter().map(|example| example.name.to_string()).collect(),
        Some("\\x" | "\\timing" | "\\pager") => vec!["off".into(), "on".into()],
        _ => Vec::new(),
    };
    (blank + 1, names.into_iter().filter(|name| name.starts_with(part)).collect())
}
