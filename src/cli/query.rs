//! `sysray query`.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::tz::TimeZone;

use super::args::Query;
use super::progress::{Progress, Quieting};
use super::when::When;
use super::{Misused, place, shell, when};
use crate::export::{self, Format};
use crate::query::{Engine, Options, Running};
use crate::time;

/// Answers a question; without one, those that are typed.
pub fn run(args: Query) -> Result<()> {
    if args.sql.is_none() && args.file.is_none() {
        if io::stdin().is_terminal() && io::stdout().is_terminal() {
            return shell::run(args);
        }
        let way =
            "give one as \"select max(cpu) from system\", or in a file with -f; -f - reads standard input";
        return Err(Misused(format!("there is no question, and no terminal to ask on; {way}")).into());
    }
    let sql = question(args.sql, args.file)?;
    let root = place::store(args.place.store, args.place.config)?;
    let (engine, zone) = open(&root, when::when(&root, &args.range)?)?;
    let output = args.output.filter(|path| path.as_os_str() != "-");
    let by_name = output.as_deref().and_then(Format::of_path);
    let format = args.format.or(by_name).unwrap_or(Format::Table);
    let mut style = export::Options { zone, ..export::Options::default() };
    let running = Running::default();
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

/// An engine over the store, and the zone that times are shown in.
pub fn open(root: &Path, when: When) -> Result<(Engine, TimeZone)> {
    let zone = when.context.zone.clone();
    let context = when.context;
    let read_time = move |text: &str| time::parse(text, &context).map_err(|e| e.to_string());
    let options = Options { range: when.range, ..Options::new(std::sync::Arc::new(read_time)) };
    Ok((Engine::open(&[root.to_path_buf()], options)?, zone))
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
    let mut writer: Option<Box<dyn export::Writer>> = None;
    let mut failed = None;
    // The writer borrows the output, so what an answer without rows needs is made behind the stream.
    let out = std::cell::RefCell::new(Some(out));
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
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    match (writer, out.into_inner()) {
        (Some(mut writer), _) => writer.finish()?,
        (None, Some(out)) => export::write(format, &schema, [], out, style)?,
        (None, None) => {}
    }
    Ok(rows)
}

/// The file takes its name only when the answer is whole. One that is there stays, unless that is forced; a
/// device or a pipe is written to.
pub fn into_file(path: &Path, forced: bool, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    match std::fs::metadata(path) {
        Ok(there) if there.is_dir() => bail!("{} is a folder; name a file in it", path.display()),
        Ok(there) if !there.is_file() => {
            let file = File::options().write(true).open(path).with_context(|| path.display().to_string())?;
            let mut out = BufWriter::new(file);
            write(&mut out)?;
            return Ok(out.flush()?);
        }
        Ok(_) if !forced => bail!("{} is there already; --force writes over it", path.display()),
        _ => {}
    }
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
