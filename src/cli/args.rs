//! What can be typed. Each option says its unit and default; each command ends with examples.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use super::values;
use crate::record::Sync;
use crate::store::{Compression, Rotation};

/// A flight recorder for hosts, and the desk where its recordings are read.
#[derive(Parser)]
#[command(name = "sysray", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Record this host into a store of Parquet files
    #[command(after_help = RECORD_EXAMPLES)]
    Record(Record),
    /// Show one interval of this host
    #[command(after_help = SNAPSHOT_EXAMPLES)]
    Snapshot(Snapshot),
    /// Ask a recording in SQL
    #[cfg(feature = "desk")]
    #[command(after_help = QUERY_EXAMPLES)]
    Query(Query),
    /// Say how the host was doing
    #[cfg(feature = "desk")]
    #[command(after_help = REPORT_EXAMPLES)]
    Report(Report),
    /// List what is measured: tables, columns, units
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema(Schema),
    /// Look after a store
    Store(Store),
}

const RECORD_EXAMPLES: &str = "\
Examples:
  sysray record                              until Ctrl-C, a sample a second, into the default store
  sysray record -c 60 --store ./demo         sixty samples into ./demo
  sysray record --rotate hourly --keep 14d --max-size 2GiB

The default store is $SYSRAY_STORE, else /var/lib/sysray for root, else $XDG_DATA_HOME/sysray.
SIGINT, SIGTERM and SIGHUP end the recording: what was recorded is sealed, and the exit code is 0.
Exit codes: 0 ended, 1 failed, or some of the samples that were asked for could not be written, 2 misused.";

const SNAPSHOT_EXAMPLES: &str = "\
Examples:
  sysray snapshot                            one second of this host as JSON
  sysray snapshot --table disk --format csv  its disks only
  sysray snapshot --format prometheus        the kernel's totals, as a scrape would have them";

#[cfg(feature = "desk")]
const QUERY_EXAMPLES: &str = "\
Examples:
  sysray query \"select max(cpu) from system\"
  sysray query -b 10m \"select comm, sum(cpu_us)/1e6 as cpu_s from process group by 1 order by 2 desc limit 5\"
  sysray query -b 'yesterday 14:00' -e 'yesterday 15:00' --format csv -o out.csv -f question.sql

Times: now, 10m (ago), 14:05, yesterday 14:05, '2026-11-22 14:05', RFC 3339, @1795363911, start+5m, end-5m.
Exit codes: 0 answered, 1 failed, 2 misused, 4 nothing recorded in the range.";

#[cfg(feature = "desk")]
const REPORT_EXAMPLES: &str = "\
Examples:
  sysray report                              all of the default store
  sysray report -b 1h --format markdown      the last hour, for a ticket";

const SCHEMA_EXAMPLES: &str = "\
Examples:
  sysray schema                              the tables
  sysray schema disk                         the columns of one
  sysray schema disk --format json";

#[derive(clap::Args)]
pub struct Record {
    /// Time between two samples: 1s, 500ms, 1m; ticks fall on its multiples
    #[arg(short, long, default_value = "1s", value_parser = values::interval)]
    pub interval: Duration,
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
    /// Make what was recorded outlive a power cut: tick (each sample), 5s (so often), off (when the system does)
    #[arg(long, default_value = "5s", value_name = "WHEN", value_parser = values::sync)]
    pub sync: Sync,
    /// Where the figures come from
    #[arg(long, value_enum, default_value_t = CollectorSet::default())]
    pub collector: CollectorSet,
}

/// What a store may grow to.
#[derive(clap::Args, Clone)]
pub struct Policy {
    /// Span of a finished file: hourly, daily, or a time such as 15m; never past a UTC day
    #[arg(long, default_value = "daily", value_name = "SPAN", value_parser = values::rotation)]
    pub rotate: Rotation,
    /// Keep the newest N such spans
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub keep_files: Option<u64>,
    /// Keep recorded rows for this time [default: 14d, those of processes 3d]
    #[arg(long, value_name = "TIME", value_parser = values::span)]
    pub keep: Option<Duration>,
    /// Keep recorded rows of processes for this time [default: as --keep, else 3d]
    #[arg(long, value_name = "TIME", value_parser = values::span)]
    pub keep_process: Option<Duration>,
    /// Keep one-minute rows for this time
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = values::span)]
    pub keep_1m: Duration,
    /// Keep one-hour rows for this time
    #[arg(long, value_name = "TIME", default_value = "400d", value_parser = values::span)]
    pub keep_1h: Duration,
    /// Never let the store grow over this size: 500MiB, none [default: 2GiB or 5 % of the disk, the smaller]
    #[arg(long, value_name = "SIZE", value_parser = values::max_size)]
    pub max_size: Option<MaxSize>,
    /// Give up the oldest rows while less than this share of the disk is free; 0: never
    #[arg(long, value_name = "PERCENT", default_value = "10%", value_parser = values::percent)]
    pub min_free: f64,
    /// Compression of finished files: zstd, zstd:LEVEL (1 to 22), none
    #[arg(long, default_value = "zstd:3", value_name = "CODEC", value_parser = values::compression)]
    pub compress: Compression,
}

/// What `--max-size` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxSize {
    None,
    Bytes(u64),
}

/// Which store.
#[derive(clap::Args, Clone)]
pub struct Place {
    /// The store's folder
    #[arg(long, short_alias = 'o', alias = "output", value_name = "DIR", env = "SYSRAY_STORE")]
    pub store: Option<PathBuf>,
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

#[cfg(feature = "desk")]
#[derive(clap::Args)]
pub struct Query {
    /// The question
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    pub sql: Option<String>,
    /// Read the question from a file; - is standard input
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub place: QueryPlace,
    #[command(flatten)]
    pub range: RangeArgs,
    /// What to print: table, csv, json, ndjson, markdown; without it what the name after -o ends in, else table
    #[arg(long)]
    pub format: Option<crate::export::Format>,
    /// Write the answer to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Which store is read.
#[cfg(feature = "desk")]
#[derive(clap::Args, Clone)]
pub struct QueryPlace {
    /// The store's folder
    #[arg(long, value_name = "DIR", env = "SYSRAY_STORE")]
    pub store: Option<PathBuf>,
}

/// Which range is read.
#[cfg(feature = "desk")]
#[derive(clap::Args, Clone)]
pub struct RangeArgs {
    /// Only rows later than this: 10m, 14:05, yesterday, '2026-11-22 14:05', start+5m
    #[arg(short, long, value_name = "TIME", alias = "since", allow_hyphen_values = true)]
    pub begin: Option<String>,
    /// Only rows up to this
    #[arg(short, long, value_name = "TIME", alias = "until", allow_hyphen_values = true)]
    pub end: Option<String>,
}

#[cfg(feature = "desk")]
#[derive(clap::Args)]
pub struct Report {
    #[command(flatten)]
    pub place: QueryPlace,
    #[command(flatten)]
    pub range: RangeArgs,
    /// The host, where the store has several
    #[arg(long)]
    pub host: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

#[cfg(feature = "desk")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    Text,
    Markdown,
    Json,
}

#[derive(clap::Args)]
pub struct Schema {
    /// The table
    #[arg(value_parser = values::table)]
    pub table: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t = SchemaFormat::Table)]
    pub format: SchemaFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    Table,
    Json,
    /// The whole of docs/schema.md
    Markdown,
}

#[derive(clap::Args)]
pub struct Store {
    #[command(subcommand)]
    pub command: StoreCommand,
}

#[derive(Subcommand)]
pub enum StoreCommand {
    /// What the store holds: tables, rows, bytes, range, gaps, and who records
    Status(Place),
    /// Seal, merge and retire now; the recorder does this by itself
    #[command(hide = true)]
    Maintain(Maintain),
}

#[derive(clap::Args)]
pub struct Maintain {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub policy: Policy,
    /// The host whose files are maintained
    #[arg(long)]
    pub host: String,
}
