//! `sysray record`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result};

use super::args::{Policy, Record};
use super::status_line::StatusLine;
use super::{collectors, place};
use crate::record::{self, Maintenance, Options};
use crate::store::{self, Compression};
use crate::time::SystemClock;

/// Records until it is told to stop.
pub fn run(args: Record) -> Result<()> {
    let root = place::store(args.place.store)?;
    let (sender, receiver) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = sender.send(());
    })
    .context("signals cannot be caught")?;
    let set = collectors::set(args.collector);
    let options = Options {
        interval: args.interval,
        count: count(args.count, args.duration, args.interval),
        root: root.clone(),
        policy: policy(&args.policy),
        host: set.host,
        collectors: set.each_tick,
        inventory: set.inventory,
    };
    let child = |host: &str| maintenance(&root, host, &args.policy);
    let mut line = StatusLine::new(&root);
    let stop = |time| !matches!(receiver.recv_timeout(time), Err(RecvTimeoutError::Timeout));
    let summary = record::run(options, &SystemClock::default(), &stop, child, &mut line)?;
    line.finish(&summary);
    Ok(())
}

/// How many samples make up the count or the duration, whichever ends first.
fn count(count: Option<u64>, duration: Option<Duration>, interval: Duration) -> Option<u64> {
    let fitting = duration.map(|time| (time.as_micros() / interval.as_micros()).max(1) as u64);
    count.into_iter().chain(fitting).min()
}

/// The bounds as the store takes them.
pub fn policy(args: &Policy) -> store::Policy {
    store::Policy {
        rotation: args.rotate,
        keep_files: args.keep_files,
        keep: args.keep,
        max_bytes: args.max_size,
        compression: args.compress,
    }
}

/// The child is this very program, even if the file it was started from has been replaced.
fn maintenance(root: &Path, host: &str, args: &Policy) -> Maintenance {
    let program = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        std::env::current_exe().unwrap_or_else(|_| "sysray".into())
    };
    let mut words: Vec<OsString> = ["store", "maintain", "--store"].map(OsString::from).into();
    words.extend([root.into(), "--host".into(), host.into()]);
    let mut option = |name: &str, value: String| words.extend([name.into(), value.into()]);
    option("--rotate", format!("{}s", args.rotate.length().as_secs()));
    option(
        "--compress",
        match args.compress {
            Compression::None => "none".into(),
            Compression::Zstd(level) => format!("zstd:{level}"),
        },
    );
    if let Some(spans) = args.keep_files {
        option("--keep-files", spans.to_string());
    }
    if let Some(time) = args.keep {
        option("--keep", format!("{}s", time.as_secs().max(1)));
    }
    if let Some(bytes) = args.max_size {
        option("--max-size", bytes.to_string());
    }
    Maintenance::new(move || {
        let mut command = Command::new(&program);
        command.args(&words);
        // Ctrl-C on the terminal is for the recorder, which then waits for its child.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    })
}
