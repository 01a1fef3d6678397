//! `sysray store`: one file a command.

mod compact;
mod cut;
mod prune;
mod recover;
mod status;
mod verify;

use std::path::Path;

use anyhow::{Result, bail};

use super::args::StoreCommand;
use super::place;
use crate::store;

/// Runs one of them.
pub fn run(command: StoreCommand) -> Result<()> {
    place::restrict_umask();
    match command {
        StoreCommand::Status(args) => status::run(args),
        StoreCommand::Verify(args) => verify::run(args),
        StoreCommand::Compact(args) => compact::run(args),
        StoreCommand::Prune(args) => prune::run(args),
        StoreCommand::Cut(args) => cut::run(args),
        StoreCommand::Recover(args) => recover::run(args),
        StoreCommand::Maintain(args) => compact::maintain(args),
    }
}

/// The hosts of a store, or the one that was named. The folder must be a store.
pub(super) fn hosts(root: &Path, named: Option<String>) -> Result<Vec<String>> {
    store::Identity::read(root)?;
    let all = store::host_names(root)?;
    match named {
        Some(host) if all.contains(&host) => Ok(vec![host]),
        Some(host) => bail!("{} has no host {host}; it has {}", root.display(), listed(&all)),
        None => Ok(all),
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

/// A number of things, in words.
pub(super) fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}
