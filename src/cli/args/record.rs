//! What can be typed to take figures: `record` and `snapshot`, and what a store may grow to.

use std::time::Duration;

use clap::ValueEnum;

use super::Place;
use crate::cli::{config, values};

pub const RECORD_EXAMPLES: &str = "\
Examples:
  sysray record                              until Ctrl-C, a sample a second, into the default store
  sysray record -c 60 --store ./demo         sixty samples into ./demo
  sysray record --threads nginx,4711         each thread too of all nginx and of process 4711: table thread
  sysray record --rotate hourly --keep 14d --max-size 2GiB

The default store is $SYSRAY_STORE, else /var/lib/sysray for root, else $XDG_DATA_HOME/sysray.
Most options can be given in a file or as SYSRAY_…, such as SYSRAY_INTERVAL: see `sysray config`.
SIGINT, SIGTERM and SIGHUP end the recording: what was recorded is sealed, and the exit code is 0.
Exit codes: 0 ended, 1 failed, or some of the samples that were asked for could not be written, 2 misused.";

pub const SNAPSHOT_EXAMPLES: &str = "\
Examples:
  sysray snapshot                            one second of this host as JSON
  sysray snapshot --table disk --format csv  its disks only
  sysray snapshot --format prometheus        the kernel's totals, as a scrape would have them";

#[derive(clap::Args)]
pub struct Record {
    #[command(flatten)]
    pub recording: config::Options<config::Recording>,
    /// End after N samples
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// End after this time: 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = values::span)]
    pub duration: Option<Duration>,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub policy: Policy,
    /// End where the process ends that started it, which has this number
    #[arg(long, hide = true, value_name = "PID")]
    pub with_parent: Option<i32>,
}

/// What a store may grow to.
pub type Policy = config::Options<config::Keeping>;

/// What `--max-size` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxSize {
    None,
    Bytes(u64),
}

/// Where figures come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CollectorSet {
    /// The kernel's own files: everything
    #[cfg_attr(target_os = "linux", default)]
    Linux,
    /// What any system tells: fewer tables, and NULL for what it cannot know
    #[cfg_attr(not(target_os = "linux"), default)]
    Portable,
}

#[derive(clap::Args)]
pub struct Snapshot {
    /// How long to look: 1s, 500ms
    #[arg(short, long, default_value = "1s", value_parser = values::interval)]
    pub interval: Duration,
    /// What to print
    #[arg(long, value_enum, default_value_t = SnapshotFormat::Json)]
    pub format: SnapshotFormat,
    /// Only this table; may be given more than once
    #[arg(long, value_name = "TABLE", value_parser = values::table)]
    pub table: Vec<String>,
    /// Spell Prometheus names as node_exporter does even where promtool objects to the style
    #[arg(long)]
    pub node_exporter_names: bool,
    /// Where the figures come from
    #[arg(long, value_enum, default_value_t = CollectorSet::default())]
    pub collector: CollectorSet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SnapshotFormat {
    /// An object a table
    Json,
    /// A block a table, with a header line
    Csv,
    /// The kernel's totals as text
    Prometheus,
}
