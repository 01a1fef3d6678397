//! The one door through which files are written: modes, syncing, and publishing without replacing.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Error;

/// Folders of a store: for the owner, and readable for its group.
#[cfg(unix)]
const FOLDER_MODE: u32 = 0o750;
/// Files of a store.
#[cfg(unix)]
const FILE_MODE: u32 = 0o640;
/// How the name of a file begins that is not finished.
pub const TEMPORARY: &str = ".tmp-";

/// Makes a folder and those above it. One that exists is left as it is.
pub fn make_folder(path: &Path) -> Result<(), Error> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(path).map_err(Error::io(path))
}

/// Makes a new file; one of that name must not exist.
pub fn create(path: &Path) -> Result<File, Error> {
    options().create_new(true).open(path).map_err(Error::io(path))
}

/// Opens a file for reading and writing, and makes it where there is none.
pub fn open_or_create(path: &Path) -> Result<File, Error> {
    options().create(true).truncate(false).read(true).open(path).map_err(Error::io(path))
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    options
}

/// A file being written beside its place. Dropped before it is published, it is removed again.
pub struct Unpublished {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    done: bool,
}

impl Unpublished {
    /// Begins a file that shall stand at `target`; makes its folder.
    pub fn new(target: PathBuf) -> Result<Self, Error> {
        let folder = target.parent().unwrap_or(Path::new("."));
        make_folder(folder)?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = folder.join(format!("{TEMPORARY}{}-{name}", std::process::id()));
        let file = create(&temporary)?;
        Ok(Unpublished { file, temporary, target, done: false })
    }

    /// Syncs it and gives it its name. False where that name stands already: it is never replaced.
    pub fn publish(mut self) -> Result<bool, Error> {
        self.file.sync_all().map_err(Error::io(&self.temporary))?;
        let published = move_without_replacing(&self.temporary, &self.target);
        match published {
            Ok(()) => self.done = true,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
            Err(error) => return Err(Error::Io { path: self.target.clone(), source: error }),
        }
        sync_folder(&self.target)?;
        Ok(true)
    }

    /// Syncs it and puts it in the place of what stands there: for the one file of a store that changes.
    pub fn replace(mut self) -> Result<(), Error> {
        self.file.sync_all().map_err(Error::io(&self.temporary))?;
        std::fs::rename(&self.temporary, &self.target).map_err(Error::io(&self.target))?;
        self.done = true;
        sync_folder(&self.target)
    }
}

impl Write for Unpublished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Unpublished {
    fn drop(&mut self) {
        if !self.done {
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}

#[cfg(target_os = "linux")]
fn move_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Not every filesystem knows the flag.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => link_and_unlink(from, to),
        other => Ok(other?),
    }
}

#[cfg(not(target_os = "linux"))]
fn move_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    link_and_unlink(from, to)
}

fn link_and_unlink(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::hard_link(from, to)?;
    std::fs::remove_file(from)
}

/// Makes a new or removed name in the folder of `path` last.
pub fn sync_folder(path: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        return File::open(folder).and_then(|f| f.sync_all()).map_err(Error::io(folder));
    }
    let _ = path;
    Ok(())
}

/// Removes a file of the store; one that is gone already is no error.
pub fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::Io { path: path.into(), source: error })
        }
        _ => Ok(()),
    }
}

/// The names in a folder, sorted; none where it is missing.
pub fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(vec![]);
        }
        Err(error) => return Err(Error::Io { path: folder.into(), source: error }),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::io(folder))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}
