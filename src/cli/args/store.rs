//! What can be typed to look after a store.

use std::path::PathBuf;

use clap::Subcommand;

use crate::cli::values;

use super::{Place, Policy, RangeArgs, ReadPlace};

pub const STORE_EXAMPLES: &str = "\
Examples:
  sysray store status                        what the default store holds, and how far it will reach
  sysray store verify --deep                 look at every byte of it
  sysray store cut -b 1h -o hour.tar         the last hour, to send to somebody

Exit codes: 0 done, 1 failed, 2 misused, 3 the store is not as it should be, 4 nothing recorded in the range.";

const STATUS_EXAMPLES: &str = "\
Examples:
  sysray store status
  sysray store status --store ./demo --max-size 500MiB --keep 30d    how far it would reach with these bounds

A store does not know the bounds it is recorded with: give the options that the recorder was given. What the \
configuration says holds here as well.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  sysray store verify                        names, footers, frame numbers and the journal: seconds
  sysray store verify --deep                 every byte and every row as well
  sysray store verify --counters             that what was counted adds up to what counters stood at

--counters proves the recording by the table `base`, which has what counters stood at by the kernel at the first \
sample of a recording, of each hour, and at the end: one base and all that was counted behind it make the next. It \
prints a line a table: how many counters were proved, over how many spans between two bases, and of how many spans \
that cannot be, and why. What does not add up is a finding, with what was expected and what was found.

Prints one line for each thing it finds: `finding` for what is wrong, `note` for what is merely worth knowing. It \
takes no lock, writes nothing, and can run while the store is recorded.
Exit codes: 0 nothing is wrong, 3 at least one finding, 1 the store could not be looked at.";

const COMPACT_EXAMPLES: &str = "\
Examples:
  sysray store compact                       what a recorder's maintenance does, now
  sysray store compact --rotate hourly --keep 30d

Retires what is over the bounds: give the options that the recorder was given. The part that is being recorded is \
left alone. Files that were merged stay for one more maintenance, for those who are reading them.";

const PRUNE_EXAMPLES: &str = "\
Examples:
  sysray store prune --dry-run --max-size 500MiB     what would go
  sysray store prune --keep-process 1d               rows of processes older than a day go

Bounds that are not given are those that `sysray record` would have: the configuration's, else its defaults.";

const CUT_EXAMPLES: &str = "\
Examples:
  sysray store cut -b 14:00 -e 14:30 -o incident             a folder that every command reads as a store
  sysray store cut -b 1h -o incident.tar --redact            one file, without names

The store that is cut from is not changed. Ticks keep their numbers. Rows are those later than the begin and no \
later than the end.

What --redact makes unrecognisable:
  command lines             only the program's name is left
  paths of programs         only the file's name is left
  users                     user-UID; root stays
  hosts                     host-1, host-2 … in columns, paths, footers and the store's identity; machine-1 for \
machine ids
  hardware addresses        ***, also within names of interfaces, chips and batteries
  mounts, devices, mappings, disk images and volumes
                            each word of a path that is not a system's own becomes name-N
  cgroups                   names of containers, virtual machines, mounts and instances become name-N; ids of \
containers stay
  addresses listened at     ***
  messages and errors       names of hosts and people, addresses, and folders of paths become ***
What stays: numbers, program names, names of services, interfaces, block devices and kernels, time zone, boot ids, \
uids. Look at the result before you send it to somebody who must not know the rest.
Exit codes: 0 done, 1 failed or something could not be read and was left out, 4 nothing recorded in the range.";

const RECOVER_EXAMPLES: &str = "\
Examples:
  sysray store recover 20261122T140000Z.1.part
  sysray store recover journal/host=web1/20261122T140000Z.1.part.damaged -o saved

Reads a part of the journal, whole or not, and makes a store of every row in it that fits its check. The file is \
only read. Where its header is damaged, the tables of this version are assumed.
Exit codes: 0 rows were recovered, 1 nothing could be.";

#[derive(clap::Args)]
pub struct Store {
    #[command(subcommand)]
    pub command: StoreCommand,
}

#[derive(Subcommand)]
pub enum StoreCommand {
    /// What the store holds: tables, rows, bytes, range, gaps, who records, and how far it will reach
    #[command(after_help = STATUS_EXAMPLES)]
    Status(Status),
    /// Whether the store is as it should be
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Verify),
    /// Seal, merge and retire now
    #[command(after_help = COMPACT_EXAMPLES)]
    Compact(Compact),
    /// Give up what is over the bounds
    #[command(after_help = PRUNE_EXAMPLES)]
    Prune(Prune),
    /// Make a store of its own of a range
    #[command(after_help = CUT_EXAMPLES)]
    Cut(Cut),
    /// Make a store of what can be read of a part of the journal
    #[command(after_help = RECOVER_EXAMPLES)]
    Recover(Recover),
    /// Seal, merge and retire now; the recorder does this by itself
    #[command(hide = true)]
    Maintain(Maintain),
}

#[derive(clap::Args)]
pub struct Status {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub policy: Policy,
}

#[derive(clap::Args)]
pub struct Verify {
    #[command(flatten)]
    pub place: Place,
    /// Read every byte: sums of files, every row of every table, every frame of the journal
    #[arg(long)]
    pub deep: bool,
    /// Add up what was counted, and compare it with what counters stood at
    #[arg(long)]
    pub counters: bool,
}

#[derive(clap::Args)]
pub struct Compact {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub policy: Policy,
    /// Only the files of this host
    #[arg(long)]
    pub host: Option<String>,
}

#[derive(clap::Args)]
pub struct Prune {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub policy: Policy,
    /// Only the files of this host
    #[arg(long)]
    pub host: Option<String>,
    /// Only say what would go
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

#[derive(clap::Args)]
pub struct Cut {
    #[command(flatten)]
    pub place: ReadPlace,
    #[command(flatten)]
    pub range: RangeArgs,
    /// Where to: a folder that does not exist or is empty, or a new file whose name ends in .tar
    #[arg(short, long, value_name = "DIR|FILE.tar")]
    pub output: PathBuf,
    /// Only this host; may be given more than once
    #[arg(long)]
    pub host: Vec<String>,
    /// Make names of hosts and people, command lines and addresses unrecognisable; see below
    #[arg(long)]
    pub redact: bool,
}

#[derive(clap::Args)]
pub struct Recover {
    /// The part: a name that ends in .part or .part.damaged, or any file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The store that is made: a folder that does not exist or is empty [default: FILE.recovered]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
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
    /// The most memory that it may take for its data
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = values::bytes)]
    pub max_memory: u64,
}
