//! `sysray store compact`: a maintenance by hand; and `store maintain`, the recorder's child.

use std::io::{self, Write};

use anyhow::{Result, bail};

use crate::cli::args::{Compact, Maintain};
use crate::cli::config::Config;
use crate::cli::place;
use crate::cli::status_line::human;
use crate::record::stand_back;
use crate::store::{self, Folder};
use crate::time::{Clock, SystemClock};

/// Seals, merges and retires, and says what was done.
pub fn run(args: Compact) -> Result<()> {
    let config = Config::read(args.place.config, args.policy.0)?;
    let root = place::store_of(args.place.store, &config)?;
    let hosts = super::hosts(&root, args.host)?;
    let policy = config.policy(&root)?;
    let mut out = io::stdout().lock();
    let before = store::occupied(&root);
    for host in &hosts {
        let Some(done) = store::maintain(&Folder::at(&root), host, &policy, SystemClock::default().wall())?
        else {
            bail!("{} is being maintained by another process; try again in a moment", root.display());
        };
        writeln!(
            out,
            "{host}: {} sealed, {} merged, {} retired",
            super::counted(done.sealed, "part"),
            super::counted(done.merged, "file"),
            super::counted(done.retired, "file")
        )?;
    }
    let after = store::occupied(&root);
    writeln!(out, "{} before, {} after", human(before as f64), human(after as f64))?;
    Ok(())
}

/// Seals, merges and retires, at the lowest priority.
pub fn maintain(args: Maintain) -> Result<()> {
    stand_back(args.max_memory);
    let most = human(args.max_memory as f64);
    // What cannot have its memory may panic: whoever started this reads one line.
    std::panic::set_hook(Box::new(move |panic| {
        let what = panic.payload_as_str().unwrap_or("it panicked");
        let place = panic.location().map(|at| format!(" at {at}")).unwrap_or_default();
        eprintln!("sysray: maintenance of the store broke off, with at most {most} of memory: {what}{place}");
    }));
    // The recorder has said all that holds; a file may have been changed since it began.
    let config = Config::of_options(args.policy.0);
    let root = place::store_of(args.place.store, &config)?;
    super::hosts(&root, Some(args.host.clone()))?;
    let policy = config.policy(&root)?;
    store::maintain(&Folder::at(&root), &args.host, &policy, SystemClock::default().wall())?;
    Ok(())
}
