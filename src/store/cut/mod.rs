//! A range of a store as a store of its own, to be sent to somebody.
//!
//! Ticks keep their numbers. Files that lie wholly in the range are copied with their sums, of others
//! the rows in it are written anew, a row group at a time; what stood when the range began goes in as well. The store that is cut from is only read,
//! and may be recorded and maintained meanwhile.

mod pack;
mod redact;
mod rows;
mod secrets;
mod standing;
mod treatment;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::disk::{Folder, Staged};
use super::identity::Identity;
use super::sums::Sums;
use super::{Catalog, Error, layout, usage};
use crate::schema::{BASE, Micros, Table, table};
use crate::time::Range;
use redact::Redaction;
use rows::Cutting;

pub use treatment::{Treatment, treatment};

/// How often a table is begun again because maintenance removed a file that was to be read.
const TRIES: usize = 20;

/// What is to be cut out.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    pub range: Range,
    /// The labels of hosts; all where it is empty.
    pub hosts: Vec<String>,
    /// Whether names of hosts and people, command lines and addresses are made unrecognisable.
    pub redact: bool,
}

/// What was cut out.
#[derive(Clone, Debug, Default)]
pub struct CutOut {
    pub rows: u64,
    pub files: u64,
    /// What was made, in bytes.
    pub bytes: u64,
    /// The labels of the hosts in it.
    pub hosts: Vec<String>,
    /// What could not be read, by path, and why.
    pub left_out: Vec<(PathBuf, String)>,
}

/// Cuts a range out into `target`: a folder that does not exist or is empty, or a new file whose
/// name ends in `.tar`. Where there are no rows in the range nothing is made. `watch` is told how
/// many bytes of how many are done.
///
/// # Errors
/// Where the store cannot be read or the target cannot be made; then nothing is left of it.
pub fn cut(
    root: &Path,
    target: &Path,
    asked: &Cut,
    watch: &mut dyn FnMut(u64, u64),
) -> Result<CutOut, Error> {
    let identity = Identity::read(root)?;
    let is_tar = target.extension().is_some_and(|ending| ending == "tar");
    if is_tar && std::fs::symlink_metadata(target).is_ok() {
        return Err(Error::Taken(target.into()));
    }
    let beside = if is_tar { target.with_extension("tar.store") } else { target.to_path_buf() };
    let staged = Staged::new(&beside)?;
    let catalog = Catalog::open(root)?;
    // Tables are cut one after the other: all of them up to where the recording is now.
    let end = catalog.extent()?.map(|(_, end)| end);
    let range = Range { to: asked.range.to.or(end), ..asked.range };
    let all = layout::host_names(root)?;
    let wanted: Vec<String> =
        all.iter().filter(|host| asked.hosts.is_empty() || asked.hosts.contains(host)).cloned().collect();
    let redaction = match asked.redact {
        true => Some(Redaction::new(&catalog, &identity, &wanted, &all, &range)?),
        false => None,
    };
    let labels: BTreeMap<String, String> = wanted
        .iter()
        .map(|host| {
            (host.clone(), redaction.as_ref().map_or(host.clone(), |redaction| redaction.label(host)))
        })
        .collect();
    let mut cutting = Cutting {
        root,
        catalog: Rc::new(catalog),
        folder: staged.folder(),
        range,
        labels,
        noted: sums_of(root, &wanted)?,
        sums: BTreeMap::new(),
        begins: BTreeMap::new(),
        redaction,
        done: CutOut::default(),
    };
    cutting.all(watch)?;
    if cutting.done.rows > 0 {
        cutting.standing()?;
    }
    let Cutting { sums, redaction, mut done, labels, .. } = cutting;
    if done.rows == 0 {
        return Ok(CutOut { left_out: done.left_out, ..CutOut::default() });
    }
    for mut sums in sums.into_values() {
        sums.write(staged.folder())?;
    }
    done.hosts = labels.values().filter(|label| has_files(staged.folder(), label)).cloned().collect();
    // The identity comes last: without it a folder is no store.
    let hosts = identity.hosts.iter().filter(|(_, label)| wanted.contains(label)).map(|(machine, label)| {
        let redacted =
            redaction.as_ref().map(|redaction| (redaction.machine(machine), redaction.label(label)));
        redacted.unwrap_or_else(|| (machine.clone(), label.clone()))
    });
    let mut cut = Identity { hosts: hosts.collect(), boots: identity.boots.clone(), ..Identity::new() };
    if redaction.is_none() {
        // Its rows are the store's own; of one whose hosts are unrecognisable nobody is to tell.
        cut.stores = identity.stores.clone();
    }
    cut.found(staged.folder())?;
    if is_tar {
        let seconds = range.to.or(end).unwrap_or(Micros(0)).0.max(0) / 1_000_000;
        done.bytes = pack::pack(staged.folder().root(), target, seconds as u64)?;
    } else {
        done.bytes = usage::occupied(staged.folder().root());
        staged.publish()?;
    }
    Ok(done)
}

fn sums_of(root: &Path, hosts: &[String]) -> Result<BTreeMap<String, Sums>, Error> {
    hosts.iter().map(|host| Ok((host.clone(), Sums::read(root, host)?))).collect()
}

fn has_files(folder: &Folder, label: &str) -> bool {
    layout::segments(folder.root(), Some(label)).is_ok_and(|files| !files.is_empty())
}

impl Cutting<'_> {
    /// Cuts every table.
    fn all(&mut self, watch: &mut dyn FnMut(u64, u64)) -> Result<(), Error> {
        let mut tables: Vec<&'static Table> = crate::schema::TABLES.iter().collect();
        let sealed = self.catalog.segments().iter().filter_map(|name| table(&name.table));
        for table in sealed.collect::<Vec<_>>() {
            if !tables.iter().any(|known| known.name == table.name) {
                tables.push(table);
            }
        }
        if self.redaction.is_some() {
            // Its rows name entities, which are called otherwise there.
            tables.retain(|table| table.name != BASE);
        }
        for (part, _, damage) in self.catalog.tail()? {
            if damage.is_inside() && self.labels.contains_key(&part.host) {
                let what = "it is damaged within; what of it is sound was taken".to_string();
                self.done.left_out.push((part.path(Path::new("")), what));
            }
        }
        let of = tables.len() as u64;
        for (at, table) in tables.into_iter().enumerate() {
            watch(at as u64, of);
            self.again_and_again(table)?;
        }
        Ok(())
    }

    /// Cuts a table; from the beginning where a file was removed before it was opened.
    fn again_and_again(&mut self, table: &'static Table) -> Result<(), Error> {
        for _ in 0..TRIES {
            match self.catalog.open_segments(table, &self.range) {
                Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                    self.catalog = Rc::new(Catalog::open(self.root)?);
                }
                segments => return self.table(table, segments?),
            }
        }
        Err(Error::damaged(self.root, "it changes faster than it can be read; try again"))
    }
}
