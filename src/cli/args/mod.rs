//! What can be typed. Each option says its unit and default; each command ends with examples.

mod alerts;
mod config;
#[cfg(target_os = "linux")]
mod doctor;
mod explain;
mod note;
#[cfg(feature = "s3")]
mod push;
mod read;
mod record;
#[cfg(feature = "desk")]
mod replay;
mod store;
#[cfg(feature = "desk")]
mod tui;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use alerts::*;
pub use config::*;
#[cfg(target_os = "linux")]
pub use doctor::*;
pub use explain::*;
pub use note::*;
#[cfg(feature = "s3")]
pub use push::*;
pub use read::*;
pub use record::*;
#[cfg(feature = "desk")]
pub use replay::*;
pub use store::*;
#[cfg(feature = "desk")]
pub use tui::*;

/// A flight recorder for hosts, and the desk where its recordings are read.
#[derive(Parser)]
#[command(name = "sysray", version, max_term_width = 100)]
#[cfg_attr(not(feature = "desk"), command(arg_required_else_help = true))]
pub struct Args {
    /// Without one, on a terminal: the desk, live
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Show this host in the terminal, live and back in time; so does `sysray` alone
    #[cfg(feature = "desk")]
    #[command(after_help = tui::TUI_EXAMPLES)]
    Tui(Tui),
    /// Record this host into a store of Parquet files
    #[command(after_help = record::RECORD_EXAMPLES)]
    Record(Record),
    /// Show one interval of this host
    #[command(after_help = record::SNAPSHOT_EXAMPLES)]
    Snapshot(Snapshot),
    /// Ask a recording in SQL
    #[cfg(feature = "desk")]
    #[command(after_help = read::QUERY_EXAMPLES)]
    Query(Query),
    /// Say how the host was doing
    #[cfg(feature = "desk")]
    #[command(after_help = read::REPORT_EXAMPLES)]
    Report(Report),
    /// Go through a recording step by step
    #[cfg(feature = "desk")]
    #[command(after_help = replay::REPLAY_EXAMPLES)]
    Replay(Replay),
    /// List what is measured: tables, columns, units
    #[command(after_help = read::SCHEMA_EXAMPLES)]
    Schema(Schema),
    /// Explain a word: a concept, a table, a column
    #[command(after_help = explain::EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Put a line of your own into the recording
    #[command(after_help = note::NOTE_EXAMPLES)]
    Note(Note),
    /// List the rules that raise alerts, and what they have raised
    #[command(after_help = alerts::ALERTS_EXAMPLES)]
    Alerts(Alerts),
    /// Send a store's sealed segments to a bucket, for `query` and other engines to ask there
    #[cfg(feature = "s3")]
    #[command(after_help = push::PUSH_EXAMPLES)]
    Push(Push),
    /// A word for who reads of it and has it not
    #[cfg(not(feature = "s3"))]
    #[command(hide = true, disable_help_flag = true)]
    Push {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        _words: Vec<String>,
    },
    /// Look after a store: status, verify, compact, prune, cut, recover
    #[command(after_help = store::STORE_EXAMPLES)]
    Store(Store),
    /// What holds of options, environment and configuration file, and what is wrong with the file
    #[command(after_help = config::CONFIG_EXAMPLES)]
    Config(Config),
    /// What will be NULL on this host, for this user, why, and what would change it
    #[cfg(target_os = "linux")]
    #[command(after_help = doctor::DOCTOR_EXAMPLES)]
    Doctor(Doctor),
}

/// Which store.
#[derive(clap::Args, Clone)]
pub struct Place {
    /// The store's folder; else $SYSRAY_STORE, else what the configuration says
    #[arg(long, short_alias = 'o', alias = "output", value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// The configuration file; else $SYSRAY_CONFIG, else the first that is there: see `sysray config`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Which store is read.
#[derive(clap::Args, Clone)]
pub struct ReadPlace {
    /// The store's folder; else $SYSRAY_STORE, else what the configuration says
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// The configuration file; else $SYSRAY_CONFIG, else the first that is there: see `sysray config`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Which stores are read together.
#[cfg(feature = "desk")]
#[derive(clap::Args, Clone, Default)]
pub struct ReadPlaces {
    /// A store's folder, a folder of copied stores, one of their Parquet files or s3://bucket/prefix, and may
    /// be given more than once; else $SYSRAY_STORE, else what the configuration says
    #[arg(long, value_name = "PATH")]
    pub store: Vec<PathBuf>,
    /// The configuration file; else $SYSRAY_CONFIG, else the first that is there: see `sysray config`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Which range is read.
#[derive(clap::Args, Clone)]
pub struct RangeArgs {
    /// Only rows later than this: 10m, 14:05, yesterday, '2026-11-22 14:05', start+5m
    #[arg(short, long, value_name = "TIME", alias = "since", allow_hyphen_values = true)]
    pub begin: Option<String>,
    /// Only rows up to this
    #[arg(short, long, value_name = "TIME", alias = "until", allow_hyphen_values = true)]
    pub end: Option<String>,
    /// The time zone in which times are read and shown, such as Europe/Berlin or +02:00; else the system's
    #[arg(long, value_name = "ZONE", conflicts_with = "utc", allow_hyphen_values = true)]
    pub tz: Option<String>,
    /// Times in UTC
    #[arg(long)]
    pub utc: bool,
}
