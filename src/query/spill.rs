//! Temporary files of what does not fit into memory. They have no name, so that nothing is left of
//! them however the program ends, and together they take no more than is allowed.
//!
//! A read or a write blocks its thread: it is local, or in the page cache.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SpillFile, SpillWriter, TempFileFactory};
use futures::Stream;
use futures::stream;

use super::Error;
use crate::store::read_exact_at;

/// So much is read back at once.
const READ_BYTES: u64 = 128 << 10;

/// Makes the files, when something needs one.
pub(super) struct Spill(Arc<Bound>);

/// Where they lie, and what they take.
struct Bound {
    folder: PathBuf,
    allowed: u64,
    used: AtomicU64,
}

impl Spill {
    /// No more than `allowed` bytes, and half of what the disk has left.
    pub(super) fn new(allowed: u64) -> Self {
        let folder = folder();
        let allowed = free(&folder).map_or(allowed, |free| allowed.min(free / 2));
        Spill(Arc::new(Bound { folder, allowed, used: AtomicU64::new(0) }))
    }
}

/// `$TMPDIR`; else the folder for what is large, since `/tmp` may be memory; else the system's own.
fn folder() -> PathBuf {
    let large = PathBuf::from("/var/tmp");
    if std::env::var_os("TMPDIR").is_none() && large.is_dir() { large } else { std::env::temp_dir() }
}

#[cfg(unix)]
fn free(folder: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_folder: &std::path::Path) -> Option<u64> {
    None
}

impl Bound {
    /// Takes room for so many more bytes.
    fn take(&self, bytes: u64) -> Result<(), Error> {
        let more = |used: u64| used.checked_add(bytes).filter(|used| *used <= self.allowed);
        match self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more) {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::Spilled { folder: self.folder.clone(), allowed_bytes: self.allowed }),
        }
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::Temporary { folder: self.folder.clone(), why: error.to_string() }
    }
}

impl TempFileFactory for Spill {
    fn create_temp_file(&self, _description: &str) -> Result<Arc<dyn SpillFile>> {
        let file = tempfile::tempfile_in(&self.0.folder);
        let file = file.map_err(|error| DataFusionError::External(Box::new(self.0.failed(&error))))?;
        Ok(Arc::new(Spilled(Arc::new(Content { file, bytes: AtomicU64::new(0), bound: self.0.clone() }))))
    }
}

/// A file, and how much has been written into it.
struct Content {
    file: File,
    bytes: AtomicU64,
    bound: Arc<Bound>,
}

impl Drop for Content {
    fn drop(&mut self) {
        self.bound.used.fetch_sub(self.bytes.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

struct Spilled(Arc<Content>);

impl SpillFile for Spilled {
    fn size(&self) -> Option<u64> {
        Some(self.0.bytes.load(Ordering::Acquire))
    }

    fn read_stream(&self) -> Result<Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>> {
        let content = self.0.clone();
        let next = |(content, at): (Arc<Content>, u64)| async move {
            let wanted = READ_BYTES.min(content.bytes.load(Ordering::Acquire) - at);
            if wanted == 0 {
                return None;
            }
            let mut buffer = vec![0; wanted as usize];
            let read = read_exact_at(&content.file, &mut buffer, at)
                .map(|()| Bytes::from(buffer))
                .map_err(|error| DataFusionError::External(Box::new(content.bound.failed(&error))));
            Some((read, (content, at + wanted)))
        };
        Ok(Box::pin(stream::unfold((content, 0), next)))
    }

    fn open_writer(&self) -> Result<Box<dyn SpillWriter>> {
        Ok(Box::new(Writer(self.0.clone())))
    }
}

struct Writer(Arc<Content>);

impl io::Write for Writer {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let Content { file, bytes, bound } = &*self.0;
        bound.take(buffer.len() as u64).map_err(io::Error::other)?;
        if let Err(error) = write_all_at(file, buffer, bytes.load(Ordering::Acquire)) {
            bound.used.fetch_sub(buffer.len() as u64, Ordering::Relaxed);
            return Err(io::Error::other(bound.failed(&error)));
        }
        bytes.fetch_add(buffer.len() as u64, Ordering::Release);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SpillWriter for Writer {
    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
fn write_all_at(file: &File, buffer: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, buffer, at)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut buffer: &[u8], mut at: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, buffer, at)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => {
                buffer = &buffer[written..];
                at += written as u64;
            }
        }
    }
    Ok(())
}
