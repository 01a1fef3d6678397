//! `sysray store compact`: a maintenance by hand; and `store maintain`, the recorder's child.

use std::io::{self, Write};

use anyhow::{Result, bail};

use crate::cli::args::{Compact, Maintain};
use crate::cli::status_line::human;
use crate::cli::{place, record};
use crate::store::{self, Folder};
use crate::time::{Clock, SystemClock};

/// Seals, merges and retires, and says what was done.
pub fn run(args: Compact) -> Result<()> {
    let root = place::store(args.place.store)?;
    let hosts = super::hosts(&root, args.host)?;
    let policy = record::policy(&args.policy, &root)?;
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
    #[cfg(unix)]
    let _ = rustix::process::setpriority_process(None, 19);
    let root = place::store(args.place.store)?;
    let policy = record::policy(&args.policy, &root)?;
    store::maintain(&Folder::at(&root), &args.host, &policy, SystemClock::default().wall())?;
    Ok(())
}
