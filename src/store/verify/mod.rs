//! Whether a store is as it should be: every file that was noted is there and has the bytes it was
//! noted with, says of itself what its name says, and no tick is there twice.
//!
//! It takes no lock and writes nothing. A recorder and its maintenance may go on meanwhile: a file
//! that they removed is no finding.

mod counters;
mod parts;
mod rows;
mod sealed;
mod ticks;
mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::identity::Identity;
use super::layout::{self, SegmentName};
use super::sums::Sums;
use super::{Error, lock};
pub use counters::{Proof, Proved, Why as Unproved, prove};
pub use parts::is_of;
use tree::Tree;

/// What was found at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether something is wrong; else it is merely worth knowing.
    pub is_wrong: bool,
    /// What it is about, from the store's root.
    pub path: PathBuf,
    /// What was found.
    pub what: String,
    /// What can be done about it; empty where nothing need be.
    pub way_out: String,
}

/// A store that was looked at.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// By path.
    pub findings: Vec<Finding>,
    /// Files that were looked at: segments and parts of the journal.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// Rows in them that a reader sees.
    pub rows: u64,
    /// Ticks that a reader sees.
    pub ticks: u64,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looked {
    pub bytes: u64,
    pub of_bytes: u64,
}

/// Looks at a store: names, footers, frame numbers and the journal; `deep` reads every byte and
/// every row as well. `watch` is told how far it has come.
///
/// # Errors
/// Where the folder is no store, or cannot be read at all. What is wrong in it is no error.
pub fn verify(root: &Path, deep: bool, watch: &mut dyn FnMut(Looked)) -> Result<Verified, Error> {
    Identity::read(root)?;
    // Sums before files: what is noted by then stands there, unless it has been given up since.
    let sums = read_sums(root)?;
    let tree = Tree::walk(root)?;
    let mut found = Found::default();
    tree.strangers(&mut found);
    let seen = sealed::check(root, &tree, &sums, deep, &mut found, watch)?;
    found.verified.rows += seen.rows;
    missing(root, &tree, &sums, seen.vanished, &mut found)?;
    parts::check(root, &tree, &lock::recorder(root), deep, &mut found)?;
    ticks::check(root, &mut found)?;
    let mut verified = found.verified;
    verified.findings.sort_by(|a, b| (!a.is_wrong, &a.path).cmp(&(!b.is_wrong, &b.path)));
    Ok(verified)
}

/// What is being found.
#[derive(Default)]
struct Found {
    verified: Verified,
}

impl Found {
    fn wrong(&mut self, path: impl Into<PathBuf>, what: impl Into<String>, way_out: impl Into<String>) {
        self.add(true, path.into(), what.into(), way_out.into());
    }

    fn note(&mut self, path: impl Into<PathBuf>, what: impl Into<String>, way_out: impl Into<String>) {
        self.add(false, path.into(), what.into(), way_out.into());
    }

    fn wrong_paths(&self) -> impl Iterator<Item = &Path> {
        self.verified.findings.iter().filter(|finding| finding.is_wrong).map(|finding| finding.path.as_path())
    }

    fn add(&mut self, is_wrong: bool, path: PathBuf, what: String, way_out: String) {
        self.verified.findings.push(Finding { is_wrong, path, what, way_out });
    }
}

fn read_sums(root: &Path) -> Result<BTreeMap<String, Sums>, Error> {
    let mut hosts = layout::host_names(root)?;
    hosts.extend(tree::hosts_with_sums(root));
    hosts.into_iter().map(|host| Ok((host.clone(), Sums::read(root, &host)?))).collect()
}

/// Files that were noted and are not there.
fn missing(
    root: &Path,
    tree: &Tree,
    sums: &BTreeMap<String, Sums>,
    vanished: Vec<SegmentName>,
    found: &mut Found,
) -> Result<(), Error> {
    for (host, noted) in sums {
        let mut gone: Vec<String> = noted
            .iter()
            .map(|(path, _)| path)
            .filter(|path| !root.join(path).exists())
            .map(Into::into)
            .collect();
        let vanished = vanished.iter().filter(|name| name.host == *host);
        gone.extend(vanished.map(|name| name.path(Path::new("")).to_string_lossy().into_owned()));
        gone.sort_unstable();
        gone.dedup();
        if gone.is_empty() {
            continue;
        }
        // Maintenance may have given them up meanwhile, or merged them and not forgotten them yet.
        let (noted, there) = (Sums::read(root, host)?, layout::segments(root, Some(host))?);
        for path in gone {
            let name = tree::segment_of(Path::new(&path));
            let is_covered = name.is_some_and(|name| there.iter().any(|other| other.covers(&name)));
            if noted.iter().any(|(known, _)| known == path) && !root.join(&path).exists() && !is_covered {
                let way_out =
                    "put back a copy of it; without one its rows are lost, and its line can be taken out";
                found.wrong(
                    path,
                    "is missing, and its sum is noted",
                    format!("{way_out} of sums/host={host}"),
                );
            }
        }
    }
    for (path, why) in &tree.misplaced {
        let what = format!("does not lie where its name says ({why}), and readers look for it there");
        found.wrong(path.clone(), what, "move it out of the store, or to where it belongs");
    }
    Ok(())
}
