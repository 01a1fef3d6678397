//! `sysray push`.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use super::args::Push;
use super::config::Config;
use super::percent::Percent;
use super::status_line::human;
use super::store::{counted, hosts};
use super::{NotSound, NothingRecorded, place, when};
use crate::remote::{Ask, Bucket, Pushed, push};
use crate::store::{self, Catalog, Policy, SegmentName};
use crate::time::{Clock, Range, SystemClock};

/// Sends sealed segments to a bucket.
pub fn run(args: Push) -> Result<()> {
    let config = Config::read(args.place.config, args.policy.0)?;
    let root = place::store_of(args.place.store, &config)?;
    let hosts = hosts(&root, args.host)?;
    let range = when::when(&root, &args.range)?.range;
    let (segments, waiting) = chosen(&root, &hosts, &range, &config.policy(&root)?, args.all)?;
    if segments.is_empty() && waiting == 0 {
        let nothing = format!("no segment of {} has rows of the range; nothing was sent", root.display());
        return Err(NothingRecorded(nothing).into());
    }
    let bucket = Bucket::open(args.to)?;
    let percent = Mutex::new(Percent::new("pushing"));
    let progress = |done, of| percent.lock().unwrap_or_else(PoisonError::into_inner).show(done, of);
    let asked =
        Ask { root: &root, segments, verify: args.verify, dry_run: args.dry_run, progress: &progress };
    let pushed = push(&bucket, &asked)?;
    drop(percent);
    if waiting > 0 {
        let waiting = counted(waiting, "segment");
        eprintln!("{waiting} may still be merged: not sent before that, or with --all");
    }
    for finding in &pushed.findings {
        eprintln!("sysray: {finding}");
    }
    writeln!(io::stdout(), "{}: {}", bucket.address(), told(&pushed, args.dry_run, args.verify))?;
    if pushed.findings.is_empty() {
        return Ok(());
    }
    let wrong = counted(pushed.findings.len(), "finding");
    Err(NotSound(format!("not all is in {} as it is in {}: {wrong}", bucket.address(), root.display()))
        .into())
}

/// What is to be there, and how many segments of the range wait until they are merged.
fn chosen(
    root: &Path,
    hosts: &[String],
    range: &Range,
    policy: &Policy,
    all: bool,
) -> Result<(Vec<SegmentName>, usize)> {
    let wanted = |name: &SegmentName| hosts.contains(&name.host) && range.touches(name.from, name.to);
    let sealed: Vec<_> =
        Catalog::open(root)?.segments().iter().filter(|name| wanted(name)).cloned().collect();
    if all {
        return Ok((sealed, 0));
    }
    let now = SystemClock::default().wall();
    let mut settled = Vec::new();
    for host in hosts {
        settled.extend(store::settled(root, host, policy, now)?.into_iter().filter(|name| wanted(name)));
    }
    let waiting = sealed.len().saturating_sub(settled.len());
    Ok((settled, waiting))
}

fn told(pushed: &Pushed, dry_run: bool, verify: bool) -> String {
    let sent = counted(pushed.sent, "segment");
    let word = if dry_run { "would be sent" } else { "sent" };
    let mut told =
        format!("{sent} {word}, {}; {} there already", human(pushed.sent_bytes as f64), pushed.there);
    if verify && !dry_run {
        told += &format!("; {} read back and found equal", pushed.verified);
    }
    told
}
