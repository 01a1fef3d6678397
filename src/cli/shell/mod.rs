//! `sysray query` without a question, on a terminal: a shell that is asked one after the other.
//!
//! Each question opens the store anew, so that it sees what was recorded meanwhile, and `-b 10m` means the
//! last ten minutes each time.

mod commands;
mod completion;
mod interrupts;
mod reading;
mod screen;
mod statement;
mod watching;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::args::{Query, RangeArgs};
use super::progress::{Progress, grouped};
use super::query::{self, Scope};
use super::{Interrupted, is_closed_pipe, one_line, when};
use crate::export::{self, Format};
use crate::query::{EXAMPLES, META_TABLES, Running, filled, filled_from};
use crate::schema;
use crate::time::show;
use commands::Command;
use interrupts::Interrupts;
use reading::{Reader, Typed};
use screen::{Screen, Size};

/// What the commands change.
struct Shell {
    scope: Arc<Scope>,
    interrupts: Interrupts,
    format: Format,
    is_timed: bool,
    is_paged: bool,
    /// Where the next answer goes, and whether over what is there.
    into: Option<(PathBuf, bool)>,
    /// What `:name` stands for in questions.
    given: Vec<(String, String)>,
    /// What `\watch` asks.
    last: Option<String>,
    /// What stands at the next prompt.
    begun: String,
}

/// Reads and answers until there is no more.
pub fn run(scope: Scope, args: Query) -> Result<()> {
    let interrupts = Interrupts::catch()?;
    let scope = Arc::new(scope);
    let when = when::said(scope.open()?.1)?;
    if let (Some(start), Some(end)) = (when.context.start, when.context.end) {
        let (start, end) = (show(start, &when.context.zone), show(end, &when.context.zone));
        println!("sysray {}: {}, {start} to {end}", env!("CARGO_PKG_VERSION"), scope.named());
    }
    println!("\\d lists tables, \\examples questions, \\? commands; a question ends with ;");
    let words = {
        let scope = scope.clone();
        move || scope.open().map(|(engine, _)| engine.vocabulary()).unwrap_or_default()
    };
    let mut shell = Shell {
        scope,
        interrupts,
        format: args.format.unwrap_or(Format::Table),
        is_timed: false,
        is_paged: true,
        into: args.output.map(|path| (path, args.force)),
        given: args.param,
        last: None,
        begun: String::new(),
    };
    let mut reader = Reader::new(Box::new(words))?;
    loop {
        match reader.next(&std::mem::take(&mut shell.begun))? {
            Typed::Text(text) if !shell.does(&text) => return Ok(()),
            Typed::Text(_) | Typed::Nothing => {}
            Typed::End => {
                println!();
                return Ok(());
            }
        }
    }
}

impl Shell {
    /// Does what was typed. False where that was to leave.
    fn does(&mut self, text: &str) -> bool {
        let Some((begun, command)) = statement::command(text) else {
            for question in statement::split(text).0 {
                self.last = Some(question.to_string());
                tell(self.ask(question));
            }
            return true;
        };
        match commands::read(command) {
            Ok(Command::Quit) => return false,
            Ok(command) => {
                match &command {
                    Command::Watch(_) if !begun.trim().is_empty() => {
                        self.last = Some(begun.trim().to_string())
                    }
                    _ => self.begun = begun.to_string(),
                }
                tell(self.obey(command));
            }
            Err(what) => {
                self.begun = begun.to_string();
                eprintln!("error: {what}");
            }
        }
        true
    }

    fn obey(&mut self, command: Command) -> Result<()> {
        let on = |is_on: bool| if is_on { "on" } else { "off" };
        match command {
            Command::Ask(name, given) => {
                let example = crate::query::example(&name)?;
                // What is typed with it has to fit; what was set may be for others.
                filled(example.sql, &given)?;
                let sql = filled_from(example.sql, &[self.given.clone(), given].concat())?;
                self.last = Some(sql.clone());
                self.ask(&sql)?;
            }
            Command::Begin(begin) => self.narrow(|range| range.begin = begin)?,
            Command::End(end) => self.narrow(|range| range.end = end)?,
            Command::Set(Some((name, value))) => {
                self.given.retain(|(known, _)| *known != name);
                self.given.extend(value.map(|value| (name, value)));
                self.tell_given();
            }
            Command::Set(None) => self.tell_given(),
            Command::Describe(None) => self.list()?,
            Command::Describe(Some(table)) => self.describe(&table)?,
            Command::Examples(None) => self.show(|out, _| {
                EXAMPLES.iter().try_for_each(|each| Ok(writeln!(out, "{:<20} {}", each.name, each.about())?))
            })?,
            Command::Examples(Some(name)) => self.begun = example(&name)?,
            Command::Format(format) => {
                if let Some(format) = format {
                    anyhow::ensure!(!format.is_binary(), "{format} is for files: \\o FILE.{format}");
                    self.format = format;
                }
                println!("format: {}", self.format);
            }
            Command::Into(path, forced) => {
                match &path {
                    Some(path) => println!("the next answer goes into {}", path.display()),
                    None => println!("answers go to the screen"),
                }
                self.into = path.map(|path| (path, forced));
            }
            Command::Pager(is_on) => {
                self.is_paged = is_on.unwrap_or(!self.is_paged);
                println!("pager: {}", on(self.is_paged));
            }
            Command::Records(is_on) => {
                let is_on = is_on.unwrap_or(self.format != Format::Records);
                self.format = if is_on { Format::Records } else { Format::Table };
                println!("a column a line: {}", on(is_on));
            }
            Command::Timing(is_on) => {
                self.is_timed = is_on.unwrap_or(!self.is_timed);
                println!("timing: {}", on(self.is_timed));
            }
            Command::Watch(every) => self.watch(every)?,
            Command::Help => print!("{}", commands::help()),
            Command::Quit => {}
        }
        Ok(())
    }

    fn narrow(&self, change: impl FnOnce(&mut RangeArgs)) -> Result<()> {
        let mut range = self.scope.range();
        change(&mut range);
        println!("range: {}", self.scope.narrow(range)?.words());
        Ok(())
    }

    fn tell_given(&self) {
        if self.given.is_empty() {
            println!("no parameter is set; \\set NAME VALUE sets one");
        }
        for (name, value) in &self.given {
            println!(":{name} = {value}");
        }
    }

    fn ask(&mut self, sql: &str) -> Result<()> {
        let running = Running::default();
        let _cancels = self.interrupts.cancel(&running);
        let progress = Progress::of(&running);
        let begun = Instant::now();
        let Some((path, forced)) = self.into.clone() else {
            return self.screen(&progress, |out, size| {
                let rows = self.answer(sql, &running, self.format, size, out)?;
                self.told(rows, begun.elapsed()).map_or(Ok(()), |said| Ok(writeln!(out, "{said}")?))
            });
        };
        let format = Format::of_path(&path).unwrap_or(self.format);
        let mut rows = 0;
        query::into_file(&path, forced, |out| {
            rows = self.answer(sql, &running, format, Size::now(), out)?;
            Ok(())
        })?;
        progress.quiet();
        println!("{} in {}", counted(rows), path.display());
        self.into = None;
        Ok(())
    }

    /// Writes an answer; says how many rows it has.
    fn answer(
        &self,
        sql: &str,
        running: &Running,
        format: Format,
        size: Size,
        out: &mut dyn Write,
    ) -> Result<usize> {
        let (engine, when) = self.scope.open()?;
        let zone = when.context.zone;
        let held_bytes = self.scope.held_bytes();
        let style =
            export::Options { zone, width: Some(size.columns), held_bytes, ..export::Options::default() };
        query::answer(&engine, &filled_from(sql, &self.given)?, running, format, &style, out)
    }

    /// What stands under an answer.
    fn told(&self, rows: usize, took: Duration) -> Option<String> {
        let is_read = matches!(self.format, Format::Table | Format::Records);
        let took = format!("{:.1} ms", took.as_secs_f64() * 1e3);
        match (is_read, self.is_timed) {
            (true, true) => Some(format!("({}, {took})", counted(rows))),
            (true, false) => Some(format!("({})", counted(rows))),
            (false, true) => Some(format!("({took})")),
            (false, false) => None,
        }
    }

    fn list(&self) -> Result<()> {
        self.show(|out, size| {
            let recorded = schema::TABLES.iter().map(|table| {
                let about = table.about.split(". ").next().and_then(|about| about.split(": ").next());
                (table.name, about.unwrap_or_default())
            });
            for (name, about) in recorded.chain(META_TABLES) {
                let line = format!("{name:<14} {about}");
                let is_cut = line.chars().count() > size.columns;
                let room = if is_cut { size.columns - 1 } else { size.columns };
                let line: String = line.chars().take(room).collect();
                writeln!(out, "{line}{}", if is_cut { "…" } else { "" })?;
            }
            writeln!(
                out,
                "\\d TABLE lists columns; _1m and _1h behind a name is a row a minute and an hour"
            )?;
            Ok(())
        })
    }

    fn describe(&self, name: &str) -> Result<()> {
        match schema::table(&name.to_lowercase()) {
            // What it is called is known, and where it comes from `sysray schema` tells.
            Some(table) => self.table(&schema::describe(&[table]).project(&[1, 2, 3, 4, 5])?),
            None => {
                let sql = format!("describe {name}");
                self.show(|out, size| {
                    self.answer(&sql, &Running::default(), Format::Table, size, out).map(|_| ())
                })
            }
        }
    }

    fn table(&self, batch: &arrow::array::RecordBatch) -> Result<()> {
        self.show(|out, size| {
            let style = export::Options { width: Some(size.columns), ..export::Options::default() };
            Ok(export::write(Format::Table, &batch.schema(), [batch], out, &style)?)
        })
    }

    fn show(&self, write: impl FnOnce(&mut dyn Write, Size) -> Result<()>) -> Result<()> {
        self.screen(&Progress::of(&Running::default()), write)
    }

    fn screen(
        &self,
        progress: &Progress,
        write: impl FnOnce(&mut dyn Write, Size) -> Result<()>,
    ) -> Result<()> {
        let size = Size::now();
        let pager = if self.is_paged { screen::pager() } else { None };
        let mut screen = Screen::new(progress, size, pager);
        let written = write(&mut screen, size);
        // What there is of an answer that broke off is shown before it is said why.
        screen.finish()?;
        written
    }
}

/// An example as it can be asked, without its comment.
fn example(name: &str) -> Result<String> {
    let example = crate::query::example(name)?;
    println!("-- {}", example.about());
    let sql = crate::query::filled(example.sql, &[])?;
    let lines: Vec<&str> = sql.lines().skip_while(|line| line.starts_with("--")).collect();
    Ok(format!("{};", lines.join("\n").trim_end().trim_end_matches(';')))
}

fn counted(rows: usize) -> String {
    format!("{} row{}", grouped(rows), if rows == 1 { "" } else { "s" })
}

/// Says what went wrong; a pager that was left early is nothing wrong.
fn tell(done: Result<()>) {
    let Err(error) = done else { return };
    if is_closed_pipe(&error) {
        return;
    }
    if error.is::<Interrupted>() {
        // Behind the terminal's own ^C.
        eprintln!("\r\x1b[Kcancelled");
    } else {
        eprintln!("error: {}", one_line(&error));
    }
}
