//! Rules that raise alerts: those of the file, and the defaults that they stand before.

use super::key::Kind::{self, Amount, Switch, Time, Word, Words};
use super::{Config, Origin, keys};
use crate::record::alerts::{DEFAULTS, DefaultRule, Rule, Which, Wrong};

/// The table of the file that has a table for each rule.
pub const ALERT: &str = "alert";

/// A key of a rule.
pub struct RuleKey {
    pub name: &'static str,
    pub kind: Kind,
    /// What it is for, in a sentence without its full stop.
    about: &'static str,
    /// A value for the example.
    example: &'static str,
}

const fn key(name: &'static str, kind: Kind, example: &'static str, about: &'static str) -> RuleKey {
    RuleKey { name, kind, about, example }
}

/// All of them, in the order of the example file.
pub const KEYS: [RuleKey; 10] = [
    key(
        "when",
        Word,
        "filesystem.used_pct > 90",
        "When it holds: table.column, stored or derived, one of > >= < <=, and a number that may have a unit",
    ),
    key(
        "where",
        Word,
        "mount = /data* and remote != true",
        "Which rows it is about: stored columns and patterns with = or !=, several with `and`. Else all",
    ),
    key("for", Time, "1m", "How long it has to hold to be raised. Else it is at once"),
    key("clear", Amount, "85", "What the value has to come back to. Else the number of `when`"),
    key("clear_for", Time, "10s", "How long it must not hold to be cleared. Else it is at once"),
    key("severity", Word, "critical", "info, warning or critical. Else warning"),
    key("about", Word, "ask the storage team", "Words of your own that are told with it"),
    key(
        "command",
        Words,
        r#"["/usr/local/bin/page","--team","storage"]"#,
        "A program with its arguments, run when it is raised and when it is cleared; variables tell it why",
    ),
    key("command_timeout", Time, "10s", "How long that may take. Else 30s"),
    key("enabled", Switch, "true", "Whether it is watched. Else it is"),
];

/// A rule as the file has it.
pub struct Given {
    pub name: String,
    /// Where it begins.
    pub line: usize,
    /// Its keys, with their values as texts and their lines.
    pub keys: Vec<(&'static RuleKey, String, usize)>,
    /// Whether all its keys could be read.
    pub is_sound: bool,
}

impl Given {
    /// What its table is called.
    pub fn table(&self) -> String {
        format!("{ALERT}.{}", self.name.escape_debug())
    }

    /// The lines that it stands in.
    pub fn lines(&self) -> Vec<usize> {
        let keys = self.keys.iter().map(|(_, _, line)| *line);
        std::iter::once(self.line).chain(keys).collect()
    }

    fn find(&self, key: &str) -> Option<&(&'static RuleKey, String, usize)> {
        self.keys.iter().find(|(own, ..)| own.name == key)
    }

    /// The default that it changes: that of its name, unless it says anew when it holds.
    fn changes(&self) -> Option<&'static DefaultRule> {
        DEFAULTS.iter().find(|default| default.name == self.name && self.find("when").is_none())
    }

    fn read(&self) -> Result<Rule, Wrong> {
        Rule::read(&self.name, |key| match self.find(key) {
            Some((_, text, _)) => Some(text.as_str()),
            None => self.changes().and_then(|default| default.find(key)),
        })
    }
}

/// What is wrong with a rule as a whole, and its line.
pub fn problem(given: &Given) -> Option<(usize, String)> {
    let Wrong { key, what } = given.read().err()?;
    let line = given.find(key).map_or(given.line, |(_, _, line)| *line);
    let table = given.table();
    let what =
        if key.is_empty() { format!("[{table}]: {what}") } else { format!("{key} in [{table}]: {what}") };
    Some((line, what))
}

/// A rule that is watched, and where it comes from.
pub struct InForce {
    pub rule: Rule,
    pub from: String,
}

/// A key of a rule with its value, and where that comes from.
pub type Shown = (&'static RuleKey, String, String);

impl Config {
    /// The rules that are watched.
    pub fn rules(&self) -> Vec<InForce> {
        const SOUND: &str = "a rule was checked when it was taken, a default by a test";
        let which = self.get(&keys::ALERTS);
        let defaults = DEFAULTS.iter().filter(|default| {
            which == Which::All && self.rules.iter().all(|given| given.name != default.name)
        });
        let defaults = defaults.map(|default| InForce {
            rule: Rule::read(default.name, |key| default.find(key)).expect(SOUND),
            from: self.told(&Origin::Default),
        });
        let own = self.rules.iter().filter(|given| match which {
            Which::All => true,
            Which::Own => given.changes().is_none(),
            Which::None => false,
        });
        let own = own.map(|given| {
            let line = self.told(&Origin::Line(given.line));
            let from = if given.changes().is_some() { format!("default, {line}") } else { line };
            InForce { rule: given.read().expect(SOUND), from }
        });
        defaults.chain(own).filter(|in_force| in_force.rule.is_enabled).collect()
    }

    /// All rules that there are, watched or not, with what is said of them.
    pub(super) fn shown_rules(&self) -> Vec<(&str, Vec<Shown>)> {
        let is_default = |name: &str| DEFAULTS.iter().any(|default| default.name == name);
        let others = self.rules.iter().map(|given| given.name.as_str()).filter(|name| !is_default(name));
        let names = DEFAULTS.iter().map(|default| default.name).chain(others);
        names.map(|name| (name, self.shown_rule(name))).collect()
    }

    fn shown_rule(&self, name: &str) -> Vec<Shown> {
        let given = self.rules.iter().find(|given| given.name == name);
        let default = match given {
            Some(given) => given.changes(),
            None => DEFAULTS.iter().find(|default| default.name == name),
        };
        let shown = |key: &'static RuleKey| {
            if let Some((_, text, line)) = given.and_then(|given| given.find(key.name)) {
                return Some((key, text.clone(), self.told(&Origin::Line(*line))));
            }
            let text = default?.find(key.name)?;
            Some((key, text.to_string(), self.told(&Origin::Default)))
        };
        KEYS.iter().filter_map(shown).collect()
    }
}

/// The part of the example file about rules.
pub fn example() -> String {
    let mut text = format!(
        "
# Rules that raise alerts: rows of `event` of the kind alert, and alert_clear when that is over. Each has a table
# of its own, called by its name. One that you might add:

#[{ALERT}.data_full]
"
    );
    for key in &KEYS {
        text += &format!("\n# {}.\n#{} = {}\n", key.about, key.name, key.kind.written(key.example));
    }
    text += "
# The defaults. A table with one of their names changes what it says otherwise, and with `when` in it is a rule of
# its own. enabled = false switches one off, alerts = \"own\" in [record] all of them.
";
    for default in &DEFAULTS {
        text += &format!("\n# {}.\n[{ALERT}.{}]\n", default.reason, default.name);
        for (name, value) in default.keys {
            let kind = KEYS.iter().find(|key| key.name == *name).map_or(Word, |key| key.kind);
            text += &format!("#{name} = {}\n", kind.written(value));
        }
    }
    text
}
