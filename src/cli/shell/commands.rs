//! What begins with a backslash: the commands of the shell, and how they are read.

use std::path::PathBuf;
use std::time::Duration;

use super::statement::WORDS;
use crate::export::Format;
use crate::time::parse_duration;

/// What the shell is told to do.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// A question that is ready, with values for its parameters.
    Ask(String, Vec<(String, String)>),
    /// Where the range begins, as it is typed; `None`: with the recording.
    Begin(Option<String>),
    /// Where it ends.
    End(Option<String>),
    /// What `:name` stands for; without a value nothing again, without a name all are shown.
    Set(Option<(String, Option<String>)>),
    Describe(Option<String>),
    Examples(Option<String>),
    Format(Option<Format>),
    /// The next answer goes into a file; `None`: to the screen after all.
    Into(Option<PathBuf>, bool),
    Pager(Option<bool>),
    Records(Option<bool>),
    Timing(Option<bool>),
    Watch(Duration),
    Help,
    Quit,
}

/// Each with its argument, and what it does.
pub const COMMANDS: [(&str, &str, &str); 13] = [
    ("\\begin", "[TIME]", "questions see what is later, as -b says; without TIME from the start"),
    ("\\d", "[TABLE]", "the tables, or the columns of one"),
    ("\\end", "[TIME]", "questions see no later, as -e says; without TIME to the end"),
    ("\\examples", "[NAME]", "questions worth asking; with a name, that one to edit and ask"),
    ("\\format", "[NAME]", "how answers look: table, records, chart, csv, json, ndjson, markdown"),
    ("\\o", "[--force] FILE", "the next answer goes into a file; its name says the format"),
    ("\\pager", "[on|off]", "whether what does not fit the screen is shown by $PAGER"),
    ("\\set", "[NAME [VALUE]]", "what :NAME in questions stands for; without VALUE nothing again"),
    ("\\timing", "[on|off]", "how long each answer took"),
    ("\\watch", "[SECONDS]", "the last question again and again, until Ctrl-C"),
    ("\\x", "[on|off]", "a column a line"),
    ("\\?", "", "these commands"),
    ("\\q", "", "leave, as Ctrl-D does"),
];

/// How long between two answers of `\watch`, unless it says.
const WATCH: Duration = Duration::from_secs(2);

/// Reads a command; the error is a line for who typed it.
pub fn read(text: &str) -> Result<Command, String> {
    let text = text.trim().trim_end_matches(';').trim_end();
    if text.starts_with('@') {
        return named(text);
    }
    let (name, argument) = match text.split_once(char::is_whitespace) {
        Some((name, argument)) => (name, Some(argument.trim()).filter(|argument| !argument.is_empty())),
        None => (text, None),
    };
    let word = argument.map(String::from);
    Ok(match name.to_lowercase().as_str() {
        "\\begin" | "\\b" => Command::Begin(word),
        "\\end" => Command::End(word),
        "\\set" => Command::Set(argument.map(|argument| match argument.split_once(char::is_whitespace) {
            Some((name, value)) => (bare(name), Some(unquoted(value.trim()))),
            None => (bare(argument), None),
        })),
        "\\d" | "\\dt" => Command::Describe(word),
        "\\examples" | "\\e" => Command::Examples(word),
        "\\format" => Command::Format(argument.map(format).transpose()?),
        "\\o" => match argument {
            Some(path) => {
                let forced = path.strip_prefix("--force ");
                Command::Into(Some(forced.unwrap_or(path).trim().into()), forced.is_some())
            }
            None => Command::Into(None, false),
        },
        "\\pager" => Command::Pager(switch(argument)?),
        "\\timing" => Command::Timing(switch(argument)?),
        "\\watch" => Command::Watch(match argument {
            Some(text) => parse_duration(text).map_err(|error| error.to_string())?,
            None => WATCH,
        }),
        "\\x" => Command::Records(switch(argument)?),
        "\\?" | "\\h" | "\\help" | "help" => Command::Help,
        "\\q" | "\\quit" | "\\exit" => Command::Quit,
        other if WORDS.contains(&other) => Command::Quit,
        other => return Err(unknown(other)),
    })
}

/// `@top-cpu n=5 host='web 1'`.
fn named(text: &str) -> Result<Command, String> {
    let (name, mut rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let mut given = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(Command::Ask(name.into(), given));
        }
        let (parameter, behind) = rest
            .split_once('=')
            .filter(|(parameter, _)| !parameter.contains(char::is_whitespace))
            .ok_or_else(|| format!("write what is chosen as NAME=VALUE, such as `{name} n=5`"))?;
        let end = match behind.strip_prefix('\'') {
            Some(quoted) => quoted.find('\'').ok_or("a quote is not closed")? + 2,
            None => behind.find(char::is_whitespace).unwrap_or(behind.len()),
        };
        given.push((bare(parameter), unquoted(&behind[..end])));
        rest = &behind[end..];
    }
}

/// A parameter's name, with or without the colon before it.
fn bare(name: &str) -> String {
    name.trim_start_matches(':').into()
}

fn unquoted(value: &str) -> String {
    let inside = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
    inside.unwrap_or(value).into()
}

fn format(word: &str) -> Result<Format, String> {
    word.parse().map_err(|error: crate::export::Error| error.to_string())
}

fn switch(argument: Option<&str>) -> Result<Option<bool>, String> {
    match argument {
        None => Ok(None),
        Some("on") => Ok(Some(true)),
        Some("off") => Ok(Some(false)),
        Some(other) => Err(format!("`{other}` is neither on nor off")),
    }
}

fn unknown(name: &str) -> String {
    let far = |known: &str| strsim::damerau_levenshtein(name, known);
    let near = COMMANDS.iter().map(|(known, ..)| *known).min_by_key(|known| far(known));
    let near = near.filter(|known| far(known) <= 2 && name.len() > 2 && known.len() > 2);
    let meant = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
    format!(
        "there is no command `{}`; {meant}`\\?` lists them",
        name.escape_debug().to_string().replace("\\\\", "\\")
    )
}

/// The commands as `\?` shows them.
pub fn help() -> String {
    let mut text = String::from("A question ends with `;` and may have several lines. Tab completes.\n");
    text += "@NAME asks one of the examples, @top-cpu n=5 with what can be chosen of it.\n\n";
    for (name, argument, about) in COMMANDS {
        text += &format!("  {:<24}{about}\n", format!("{name} {argument}"));
    }
    text + "\nCtrl-C cancels a question, or clears the line. `sysray query --help` tells how times are written.\n"
}
