//! What holds for this run, of options, variables of the environment, the configuration file and
//! defaults, in this order. Nothing is kept of it once a command has taken what it needs.

mod alerts;
mod effective;
mod example;
mod file;
mod given;
mod key;
mod keys;
mod near;
mod show;
mod variables;

use std::path::PathBuf;

use anyhow::Result;

pub use alerts::InForce;
pub use given::{Given, Keeping, Options, Recording};
pub use show::run;

use super::Misused;
use crate::time::show_duration;
use key::{Declared, Key, Kind, Otherwise};
use keys::KEYS;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    Flag(&'static str),
    Variable(String),
    /// A line of the file.
    Line(usize),
    Default,
}

struct Value {
    key: &'static Declared,
    text: String,
    origin: Origin,
}

/// The values of this run.
pub struct Config {
    file: Option<PathBuf>,
    /// What was given, the weightier before the lighter.
    values: Vec<Value>,
    /// Rules that the file has.
    rules: Vec<alerts::Given>,
}

impl Config {
    /// What the file and all else say. A problem anywhere is misuse: nothing of it is guessed.
    pub fn read(named: Option<PathBuf>, given: Vec<Given>) -> Result<Config> {
        let (config, problems) = Config::gather(named, given);
        variables::warn();
        match &problems[..] {
            [] => Ok(config),
            [one] => Err(Misused(one.clone()).into()),
            [first, rest @ ..] => {
                let more = format!("{first} (and {} more; see `sysray config check`)", rest.len());
                Err(Misused(more).into())
            }
        }
    }

    /// What the options alone say.
    pub fn of_options(given: Vec<Given>) -> Config {
        let mut config = Config { file: None, values: vec![], rules: vec![] };
        for (key, text) in given {
            let origin = Origin::Flag(key.flag.map_or("", |flag| flag.long));
            config.values.push(Value { key, text, origin });
        }
        config
    }

    /// The same as [`Config::read`] with all problems, a line each.
    fn gather(named: Option<PathBuf>, given: Vec<Given>) -> (Config, Vec<String>) {
        let mut config = Config::of_options(given);
        let mut problems = config.take_variables();
        config.file = file::find(named);
        problems.extend(config.take_file());
        if problems.is_empty() {
            problems = config.too_often();
        }
        (config, problems)
    }

    fn take_variables(&mut self) -> Vec<String> {
        let mut problems = Vec::new();
        for key in KEYS {
            let name = key.variable();
            let Some(text) = std::env::var_os(&name).filter(|text| !text.is_empty()) else { continue };
            let checked = match text.into_string() {
                Ok(text) => (key.check)(&text).map(|()| text),
                Err(_) => Err("this is no UTF-8".into()),
            };
            match checked {
                Ok(text) => self.values.push(Value { key, text, origin: Origin::Variable(name) }),
                Err(what) => problems.push(format!("{name}: {what}")),
            }
        }
        problems
    }

    fn take_file(&mut self) -> Vec<String> {
        let Some(path) = &self.file else { return vec![] };
        let text = match file::read(path) {
            Ok(text) => text,
            Err(what) => return vec![what],
        };
        let parsed = file::parse(&text);
        for file::Line { key, text, line } in parsed.lines {
            self.values.push(Value { key, text, origin: Origin::Line(line) });
        }
        self.rules = parsed.rules;
        let path = path.display();
        parsed.problems.iter().map(|(line, what)| format!("{path}:{line}: {what}")).collect()
    }

    /// Collectors that were told to read more often than there are samples.
    fn too_often(&self) -> Vec<String> {
        let every = self.get(&keys::INTERVAL);
        let own = KEYS.iter().filter(|key| key.table.starts_with("collect.") && key.kind == Kind::Time);
        let wrong = own.filter_map(|key| {
            let value = self.find(key)?;
            let interval = (keys::INTERVAL.parse)(&value.text).ok()?;
            (interval < every).then(|| {
                format!(
                    "{}: {}{}: {} is less than the time between two samples, {} ({})",
                    self.told(&value.origin),
                    key.name,
                    file::within(key.table),
                    value.text,
                    show_duration(every),
                    self.find(keys::INTERVAL.declared).map_or("default".into(), |v| self.told(&v.origin)),
                )
            })
        });
        wrong.collect()
    }

    /// The value that holds, of those that were given.
    fn find(&self, key: &Declared) -> Option<&Value> {
        self.values.iter().find(|value| value.key.table == key.table && value.key.name == key.name)
    }

    /// The value of a key; `None` where it is given nowhere and its default is no value.
    fn if_any<T>(&self, key: &Key<T>) -> Option<T> {
        let text = match (self.find(key.declared), key.declared.default) {
            (Some(value), _) => value.text.as_str(),
            (None, Otherwise::Is(text)) => text,
            (None, Otherwise::Says(..)) => return None,
        };
        Some((key.parse)(text).expect("a value was checked when it was taken, a default by a test"))
    }

    /// The value of a key whose default is a value.
    fn get<T>(&self, key: &Key<T>) -> T {
        self.if_any(key).expect("this key has a default")
    }

    /// An origin as messages and lists name it.
    fn told(&self, origin: &Origin) -> String {
        match origin {
            Origin::Flag(long) => format!("--{long}"),
            Origin::Variable(name) => name.clone(),
            Origin::Line(line) => {
                format!("{}:{line}", self.file.as_deref().unwrap_or("".as_ref()).display())
            }
            Origin::Default => "default".into(),
        }
    }
}
