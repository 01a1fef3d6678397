//! What stands in a store's folder, each file by what it is.

use std::path::{Path, PathBuf};

use super::Found;
use crate::schema::table;
use crate::store::layout::{self, PartName, SegmentName};
use crate::store::{Error, disk, notes, sums};

/// Files of the root that are ours.
const OURS: [&str; 3] = ["sysray-store.json", "recorder.lock", "maintain.lock"];

/// The files of a store.
#[derive(Default)]
pub struct Tree {
    /// Those that lie where their names say, sorted.
    pub segments: Vec<SegmentName>,
    /// Segments elsewhere, with where their names say.
    pub misplaced: Vec<(PathBuf, String)>,
    pub parts: Vec<PartName>,
    /// Parts that were set aside because not all of them could be read.
    set_aside: Vec<PathBuf>,
    temporaries: Vec<PathBuf>,
    /// Notes that no recorder has taken in yet.
    notes: Vec<PathBuf>,
    strangers: Vec<PathBuf>,
}

impl Tree {
    /// Looks at every name.
    pub fn walk(root: &Path) -> Result<Self, Error> {
        let mut tree = Tree::default();
        for name in names(root)? {
            let path = PathBuf::from(&name);
            match &*name {
                ours if OURS.contains(&ours) => {}
                layout::JOURNAL => tree.hosts(root, &path, |tree, host, path| tree.journal(host, path))?,
                notes::FOLDER => tree.notes(root, &path)?,
                sums::FOLDER => tree.hosts(root, &path, |tree, _, path| tree.sums(path))?,
                name if table(name).is_some() => {
                    tree.hosts(root, &path, |tree, host, path| tree.spans(root, name, host, path))?;
                }
                _ => tree.other(path),
            }
        }
        tree.segments.sort_unstable();
        tree.parts.sort_unstable();
        Ok(tree)
    }

    /// Files that are none of a store's, and what was left behind.
    pub fn strangers(&self, found: &mut Found) {
        for path in &self.strangers {
            found.note(path, "is no file of a store; it is not read", "");
        }
        for path in &self.temporaries {
            found.note(path, "was begun and not finished", "the next maintenance removes it");
        }
        for path in &self.notes {
            found.note(path, "waits for a recorder to take it in", "the next `sysray record` does");
        }
        for path in &self.set_aside {
            let what = "is a part of the journal that was damaged; what could be read of it is sealed";
            found.note(path, what, "look at it with `sysray store recover`, or remove it");
        }
    }

    fn hosts(
        &mut self,
        root: &Path,
        folder: &Path,
        mut each: impl FnMut(&mut Self, &str, PathBuf) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for name in names(&root.join(folder))? {
            let path = folder.join(&name);
            match name.strip_prefix("host=") {
                Some(host) if root.join(&path).is_dir() => {
                    for inner in names(&root.join(&path))? {
                        each(self, host, path.join(inner))?;
                    }
                }
                _ => self.other(path),
            }
        }
        Ok(())
    }

    fn journal(&mut self, host: &str, path: PathBuf) -> Result<(), Error> {
        let name = file_name(&path);
        let set_aside = name.strip_suffix(layout::SET_ASIDE).and_then(|part| PartName::parse(host, part));
        match PartName::parse(host, &name) {
            Some(part) => self.parts.push(part),
            None if set_aside.is_some() => self.set_aside.push(path),
            None if name == "last.totals" => {}
            None => self.other(path),
        }
        Ok(())
    }

    fn notes(&mut self, root: &Path, folder: &Path) -> Result<(), Error> {
        for name in names(&root.join(folder))? {
            let path = folder.join(&name);
            match notes::is_note(&name) && notes::read(&root.join(&path)).is_some() {
                true => self.notes.push(path),
                false => self.other(path),
            }
        }
        Ok(())
    }

    fn sums(&mut self, path: PathBuf) -> Result<(), Error> {
        if !file_name(&path).ends_with(sums::ENDING) || disk::is_temporary(&file_name(&path)) {
            self.other(path);
        }
        Ok(())
    }

    /// What lies below a table's host: folders of days or months.
    fn spans(&mut self, root: &Path, table: &str, host: &str, span: PathBuf) -> Result<(), Error> {
        if !file_name(&span).contains('=') || !root.join(&span).is_dir() {
            self.other(span);
            return Ok(());
        }
        for name in names(&root.join(&span))? {
            let path = span.join(&name);
            match SegmentName::parse(table, host, &name) {
                Some(segment) => match segment.path(Path::new("")) {
                    right if right == path => self.segments.push(segment),
                    right => self.misplaced.push((path, right.display().to_string())),
                },
                None => self.other(path),
            }
        }
        Ok(())
    }

    fn other(&mut self, path: PathBuf) {
        let is_left_over = disk::is_temporary(&file_name(&path));
        if is_left_over { self.temporaries.push(path) } else { self.strangers.push(path) }
    }
}

/// What the path of a segment from the store's root says of it.
pub fn segment_of(path: &Path) -> Option<SegmentName> {
    let words: Vec<_> = path.iter().map(|word| word.to_string_lossy()).collect();
    let [table, host, _, file] = &words[..] else { return None };
    SegmentName::parse(table, host.strip_prefix("host=")?, file)
}

/// The hosts of which sums are noted.
pub fn hosts_with_sums(root: &Path) -> Vec<String> {
    let names = names(&root.join(sums::FOLDER)).unwrap_or_default();
    names.iter().filter_map(|name| name.strip_prefix("host=")).map(Into::into).collect()
}

/// The names in a folder, those included that are no text; none where it is gone.
fn names(folder: &Path) -> Result<Vec<String>, Error> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    let entries = match std::fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Ok(vec![]),
        other => other.map_err(Error::io(folder))?,
    };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    Ok(names)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
