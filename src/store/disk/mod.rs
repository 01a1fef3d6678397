//! The one door through which a store is written: a small trait, so that a test can stand in for a
//! disk that fails or loses its power. Reading does not pass here.

mod bounded;
mod real;
mod staged;
mod unpublished;

use std::fs::{DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Error;

pub use bounded::Bounded;
pub use real::{RealDisk, forget};
pub use staged::Staged;
pub use unpublished::{Unpublished, is_temporary};

/// What a store asks of the disk that it is written to. What was done is only sure to outlive a
/// power cut once it was synced: a file's bytes by [`DiskFile::sync`], its name by
/// [`Disk::sync_folder`].
pub trait Disk: Send + Sync {
    /// Makes a folder and those above it. One that exists is left as it is.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Makes a new file; one of that name must not exist.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Opens a file to be locked, and makes it where there is none.
    fn open_lock(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Gives a file another name in its folder; fails with `AlreadyExists` where that is taken.
    fn publish(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives a file the name of another, which is gone then.
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder that is empty.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder last.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// A file being written.
pub trait DiskFile: Send + Sync {
    /// Writes bytes at an offset; how many of them were written.
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Makes its bytes last.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts or extends it, and gives back what was reserved behind that.
    fn set_len(&mut self, length: u64) -> io::Result<()>;

    /// Has room kept for it up to an offset, without making it longer. A hint: no error is fatal.
    fn reserve(&mut self, up_to: u64) -> io::Result<()>;

    /// The file itself, for its lock and its facts; never to write to.
    fn file(&self) -> &File;
}

/// A store's folder and the disk that it lies on: what everything that writes is given.
#[derive(Clone)]
pub struct Folder {
    root: PathBuf,
    disk: Arc<dyn Disk>,
}

impl Folder {
    /// A folder of this machine.
    pub fn at(root: &Path) -> Self {
        Folder::on(root, Arc::new(RealDisk))
    }

    /// A folder on some disk.
    pub fn on(root: &Path, disk: Arc<dyn Disk>) -> Self {
        Folder { root: root.into(), disk }
    }

    /// Its path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The same folder, where no more than `room_bytes` may be written.
    pub fn bounded(&self, room_bytes: u64) -> Self {
        Folder { root: self.root.clone(), disk: Arc::new(Bounded::new(self.disk.clone(), room_bytes)) }
    }

    /// Makes a folder and those above it, and makes their names last: what is synced in a folder is
    /// lost with a name above it that was not.
    pub fn make_folder(&self, path: &Path) -> Result<(), Error> {
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
        for folder in missing.into_iter().rev() {
            self.disk.make_folder(folder).map_err(Error::io(folder))?;
            match self.sync_folder_of(folder) {
                // What stands above the store need not be ours to open.
                Err(error) if folder.starts_with(&self.root) && folder != self.root => {
                    // One that is there would be taken for one that lasts.
                    self.remove_if_empty(folder);
                    return Err(error);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Makes a new file; one of that name must not exist.
    pub fn create(&self, path: &Path) -> Result<Box<dyn DiskFile>, Error> {
        self.disk.create(path).map_err(Error::io(path))
    }

    /// Opens a file to be locked.
    pub fn open_lock(&self, path: &Path) -> Result<Box<dyn DiskFile>, Error> {
        self.disk.open_lock(path).map_err(Error::io(path))
    }

    /// Removes a file of the store; one that is gone already is no error.
    pub fn remove(&self, path: &Path) -> Result<(), Error> {
        match self.disk.remove(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io(path)(error)),
            _ => Ok(()),
        }
    }

    /// Removes a folder if nothing is left in it.
    pub fn remove_if_empty(&self, path: &Path) {
        let _ = self.disk.remove_folder(path);
    }

    /// Gives a file another name in its folder, which must not be taken.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<(), Error> {
        self.disk.publish(from, to).map_err(Error::io(to))?;
        self.sync_folder_of(to)
    }

    /// Makes new and removed names beside `path` last.
    pub fn sync_folder_of(&self, path: &Path) -> Result<(), Error> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        self.disk.sync_folder(folder).map_err(Error::io(folder))
    }
}

/// The names in a folder, sorted; none where it is missing.
pub fn names(folder: &Path) -> Result<Vec<String>, Error> {
    list(folder, |_| true)
}

/// The names of the files in a folder, sorted; none where it is missing.
pub fn files(folder: &Path) -> Result<Vec<String>, Error> {
    list(folder, |entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()))
}

fn list(folder: &Path, wanted: impl Fn(&DirEntry) -> bool) -> Result<Vec<String>, Error> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(vec![]);
        }
        Err(error) => return Err(Error::io(folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::io(folder))?;
        if wanted(&entry) {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Fills the buffer from a place in a file, wherever anybody else reads in it.
#[cfg(unix)]
pub fn read_exact_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, at)
}

/// The same.
#[cfg(windows)]
pub fn read_exact_at(file: &File, mut buffer: &mut [u8], mut at: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, at)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[read..];
        at += read as u64;
    }
    Ok(())
}
