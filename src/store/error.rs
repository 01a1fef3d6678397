//! What can be wrong with a store, each as one line that names the thing and the way out.

use std::io;
use std::path::{Path, PathBuf};

/// Why a store cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} cannot be written: {source}; name another folder with --store")]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("{0}: no such folder; record into it with `sysray record --store {0}`")]
    Missing(PathBuf),
    #[error("{0} is no sysray store (it has no `sysray-store.json`); name one with --store")]
    NoStore(PathBuf),
    #[error("{0} is neither empty nor a sysray store; name another folder with --store")]
    Foreign(PathBuf),
    #[error(
        "{path} has store format {found}, this sysray reads format {known}; use the version that wrote it or a newer one"
    )]
    Format { path: PathBuf, found: u32, known: u32 },
    #[error("{path} is being recorded by {holder}; stop that recorder or name another folder with --store")]
    Held { path: PathBuf, holder: String },
    #[error("{path} takes no more ticks: {why}")]
    Full { path: PathBuf, why: String },
    #[error("{0} exists already; name with -o what does not, or an empty folder")]
    Taken(PathBuf),
    #[error("{path} holds nothing that can be proved: {what}; nothing was made")]
    NothingSound { path: PathBuf, what: String },
    #[error("{path}: {what}")]
    Damaged { path: PathBuf, what: String },
}

impl Error {
    /// An I/O error with the path it is about.
    pub fn io(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
        move |source| Error::Io { path: path.into(), source }
    }

    /// Whether a file is not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Error::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// Whether the disk, or what the store may take of it, is used up.
    pub fn is_no_room(&self) -> bool {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        match self {
            Error::Io { source, .. } => matches!(source.kind(), QuotaExceeded | StorageFull),
            Error::Full { .. } => true,
            _ => false,
        }
    }

    /// The same, where the store cannot be begun at all.
    pub fn unwritable(self) -> Error {
        match self {
            Error::Io { path, source } => Error::Unwritable { path, source },
            other => other,
        }
    }

    /// Damage with the path it is about.
    pub fn damaged(path: &Path, what: impl Into<String>) -> Error {
        Error::Damaged { path: path.into(), what: what.into() }
    }
}
