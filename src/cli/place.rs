//! Which store is meant where none is named.

use std::path::PathBuf;

use anyhow::{Context, Result};

/// The store that was named, else `$SYSRAY_STORE` (which the arguments have read), else
/// `/var/lib/sysray` for root, else `$XDG_DATA_HOME/sysray`.
pub fn store(named: Option<PathBuf>) -> Result<PathBuf> {
    if let Some(path) = named {
        return Ok(path);
    }
    if is_root() {
        return Ok("/var/lib/sysray".into());
    }
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let data = variable("XDG_DATA_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".local/share")))
        .or_else(|| variable("LOCALAPPDATA"));
    let data = data.context("there is no $HOME to keep a store in; name a folder with --store")?;
    Ok(data.join("sysray"))
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
