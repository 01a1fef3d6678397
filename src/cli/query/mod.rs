//! `sysray query`.

mod examples;
mod heard;
mod into_file;
mod scope;

use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::args::Query;
use super::progress::{Progress, Quieting};
use super::{Interrupted, Misused, TooMuch, shell, when};
use crate::export::{self, Format};
use crate::query::{self, Engine, Running};
use heard::Heard;
pub use into_file::into_file;
pub use scope::Scope;

/// Answers a question; without one, those that are typed.
pub fn run(args: Query) -> Result<()> {
    if args.examples {
        return examples::show(args.sql.as_deref());
    }
    let scope = Scope::of(&args)?;
    if args.sql.is_none() && args.file.is_none() {
        if io::stdin().is_terminal() && io::stdout().is_terminal() {
            quiet();
            return shell::run(scope, args);
        }
        let way =
            "give one as \"select max(cpu) from system\", or in a file with -f; -f - reads standard input";
        return Err(Misused(format!("there is no question, and no terminal to ask on; {way}")).into());
    }
    let output = args.output.filter(|path| path.as_os_str() != "-");
    let format = format(args.format, output.as_deref())?;
    let sql = query::filled(&question(args.sql, args.file)?, &args.param)?;
    let (engine, when) = scope.open()?;
    let zone = when::said(when)?.context.zone;
    quiet();
    let mut style = export::Options { zone, held_bytes: scope.held_bytes(), ..export::Options::default() };
    let running = Running::default();
    let cancelled = running.clone();
    ctrlc::set_handler(move || cancelled.cancel()).context("signals cannot be caught")?;
    let progress = Progress::of(&running);
    let stdout = io::stdout();
    match output {
        Some(path) => into_file(&path, args.force, |out| {
            answer(&engine, &sql, &running, format, &style, out)?;
            Ok(())
        })?,
        None if !stdout.is_terminal() => {
            answer(&engine, &sql, &running, format, &style, &mut BufWriter::new(stdout.lock()))?;
        }
        None => {
            if format.is_binary() {
                let way = "give it a file with -o, or a program behind a pipe";
                return Err(Misused(format!("{format} is not for a terminal; {way}")).into());
            }
            style.width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
            let out = Quieting { progress: &progress, out: stdout.lock() };
            answer(&engine, &sql, &running, format, &style, &mut BufWriter::new(out))?;
        }
    }
    Ok(())
}

fn question(sql: Option<String>, file: Option<PathBuf>) -> Result<String> {
    let text = match (sql, file) {
        (Some(name), _) if name.starts_with('@') => query::example(&name)?.sql.to_string(),
        (Some(sql), _) => sql,
        (None, Some(path)) if path.as_os_str() == "-" => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).context("standard input")?;
            text
        }
        (None, Some(path)) => std::fs::read_to_string(&path).with_context(|| path.display().to_string())?,
        (None, None) => String::new(),
    };
    if text.trim().is_empty() {
        bail!("the question is empty; ask for example \"select max(cpu) from system\"");
    }
    Ok(text)
}

/// Writes the rows as they come; says how many there were.
pub fn answer(
    engine: &Engine,
    sql: &str,
    running: &Running,
    format: Format,
    style: &export::Options,
    out: &mut dyn Write,
) -> Result<usize> {
    let mut rows = 0;
    let mut out = Heard { running, out };
    let mut writer: Option<Box<dyn export::Writer>> = None;
    let mut failed = None;
    // The writer borrows the output, so what an answer without rows needs is made behind the stream.
    let out = std::cell::RefCell::new(Some(&mut out as &mut dyn Write));
    let schema = engine.watched(sql, running, |batch| {
        rows += batch.num_rows();
        if let Some(out) = out.borrow_mut().take() {
            writer = Some(export::writer(format, &batch.schema(), out, style));
        }
        match writer.as_mut().map_or(Ok(()), |writer| writer.batch(batch)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    let schema = schema.map_err(ended)?;
    let written = match (failed, writer, out.into_inner()) {
        (Some(error), ..) => Err(error),
        (None, Some(mut writer), _) => writer.finish(),
        (None, None, Some(out)) => export::write(format, &schema, [], out, style),
        (None, None, None) => Ok(()),
    };
    // What was refused to be written is told by its reason.
    written.map_err(|error| running.check().err().map_or_else(|| error.into(), ended))?;
    Ok(rows)
}

/// What a question ended with, as the exit codes tell it apart.
fn ended(error: query::Error) -> anyhow::Error {
    match error {
        query::Error::Interrupted => Interrupted.into(),
        query::Error::Timeout { .. } | query::Error::Memory { .. } | query::Error::Spilled { .. } => {
            TooMuch(error.to_string()).into()
        }
        error => error.into(),
    }
}

/// Threads that work for the engine tell what they met by what they hand out, not by themselves.
fn quiet() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| match std::thread::current().name() {
        Some("question" | "query") => {}
        _ => loud(panic),
    }));
}

/// The format that was asked for, else what the file's name ends in.
fn format(asked: Option<Format>, output: Option<&Path>) -> Result<Format> {
    let by_name = output.and_then(Format::of_path);
    if let (None, None, Some(ending)) = (asked, by_name, output.and_then(Path::extension)) {
        let known: Vec<&str> = export::ENDINGS.iter().map(|(ending, _)| *ending).collect();
        let way = format!("known are {}; else say --format", known.join(", "));
        return Err(Misused(format!("no format is known by the ending .{}: {way}", ending.display())).into());
    }
    Ok(asked.or(by_name).unwrap_or(Format::Table))
}
