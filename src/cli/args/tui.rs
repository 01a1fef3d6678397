//! What can be typed to see a host in the terminal.

use super::ReadPlaces;

pub const TUI_EXAMPLES: &str = "\
Examples:
  sysray                                    this host, live
  sysray tui --store /var/lib/sysray        what is recorded there, along with its recorder
  sysray replay -b 'yesterday 14:05'        the same, beginning in the past

Where nobody records, a recorder of its own runs meanwhile, whose recording goes with it. ? lists the keys.
Language, colours and keys: see [tui] in `sysray config show`.
Exit codes: 0 done, 1 failed, 2 misused, 4 nothing recorded.";

#[derive(clap::Args, Default)]
pub struct Tui {
    #[command(flatten)]
    pub place: ReadPlaces,
    /// The host to begin with, where the store has several
    #[arg(long)]
    pub host: Option<String>,
}
