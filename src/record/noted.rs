//! What people note in the store, on its way into the recording: given to a tick once, and removed once the
//! frame that has it lasts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::events;
use super::ring::Ring;
use crate::store::{self, Folder};

/// As many notes go into one tick.
const AT_ONCE: usize = 100;

/// Where notes stand that are on their way.
#[derive(Default)]
pub struct Noted {
    /// Files that a tick was given. One that cannot be removed stays here, so that it is not told again.
    given: BTreeSet<PathBuf>,
    /// Those of them whose frame is written, and not known to last.
    written: Vec<PathBuf>,
}

impl Noted {
    /// Gives what is new to the next tick.
    pub fn look(&mut self, ring: &Ring, folder: &Folder) {
        let is_new = |path: &PathBuf| !self.given.contains(path);
        for (path, note) in store::waiting_notes(folder.root(), AT_ONCE, is_new) {
            ring.tell(events::note(&note), Some(path.clone()));
            self.given.insert(path);
        }
    }

    /// Takes note that a frame has what stands in these files.
    pub fn written(&mut self, files: &[PathBuf]) {
        self.written.extend_from_slice(files);
    }

    /// Whether frames with notes wait to last.
    pub fn wants_sync(&self) -> bool {
        !self.written.is_empty()
    }

    /// Those frames last: the files go.
    pub fn remove_written(&mut self, ring: &Ring, folder: &Folder) {
        for path in self.written.drain(..) {
            match folder.remove(&path).and_then(|()| folder.sync_folder_of(&path)) {
                Ok(()) => {
                    self.given.remove(&path);
                }
                Err(error) => {
                    let told = format!("{error}; the next recording will take this note in once more");
                    ring.tell(events::error("note", told), None);
                }
            }
        }
    }

    /// They do not: the files stay for the next recording, which may tell them a second time.
    pub fn leave_written(&mut self) {
        self.written.clear();
    }

    /// Frames were given up, and what stood in them is given to a tick anew.
    pub fn given_up(&mut self, files: &[PathBuf]) {
        self.given.retain(|path| !files.contains(path));
    }
}
