//! `sysray` alone, `sysray tui` and `sysray replay`: the desk in the terminal.

mod outside;
mod own;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use anyhow::{Context as _, Result, bail};
use jiff::tz::TimeZone;

use super::args::{Replay, Tui};
use super::config::Config;
use super::when::When;
use super::{Misused, place, when};
use crate::query::{self, Options, ReadTime};
use crate::store;
use crate::time::{self, Clock, Context, Micros, Range, SystemClock};
use crate::tui::desk::Desk;
use crate::tui::keys::Keys;
use crate::tui::model::{Model, Settings, Zoom};
use crate::tui::panel::Panel;
use crate::tui::terminal;
use crate::tui::theme::{Depth, Theme};
use crate::tui::words::Lang;
use outside::Outside;
use own::Own;

/// What sorts and groups of the desk may hold.
const MEMORY_BYTES: usize = 48 << 20;
/// Two of them answer what is waited for; more hold more rows at a time.
const THREADS: usize = 2;

/// Shows what is recorded now, along with the recorder.
pub fn live(args: Tui) -> Result<()> {
    on_terminal()?;
    let is_named = !args.place.store.is_empty() || place::is_recorded_by_variable();
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
    let When { context, range, .. } = when::over(&roots, query::extent(&sources)?, &args.range)?;
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
    can_be_shown(&roots)?;
    if let Some(host) = &host {
        let hosts: Vec<String> =
            query::sources(&roots)?.iter().filter_map(|source| source.hosts()).flatten().collect();
        if !hosts.contains(host) {
            bail!("no host is called '{host}' in {}; there are {}", place::named(&roots), hosts.join(", "));
        }
        model.host.clone_from(host);
    }
    let desk = Desk::open(&roots, host, options(&zone), Box::new(Outside { roots: roots.clone(), zone }))?;
    Ok(terminal::run(model, desk, &SystemClock::default(), stop)?)
}

/// Of files by themselves some have a table that no panel shows.
fn can_be_shown(roots: &[PathBuf]) -> Result<()> {
    let Some(tables) = place::lone_tables(roots, &query::sources(roots)?) else { return Ok(()) };
    let is_shown = |panel: Panel| panel.needs().iter().any(|table| tables.contains(*table));
    if !Panel::ALL.into_iter().any(is_shown) {
        let (file, tables) = (place::named(roots), tables.into_iter().collect::<Vec<_>>().join(", "));
        let way = format!("ask it: sysray query --store {file} 'select * from {tables}'");
        bail!("{file} has but rows of {tables}, for which the desk has no panel; {way}");
    }
    Ok(())
}

/// How whatever the desk asks is answered.
fn options(zone: &TimeZone) -> Options {
    Options { memory_bytes: MEMORY_BYTES, threads: THREADS, ..Options::new(read_time(zone)) }
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
