//! The configuration file: where it is, and its text as values of keys. Every problem says its line.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::alerts::{self, ALERT, Given};
use super::key::{Declared, Kind};
use super::keys::KEYS;
use super::near;

/// The largest file that is taken for a configuration.
const LARGEST_BYTES: u64 = 64 << 10;

/// Where the file is looked for, where none is named.
pub fn places() -> Vec<PathBuf> {
    let own = variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")));
    let folders = own.into_iter().chain([PathBuf::from("/etc")]);
    folders.map(|folder| folder.join("sysray").join("sysray.toml")).collect()
}

/// The file that holds: the named one, else that of the variable, else the first of the places that is there.
pub fn find(named: Option<PathBuf>) -> Option<PathBuf> {
    let named = named.or_else(|| variable("SYSRAY_CONFIG"));
    named.or_else(|| places().into_iter().find(|path| path.symlink_metadata().is_ok()))
}

/// The first of the places that this user cannot look into, so that nobody knows what is there.
pub fn hidden() -> Option<String> {
    let hidden = places().into_iter().find(|path| {
        path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
    })?;
    Some(format!("{}: this user may not look for it, so that it is not read", hidden.display()))
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Its text, or the one line that says why there is none.
pub fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes));
    let told = |what: &str| Err(format!("{}: {what}", path.display()));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => return told("there is no such file"),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return told("this user may not read it; name another with --config, or /dev/null for none");
        }
        Err(error) if error.kind() == ErrorKind::IsADirectory => {
            return told("this is a folder; name the file in it");
        }
        Err(error) => return told(&error.to_string()),
        Ok(_) if bytes.len() as u64 > LARGEST_BYTES => {
            return told("larger than 64 KiB, so this is no configuration");
        }
        Ok(_) => {}
    }
    String::from_utf8(bytes).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        format!("{}:{}: this line is no UTF-8", path.display(), line_of(sound, sound.len()))
    })
}

/// A value and the line it stands in.
pub struct Line {
    pub key: &'static Declared,
    pub text: String,
    pub line: usize,
}

/// What a file says, and what is wrong with it, by line.
#[derive(Default)]
pub struct Parsed {
    pub lines: Vec<Line>,
    pub rules: Vec<Given>,
    pub problems: Vec<(usize, String)>,
}

/// Reads the text of a file.
pub fn parse(text: &str) -> Parsed {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut parsed = Parsed::default();
    for error in &errors {
        let line = line_of(text.as_bytes(), error.span().map_or(0, |span| span.start));
        // A line that is no TOML has many faults; the first is the one to mend.
        if parsed.problems.last().is_none_or(|(last, _)| *last != line) {
            let what = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            parsed.problems.push((line, what));
        }
    }
    Walk { text, parsed: &mut parsed }.table("", table.get_ref());
    // A rule of which a line is wrong is judged as a whole when that is mended.
    let is_sound =
        |rule: &&Given| rule.is_sound && !parsed.problems.iter().any(|(line, _)| rule.lines().contains(line));
    let wrong = parsed.rules.iter().filter(is_sound).filter_map(alerts::problem).collect::<Vec<_>>();
    parsed.problems.extend(wrong);
    parsed.problems.sort();
    parsed
}

struct Walk<'a> {
    text: &'a str,
    parsed: &'a mut Parsed,
}

impl Walk<'_> {
    fn table(&mut self, table: &str, entries: &DeTable<'_>) {
        for (name, value) in entries {
            let line = line_of(self.text.as_bytes(), name.span().start);
            if self.parsed.problems.iter().any(|(wrong, _)| *wrong == line) {
                continue;
            }
            let inner = if table.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{table}.{name}", name = name.get_ref())
            };
            if table.is_empty() && name.get_ref() == ALERT {
                self.rules(value.get_ref(), line);
                continue;
            }
            match self.entry(table, name.get_ref(), &inner, value.get_ref()) {
                Ok(Some((key, text))) => self.parsed.lines.push(Line { key, text, line }),
                Ok(None) => {}
                Err(what) => self.parsed.problems.push((line, what)),
            }
        }
    }

    /// The table `[alert]`, whose entries are rules.
    fn rules(&mut self, value: &DeValue<'_>, line: usize) {
        const FORM: &str = "write [alert.NAME], and the keys of the rule below";
        let DeValue::Table(rules) = value else {
            return self.parsed.problems.push((line, format!("{ALERT} is a table of rules: {FORM}")));
        };
        for (name, value) in rules {
            let line = line_of(self.text.as_bytes(), name.span().start);
            match value.get_ref() {
                DeValue::Table(keys) => self.rule(name.get_ref(), keys, line),
                _ => {
                    let what = format!("{:?} in [{ALERT}] is no rule: {FORM}", name.get_ref());
                    self.parsed.problems.push((line, what));
                }
            }
        }
    }

    fn rule(&mut self, rule: &str, keys: &DeTable<'_>, line: usize) {
        let mut given = Given { name: rule.into(), line, keys: Vec::new(), is_sound: true };
        let table = given.table();
        for (name, value) in keys {
            let line = line_of(self.text.as_bytes(), name.span().start);
            let name: &str = name.get_ref();
            let read = match alerts::KEYS.iter().find(|key| key.name == name) {
                Some(key) => text_of(key.kind, value.get_ref())
                    .map(|text| (key, text))
                    .map_err(|what| format!("{name}{}: {what}", within(&table))),
                None => {
                    let near = near::among(name, &alerts::KEYS.map(|key| key.name));
                    Err(format!("unknown key {name:?}{}; {near}", within(&table)))
                }
            };
            match read {
                Ok((key, text)) => given.keys.push((key, text, line)),
                Err(what) => {
                    given.is_sound = false;
                    self.parsed.problems.push((line, what));
                }
            }
        }
        self.parsed.rules.push(given);
    }

    /// The value of a key; `None` for a table, whose entries it has read.
    fn entry(
        &mut self,
        table: &str,
        name: &str,
        inner: &str,
        value: &DeValue<'_>,
    ) -> Result<Option<(&'static Declared, String)>, String> {
        let key = KEYS.iter().find(|key| key.table == table && key.name == name);
        let is_table = near::tables()
            .iter()
            .any(|t| t.strip_prefix(inner).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')));
        match (key, value) {
            (None, DeValue::Table(entries)) if is_table => {
                self.table(inner, entries);
                Ok(None)
            }
            (None, DeValue::Table(_)) => {
                Err(format!("unknown table [{}]; {}", inner.escape_debug(), near::table(inner)))
            }
            (None, _) if is_table => Err(format!("{inner} is a table: write [{inner}], and its keys below")),
            (None, _) => Err(format!("unknown key {name:?}{}; {}", within(table), near::key(table, name))),
            (Some(key), value) => {
                let told = |what: String| format!("{name}{}: {what}", within(table));
                let text = text_of(key.kind, value).map_err(told)?;
                (key.check)(&text).map_err(told)?;
                Ok(Some((key, text)))
            }
        }
    }
}

/// Where a key stands, for messages.
pub fn within(table: &str) -> String {
    if table.is_empty() { String::new() } else { format!(" in [{table}]") }
}

/// A value as it would be typed for the key's option.
fn text_of(kind: Kind, value: &DeValue<'_>) -> Result<String, String> {
    let wanted = match (kind, value) {
        (Kind::Path, DeValue::String(path)) if !Path::new(&**path).is_absolute() => {
            return Err(format!("a path that begins with / is wanted, not {path:?}"));
        }
        (Kind::Word | Kind::Path | Kind::Time | Kind::Amount, DeValue::String(text)) => {
            return Ok(text.to_string());
        }
        (Kind::Time, DeValue::Integer(number)) => {
            return Err(format!("a time is wanted with its unit, such as \"{}s\"", number.as_str()));
        }
        (Kind::Time, DeValue::Float(number)) => {
            return Err(format!("a time is wanted with its unit, such as \"{}s\"", number.as_str()));
        }
        (Kind::Count | Kind::Amount, DeValue::Integer(number)) => {
            return i64::from_str_radix(number.as_str(), number.radix())
                .map(|number| number.to_string())
                .map_err(|_| format!("{} is too large", number.as_str()));
        }
        (Kind::Amount, DeValue::Float(number)) => return Ok(number.as_str().into()),
        (Kind::Count, DeValue::String(text)) if text == "none" => return Ok(text.to_string()),
        (Kind::Switch, DeValue::Boolean(is_on)) => return Ok(is_on.to_string()),
        (Kind::Words, DeValue::Array(words)) => return list_of(words.iter().map(|word| word.get_ref())),
        (Kind::Word | Kind::Path, _) => "a text in quotes",
        (Kind::Time, _) => "a time in quotes, such as \"10s\",",
        (Kind::Amount, _) => "a number, or a text in quotes,",
        (Kind::Count, _) => "a whole number without quotes, or \"none\",",
        (Kind::Words, _) => "a list of texts, such as [\"logger\", \"-t\", \"sysray\"],",
        (Kind::Switch, _) => "true or false",
    };
    Err(format!("{wanted} is wanted, not {}", called(value)))
}

/// Texts as a list in JSON.
fn list_of<'a>(words: impl Iterator<Item = &'a DeValue<'a>>) -> Result<String, String> {
    let text = |word: &DeValue<'_>| match word {
        DeValue::String(text) => Ok(text.to_string()),
        other => Err(format!("texts in quotes are wanted in the list, not {}", called(other))),
    };
    let texts = words.map(text).collect::<Result<Vec<String>, _>>()?;
    serde_json::to_string(&texts).map_err(|e| e.to_string())
}

fn called(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {text:?}"),
        DeValue::Integer(number) => number.as_str().into(),
        DeValue::Float(number) => number.as_str().into(),
        DeValue::Boolean(is_on) => is_on.to_string(),
        DeValue::Datetime(_) => "a date".into(),
        DeValue::Array(_) => "a list".into(),
        DeValue::Table(_) => "a table".into(),
    }
}

/// The number of the line at a byte, from 1.
fn line_of(text: &[u8], at: usize) -> usize {
    1 + text[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}
