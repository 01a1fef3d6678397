//! Who works on a store: one recorder, and one maintenance, at a time. Readers need no lock.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek};
use std::path::Path;
use std::time::Duration;

use super::Error;
use super::disk::{self, DiskFile, Folder};
use super::layout;

/// A held lock; dropping it, or dying, lets go.
pub struct Lock {
    file: Box<dyn DiskFile>,
}

/// A program that is being started has a copy of the file until it is executed, which would hold the lock as well.
impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.file.file().unlock();
    }
}

impl Lock {
    /// The recorder's. A second recorder is refused and told who holds it. What one before began to
    /// write and did not finish is removed.
    pub fn recorder(folder: &Folder) -> Result<Lock, Error> {
        match take(folder, "recorder.lock")? {
            Ok(lock) => {
                remove_unfinished(folder);
                Ok(lock)
            }
            Err(holder) => Err(Error::Held { path: folder.root().into(), holder }),
        }
    }

    /// The maintenance's; `None` while another maintains.
    pub fn maintenance(folder: &Folder) -> Result<Option<Lock>, Error> {
        Ok(take(folder, "maintain.lock")?.ok())
    }
}

/// Who records into a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording {
    Nobody,
    /// Somebody, as that recorder put it.
    By(String),
    /// The lock says nothing: it may not be read, or its filesystem has no locks.
    Unknown,
}

impl Recording {
    /// What trying the recorder's lock says; `who` reads who holds it. A lock that cannot be tried
    /// is no reason for a reader to fail.
    pub fn of(tried: Result<(), TryLockError>, who: impl FnOnce() -> String) -> Recording {
        match tried {
            Ok(()) => Recording::Nobody,
            Err(TryLockError::WouldBlock) => Recording::By(who()),
            Err(TryLockError::Error(_)) => Recording::Unknown,
        }
    }

    /// Whether somebody records, as far as it is known.
    pub fn is_live(&self) -> bool {
        matches!(self, Recording::By(_))
    }
}

/// Who records into the store now.
pub fn recorder(root: &Path) -> Recording {
    match File::open(root.join("recorder.lock")) {
        Ok(file) => {
            let recording = Recording::of(file.try_lock_shared(), || holder(&file));
            let _ = file.unlock();
            recording
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Recording::Nobody,
        Err(_) => Recording::Unknown,
    }
}

/// How often a lock is tried that somebody holds, and one that is only asked about.
const TRIES: usize = 5;
const PATIENCE: usize = 250;

fn take(folder: &Folder, name: &str) -> Result<Result<Lock, String>, Error> {
    let path = folder.root().join(name);
    let mut file = folder.open_lock(&path).map_err(Error::unwritable)?;
    let mut tries = 0;
    loop {
        match file.file().try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if tries < TRIES || (tries < PATIENCE && is_asked(file.file())) => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Ok(Err(holder(file.file()))),
            Err(TryLockError::Error(source)) => return Err(Error::Io { path, source }),
        }
        tries += 1;
    }
    let since = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let who = format!("pid {} since {since}\n", std::process::id());
    // Who holds it is a courtesy; on a full disk the lock is held all the same.
    let _ = file.set_len(0).and_then(|()| file.write_at(who.as_bytes(), 0));
    Ok(Ok(Lock { file }))
}

/// Whether those who have it are only asking who holds it, as every reader does for a moment; on a busy host that may
/// be a long one.
fn is_asked(file: &File) -> bool {
    let is_shared = file.try_lock_shared().is_ok();
    let _ = file.unlock();
    is_shared
}

/// A recorder writes beside their places the store's identity and the totals that it ends with.
fn remove_unfinished(folder: &Folder) {
    let journal = folder.root().join(layout::JOURNAL);
    let hosts = disk::names(&journal).unwrap_or_default();
    let hosts = hosts.iter().filter(|name| name.starts_with("host=")).map(|name| journal.join(name));
    for place in std::iter::once(folder.root().to_path_buf()).chain(hosts) {
        let names = disk::files(&place).unwrap_or_default();
        let ours = |name: &&String| [".json", ".totals"].iter().any(|end| name.ends_with(end));
        for name in names.iter().filter(|name| disk::is_temporary(name)).filter(ours) {
            // It is in nobody's way: another recording tries again.
            let _ = folder.remove(&place.join(name));
        }
    }
}

fn holder(mut file: &File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(200).read_to_string(&mut text));
    match read {
        Ok(n) if n > 0 => text.trim().into(),
        _ => "another process".into(),
    }
}
