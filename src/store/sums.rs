//! The SHA-256 of every sealed file, kept beside: `sums/host=<host>/<date>.sha256`, in the form that
//! `sha256sum -c` reads from the store's folder.
//!
//! No reader needs them; `verify` does. A file is noted before the journal's part that it was made of
//! goes, and forgotten before it goes itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Error;
use super::disk::{self, Folder, Unpublished};
use super::layout::SegmentName;

/// The folder of sums, in a store's root.
pub const FOLDER: &str = "sums";
/// How the name of a file of sums ends.
pub const ENDING: &str = ".sha256";

/// The sums of one host's files, with what has to be written.
#[derive(Default)]
pub struct Sums {
    host: String,
    /// By date, then by path from the store's root.
    known: BTreeMap<String, BTreeMap<String, String>>,
    changed: Vec<String>,
}

impl Sums {
    /// Reads those of a host. A line that is none is left out, and its file noted anew.
    pub fn read(root: &Path, host: &str) -> Result<Self, Error> {
        let mut sums = Sums { host: host.into(), ..Sums::default() };
        let folder = folder(root, host);
        for name in disk::files(&folder)? {
            let Some(date) = name.strip_suffix(ENDING) else { continue };
            let path = folder.join(&name);
            let text = std::fs::read(&path).map_err(Error::io(&path))?;
            let text = String::from_utf8_lossy(&text);
            let lines = text.lines().filter_map(|line| line.split_once("  "));
            let sound =
                lines.filter(|(sum, _)| sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit()));
            sums.known.insert(date.into(), sound.map(|(sum, path)| (path.into(), sum.into())).collect());
        }
        Ok(sums)
    }

    /// Notes the sum of a file.
    pub fn note(&mut self, name: &SegmentName, sum: [u8; 32]) {
        self.known.entry(name.period()).or_default().insert(name.to_path(), hex(&sum));
        self.changed.push(name.period());
    }

    /// Forgets a file that is to go.
    pub fn forget(&mut self, name: &SegmentName) {
        let of_date = self.known.get_mut(&name.period());
        if of_date.is_some_and(|sums| sums.remove(&name.to_path()).is_some()) {
            self.changed.push(name.period());
        }
    }

    /// Whether a file's sum is noted.
    pub fn knows(&self, name: &SegmentName) -> bool {
        self.sum(name).is_some()
    }

    /// A file's sum, in hexadecimal digits.
    pub fn sum(&self, name: &SegmentName) -> Option<&str> {
        self.known.get(&name.period())?.get(&name.to_path()).map(String::as_str)
    }

    #[allow(dead_code)] // until verify comes
    /// All that are noted, as (path from the store's root, sum).
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.known.values().flatten().map(|(path, sum)| (path.as_str(), sum.as_str()))
    }

    /// Writes what has changed.
    pub fn write(&mut self, folder: &Folder) -> Result<(), Error> {
        self.changed.sort_unstable();
        self.changed.dedup();
        // What cannot be written stays to be written.
        while let Some(date) = self.changed.last().cloned() {
            let path = file(folder.root(), &self.host, &date);
            let sums = self.known.get(&date).filter(|sums| !sums.is_empty());
            let Some(sums) = sums else {
                folder.remove(&path)?;
                self.known.remove(&date);
                self.changed.pop();
                continue;
            };
            let lines: String = sums.iter().fold(String::new(), |mut text, (path, sum)| {
                let _ = writeln!(text, "{sum}  {path}");
                text
            });
            let mut file = Unpublished::new(folder, path.clone())?;
            file.write_all(lines.as_bytes()).map_err(Error::io(&path))?;
            file.replace()?;
            self.changed.pop();
        }
        Ok(())
    }

    /// Forgets files that went while their sums could not be written: such that a wider one covers,
    /// and such that are older than all that is left of their table, which is how they are retired.
    /// What is missing otherwise stays noted: somebody else removed it, and `verify` says so.
    pub fn forget_retired(&mut self, there: &[SegmentName]) {
        let present: BTreeSet<String> = there.iter().map(SegmentName::to_path).collect();
        let stays = |path: &str| {
            let Some(name) = SegmentName::from_path(path).filter(|_| !present.contains(path)) else {
                return true;
            };
            let older_is_left = there.iter().any(|other| other.table == name.table && other.to < name.to);
            older_is_left && !there.iter().any(|other| other.covers(&name))
        };
        for (date, sums) in &mut self.known {
            let noted = sums.len();
            sums.retain(|path, _| stays(path));
            if sums.len() < noted {
                self.changed.push(date.clone());
            }
        }
    }
}

/// The SHA-256 of a file.
pub fn of_file(path: &Path) -> Result<[u8; 32], Error> {
    let mut hash = Hashing(Sha256::new());
    let mut file = File::open(path).map_err(Error::io(path))?;
    io::copy(&mut file, &mut hash).map_err(Error::io(path))?;
    Ok(hash.0.finalize().into())
}

struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A sum in hexadecimal digits.
pub fn hex(sum: &[u8]) -> String {
    sum.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The folder of a host's sums.
pub fn folder(root: &Path, host: &str) -> PathBuf {
    root.join(FOLDER).join(format!("host={host}"))
}

fn file(root: &Path, host: &str, date: &str) -> PathBuf {
    folder(root, host).join(format!("{date}{ENDING}"))
}
