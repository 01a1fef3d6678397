//! `sysray` alone, `sysray tui` and `sysray replay`: the desk in the terminal, and what it has done outside.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::args::{Replay, Tui};
use super::config::Config;
use super::query::{answer, into_file};
use super::report::asked_of;
use super::when::When;
use super::{Misused, place, when};
use crate::export::{self, Format};
use crate::query::tiers::quoted;
use crate::query::{self, Engine, Options, ReadTime, Running};
use crate::report;
use crate::store::{self, Catalog, Cut};
use crate::time::{self, Clock, Context, Micros, Range, SystemClock, show};
use crate::tui::desk::{Desk, Hooks};
use crate::tui::keys::Keys;
use crate::tui::model::{Model, Settings, Zoom};
use crate::tui::terminal;
use crate::tui::theme::{Depth, Theme};
use crate::tui::words::Lang;

/// What sorts and groups of the desk may hold.
const MEMORY_BYTES: usize = 48 << 20;
/// Two of them answer what is waited for; more hold more rows at a time.
const THREADS: usize = 2;
/// How long a recorder of one's own may take to begin.
const PATIENCE: Duration = Duration::from_secs(10);

/// Shows what is recorded now, along with the recorder.
pub fn live(args: Tui) -> Result<()> {
    on_terminal()?;
    let is_named = !args.place.store.is_empty() || std::env::var_os("SYSRAY_STORE").is_some();
    let roots = place::stores(args.place.store.clone(), args.place.config.clone())?;
    let is_live = roots.iter().any(|root| store::recorder(root).is_live());
    let stop = stops()?;
    let own = if is_named || is_live { None } else { Some(Own::start(&stop)?) };
    let roots = own.as_ref().map_or(roots, |own| vec![own.store()]);
    let mut model = Model::new(place::named(&roots), TimeZone::system(), settings(args.place.config)?);
    model.is_kept = own.is_none();
    // Until it is looked at it may be.
    model.time.is_live = own.is_some() || is_live;
    show_desk(model, roots, args.host, &stop)
}

/// Shows a recording, the cursor in the past.
pub fn replay(args: Replay) -> Result<()> {
    on_terminal()?;
    let named = args.path.or(args.place.store).into_iter().collect();
    let roots = place::stores(named, args.place.config.clone())?;
    let sources = query::sources(&roots)?;
    let When { context, range } = when::over(&roots, query::extent(&sources)?, &args.range)?;
    let mut model = Model::new(place::named(&roots), context.zone.clone(), settings(args.place.config)?);
    model.time.follows = false;
    let (start, end) = (context.start.unwrap_or(Micros(0)), context.end.unwrap_or(Micros(0)));
    model.time.cursor = range.from.unwrap_or(start).max(start);
    if range != Range::ALL {
        // Where only its begin is said, an hour of it is in sight.
        let to = range.to.unwrap_or(Micros(model.time.cursor.0 + 3_600_000_000)).min(end);
        let from = Micros(model.time.cursor.0.min(to.0 - 1_000_000) - 1);
        model.time.zooms.push(Zoom::Range(from, to));
    }
    show_desk(model, roots, args.host, &stops()?)
}

/// Where signals arrive that ask for an end.
fn stops() -> Result<Receiver<()>> {
    let (sender, stop) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = sender.send(());
    })
    .context("signals cannot be caught")?;
    Ok(stop)
}

fn on_terminal() -> Result<()> {
    if terminal::is_there() {
        return Ok(());
    }
    let advice =
        "`sysray replay --text` and `sysray snapshot` print, `sysray query` asks, --help lists commands";
    Err(Misused(format!("the desk needs a terminal to be typed at and drawn on; {advice}")).into())
}

fn settings(config: Option<PathBuf>) -> Result<Settings> {
    let (lang, theme, keys, is_compact) = Config::read(config, vec![])?.desk();
    let variable = |name: &str| std::env::var(name).ok();
    let lang = lang.map_or_else(|| Lang::of_variables(variable), |lang| Lang::of_locale(&lang));
    Ok(Settings {
        lang,
        theme: Theme::ALL.into_iter().find(|known| known.name() == theme).unwrap_or_default(),
        depth: Depth::of(variable),
        keys: if keys == "nmon" { Keys::Nmon } else { Keys::Sysray },
        is_compact,
        has_full_commands: false,
    })
}

fn show_desk(mut model: Model, roots: Vec<PathBuf>, host: Option<String>, stop: &Receiver<()>) -> Result<()> {
    let zone = model.zone.clone();
    let options = Options { memory_bytes: MEMORY_BYTES, threads: THREADS, ..Options::new(read_time(&zone)) };
    if let Some(host) = &host {
        let hosts: Vec<String> =
            query::sources(&roots)?.iter().filter_map(|source| source.hosts()).flatten().collect();
        if !hosts.contains(host) {
            bail!("no host is called '{host}' in {}; there are {}", place::named(&roots), hosts.join(", "));
        }
        model.host.clone_from(host);
    }
    let desk = Desk::open(&roots, host, options, Box::new(Outside { roots: roots.clone(), zone }))?;
    Ok(terminal::run(model, desk, &SystemClock::default(), stop)?)
}

/// Times in questions, in a zone; relative ones against now.
fn read_time(zone: &TimeZone) -> ReadTime {
    let zone = zone.clone();
    Arc::new(move |text: &str| {
        let now = SystemClock::default().wall();
        let context = Context { now, zone: zone.clone(), start: None, end: None, live: true };
        time::parse(text, &context).map_err(|error| error.to_string())
    })
}

/// A recorder for as long as somebody looks.
struct Own {
    folder: TempDir,
    child: Child,
}

impl Own {
    fn start(stop: &Receiver<()>) -> Result<Own> {
        let folder = TempDir::with_prefix("sysray-").context("no folder for a recording meanwhile")?;
        let program = std::env::current_exe().context("the program's own file")?;
        let said = std::fs::File::create(folder.path().join("said"))?;
        let mut command = Command::new(program);
        command.arg("record").arg("--store").arg(folder.path().join("store")).args([
            "--max-size",
            "256MiB",
            "--with-parent",
        ]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
        // Ctrl-C on the terminal is for the desk, which then ends it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().context("a recorder cannot be started")?;
        let mut own = Own { folder, child };
        let begun = Instant::now();
        while !Catalog::is_store(&own.store()) {
            if stop.try_recv().is_ok() {
                return Err(super::Interrupted.into());
            }
            let ended = own.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(own.folder.path().join("said")).unwrap_or_default();
                bail!("the recorder did not begin: {}", said.trim());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(own)
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(pid) = rustix::process::Pid::from_raw(self.child.id() as i32) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        #[cfg(not(unix))]
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the desk has done outside of it.
struct Outside {
    roots: Vec<PathBuf>,
    zone: TimeZone,
}

impl Outside {
    fn written(&self, host: &str, table: &str, (from, to): (Micros, Micros), into: &str) -> Result<String> {
        let path = PathBuf::from(into);
        let range = Range { from: Some(Micros(from.0 - 1)), to: Some(to) };
        let Some(format) = Format::of_path(&path) else {
            let [root] = self.roots.as_slice() else {
                bail!("a store is cut out of one store; `sysray store cut` takes each");
            };
            if path.exists() {
                bail!("{into} is there already");
            }
            let asked = Cut { range, hosts: vec![host.to_string()], redact: false };
            let cut = store::cut(root, &path, &asked, &mut |_, _| {})?;
            return Ok(format!("{into}: {} rows in {} files", cut.rows, cut.files));
        };
        let options = Options { range, ..Options::new(read_time(&self.zone)) };
        let engine = Engine::open(&self.roots, options)?;
        let style = export::Options { zone: self.zone.clone(), ..export::Options::default() };
        let sql = format!("select * from {table} where host = {}", quoted(host));
        let mut rows = 0;
        into_file(&path, false, |out| {
            rows = answer(&engine, &sql, &Running::default(), format, &style, out)?;
            Ok(())
        })?;
        Ok(format!("{into}: {rows} rows of {table}"))
    }

    fn reported(&self, host: &str, from: Micros, to: Micros) -> Result<String> {
        let sources = query::sources(&self.roots)?;
        let context = Context {
            now: SystemClock::default().wall(),
            zone: self.zone.clone(),
            start: None,
            end: None,
            live: false,
        };
        let when = When { context, range: Range { from: Some(Micros(from.0 - 1)), to: Some(to) } };
        let asked = asked_of(&sources, Some(host.to_string()), &when);
        let engine = Engine::over(sources, Options::new(read_time(&self.zone)))?;
        let ask = |sql: &str| engine.run(sql).map(|(_, batches)| batches).map_err(report::Failure::from);
        let text = report::markdown(&report::gather(&ask, &asked)?);
        let moment: String = show(from, &self.zone).chars().filter(char::is_ascii_digit).take(14).collect();
        let path = PathBuf::from(format!("sysray-report-{host}-{moment}.md"));
        into_file(&path, false, |out| Ok(out.write_all(text.as_bytes())?))?;
        Ok(path.display().to_string())
    }
}

impl Hooks for Outside {
    fn export(&self, host: &str, table: &str, range: (Micros, Micros), into: &str) -> Result<String, String> {
        self.written(host, table, range, into).map_err(|error| super::one_line(&error))
    }

    fn report(&self, host: &str, from: Micros, to: Micros) -> Result<String, String> {
        self.reported(host, from, to).map_err(|error| super::one_line(&error))
    }
}
