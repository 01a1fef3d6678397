//! A part that is being written. It is locked meanwhile, so that nobody seals it.

use std::io;
use std::path::PathBuf;

use super::encoder::{Encoder, Tables, Told};
use super::frame::Moment;
use super::header;
use crate::store::Error;
use crate::store::disk::{self, DiskFile, Folder};
use crate::store::layout::PartName;

/// Room is asked for in steps of this, so that a part lies in few pieces.
const RESERVED_BYTES: u64 = 1 << 20;

/// A part that frames are appended to.
pub struct PartFile {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    bytes: u64,
    reserved: u64,
    limit_bytes: u64,
    is_dirty: bool,
}

/// A program that is being started has a copy of the file until it is executed, which would keep the part locked.
impl Drop for PartFile {
    fn drop(&mut self) {
        let _ = self.file.file().unlock();
    }
}

impl PartFile {
    /// Begins a part that is to become no larger than `limit_bytes`.
    pub fn begin(folder: &Folder, name: &PartName, boot_id: &str, limit_bytes: u64) -> Result<Self, Error> {
        let path = name.path(folder.root());
        folder.make_folder(path.parent().unwrap_or(folder.root()))?;
        let header = header::encode(&name.host, boot_id);
        // A try before that could not even be removed.
        if std::fs::metadata(&path).is_ok_and(|facts| facts.len() <= header.len() as u64) {
            folder.remove(&path)?;
        }
        let file = folder.create(&path)?;
        let mut part = PartFile { file, path, bytes: 0, reserved: 0, limit_bytes, is_dirty: false };
        let begun = part.file.file().try_lock().map_err(io::Error::from).map_err(Error::io(&part.path));
        let begun =
            begun.and_then(|()| part.append(&header)).and_then(|()| folder.sync_folder_of(&part.path));
        if let Err(error) = begun {
            // Nothing was recorded in it: its name is free for the next try.
            let _ = folder.remove(&part.path);
            return Err(error);
        }
        Ok(part)
    }

    /// Appends a frame with one write. After an error the part is cut back to what it had.
    pub fn append(&mut self, frame: &[u8]) -> Result<(), Error> {
        if self.bytes + frame.len() as u64 > self.reserved {
            self.reserved =
                (self.bytes + frame.len() as u64).next_multiple_of(RESERVED_BYTES).min(self.limit_bytes);
            let _ = self.file.reserve(self.reserved);
        }
        let mut written = 0;
        while written < frame.len() {
            match self.file.write_at(&frame[written..], self.bytes + written as u64) {
                Ok(0) => return Err(self.cut_back(io::ErrorKind::WriteZero.into())),
                Ok(more) => written += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.cut_back(error)),
            }
        }
        self.bytes += frame.len() as u64;
        self.is_dirty = true;
        Ok(())
    }

    fn cut_back(&mut self, error: io::Error) -> Error {
        // Where that fails too, readers find the next sound frame behind the torn one.
        let _ = self.file.set_len(self.bytes);
        self.reserved = self.bytes;
        Error::io(&self.path)(error)
    }

    /// Makes what was appended last.
    pub fn sync(&mut self) -> Result<(), Error> {
        if self.is_dirty {
            self.file.sync().map_err(Error::io(&self.path))?;
            self.is_dirty = false;
            disk::forget(self.file.file(), self.bytes);
        }
        Ok(())
    }

    /// Ends the part: gives back what was reserved for it, and makes the rest last.
    pub fn end(mut self) -> Result<(), Error> {
        let _ = self.file.set_len(self.bytes);
        self.sync()
    }

    /// Whether something was appended since it was last synced.
    pub fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// Whether somebody has removed it: what is written now nobody will ever read.
    #[cfg(unix)]
    pub fn is_removed(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        self.file.file().metadata().is_ok_and(|facts| facts.nlink() == 0)
    }

    /// Whether somebody has removed it.
    #[cfg(not(unix))]
    pub fn is_removed(&self) -> bool {
        false
    }

    /// Its size so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Encodes and appends by turns, for those who have no tick to keep.
pub struct Writer {
    part: PartFile,
    encoder: Encoder,
}

impl Writer {
    /// Begins a part.
    pub fn begin(folder: &Folder, name: &PartName, boot_id: &str) -> Result<Self, Error> {
        let part = PartFile::begin(folder, name, boot_id, 0)?;
        Ok(Writer { part, encoder: Encoder::new() })
    }

    /// Appends one frame; hands out its size in bytes.
    pub fn append(&mut self, moment: Moment, interval: &Tables, totals: &Tables) -> Result<usize, Error> {
        let interval: Vec<Told> = interval.iter().map(Told::from).collect();
        let frame = self.encoder.encode(moment, &interval, totals);
        let frame = frame.map_err(|e| Error::damaged(&self.part.path, e.to_string()))?;
        self.part.append(&frame)?;
        Ok(frame.len())
    }

    /// Makes what was appended last.
    pub fn sync(&mut self) -> Result<(), Error> {
        self.part.sync()
    }

    /// Ends the part.
    pub fn end(self) -> Result<(), Error> {
        self.part.end()
    }
}
