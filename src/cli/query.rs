//! `sysray query`.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::args::Query;
use super::{place, when};
use crate::export::{self, Format};
use crate::query::{self, Engine, Options};
use crate::time;

/// Answers a question.
pub fn run(args: Query) -> Result<()> {
    let sql = question(args.sql, args.file)?;
    let roots = place::stores(args.place.store, args.place.config)?;
    // Opened once: what is asked is what the range was read against.
    let sources = query::sources(&roots)?;
    let when = when::over(&roots, query::extent(&sources)?, &args.range)?;
    let context = when.context.clone();
    let read_time = move |text: &str| time::parse(text, &context).map_err(|e| e.to_string());
    let options = Options { range: when.range, ..Options::new(std::sync::Arc::new(read_time)) };
    let engine = Engine::over(sources, options)?;
    let by_name = args.output.as_deref().and_then(Format::of_path);
    let format = args.format.or(by_name).unwrap_or(Format::Table);
    let stdout = io::stdout();
    let mut style = export::Options { zone: when.context.zone, ..export::Options::default() };
    match args.output {
        Some(path) => into_file(&path, |out| answer(&engine, &sql, format, &style, out)),
        None => {
            if stdout.is_terminal() {
                style.width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
            }
            answer(&engine, &sql, format, &style, &mut BufWriter::new(stdout.lock()))
        }
    }
}

fn question(sql: Option<String>, file: Option<PathBuf>) -> Result<String> {
    let text = match (sql, file) {
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

/// Writes the rows as they come.
fn answer(
    engine: &Engine,
    sql: &str,
    format: Format,
    style: &export::Options,
    out: &mut dyn Write,
) -> Result<()> {
    let mut writer: Option<Box<dyn export::Writer>> = None;
    let mut failed = None;
    // The writer borrows the output, so what an answer without rows needs is made behind the stream.
    let out = std::cell::RefCell::new(Some(out));
    let schema = engine.stream(sql, |batch| {
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
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    match (writer, out.into_inner()) {
        (Some(mut writer), _) => writer.finish()?,
        (None, Some(out)) => export::write(format, &schema, [], out, style)?,
        (None, None) => {}
    }
    Ok(())
}

/// The file takes its name only when the answer is whole.
fn into_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut name = path.file_name().context("-o names no file")?.to_os_string();
    name.push(format!(".tmp-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let file = File::create_new(&beside).with_context(|| beside.display().to_string())?;
    let mut out = BufWriter::new(file);
    let done = write(&mut out)
        .and_then(|()| out.flush().with_context(|| path.display().to_string()))
        .and_then(|()| std::fs::rename(&beside, path).with_context(|| path.display().to_string()));
    if done.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    done
}
