//! Which store is meant where none is named.

#[cfg(feature = "desk")]
use std::collections::BTreeSet;
use std::path::PathBuf;
#[cfg(feature = "desk")]
use std::sync::Arc;

use anyhow::{Context, Result};

use super::Misused;
use super::config::Config;
#[cfg(feature = "desk")]
use crate::query::Source;
use crate::store::is_far;

/// The store that was named, else `$SYSRAY_STORE`, else that of the configuration, else
/// `/var/lib/sysray` for root, else `$XDG_DATA_HOME/sysray`. The configuration is read only where it decides.
pub fn store(named: Option<PathBuf>, config: Option<PathBuf>) -> Result<PathBuf> {
    on_disk(any(named, config)?)
}

fn any(named: Option<PathBuf>, config: Option<PathBuf>) -> Result<PathBuf> {
    match named.or_else(|| variable("SYSRAY_STORE")) {
        Some(path) => Ok(path),
        None => any_of(None, &Config::read(config, vec![])?),
    }
}

fn on_disk(path: PathBuf) -> Result<PathBuf> {
    if is_far(&path) {
        let path = path.display();
        let what = "is in a bucket: what is there can be asked with `query` and `report` and is added to with `push`";
        return Err(Misused(format!("{path} {what}; name a folder with --store")).into());
    }
    Ok(path)
}

/// All that were named, in buckets too, else the one store that is meant then.
#[cfg(feature = "desk")]
pub fn stores(named: Vec<PathBuf>, config: Option<PathBuf>) -> Result<Vec<PathBuf>> {
    if named.is_empty() { Ok(vec![any(None, config)?]) } else { Ok(named) }
}

/// Whether `$SYSRAY_STORE` names something that may be read: a folder that is not there yet, or is empty, is where
/// somebody will record.
#[cfg(feature = "desk")]
pub fn is_recorded_by_variable() -> bool {
    let has_something = |path: PathBuf| match std::fs::read_dir(&path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => is_far(&path) || error.kind() != std::io::ErrorKind::NotFound,
    };
    variable("SYSRAY_STORE").is_some_and(has_something)
}

/// The store on disk, where the configuration has been read.
pub fn store_of(named: Option<PathBuf>, config: &Config) -> Result<PathBuf> {
    on_disk(any_of(named, config)?)
}

fn any_of(named: Option<PathBuf>, config: &Config) -> Result<PathBuf> {
    named.or_else(|| variable("SYSRAY_STORE")).or_else(|| config.store()).map_or_else(default_store, Ok)
}

/// These stores, in words.
pub fn named(roots: &[PathBuf]) -> String {
    roots.iter().map(|root| root.display().to_string()).collect::<Vec<_>>().join(" and ")
}

/// The store where nobody says which.
pub fn default_store() -> Result<PathBuf> {
    if is_root() {
        return Ok("/var/lib/sysray".into());
    }
    let data = variable("XDG_DATA_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".local/share")))
        .or_else(|| variable("LOCALAPPDATA"));
    let data = data.context("there is no $HOME to keep a store in; name a folder with --store")?;
    Ok(data.join("sysray"))
}

/// The tables that there are, where no store was named but files by themselves.
#[cfg(feature = "desk")]
pub fn lone_tables(roots: &[PathBuf], sources: &[Arc<dyn Source>]) -> Option<BTreeSet<String>> {
    let is_alone = roots.iter().all(|root| root.is_file());
    is_alone.then(|| sources.iter().flat_map(|source| source.held()).filter_map(|held| held.table).collect())
}

/// The folder for what a program remembers of its use: `$XDG_STATE_HOME`, else `~/.local/state`.
#[cfg(feature = "desk")]
pub fn state() -> Option<PathBuf> {
    variable("XDG_STATE_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".local/state")))
        .or_else(|| variable("LOCALAPPDATA"))
}

/// Where a host hides its processes from other users, what is recorded of them is for the owner alone: what
/// this process makes from here on has no rights for its group either.
#[cfg(target_os = "linux")]
pub fn restrict_umask() {
    use crate::collect::{Host, hidden_processes};
    if Host::here().proc("self/mountinfo").is_ok_and(|text| hidden_processes(text).is_some()) {
        rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    }
}

/// Elsewhere nothing says so.
#[cfg(not(target_os = "linux"))]
pub fn restrict_umask() {}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
