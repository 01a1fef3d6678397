//! A folder that is written beside its place, and gets its name when it is whole.

use std::path::{Path, PathBuf};

use super::unpublished::temporary_name;
use super::{Error, Folder, names};

/// A folder being written beside its place. Dropped before it is published, it is removed again.
pub struct Staged {
    folder: Folder,
    target: PathBuf,
    done: bool,
}

impl Staged {
    /// Begins a folder that shall stand at `target`, which must not exist or be empty.
    pub fn new(target: &Path) -> Result<Self, Error> {
        let is_free = match std::fs::symlink_metadata(target) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
            Err(error) => return Err(Error::io(target)(error)),
            Ok(facts) => {
                facts.is_dir() && std::fs::read_dir(target).map_err(Error::io(target))?.next().is_none()
            }
        };
        if !is_free {
            return Err(Error::Taken(target.into()));
        }
        let folder = Folder::at(&target.with_file_name(temporary_name(target)));
        folder.make_folder(folder.root()).map_err(Error::unwritable)?;
        if !names(folder.root())?.is_empty() {
            return Err(Error::Taken(folder.root().into()));
        }
        Ok(Staged { folder, target: target.into(), done: false })
    }

    /// Where it is written.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Gives it its name.
    pub fn publish(mut self) -> Result<(), Error> {
        // An empty folder of that name gives way, as rename has it; one that is not empty does not.
        self.folder.disk.replace(self.folder.root(), &self.target).map_err(Error::io(&self.target))?;
        self.done = true;
        self.folder.sync_folder_of(&self.target)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.done {
            // All in it was written by whoever held this.
            let _ = std::fs::remove_dir_all(self.folder.root());
        }
    }
}
