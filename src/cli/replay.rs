//! `sysray replay`.

use std::io::Write;

use anyhow::Result;

use super::args::Replay;
use super::report::asked_of;
use super::{NothingRecorded, place, when};
use crate::query::{self, Engine, Options};
use crate::report::{self, Steps};

/// Goes through a recording as text.
pub fn run(args: Replay) -> Result<()> {
    if !args.text {
        return super::tui::replay(args);
    }
    let named = args.path.or(args.place.store).into_iter().collect();
    let roots = place::stores(named, args.place.config)?;
    let sources = query::sources(&roots)?;
    let tables = place::lone_tables(&roots, &sources);
    let when = when::said(when::over(&roots, query::extent(&sources)?, &args.range)?)?;
    let asked = asked_of(&sources, args.host, &when);
    let engine = Engine::over(sources, Options::new(when.read_time()))?;
    let ask = |sql: &str| engine.run(sql).map(|(_, batches)| batches).map_err(report::Failure::from);
    let every_us = args.every.map(|every| i64::try_from(every.as_micros()).unwrap_or(i64::MAX));
    let steps = Steps { every_us, processes: args.processes, tables };
    let mut out = std::io::stdout().lock();
    let written = report::replay(&ask, &asked, &steps, |text| Ok(out.write_all(text.as_bytes())?));
    written.map_err(|error: anyhow::Error| match error.downcast_ref() {
        Some(empty @ report::Error::Empty(_)) => NothingRecorded(empty.to_string()).into(),
        _ => error,
    })
}
