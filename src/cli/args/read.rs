//! What can be typed to read what was recorded: `query` and `report`, and `schema`.

#[cfg(feature = "desk")]
use std::path::PathBuf;

use clap::ValueEnum;

use super::Language;
#[cfg(feature = "desk")]
use super::{RangeArgs, ReadPlace, ReadPlaces};
use crate::cli::values;

#[cfg(feature = "desk")]
pub const QUERY_EXAMPLES: &str = "\
Examples:
  sysray query                               a shell: \\d lists tables, \\? commands
  sysray query \"select max(cpu) from system\"
  sysray query -b 10m \"select comm, sum(cpu_us)/1e6 as cpu_s from process group by 1 order by 2 desc limit 5\"
  sysray query -b 1h --format chart \"select ts, cpu, memory_used_pct from system\"
  sysray query -b 'yesterday 14:00' -e 'yesterday 15:00' --format csv -o out.csv -f question.sql
  sysray query --examples                    thirty questions that incidents raise
  sysray query @top-cpu -b 1h --param n=5

Times: now, 10m (ago), 14:05, yesterday 14:05, '2026-11-22 14:05', RFC 3339, @1795363911, start+5m, end-5m.
Exit codes: 0 answered, 1 failed, 2 misused, 4 nothing recorded in the range, 5 it takes more time, memory or
temporary files than it is allowed, 130 interrupted.";

#[cfg(feature = "desk")]
pub const REPORT_EXAMPLES: &str = "\
Examples:
  sysray report                              all of the default store
  sysray report -b 1h --format markdown      the last hour, for a ticket";

pub const SCHEMA_EXAMPLES: &str = "\
Examples:
  sysray schema                              the tables
  sysray schema disk                         the columns of one
  sysray schema disk --format json
  sysray schema disk --lang fr               in French; what a word means: sysray explain";

#[cfg(feature = "desk")]
#[derive(clap::Args)]
pub struct Query {
    /// The question, or @NAME of an example; without one, on a terminal, a shell: \? there lists its commands
    #[arg(conflicts_with = "file")]
    pub sql: Option<String>,
    /// Read the question from a file; - is standard input
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// What `:NAME` in the question stands for; may be given more than once
    #[arg(short, long = "param", value_name = "NAME=VALUE", value_parser = values::parameter)]
    pub param: Vec<(String, String)>,
    /// List the examples; with @NAME print that one
    #[arg(long, conflicts_with = "file")]
    pub examples: bool,
    #[command(flatten)]
    pub place: ReadPlaces,
    #[command(flatten)]
    pub range: RangeArgs,
    /// What to print: table, records (a column a line), chart (of times and numbers), csv, json, ndjson,
    /// markdown, parquet, arrow, arrows (a stream); without it what the name after -o ends in, else table
    #[arg(long)]
    pub format: Option<crate::export::Format>,
    /// Write the answer to a file that is not there yet; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
    /// How long the question may take, such as 30s; without it as long as it takes
    #[arg(long, value_name = "TIME", value_parser = values::span)]
    pub timeout: Option<std::time::Duration>,
    /// How much memory the program may take; what is sorted or grouped beyond that goes to files without a
    /// name in $TMPDIR, else /var/tmp
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = values::memory)]
    pub memory: u64,
}

#[cfg(feature = "desk")]
#[derive(clap::Args)]
pub struct Report {
    #[command(flatten)]
    pub place: ReadPlace,
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
    /// In which language the prose is
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    Table,
    Json,
    /// The whole of docs/schema.md
    Markdown,
}
