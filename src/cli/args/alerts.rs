//! What can be typed to look at alerts.

use clap::ValueEnum;

use super::ReadPlace;

pub const ALERTS_EXAMPLES: &str = "\
Examples:
  sysray alerts                              the rules that are watched, and what was raised lately
  sysray alerts --rules                      the rules alone, and where each comes from
  sysray alerts --check                      what is raised now; for scripts, by its exit code
  sysray alerts --last 100 --format json
  sysray query \"select ts, kind, subject, message from event where kind in ('alert', 'alert_clear')\"

Rules are kept in the configuration file, in a table [alert.NAME] each: see `sysray config example` and \
docs/alerts.md. `from` says which are defaults. What is `ended` was raised when the recording ended.
Exit codes: 0 done, 1 failed, 2 misused, 3 with --check: something is raised now, 4 with \
--check: nobody records here, so that it is unknown.";

#[derive(clap::Args)]
pub struct Alerts {
    /// Only the rules that are watched
    #[arg(long, conflicts_with_all = ["check", "last"])]
    pub rules: bool,
    /// Only what is raised now; the exit code is 3 if that is anything, and 4 where nobody records
    #[arg(long, conflicts_with = "last")]
    pub check: bool,
    /// Show the last N that were raised
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub last: usize,
    /// What to print
    #[arg(long, value_enum, default_value_t = AlertsFormat::Text)]
    pub format: AlertsFormat,
    #[command(flatten)]
    pub place: ReadPlace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AlertsFormat {
    Text,
    Json,
}
