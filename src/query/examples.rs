//! Questions worth asking, kept in `queries/examples`: an answer to "what can I ask", and a
//! beginning for one's own.

use super::Error;
use super::parameters::{Parameter, filled, parameters};
use crate::schema::{either, near};

/// A question with what it answers.
#[derive(Debug)]
pub struct Example {
    /// Its word, as in the file's name.
    pub name: &'static str,
    /// The file: a line of comment that says what is asked, one a parameter, then the SQL.
    pub sql: &'static str,
}

impl Example {
    /// What is asked, in one line.
    pub fn about(&self) -> &'static str {
        self.sql.lines().next().unwrap_or_default().trim_start_matches("--").trim()
    }

    /// What of it can be chosen.
    pub fn parameters(&self) -> Vec<Parameter> {
        parameters(self.sql)
    }
}

/// The example of that name, with or without the `@` before it.
///
/// # Errors
/// No such example, with those that may have been meant.
pub fn example(name: &str) -> Result<&'static Example, Error> {
    let name = name.trim().trim_start_matches('@');
    let unknown = || {
        let hint = match near(name, EXAMPLES.iter().map(|example| example.name)).as_slice() {
            [] => "`sysray query --examples` lists them".to_string(),
            close => format!("did you mean {}?", either(close)),
        };
        Error::Other(format!("no example `{name}`; {hint}"))
    };
    EXAMPLES.iter().find(|example| example.name == name).ok_or_else(unknown)
}

/// What somebody typed in a line: SQL as it stands, or `@top-cpu`, behind which parameters are given as `n=5`, with
/// `--param` before them or without; a value with spaces stands in quotes.
///
/// # Errors
/// No such example or parameter, or a value that is not what it should be.
pub fn typed(line: &str) -> Result<String, Error> {
    let line = line.trim().trim_end_matches(';').trim_end();
    if !line.starts_with('@') {
        return filled(line, &[]);
    }
    let mut words = words(line).into_iter();
    let sql = example(&words.next().unwrap_or_default())?.sql;
    let mut given = Vec::new();
    for word in words.filter(|word| word != "--param" && word != "-p") {
        let word = word.strip_prefix("--param=").unwrap_or(&word);
        let Some((name, value)) = word.split_once('=') else {
            return Err(Error::Other(format!("`{word}` is no parameter; one is given as n=5")));
        };
        given.push((name.to_string(), value.to_string()));
    }
    filled(sql, &given)
}

/// The words of a line: what stands in quotes is part of one.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quote) = (vec![String::new()], None);
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c.is_whitespace() => words.push(String::new()),
            _ => words.last_mut().into_iter().for_each(|word| word.push(c)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

macro_rules! examples {
    ($($name:literal),* $(,)?) => {
        /// The examples, by what they are about.
        pub static EXAMPLES: &[Example] = &[$(Example {
            name: $name,
            sql: include_str!(concat!("../../queries/examples/", $name, ".sql")),
        }),*];
    };
}

examples![
    "top-cpu",
    "cpu-spike",
    "cpu-above-90",
    "cpu-over-time",
    "run-queue",
    "steal",
    "short-lived",
    "top-memory",
    "memory-growth",
    "memory-leak",
    "oom",
    "swapping",
    "disk-latency",
    "disk-saturation",
    "top-io",
    "blocked",
    "full-disks",
    "network-top",
    "network-errors",
    "retransmits",
    "listen-overflows",
    "pressure",
    "cgroup-throttling",
    "containers",
    "process-history",
    "at-instant",
    "what-changed",
    "restarts",
    "thread-growth",
    "events",
    "gaps",
    "recorder-cost",
];
