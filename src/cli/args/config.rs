//! What can be typed to look at the configuration.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::{Place, Policy};
use crate::cli::config;

pub const CONFIG_EXAMPLES: &str = "\
Examples:
  sysray config show                         the value of each key, and where it comes from
  sysray config show --keep 30d              as it would be with this option
  sysray config check ./sysray.toml          every mistake in a file, with its line
  sysray config example > sysray.toml        every key with its default, to be edited

What is read: the file of --config or $SYSRAY_CONFIG, else $XDG_CONFIG_HOME/sysray/sysray.toml, else \
/etc/sysray/sysray.toml, the first that is there. Options weigh more than SYSRAY_…, that more than the file.
Exit codes: 0 fine, 1 failed, 2 a mistake in options, environment or file.";

#[derive(clap::Args)]
pub struct Config {
    #[command(subcommand)]
    pub command: ConfigCommand,
}

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// The value of each key, and where it comes from: an option, a variable, a line of the file, or default
    Show(ConfigShow),
    /// Whether a file is fine, or else all that is wrong with it
    Check(ConfigCheck),
    /// The example file: every key with its default and what it is for
    Example,
}

#[derive(clap::Args)]
pub struct ConfigShow {
    /// What to print; toml is a file that says the same
    #[arg(long, value_enum, default_value_t = ConfigFormat::Text)]
    pub format: ConfigFormat,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub recording: config::Options<config::Recording>,
    #[command(flatten)]
    pub policy: Policy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConfigFormat {
    Text,
    Toml,
}

#[derive(clap::Args)]
pub struct ConfigCheck {
    /// The file; without it the one that would be read
    pub file: Option<PathBuf>,
    /// The same
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}
