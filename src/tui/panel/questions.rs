//! What is asked of a sample: a file of `queries/panels` each.

use crate::query::tiers::literal;
use crate::time::Micros;

/// What is not read in each sample was so within this: of as many cgroups as are read, each is in 40 seconds.
const READ_WITHIN_US: i64 = 45_000_000;

/// A question about a stretch of time, whose rows tell their sample by `ts`.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub name: &'static str,
    /// The table that it asks.
    pub table: &'static str,
    pub sql: &'static str,
    /// Whether rows come at an interval of their own: the last ones before the cursor are meant.
    pub is_slow: bool,
    /// Whether a sample may have so many rows that a stretch of them is worth reading aside.
    pub is_large: bool,
}

macro_rules! asked {
    ($name:literal, slow: $slow:literal, large: $large:literal) => {
        asked!($name, of: $name, slow: $slow, large: $large)
    };
    ($name:literal, of: $table:literal, slow: $slow:literal, large: $large:literal) => {
        Question {
            name: $name,
            table: $table,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/queries/panels/", $name, ".sql")),
            is_slow: $slow,
            is_large: $large,
        }
    };
}

/// The headline numbers, of which there is a row a sample.
pub static SYSTEM: Question = asked!("system", slow: false, large: false);

/// What happened: asked about ranges, and about samples where there is nothing else.
static EVENT: Question = asked!("event", slow: false, large: false);

static ALL: [Question; 15] = [
    asked!("cpu", slow: false, large: false),
    asked!("core", of: "cpu_core", slow: false, large: true),
    asked!("memory", slow: false, large: false),
    asked!("disk", slow: false, large: true),
    asked!("filesystem", slow: true, large: false),
    asked!("network", slow: false, large: true),
    asked!("socket", slow: true, large: false),
    asked!("protocol", slow: false, large: false),
    asked!("listen", slow: true, large: false),
    asked!("pressure", slow: false, large: false),
    asked!("cgroup", slow: false, large: true),
    asked!("process", slow: false, large: true),
    asked!("exit", of: "process_exit", slow: false, large: false),
    asked!("recorder", slow: false, large: false),
    asked!("host", slow: true, large: false),
];

/// The SQL of a question about the stretch behind `from` up to `to`.
pub fn over(sql: &str, from: Micros, to: Micros) -> String {
    let before = Micros(from.0.saturating_sub(READ_WITHIN_US));
    let times = [("$before", before), ("$from", from), ("$to", to)];
    times.into_iter().fold(sql.to_string(), |sql, (word, ts)| sql.replace(word, &literal(ts)))
}

/// The question of a name.
pub fn question(name: &str) -> Option<&'static Question> {
    all().find(|question| question.name == name)
}

/// All of them; of the first one whose table is there, samples are told by.
pub fn all() -> impl Iterator<Item = &'static Question> {
    [&SYSTEM].into_iter().chain(&ALL).chain([&EVENT])
}
