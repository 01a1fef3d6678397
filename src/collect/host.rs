//! The one door to `/proc` and `/sys`: where their roots are, one buffer for all reads, and what is kept
//! open between them.
//!
//! Tests pass the roots of a captured tree. Nothing here knows what a file means.

use std::collections::HashMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::aside::Aside;
use super::kept::{Kept, Room, fill};
use super::parse::int;
use crate::schema::Micros;
use crate::schema::rows::Listen;

/// What is asked aside is mostly answered within a fraction of a millisecond.
const PATIENCE: Duration = Duration::from_millis(50);

/// As many descriptors are kept of files that are not a process's: some fifty of the host, one or two an
/// interface, up to thirteen a control group that does something. Each holds some 6 KiB of the kernel's; what is
/// beyond is opened for each look, which takes a few microseconds more.
const MOST_KEPT: usize = 512;

/// Where the kernel's files are, and the buffer they are read into.
pub struct Host {
    proc: PathBuf,
    sys: PathBuf,
    /// The root for files that are not the kernel's, such as `etc/os-release`.
    root: PathBuf,
    buffer: Vec<u8>,
    /// What is read by name from tick to tick, below `/proc`.
    kept: HashMap<String, Kept>,
    /// Where the kernel itself answers, and not a captured tree: how many files may be kept open.
    room: Option<Room>,
    /// The monotonic clock when the tick began: what is read less often goes by it.
    pub now: Duration,
    /// Whether a control group was throttled in the interval before: its processes wait without
    /// showing that they do.
    pub is_throttled: bool,
    /// Whether a file that was kept open was of something that is gone: what stands under its path is another.
    pub has_met_another: bool,
    /// Sockets that listen in other network namespaces, as `network` had them looked at: `listen` takes them.
    pub listening: Vec<Listen>,
    /// Threads for what may keep one waiting.
    pub aside: Aside,
    /// How long a tick waits for them where something is new.
    pub patience: Duration,
    /// Units in which the kernel counts: they are the machine's, not the tree's.
    pub units: Units,
    /// The boot time that start times are reckoned from, where an earlier recording of this boot
    /// has settled it: the kernel's own moves when the wall clock is set.
    pub boot: Option<Micros>,
    reads: i64,
}

/// The units the kernel counts in.
#[derive(Clone, Copy, Debug)]
pub struct Units {
    /// Clock ticks a second, as in `/proc/stat`.
    pub ticks_per_s: i64,
    /// Bytes a page.
    pub page_bytes: i64,
}

impl Default for Units {
    fn default() -> Self {
        Units { ticks_per_s: 100, page_bytes: 4096 }
    }
}

impl Units {
    /// This machine's units.
    #[cfg(target_os = "linux")]
    pub fn of_this_machine() -> Self {
        Units {
            ticks_per_s: rustix::param::clock_ticks_per_second() as i64,
            page_bytes: rustix::param::page_size() as i64,
        }
    }

    /// This machine's units. Only Linux counts in them.
    #[cfg(not(target_os = "linux"))]
    pub fn of_this_machine() -> Self {
        Units::default()
    }

    /// Clock ticks as microseconds.
    pub fn ticks_to_us(self, ticks: i64) -> i64 {
        ticks.saturating_mul(1_000_000 / self.ticks_per_s)
    }
}

/// Why a collector has no rows.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}: {what}")]
    Parse { path: PathBuf, what: String },
}

impl Error {
    /// Whether the file is merely not there, or not for us: then its columns are unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Error::Read { source, .. } if unknown(source))
    }
}

/// Errors by which a kernel says "not here", "not on" or "not for you".
fn unknown(error: &std::io::Error) -> bool {
    // 95: EOPNOTSUPP, as /proc/pressure says where PSI is compiled in but off.
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory)
        || matches!(error.raw_os_error(), Some(95 | 3 | 19 | 22))
}

impl Host {
    /// The machine this runs on.
    pub fn here() -> Self {
        #[cfg(target_os = "linux")]
        let room = Some(Room::within_limit(4, MOST_KEPT));
        #[cfg(not(target_os = "linux"))]
        let room = None;
        Host { units: Units::of_this_machine(), room, ..Host::at(Path::new("/")) }
    }

    /// A tree that holds `proc` and `sys`, such as a captured one.
    pub fn at(root: &Path) -> Self {
        Host {
            proc: root.join("proc"),
            sys: root.join("sys"),
            root: root.into(),
            buffer: Vec::new(),
            kept: HashMap::new(),
            room: None,
            now: Duration::ZERO,
            is_throttled: false,
            has_met_another: false,
            listening: Vec::new(),
            aside: Aside::default(),
            patience: PATIENCE,
            units: Units::default(),
            boot: None,
            reads: 0,
        }
    }

    /// The same machine for another thread, which keeps nothing open.
    pub fn elsewhere(&self) -> Self {
        let root = Host::at(&self.root);
        Host { proc: self.proc.clone(), sys: self.sys.clone(), units: self.units, boot: self.boot, ..root }
    }

    /// Whether it is the machine this runs on, and not a tree that was captured.
    pub fn is_here(&self) -> bool {
        self.root == Path::new("/")
    }

    /// The path of a file below `/proc`.
    pub fn proc_path(&self, file: &str) -> PathBuf {
        self.proc.join(file)
    }

    /// The path of a file below `/sys`.
    pub fn sys_path(&self, file: &str) -> PathBuf {
        self.sys.join(file)
    }

    /// The path of any other file, such as `etc/passwd`.
    pub fn root_path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// Reads a file below `/proc`, which is kept open; the text is good until the next read.
    pub fn proc(&mut self, file: &str) -> Result<&str, Error> {
        self.reads += 1;
        if !self.kept.contains_key(file) {
            self.kept.insert(file.into(), Kept::Unknown);
        }
        let kept = self.kept.get_mut(file).expect("it was put in above where it was missing");
        let proc = &self.proc;
        let open = || File::open(proc.join(file));
        match kept.read(self.room.as_ref(), self.now, &mut self.buffer, open) {
            Ok(length) => Ok(text(&mut self.buffer, length)),
            Err(source) => Err(Error::Read { path: self.proc.join(file), source }),
        }
    }

    /// Reads a file that the caller keeps; `path` is asked where it is not open.
    pub fn reread(&mut self, kept: &mut Kept, path: impl Fn(&Host) -> PathBuf) -> Result<&str, Error> {
        self.reads += 1;
        let mut buffer = std::mem::take(&mut self.buffer);
        let (was_open, mut is_opened) = (kept.is_open(), false);
        let open = || {
            is_opened = true;
            File::open(path(self))
        };
        let read = kept.read(self.room.as_ref(), self.now, &mut buffer, open);
        self.buffer = buffer;
        self.has_met_another |= was_open && is_opened;
        match read {
            Ok(length) => Ok(text(&mut self.buffer, length)),
            Err(source) => Err(Error::Read { path: path(self), source }),
        }
    }

    /// Reads a file below `/sys`; the text is good until the next read.
    pub fn sys(&mut self, file: &str) -> Result<&str, Error> {
        let path = self.sys.join(file);
        self.read(path)
    }

    /// Reads a file at a path from one of the `…_path` functions. Bytes that are no UTF-8 are replaced.
    pub fn read(&mut self, path: PathBuf) -> Result<&str, Error> {
        self.reads += 1;
        match File::open(&path).and_then(|file| fill(&file, &mut self.buffer)) {
            Ok(length) => Ok(text(&mut self.buffer, length)),
            Err(source) => Err(Error::Read { path, source }),
        }
    }

    /// Like [`Host::proc`], where the file may be missing or forbidden: then `None`.
    pub fn proc_if_any(&mut self, file: &str) -> Result<Option<&str>, Error> {
        if_any(self.proc(file))
    }

    /// Like [`Host::sys`], where the file may be missing or forbidden: then `None`.
    pub fn sys_if_any(&mut self, file: &str) -> Result<Option<&str>, Error> {
        if_any(self.sys(file))
    }

    /// The names in a folder, sorted; an absent or forbidden folder has none.
    pub fn names(&mut self, folder: &Path) -> Result<Vec<String>, Error> {
        self.reads += 1;
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if unknown(&error) => return Ok(vec![]),
            Err(source) => return Err(Error::Read { path: folder.into(), source }),
        };
        let mut names: Vec<String> =
            entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// The numbers of what a folder below `/sys` has of a kind, sorted: 0 and 1 where it has `node0` and `node1`.
    pub fn numbers(&mut self, folder: &str, kind: &str) -> Result<Vec<i64>, Error> {
        let names = self.names(&self.sys_path(folder))?;
        let number = |name: &String| int(name.strip_prefix(kind)?);
        let mut numbers: Vec<i64> = names.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Counts a file that a collector read on its own.
    pub fn count_read(&mut self) {
        self.count_reads(1);
    }

    /// Counts as many files that a collector read on its own.
    pub fn count_reads(&mut self, files: i64) {
        self.reads += files;
    }

    /// How many files were read so far.
    pub fn reads(&self) -> i64 {
        self.reads
    }
}

/// What is missing or forbidden as nothing.
fn if_any(read: Result<&str, Error>) -> Result<Option<&str>, Error> {
    match read {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_unknown() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The first bytes of the buffer as text.
fn text(buffer: &mut Vec<u8>, length: usize) -> &str {
    if std::str::from_utf8(&buffer[..length]).is_err() {
        *buffer = String::from_utf8_lossy(&buffer[..length]).into_owned().into_bytes();
        return std::str::from_utf8(buffer).unwrap_or_default();
    }
    std::str::from_utf8(&buffer[..length]).unwrap_or_default()
}
