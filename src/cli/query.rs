//! `sysray query`.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::args::Query;
use super::{Interrupted, TooMuch, place, when};
use crate::export::{self, Format};
use crate::query::{self, EXAMPLES, Engine, Options};
use crate::time;

/// Answers a question.
pub fn run(args: Query) -> Result<()> {
    if args.examples {
        return examples(args.sql.as_deref());
    }
    let sql = question(args.sql, args.file)?;
    let sql = query::filled(&sql, &args.param)?;
    let roots = place::stores(args.place.store, args.place.config)?;
    // Opened once: what is asked is what the range was read against.
    let sources = query::sources(&roots)?;
    let when = when::over(&roots, query::extent(&sources)?, &args.range)?;
    let context = when.context.clone();
    let read_time = move |text: &str| time::parse(text, &context).map_err(|e| e.to_string());
    let options = Options::new(std::sync::Arc::new(read_time)).within(args.memory);
    let options = Options { range: when.range, timeout: args.timeout, ..options };
    let engine = Engine::over(sources, options)?;
    let stop = engine.stop();
    ctrlc::set_handler(move || stop.now()).context("signals cannot be caught")?;
    quiet();
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

/// The examples with what they answer and what can be chosen, or one as it stands.
fn examples(name: Option<&str>) -> Result<()> {
    let mut text = String::new();
    if let Some(name) = name {
        text += query::example(name)?.sql;
    } else {
        let width = EXAMPLES.iter().map(|example| example.name.len()).max().unwrap_or(0);
        for example in EXAMPLES {
            text += &format!("@{:width$}  {}\n", example.name, example.about());
            for one in example.parameters() {
                text += &format!("{:width$}     --param {}={}  {}\n", "", one.name, one.default, one.about);
            }
        }
    }
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
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
    });
    let schema = schema.map_err(|error| match error {
        query::Error::Interrupted => Interrupted.into(),
        query::Error::Timeout { .. } | query::Error::Memory { .. } | query::Error::Spilled { .. } => {
            TooMuch(error.to_string()).into()
        }
        error => anyhow::Error::from(error),
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

/// Threads that work for the engine tell what they met by what they hand out, not by themselves.
fn quiet() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| match std::thread::current().name() {
        Some("question" | "query") => {}
        _ => loud(panic),
    }));
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
