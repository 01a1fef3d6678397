//! What can be typed to go through a recording.

use std::path::PathBuf;

use super::{RangeArgs, ReadPlace};
use crate::cli::values;

pub const REPLAY_EXAMPLES: &str = "\
Examples:
  sysray replay -b 'yesterday 14:05'                  in the terminal, the cursor there
  sysray replay --text -b 14:00 -e 14:10              every sample of ten minutes
  sysray replay --text -b yesterday --every 5m        the last of every five minutes
  sysray replay ./incident --text | less -S           a store that `sysray store cut` made

With --text a line of the host for each step, one for each of its busiest processes, and what happened since the step before. \
Processes are of that one sample; so is all else, and not a mean of what lies between. What is unknown is a dash.
Exit codes: 0 done, 1 failed, 2 misused, 4 nothing recorded in the range.";

#[derive(clap::Args)]
pub struct Replay {
    /// A store's folder or a folder of copied stores; else what --store says
    #[arg(value_name = "STORE", conflicts_with = "store")]
    pub path: Option<PathBuf>,
    #[command(flatten)]
    pub place: ReadPlace,
    #[command(flatten)]
    pub range: RangeArgs,
    /// The host, where the store has several
    #[arg(long)]
    pub host: Option<String>,
    /// As plain text, for pipes, instead of on the terminal
    #[arg(long)]
    pub text: bool,
    /// Only the last sample of each span of this length, such as 1m; without it every sample
    #[arg(long, value_name = "TIME", value_parser = values::span, requires = "text")]
    pub every: Option<std::time::Duration>,
    /// How many processes a step, at most
    #[arg(long, value_name = "N", default_value_t = 5, requires = "text")]
    pub processes: usize,
}
