//! Notes that people leave in a store, `<store>/notes/<µs>-<pid>.note`, until whoever records into it has
//! taken them into `event`.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Error;
use super::disk::{self, Folder, Unpublished};

/// Where notes lie, in a store's root.
pub const FOLDER: &str = "notes";
/// The longest text of a note, in bytes.
pub const NOTE_BYTES: usize = 4096;
/// The largest file that is taken for one.
const FILE_BYTES: u64 = 64 << 10;

/// What somebody noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// One line.
    pub text: String,
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// What it is about.
    #[serde(default)]
    pub subject: Option<String>,
    /// Who noted it.
    #[serde(default)]
    pub user: Option<String>,
}

impl Note {
    /// Leaves it for the recorder.
    pub fn leave(&self, folder: &Folder) -> Result<(), Error> {
        let place = folder.root().join(FOLDER);
        let path = place.join(format!("{}-{}.note", self.at_us, std::process::id()));
        let mut file = Unpublished::new(folder, path.clone()).map_err(Error::unwritable)?;
        let text = serde_json::to_vec(self).map_err(std::io::Error::from).map_err(Error::io(&path))?;
        file.write_all(&text).map_err(Error::io(&path))?;
        match file.publish()? {
            Some(_) => Ok(()),
            None => Err(Error::Taken(path)),
        }
    }
}

/// Whether a file in the folder of notes is called as a note is.
pub fn is_note(name: &str) -> bool {
    let numbers = name.strip_suffix(".note").and_then(|stem| stem.split_once('-'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numbers.is_some_and(|(at, pid)| is_number(at) && is_number(pid))
}

/// So many of the notes that wait and are wanted, oldest first. What cannot be read as one is left where it is.
pub fn waiting(root: &Path, most: usize, is_wanted: impl Fn(&PathBuf) -> bool) -> Vec<(PathBuf, Note)> {
    let folder = root.join(FOLDER);
    let names = disk::files(&folder).unwrap_or_default();
    // Their names begin with when they were noted, in as many digits for some centuries.
    let paths = names.iter().filter(|name| is_note(name)).map(|name| folder.join(name)).filter(is_wanted);
    paths.filter_map(|path| read(&path).map(|note| (path, note))).take(most).collect()
}

/// Reads one; `None` where the file is none.
pub fn read(path: &Path) -> Option<Note> {
    let mut bytes = Vec::new();
    let mut options = OpenOptions::new();
    options.read(true);
    // What is no file might keep whoever opens it waiting for ever.
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits() as i32;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    let file = options.open(path).ok().filter(|file| file.metadata().is_ok_and(|facts| facts.is_file()))?;
    file.take(FILE_BYTES).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}
