//! `sysray store prune`: what is over the bounds goes, or would go.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Result, bail};

use crate::cli::args::Prune;
use crate::cli::config::Config;
use crate::cli::place;
use crate::cli::status_line::human;
use crate::store::{self, Class, Folder, Retired, Why};
use crate::time::{Clock, SystemClock};

/// Retires, or says what would be retired: one line a file.
pub fn run(args: Prune) -> Result<()> {
    let config = Config::read(args.place.config, args.policy.0)?;
    let root = place::store_of(args.place.store, &config)?;
    let hosts = super::hosts(&root, args.host)?;
    let policy = config.policy(&root)?;
    let now = SystemClock::default().wall();
    let mut out = io::stdout().lock();
    let (mut files, mut bytes) = (0, 0);
    for host in &hosts {
        let gone = if args.dry_run {
            store::retirement_behind(&root, host, &policy, now, 0, bytes)?
        } else {
            let Some(gone) = store::prune(&Folder::at(&root), host, &policy, now)? else {
                bail!("{} is being maintained by another process; try again in a moment", root.display());
            };
            gone
        };
        for retired in &gone {
            line(&mut out, &root, retired)?;
        }
        files += gone.len();
        bytes += gone.iter().map(|retired| retired.bytes).sum::<u64>();
    }
    let word = if args.dry_run { "would go" } else { "gone" };
    writeln!(out, "{} {word}, {}", super::counted(files, "file"), human(bytes as f64))?;
    Ok(())
}

fn line(out: &mut impl Write, root: &Path, retired: &Retired) -> Result<()> {
    let path = retired.path.strip_prefix(root).unwrap_or(&retired.path);
    let keep = match retired.name.as_ref().map(|name| Class::of(&name.table)) {
        Some(Class::Process) => "older than --keep-process",
        Some(Class::Minute) => "older than --keep-1m",
        Some(Class::Hour) => "older than --keep-1h",
        _ => "older than --keep",
    };
    let why = match retired.why {
        Why::Superseded => "merged into a wider file, and room is wanted",
        Why::Damaged => "damaged and sealed as far as it could be read, and room is wanted",
        Why::Age => keep,
        Why::Count => "more spans than --keep-files",
        Why::Size => "over --max-size",
        Why::Free => "less than --min-free is free",
    };
    Ok(writeln!(out, "{}  {}  {why}", path.display(), human(retired.bytes as f64))?)
}
