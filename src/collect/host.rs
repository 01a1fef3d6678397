//! The one door to `/proc` and `/sys`: where their roots are, and one buffer for all reads.
//!
//! Tests pass the roots of a captured tree. Nothing here knows what a file means.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::schema::Micros;

/// Where the kernel's files are, and the buffer they are read into.
pub struct Host {
    proc: PathBuf,
    sys: PathBuf,
    /// The root for files that are not the kernel's, such as `etc/os-release`.
    root: PathBuf,
    buffer: Vec<u8>,
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
        Host { units: Units::of_this_machine(), ..Host::at(Path::new("/")) }
    }

    /// A tree that holds `proc` and `sys`, such as a captured one.
    pub fn at(root: &Path) -> Self {
        Host {
            proc: root.join("proc"),
            sys: root.join("sys"),
            root: root.into(),
            buffer: Vec::with_capacity(64 << 10),
            units: Units::default(),
            boot: None,
            reads: 0,
        }
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

    /// Reads a file below `/proc`; the text is good until the next read.
    pub fn proc(&mut self, file: &str) -> Result<&str, Error> {
        let path = self.proc.join(file);
        self.read(path)
    }

    /// Reads a file below `/sys`; the text is good until the next read.
    pub fn sys(&mut self, file: &str) -> Result<&str, Error> {
        let path = self.sys.join(file);
        self.read(path)
    }

    /// Reads a file at a path from one of the `…_path` functions. Bytes that are no UTF-8 are replaced.
    pub fn read(&mut self, path: PathBuf) -> Result<&str, Error> {
        self.reads += 1;
        self.buffer.clear();
        let read = File::open(&path).and_then(|mut file| file.read_to_end(&mut self.buffer));
        if let Err(source) = read {
            return Err(Error::Read { path, source });
        }
        if std::str::from_utf8(&self.buffer).is_err() {
            self.buffer = String::from_utf8_lossy(&self.buffer).into_owned().into_bytes();
        }
        std::str::from_utf8(&self.buffer).map_err(|e| Error::Parse { path, what: e.to_string() })
    }

    /// Like [`Host::proc`], where the file may be missing or forbidden: then `None`.
    pub fn proc_if_any(&mut self, file: &str) -> Result<Option<&str>, Error> {
        let path = self.proc.join(file);
        self.if_any(path)
    }

    /// Like [`Host::sys`], where the file may be missing or forbidden: then `None`.
    pub fn sys_if_any(&mut self, file: &str) -> Result<Option<&str>, Error> {
        let path = self.sys.join(file);
        self.if_any(path)
    }

    fn if_any(&mut self, path: PathBuf) -> Result<Option<&str>, Error> {
        match self.read(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.is_unknown() => Ok(None),
            Err(error) => Err(error),
        }
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
