//! What can be typed to send a store's segments to a bucket.

use super::{Place, Policy, RangeArgs};
use crate::remote::Address;

pub const PUSH_EXAMPLES: &str = "\
Examples:
  sysray push s3://recordings/prod                   what will not be merged any more: finished days and months
  sysray push s3://recordings/prod --dry-run
  sysray push s3://recordings/prod --verify          read back what is to be there, and compare
  sysray push s3://recordings/prod -b 1h --all       the last hour too, which will be merged here later
  sysray query --store s3://recordings/prod \"select max(cpu) from system\"

Each segment is sent once and nothing that is there is overwritten: broken off, it goes on with the same command, and \
run every day by a timer it sends a day. The server checks the SHA-256 of what arrives, and all names and sizes are \
looked at again at the end. Several hosts may push to one place. Give the bounds that the recorder was given, such as \
--rotate: they say which segments are still to be merged. With --all those go too, and what they are merged to later: \
sysray counts such rows once, other readers of the files do not.

Server and credentials come from the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, \
AWS_REGION, AWS_ENDPOINT_URL (of another server than Amazon's), AWS_ALLOW_HTTP=true (if that speaks http), \
AWS_SKIP_SIGNATURE=true (to read what all may read).
Exit codes: 0 all is there, 1 failed, 2 misused, 3 something is not as it should be, 4 nothing recorded in the range.";

#[derive(clap::Args)]
pub struct Push {
    /// Where to, as s3://bucket/prefix
    #[arg(value_name = "ADDRESS")]
    pub to: Address,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub range: RangeArgs,
    /// Only the files of this host
    #[arg(long)]
    pub host: Option<String>,
    /// Also what will still be merged here
    #[arg(long)]
    pub all: bool,
    /// Read back and compare all that is to be there, also what was sent before
    #[arg(long)]
    pub verify: bool,
    /// Only say what would be sent
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub policy: Policy,
}
