//! The disk of this machine: modes, and publishing without replacing.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

use super::{Disk, DiskFile};

/// Folders of a store: for the owner, and readable for its group.
#[cfg(unix)]
const FOLDER_MODE: u32 = 0o750;
/// Files of a store.
#[cfg(unix)]
const FILE_MODE: u32 = 0o640;

/// The disk of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
        builder.create(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(options().create_new(true).open(path)?))
    }

    fn open_lock(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(options().create(true).truncate(false).read(true).open(path)?))
    }

    fn publish(&self, from: &Path, to: &Path) -> io::Result<()> {
        move_without_replacing(from, to)
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_dir(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // Elsewhere a folder is no file, and cannot be synced.
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    options
}

impl DiskFile for File {
    #[cfg(unix)]
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::write_at(self, bytes, offset)
    }

    #[cfg(windows)]
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_write(self, bytes, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        File::set_len(self, length)
    }

    #[cfg(target_os = "linux")]
    fn reserve(&mut self, up_to: u64) -> io::Result<()> {
        use rustix::fs::{FallocateFlags, fallocate};
        Ok(fallocate(&*self, FallocateFlags::KEEP_SIZE, 0, up_to)?)
    }

    #[cfg(not(target_os = "linux"))]
    fn reserve(&mut self, _up_to: u64) -> io::Result<()> {
        Ok(())
    }

    fn file(&self) -> &File {
        self
    }
}

/// Says that what a file has before an offset is not read soon: the system need not keep it in memory,
/// which would count as the recorder's. A hint, of use only for what was synced.
#[cfg(target_os = "linux")]
pub fn forget(file: &File, up_to: u64) {
    use rustix::fs::{Advice, fadvise};
    // In whole pages: a part of one stays, and more may be written to it.
    let pages = up_to.min(i64::MAX as u64) & !4095;
    if let Some(length) = std::num::NonZeroU64::new(pages) {
        let _ = fadvise(file, 0, Some(length), Advice::DontNeed);
    }
}

/// The same where there is no such hint.
#[cfg(not(target_os = "linux"))]
pub fn forget(_file: &File, _up_to: u64) {}

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
