//! The command line: arguments, one file a command, and how errors leave the program.
//!
//! Data goes to stdout, talk to stderr. Exit codes: 0 done, 1 failed, 2 misused, 3 what was verified is
//! not as it should be, or an alert is raised, 4 nothing recorded in the range, 5 more time, memory or temporary files than is allowed,
//! 130 interrupted.

mod alerts;
mod args;
mod collectors;
mod config;
#[cfg(target_os = "linux")]
mod doctor;
mod explain;
mod note;
mod percent;
mod place;
#[cfg(feature = "desk")]
mod progress;
#[cfg(feature = "s3")]
mod push;
#[cfg(feature = "desk")]
mod query;
mod record;
#[cfg(feature = "desk")]
mod replay;
#[cfg(feature = "desk")]
mod report;
mod schema;
#[cfg(feature = "desk")]
mod shell;
mod snapshot;
mod status_line;
mod store;
mod talk;
#[cfg(feature = "desk")]
mod tui;
mod values;
mod when;

use std::ffi::OsString;
use std::io::{Write, stderr};
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

/// Nothing is recorded in the range that was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NothingRecorded(pub String);

/// A store that was looked at is not as it should be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotSound(pub String);

/// What was asked for cannot be meant: a mistake in an option, a variable or the configuration file.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misused(pub String);

/// A question takes more time, memory or temporary files than it is allowed.
#[cfg(feature = "desk")]
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TooMuch(pub String);

/// Somebody asked for an end.
#[cfg(feature = "desk")]
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// Exit code of [`Misused`], as of clap for what it finds.
const MISUSED: u8 = 2;
/// Exit code of [`NotSound`].
const NOT_SOUND: u8 = 3;
/// Exit code of [`NothingRecorded`].
const NOTHING_RECORDED: u8 = 4;
/// Exit code of [`TooMuch`].
#[cfg(feature = "desk")]
const TOO_MUCH: u8 = 5;
/// Exit code of [`Interrupted`], as a shell has it of a program that a signal ended.
#[cfg(feature = "desk")]
const INTERRUPTED: u8 = 130;

/// Runs the program.
pub fn main() -> ExitCode {
    let args = Args::parse_from(std::env::args_os().map(word));
    let done = match args.command {
        #[cfg(feature = "desk")]
        None => tui::live(args::Tui::default()),
        #[cfg(not(feature = "desk"))]
        None => Err(Misused("name a command; see --help".into()).into()),
        Some(command) => run(command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody can be told, the code tells.
            let _ = writeln!(stderr(), "sysray: {}", one_line(&error));
            ExitCode::from(match () {
                () if error.is::<NothingRecorded>() => NOTHING_RECORDED,
                () if error.is::<NotSound>() => NOT_SOUND,
                () if error.is::<Misused>() => MISUSED,
                #[cfg(feature = "desk")]
                () if error.is::<TooMuch>() => TOO_MUCH,
                #[cfg(feature = "desk")]
                () if error.is::<Interrupted>() => INTERRUPTED,
                () => 1,
            })
        }
    }
}

/// A word as it was typed. One that begins with a comment of SQL is a question: of no option a blank follows the
/// dashes.
fn word(typed: OsString) -> OsString {
    let is_comment =
        |text: &str| text.strip_prefix("--").is_some_and(|rest| rest.starts_with([' ', '\t', '\n']));
    match typed.to_str() {
        Some(text) if is_comment(text) => format!(" {text}").into(),
        _ => typed,
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        #[cfg(feature = "desk")]
        Command::Tui(args) => tui::live(args),
        Command::Record(args) => record::run(args),
        Command::Snapshot(args) => snapshot::run(args),
        #[cfg(feature = "desk")]
        Command::Query(args) => query::run(args),
        #[cfg(feature = "desk")]
        Command::Report(args) => report::run(args),
        #[cfg(feature = "desk")]
        Command::Replay(args) => replay::run(args),
        Command::Note(args) => note::run(args),
        Command::Alerts(args) => alerts::run(args),
        #[cfg(feature = "s3")]
        Command::Push(args) => push::run(args),
        #[cfg(not(feature = "s3"))]
        Command::Push { .. } => Err(Misused(
            "this sysray was built without what sends segments to buckets; build one with `--features s3`"
                .into(),
        )
        .into()),
        Command::Schema(args) => schema::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Store(args) => store::run(args.command),
        Command::Config(args) => config::run(args.command),
        #[cfg(target_os = "linux")]
        Command::Doctor(args) => doctor::run(args),
    }
}

/// Whoever read our output has had enough: that is no failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes.any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// The error and those of its causes that it does not tell itself, on one line.
fn one_line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            text = if text.is_empty() { cause } else { format!("{text}: {cause}") };
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
