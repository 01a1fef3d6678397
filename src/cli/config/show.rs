//! `sysray config`: what holds and why, and what is wrong with a file.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, RecordBatch, StringArray};

use super::alerts::{ALERT, Shown};
use super::key::{Declared, Otherwise};
use super::{Config, KEYS, Misused, Origin, example, file, keys, variables};
use crate::cli::args::{ConfigCommand, ConfigFormat, ConfigShow};
use crate::cli::place;
use crate::export::{self, Format};
use crate::store::Space;
use crate::time::show_duration;

/// Runs one of them.
pub fn run(command: ConfigCommand) -> Result<()> {
    match command {
        ConfigCommand::Show(args) => show(args),
        ConfigCommand::Check(args) => check(args.file.or(args.config)),
        ConfigCommand::Example => Ok(write!(io::stdout(), "{}", example::example())?),
    }
}

/// The value of each key, and where it came from.
fn show(args: ConfigShow) -> Result<()> {
    let mut given = args.recording.0;
    given.extend(args.policy.0);
    if let Some(store) = &args.place.store {
        given.insert(0, (keys::STORE.declared, store.display().to_string()));
    }
    let config = Config::read(args.place.config, given)?;
    let strangers = variables::strangers();
    if !strangers.is_empty() {
        eprintln!("sysray: no key has the variable {}", strangers.join(", "));
    }
    let mut out = io::stdout().lock();
    match args.format {
        ConfigFormat::Toml => {
            let mut text = String::new();
            example::each_table(&mut text, |key, text| {
                let (value, from) = config.shown(key);
                *text += &match value {
                    Ok(value) => format!("{} = {}  # {from}\n", key.name, key.written(&value)),
                    Err(words) => format!("# {}: {words}\n", key.name),
                };
            });
            for (name, keys) in config.shown_rules() {
                text += &format!("\n[{ALERT}.{name}]\n");
                for (key, value, from) in keys {
                    text += &format!("{} = {}  # {from}\n", key.name, key.kind.written(&value));
                }
            }
            write!(out, "{}", text.trim_start())?;
        }
        ConfigFormat::Text => {
            let shown = |key: &&'static Declared| {
                let (value, from) = config.shown(key);
                (key.path(), value.unwrap_or_else(|words| words), from)
            };
            let rules = config.shown_rules().into_iter().flat_map(|(name, keys)| {
                let row =
                    move |(key, value, from): Shown| (format!("{ALERT}.{name}.{}", key.name), value, from);
                keys.into_iter().map(row)
            });
            let rows: Vec<_> = KEYS.iter().map(shown).chain(rules).collect();
            let column = |of: fn(&(String, String, String)) -> &str| -> ArrayRef {
                Arc::new(rows.iter().map(of).map(Some).collect::<StringArray>())
            };
            let columns = [
                ("key", column(|row| &row.0)),
                ("value", column(|row| &row.1)),
                ("from", column(|row| &row.2)),
            ];
            let batch = RecordBatch::try_from_iter(columns)?;
            export::write(Format::Table, &batch.schema(), [&batch], &mut out, &export::Options::default())?;
        }
    }
    Ok(())
}

/// All that is wrong with a file, or with what holds here.
fn check(named: Option<PathBuf>) -> Result<()> {
    let (config, mut problems) = Config::gather(named, vec![]);
    problems.extend(variables::mistyped());
    if config.file.is_none() {
        problems.extend(file::hidden());
    }
    let places =
        || file::places().iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" and ");
    let fine = match &config.file {
        Some(path) => format!("{} is fine", path.display()),
        None => format!("there is no file, which is fine; looked for {}", places()),
    };
    match problems.pop() {
        None => Ok(writeln!(io::stdout(), "{fine}")?),
        Some(last) => {
            for problem in problems {
                eprintln!("sysray: {problem}");
            }
            Err(Misused(last).into())
        }
    }
}

impl Config {
    /// The value of a key, or the words that stand for one, and where it came from.
    fn shown(&self, key: &'static Declared) -> (Result<String, String>, String) {
        let is = |other: &Declared| key.table == other.table && key.name == other.name;
        if let Some(value) = self.find(key) {
            return (Ok(value.text.clone()), self.told(&value.origin));
        }
        let value = match key.default {
            Otherwise::Is(value) => Ok(value.to_string()),
            Otherwise::Says(..) if is(keys::KEEP_PROCESS.declared) => {
                let from = self.find(keys::KEEP.declared).map_or(&Origin::Default, |value| &value.origin);
                return (Ok(show_duration(self.keep_process())), self.told(from));
            }
            Otherwise::Says(words, _) if is(keys::STORE.declared) => {
                place::default_store().map(|path| path.display().to_string()).map_err(|_| words.into())
            }
            Otherwise::Says(words, _) if is(keys::MAX_SIZE.declared) => {
                let root = self.store().or_else(|| place::default_store().ok());
                let space = root.and_then(|root| Space::of(&root).ok());
                space.map(|space| space.default_max_bytes().to_string()).ok_or(words.into())
            }
            Otherwise::Says(words, _) => Err(words.into()),
        };
        (value, self.told(&Origin::Default))
    }
}
