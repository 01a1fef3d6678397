//! What a store takes of its disk: blocks, not lengths, of everything in the folder.

use std::fs::Metadata;
use std::path::Path;

use super::Error;
use super::layout;

/// What a folder and all in it occupy, in bytes. What vanishes meanwhile is not counted.
pub fn occupied(folder: &Path) -> u64 {
    let Ok(facts) = std::fs::symlink_metadata(folder) else { return 0 };
    let own = blocks(&facts);
    if !facts.is_dir() {
        return own;
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    own + entries.map(|entry| occupied(&entry.path())).sum::<u64>()
}

/// What everything but the journal occupies.
pub fn sealed(root: &Path) -> u64 {
    occupied(root).saturating_sub(occupied(&root.join(layout::JOURNAL)))
}

/// What the journal of a host occupies.
pub fn journal(root: &Path, host: &str) -> u64 {
    occupied(&layout::journal_folder(root, host))
}

/// What a file occupies; 0 where there is none.
pub fn file(path: &Path) -> u64 {
    std::fs::symlink_metadata(path).map_or(0, |facts| blocks(&facts))
}

#[cfg(unix)]
fn blocks(facts: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(facts) * 512
}

#[cfg(not(unix))]
fn blocks(facts: &Metadata) -> u64 {
    facts.len().next_multiple_of(4096)
}

/// How large a filesystem is, and what of it is free for everybody, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Space {
    pub size_bytes: u64,
    pub free_bytes: u64,
}

impl Space {
    /// Of the filesystem that a folder lies on, or would lie on.
    #[cfg(unix)]
    pub fn of(path: &Path) -> Result<Space, Error> {
        let there = path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
        let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
        let facts = rustix::fs::statvfs(there).map_err(|e| Error::io(there)(e.into()))?;
        // As df has it: what is kept for root is neither free nor part of the size.
        let used = facts.f_blocks - facts.f_bfree;
        let block = facts.f_frsize;
        Ok(Space { size_bytes: (used + facts.f_bavail) * block, free_bytes: facts.f_bavail * block })
    }

    /// Elsewhere it is not known, and nothing is bounded by it.
    #[cfg(not(unix))]
    pub fn of(_path: &Path) -> Result<Space, Error> {
        Ok(Space { size_bytes: u64::MAX, free_bytes: u64::MAX })
    }

    /// What a store may take unless it is told otherwise: 2 GiB or a twentieth, the smaller.
    pub fn default_max_bytes(&self) -> u64 {
        (2 << 30).min(self.size_bytes / 20).max(super::LEAST_MAX_BYTES)
    }

    /// How much is missing for so many percent to be free.
    pub fn missing_bytes(&self, free_pct: f64) -> u64 {
        ((self.size_bytes as f64 * free_pct / 100.0) as u64).saturating_sub(self.free_bytes)
    }
}
