//! What can be typed to look at what a host tells.

use clap::ValueEnum;

use super::{CollectorSet, Place};

pub const DOCTOR_EXAMPLES: &str = "\
Examples:
  sysray doctor                              what a recording by this user would lack
  sudo sysray doctor                         what one by root would
  sysray doctor --format json
  sysray doctor --collector portable         which tables and columns a recording on another system has

Rows are taken for a second and looked at; nothing is recorded and nothing changed. `ok`: there in every row; \
`partly`: in some rows; `NULL`: in none. Exit codes: 0 looked, 1 failed, 2 misused.";

#[derive(clap::Args)]
pub struct Doctor {
    #[command(flatten)]
    pub place: Place,
    /// Where the figures come from; of portable it is told which columns they fill, without reasons
    #[arg(long, value_enum, default_value_t = CollectorSet::default())]
    pub collector: CollectorSet,
    /// What to print
    #[arg(long, value_enum, default_value_t = DoctorFormat::Text)]
    pub format: DoctorFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    Text,
    Json,
}
