//! A file that is written beside its place, and gets its name when it is whole.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{DiskFile, Error, Folder, forget};

/// How the name of a file begins that is not finished.
const TEMPORARY: &str = ".tmp-";

/// Whether a name is that of an unfinished file of ours: `.tmp-<pid>-<name>`.
pub fn is_temporary(name: &str) -> bool {
    let rest = name.strip_prefix(TEMPORARY).and_then(|rest| rest.split_once('-'));
    rest.is_some_and(|(pid, name)| {
        !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty()
    })
}

/// What is written under that name until it is whole, in the same folder.
pub fn temporary_name(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    format!("{TEMPORARY}{}-{name}", std::process::id())
}

/// A file being written beside its place. Dropped before it is published, it is removed again.
pub struct Unpublished {
    folder: Folder,
    file: Box<dyn DiskFile>,
    temporary: PathBuf,
    target: PathBuf,
    bytes: u64,
    hash: Sha256,
    done: bool,
}

impl Unpublished {
    /// Begins a file that shall stand at `target`; makes its folder.
    pub fn new(folder: &Folder, target: PathBuf) -> Result<Self, Error> {
        let beside = target.parent().unwrap_or(Path::new("."));
        folder.make_folder(beside)?;
        let temporary = beside.join(temporary_name(&target));
        let file = match folder.disk.create(&temporary) {
            // Of a process that had our number and was cut off: in a container that is every one.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                folder.remove(&temporary)?;
                folder.create(&temporary)?
            }
            other => other.map_err(Error::io(&temporary))?,
        };
        let folder = folder.clone();
        Ok(Unpublished { folder, file, temporary, target, bytes: 0, hash: Sha256::new(), done: false })
    }

    /// Syncs it and gives it its name; hands out the SHA-256 of its bytes. `None` where that name
    /// stands already: it is never replaced.
    pub fn publish(&mut self) -> Result<Option<[u8; 32]>, Error> {
        self.file.sync().map_err(Error::io(&self.temporary))?;
        forget(self.file.file(), u64::MAX);
        match self.folder.disk.publish(&self.temporary, &self.target) {
            Ok(()) => self.done = true,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(Error::io(&self.target)(error)),
        }
        self.folder.sync_folder_of(&self.target)?;
        Ok(Some(std::mem::take(&mut self.hash).finalize().into()))
    }

    /// Syncs it and puts it in the place of what stands there: for the few files of a store that change.
    pub fn replace(mut self) -> Result<(), Error> {
        self.file.sync().map_err(Error::io(&self.temporary))?;
        self.folder.disk.replace(&self.temporary, &self.target).map_err(Error::io(&self.target))?;
        self.done = true;
        self.folder.sync_folder_of(&self.target)
    }
}

impl Write for Unpublished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write_at(bytes, self.bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Unpublished {
    fn drop(&mut self) {
        if !self.done {
            let _ = self.folder.disk.remove(&self.temporary);
        }
    }
}
