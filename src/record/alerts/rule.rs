//! A rule: when something is the matter, how long it has to be, when it is over, and what is done then.

use std::time::Duration;

use super::condition::Condition;
use super::filter::Filter;
use crate::schema::rows::Event;
use crate::time::parse_duration;

/// How long a command may take where its rule does not say.
const COMMAND_TIMEOUT: &str = "30s";
/// The longest time that a rule may wait for anything, and a command take.
const LONGEST: Duration = Duration::from_secs(86_400);
/// The longest name.
const NAME_BYTES: usize = 64;

/// A rule, as it is watched.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    pub condition: Condition,
    /// The rows it is about.
    pub filter: Filter,
    /// For how long it holds before it is raised.
    pub lasts: Duration,
    /// It holds on until a value no longer compares so with this.
    pub clear: f64,
    /// For how long it does not hold before it is cleared.
    pub clear_lasts: Duration,
    /// One of those of [`Event`].
    pub severity: &'static str,
    /// What it means, for people.
    pub about: Option<String>,
    /// The program that is run when it is raised and when it is cleared, and its arguments.
    pub command: Vec<String>,
    /// How long that may take.
    pub command_timeout: Duration,
    /// Whether it is watched.
    pub is_enabled: bool,
}

/// The key of a rule that cannot be meant, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Empty where it is the rule as a whole.
    pub key: &'static str,
    pub what: String,
}

impl Rule {
    /// Reads the rule of that name, whose keys `written` knows as texts (docs/alerts.md has them). `command` is a
    /// list in JSON.
    ///
    /// # Errors
    /// The first key that cannot be meant.
    pub fn read<'a>(name: &str, written: impl Fn(&str) -> Option<&'a str>) -> Result<Rule, Wrong> {
        let wrong = |key: &'static str| move |what: String| Wrong { key, what };
        let is_sound = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || name.len() > NAME_BYTES || !name.chars().all(is_sound) {
            let what = format!("a name is made of letters, digits, _ and -, at most {NAME_BYTES}");
            return Err(wrong("")(what));
        }
        let missing = || wrong("")("`when` is missing, such as when = \"filesystem.used_pct > 95\"".into());
        let condition = Condition::parse(written("when").ok_or_else(missing)?).map_err(wrong("when"))?;
        let filter = written("where").map(|text| Filter::parse(text, condition.table)).transpose();
        let time = |key: &'static str, otherwise: &'static str| {
            let text = written(key).unwrap_or(otherwise);
            match parse_duration(text).map_err(|e| wrong(key)(e.to_string()))? {
                time if time > LONGEST => Err(wrong(key)("at most a day is wanted".into())),
                time => Ok(time),
            }
        };
        let clear =
            written("clear").map(|text| condition.number(text)).transpose().map_err(wrong("clear"))?;
        let clear = clear.unwrap_or(condition.threshold);
        let beyond = clear - condition.threshold;
        if (condition.comparison.is_upwards() && beyond > 0.0)
            || (!condition.comparison.is_upwards() && beyond < 0.0)
        {
            let (than, threshold) = match condition.comparison.is_upwards() {
                true => ("more", condition.limit(condition.threshold)),
                false => ("less", condition.limit(condition.threshold)),
            };
            return Err(wrong("clear")(format!("this is {than} than the {threshold} of `when`")));
        }
        let command = match written("command").map(serde_json::from_str::<Vec<String>>) {
            Some(Ok(words)) if words.first().is_some_and(|program| !program.is_empty()) => words,
            Some(_) => return Err(wrong("command")("a program is wanted, and its arguments".into())),
            None => Vec::new(),
        };
        let command_timeout = time("command_timeout", COMMAND_TIMEOUT)?;
        if command_timeout.is_zero() {
            return Err(wrong("command_timeout")("a time longer than 0 is wanted, such as 30s".into()));
        }
        Ok(Rule {
            name: name.into(),
            filter: filter.map_err(wrong("where"))?.unwrap_or_default(),
            lasts: time("for", "0s")?,
            clear,
            clear_lasts: time("clear_for", "0s")?,
            severity: severity(written("severity").unwrap_or(Event::WARNING)).map_err(wrong("severity"))?,
            about: written("about").map(Into::into),
            command,
            command_timeout,
            is_enabled: written("enabled") != Some("false"),
            condition,
        })
    }

    /// What it says, as it is written.
    pub fn when(&self) -> String {
        let condition = &self.condition;
        let threshold = condition.limit(condition.threshold);
        format!("{} {} {threshold}", condition.name(), condition.comparison.sign())
    }
}

fn severity(text: &str) -> Result<&'static str, String> {
    let known = [Event::INFO, Event::WARNING, Event::CRITICAL];
    known.into_iter().find(|known| *known == text).ok_or("info, warning or critical is wanted".into())
}

/// Which rules are watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The defaults, and those that were written.
    All,
    /// Those that were written.
    Own,
    None,
}
