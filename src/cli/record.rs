//! `sysray record`.

use std::ffi::OsString;
use std::io::{Write, stderr};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::args::Record;
use super::config::Config;
use super::status_line::StatusLine;
use super::{collectors, place};
use crate::collect::Host;
use crate::record::{self, Maintenance, Options};
use crate::store::{self, Compression, Folder};
use crate::time::SystemClock;

/// Records until it is told to stop.
pub fn run(args: Record) -> Result<()> {
    place::restrict_umask();
    #[cfg(target_os = "linux")]
    if let Some(parent) = args.with_parent {
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))?;
        // Of a parent that ended before nobody is told any more.
        if rustix::process::Pid::as_raw(rustix::process::getppid()) != parent {
            bail!("process {parent}, along with which this records, has ended");
        }
    }
    let mut given = args.recording.0;
    given.extend(args.policy.0);
    let config = Config::read(args.place.config, given)?;
    let root = place::store_of(args.place.store, &config)?;
    let (sender, receiver) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = sender.send(());
    })
    .context("signals cannot be caught")?;
    let settings = config.settings();
    record::take_descriptors();
    let set = collectors::set(config.collector(), &settings);
    let policy = config.policy(&root)?;
    let interval = config.interval();
    let options = Options {
        interval,
        count: count(args.count, args.duration, interval),
        folder: Folder::at(&root),
        policy,
        sync: config.sync(),
        host: set.host,
        collectors: set.each_tick,
        inventory: set.inventory,
        settings,
        budget_pct: config.budget_pct(),
        standing: config.standing(),
        alerts: config.rules().into_iter().map(|in_force| in_force.rule).collect(),
    };
    drop(config);
    let is_counted = options.count.is_some();
    let child = |host: &str| maintenance(&root, host, &policy);
    let mut line = StatusLine::new(&root);
    let stop = |time| !matches!(receiver.recv_timeout(time), Err(RecvTimeoutError::Timeout));
    let summary = record::run(options, &SystemClock::default(), &stop, child, &mut line)?;
    line.finish(&summary);
    let told = format!("{} samples could not be written", summary.dropped);
    match summary.dropped {
        0 => {}
        // So many were asked for, and are not there; one that was only to go on until now has gone on.
        _ if is_counted => bail!(told),
        _ => {
            let _ = writeln!(stderr(), "sysray: {told}");
        }
    }
    Ok(())
}

/// How many samples make up the count or the duration, whichever ends first.
fn count(count: Option<u64>, duration: Option<Duration>, interval: Duration) -> Option<u64> {
    let fitting = duration.map(|time| (time.as_micros() / interval.as_micros()).max(1) as u64);
    count.into_iter().chain(fitting).min()
}

/// The child that maintains the store.
fn maintenance(root: &Path, host: &str, policy: &store::Policy) -> Maintenance {
    let mut words: Vec<OsString> = ["store", "maintain", "--store"].map(OsString::from).into();
    words.extend([root.into(), "--host".into(), host.into()]);
    let mut option = |name: &str, value: String| words.extend([name.into(), value.into()]);
    option("--rotate", format!("{}s", policy.rotation.length().as_secs()));
    option(
        "--compress",
        match policy.compression {
            Compression::None => "none".into(),
            Compression::Zstd(level) => format!("zstd:{level}"),
        },
    );
    let seconds = |time: Duration| format!("{}s", time.as_secs().max(1));
    option("--keep", seconds(policy.keep.raw));
    option("--keep-process", seconds(policy.keep.process));
    option("--keep-1m", seconds(policy.keep.minute));
    option("--keep-1h", seconds(policy.keep.hour));
    option("--max-size", policy.max_bytes.map_or("none".into(), |bytes| bytes.to_string()));
    option("--min-free", policy.min_free_pct.to_string());
    if let Some(spans) = policy.keep_files {
        option("--keep-files", spans.to_string());
    }
    let mut here = Host::here();
    let shortage = move || record::memory_shortage(&mut here);
    let command = move || {
        let mut command = Command::new(record::program());
        command.args(&words);
        // Ctrl-C on the terminal is for the recorder, which then waits for its child.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    };
    Maintenance::postponed(command, shortage)
}
