//! A disk of which only so much may be taken: what keeps a store under its size while it is
//! written to, and not only afterwards.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use super::{Disk, DiskFile};

/// What a filesystem hands out at least: a file of one byte takes this much.
pub const BLOCK_BYTES: u64 = 4096;

/// Another disk, of which no more than some bytes may be taken. A write beyond that fails with
/// `QuotaExceeded` and writes nothing.
pub struct Bounded {
    disk: Arc<dyn Disk>,
    room: Arc<AtomicI64>,
}

impl Bounded {
    /// Files and folders of up to `room_bytes`, in whole blocks, can be added to the disk.
    pub fn new(disk: Arc<dyn Disk>, room_bytes: u64) -> Self {
        Bounded { disk, room: Arc::new(AtomicI64::new(i64::try_from(room_bytes).unwrap_or(i64::MAX))) }
    }
}

/// Takes whole blocks out of the room that is left.
fn take(room: &AtomicI64, blocks: u64) -> io::Result<()> {
    let bytes = i64::try_from(blocks * BLOCK_BYTES).unwrap_or(i64::MAX);
    if room.fetch_sub(bytes, Relaxed) >= bytes {
        return Ok(());
    }
    room.fetch_add(bytes, Relaxed);
    Err(io::Error::new(io::ErrorKind::QuotaExceeded, "the store's size is used up (--max-size)"))
}

impl Disk for Bounded {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        let missing = path.ancestors().take_while(|folder| !folder.exists()).count();
        take(&self.room, missing as u64)?;
        self.disk.make_folder(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = self.disk.create(path)?;
        Ok(Box::new(BoundedFile { file, blocks: 0, room: self.room.clone() }))
    }

    fn open_lock(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.disk.open_lock(path)
    }

    fn publish(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.publish(from, to)
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.replace(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        // A file that somebody reads keeps its blocks: they are counted anew by the next maintenance.
        self.disk.remove(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.disk.remove_folder(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.disk.sync_folder(path)
    }
}

struct BoundedFile {
    file: Box<dyn DiskFile>,
    blocks: u64,
    room: Arc<AtomicI64>,
}

impl DiskFile for BoundedFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let blocks = (offset + bytes.len() as u64).div_ceil(BLOCK_BYTES);
        if blocks > self.blocks {
            take(&self.room, blocks - self.blocks)?;
            self.blocks = blocks;
        }
        self.file.write_at(bytes, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn reserve(&mut self, _up_to: u64) -> io::Result<()> {
        Ok(())
    }

    fn file(&self) -> &File {
        self.file.file()
    }
}
