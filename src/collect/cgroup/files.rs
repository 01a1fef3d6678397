//! The files of one control group in one tree, kept open from tick to tick.

use std::path::PathBuf;

use crate::collect::Host;
use crate::collect::kept::Kept;

/// A group's folder and those of its files that were asked for.
pub struct Files {
    folder: PathBuf,
    kept: Vec<One>,
}

struct One {
    name: &'static str,
    kept: Kept,
    /// It was asked for since the last look at what was.
    is_asked: bool,
}

impl Files {
    /// The files in that folder.
    pub fn new(folder: PathBuf) -> Self {
        Files { folder, kept: Vec::new() }
    }

    /// Whether some of them are kept open.
    pub fn are_kept(&self) -> bool {
        self.kept.iter().any(|one| one.kept.is_open())
    }

    /// What a file says; what cannot be read is unknown, as in a group that just went away.
    pub fn read<'a>(&mut self, host: &'a mut Host, file: &'static str) -> Option<&'a str> {
        let at = self.kept.iter().position(|one| one.name == file).unwrap_or_else(|| {
            self.kept.push(One { name: file, kept: Kept::default(), is_asked: false });
            self.kept.len() - 1
        });
        let (folder, one) = (&self.folder, &mut self.kept[at]);
        one.is_asked = true;
        host.reread(&mut one.kept, |_| folder.join(file)).ok()
    }

    /// Closes those that nobody has asked for since the last call.
    pub fn close_unasked(&mut self) {
        for one in &mut self.kept {
            if !std::mem::take(&mut one.is_asked) {
                one.kept.close();
            }
        }
    }

    /// What a file says that is asked for so seldom that it is not worth being kept open.
    pub fn read_once<'a>(&self, host: &'a mut Host, file: &str) -> Option<&'a str> {
        host.read(self.folder.join(file)).ok()
    }
}
