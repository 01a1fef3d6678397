//! Maintenance: parts are sealed, tiers made, finished spans merged, and what is over the bounds
//! retired.
//!
//! It runs in a child of the recorder, or by hand, one at a time. It never touches a part that is
//! being written, nor a file whose name it does not understand.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::layout::{self, PartName};
use super::{Error, Lock, Policy, disk, merge, retain, seal, tier};
use crate::schema::{Micros, all_tables};

/// What a maintenance did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Parts that became segments.
    pub sealed: usize,
    /// Files of tiers that were made.
    pub tiers: usize,
    /// Segments that became part of a wider one.
    pub merged: usize,
    /// Segments that were removed because they were over a bound.
    pub retired: usize,
}

/// Maintains the files of one host. `None` where another maintenance is at work.
pub fn maintain(root: &Path, host: &str, policy: &Policy, now: Micros) -> Result<Option<Done>, Error> {
    let Some(_lock) = Lock::maintenance(root)? else { return Ok(None) };
    remove_leftovers(root, host)?;
    remove_covered(root, host)?;
    let mut done = Done::default();
    let mut failed = None;
    for name in layout::parts(root, Some(host))? {
        match seal_part(root, &name, policy) {
            Ok(sealed) => done.sealed += usize::from(sealed),
            // One bad part must not keep the others from being sealed.
            Err(error) => failed = Some(error),
        }
    }
    // Before hours are merged to days: a day would be read again for each of its hours.
    match tier::make(root, host, policy, now) {
        Ok(made) => done.tiers = made,
        Err(error) => failed = Some(error),
    }
    done.merged = merge::merge(root, host, policy, now)?;
    done.retired = retain::retain(root, host, policy, now)?;
    failed.map_or(Ok(Some(done)), Err)
}

/// Seals a part and removes it; false where it is still being written.
fn seal_part(root: &Path, name: &PartName, policy: &Policy) -> Result<bool, Error> {
    let path = name.path(root);
    let file = File::open(&path).map_err(Error::io(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(false),
        Err(TryLockError::Error(source)) => return Err(Error::Io { path, source }),
    }
    seal::seal(root, name, &file, policy.compression)?;
    disk::remove(&path)?;
    disk::sync_folder(&path)?;
    Ok(true)
}

/// Removes what a maintenance that was cut off had begun to write.
fn remove_leftovers(root: &Path, host: &str) -> Result<(), Error> {
    for table in all_tables() {
        let folder = root.join(table.name).join(format!("host={host}"));
        for span in disk::names(&folder)?.iter().filter(|name| layout::is_span(table, name)) {
            let folder = folder.join(span);
            for name in disk::names(&folder)? {
                if name.starts_with(disk::TEMPORARY) && name.ends_with(".parquet") {
                    disk::remove(&folder.join(name))?;
                }
            }
        }
    }
    Ok(())
}

/// Removes segments that an earlier maintenance merged into wider ones. Readers have had the time
/// since then to open what they chose.
fn remove_covered(root: &Path, host: &str) -> Result<(), Error> {
    let all = layout::segments(root, Some(host))?;
    let kept = layout::uncovered(&all);
    for name in all.iter().filter(|name| !kept.contains(name)) {
        disk::remove(&name.path(root))?;
    }
    Ok(())
}
