//! Maintenance: parts are sealed, finished spans merged, and what is over the bounds retired.
//!
//! It runs in a child of the recorder, or by hand, one at a time. It never touches a part that is
//! being written, nor a file whose name it does not understand.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::disk::{self, Folder};
use super::journal::Part;
use super::layout::{self, PartName};
use super::retain::{self, Retired};
use super::sums::{self, Sums};
use super::{Compression, Error, Lock, Policy, merge, notes, seal, tier, usage};
use crate::schema::{Micros, all_tables};

/// What sealing a part may take beyond the part's own size: footers, and folders of a new day.
const SLACK_BYTES: u64 = 1 << 20;

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
pub fn maintain(folder: &Folder, host: &str, policy: &Policy, now: Micros) -> Result<Option<Done>, Error> {
    let Some(_lock) = Lock::maintenance(folder)? else { return Ok(None) };
    let mut maintaining = Maintaining {
        folder,
        host,
        policy,
        now,
        sums: Sums::read(folder.root(), host)?,
        done: Done::default(),
    };
    maintaining.run()?;
    Ok(Some(maintaining.done))
}

/// Retires what is over the bounds, and hands out what that was.
pub fn prune(
    folder: &Folder,
    host: &str,
    policy: &Policy,
    now: Micros,
) -> Result<Option<Vec<Retired>>, Error> {
    let Some(_lock) = Lock::maintenance(folder)? else { return Ok(None) };
    let plan = retain::plan(folder.root(), host, policy, now, 0)?;
    let mut sums = Sums::read(folder.root(), host)?;
    retain::execute(folder, &plan, &mut sums)?;
    Ok(Some(plan))
}

struct Maintaining<'a> {
    folder: &'a Folder,
    host: &'a str,
    policy: &'a Policy,
    now: Micros,
    sums: Sums,
    done: Done,
}

impl Maintaining<'_> {
    fn run(&mut self) -> Result<(), Error> {
        let root = self.folder.root();
        remove_leftovers(self.folder, self.host, self.now)?;
        self.remove_covered()?;
        // Before anything is written, so that a full disk is no reason not to make room on it.
        self.retire(0)?;
        self.note_unnoted()?;
        let mut failed = None;
        for name in layout::parts(root, Some(self.host))? {
            match self.seal_part(&name) {
                Ok(sealed) => self.done.sealed += usize::from(sealed),
                // One bad part must not keep the others from being sealed.
                Err(error) => failed = Some(error),
            }
        }
        // Before hours are merged to days: a day would be read again for each of its hours.
        let telling = self.folder.bounded(self.room());
        match tier::make(&telling, self.host, self.policy, self.now, &mut self.sums) {
            Ok(made) => self.done.tiers = made,
            Err(error) if error.is_no_room() => {}
            Err(error) => failed = Some(error),
        }
        self.sums.write(self.folder)?;
        let merging = self.folder.bounded(self.room());
        self.done.merged = match merge::merge(&merging, self.host, self.policy, self.now, &mut self.sums) {
            Err(error) if error.is_no_room() => 0,
            other => other?,
        };
        self.retire(0)?;
        failed.map_or(Ok(()), Err)
    }

    /// What may still be written without the store growing over its size.
    fn room(&self) -> u64 {
        let limit = self.policy.sealed_bytes();
        if limit == u64::MAX { limit } else { limit.saturating_sub(usage::sealed(self.folder.root())) }
    }

    /// Retires what is over the bounds, and as much that so many bytes can be written.
    fn retire(&mut self, room_bytes: u64) -> Result<(), Error> {
        let plan = retain::plan(self.folder.root(), self.host, self.policy, self.now, room_bytes)?;
        retain::execute(self.folder, &plan, &mut self.sums)?;
        self.done.retired += plan.len();
        Ok(())
    }

    /// Seals a part and removes it; false where it is still being written.
    fn seal_part(&mut self, name: &PartName) -> Result<bool, Error> {
        let path = name.path(self.folder.root());
        let file = File::open(&path).map_err(Error::io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(source)) => return Err(Error::io(&path)(source)),
        }
        let length = file.metadata().map_err(Error::io(&path))?.len();
        let part = Part::open(&path, &file, length)?;
        let share = self.policy.sealed_bytes();
        // At first no more than half of a small store is given up for one part.
        let (mut room, mut compression) = ((length + SLACK_BYTES).min(share / 2), self.policy.compression);
        let damage = loop {
            self.retire(room)?;
            let folder = self.folder.bounded(self.room());
            match seal::seal(&folder, name, &part, compression, &mut self.sums) {
                // A disk that is full is to be waited for. Where it is our own bound, more was taken
                // than was reckoned: more has to go, and what is written has to be smaller.
                Err(error) if error.is_no_room() && self.policy.max_bytes.is_some() => {
                    if room < share {
                        room = room.saturating_mul(2).min(share);
                    } else if compression == Compression::None {
                        compression = Compression::Zstd(3);
                    } else {
                        return Err(error);
                    }
                }
                other => break other?,
            }
        };
        self.sums.write(self.folder)?;
        if damage.is_inside() {
            // What could not be read somebody may still want to look at.
            self.folder.rename(&path, &layout::set_aside_path(&path))?;
        } else {
            self.folder.remove(&path)?;
            self.folder.sync_folder_of(&path)?;
        }
        Ok(true)
    }

    /// Removes segments that an earlier maintenance merged into wider ones. Readers have had the time
    /// since then to open what they chose.
    fn remove_covered(&mut self) -> Result<(), Error> {
        let root = self.folder.root();
        let all = layout::segments(root, Some(self.host))?;
        let kept = layout::uncovered(&all);
        let covered: Vec<_> = all.iter().filter(|name| !kept.contains(name)).collect();
        // The maintenance that gave the wider file its name may have been cut off before it made that last.
        let mut folders: Vec<_> = covered.iter().map(|name| name.path(root)).collect();
        folders.dedup_by(|a, b| a.parent() == b.parent());
        folders.iter().try_for_each(|path| self.folder.sync_folder_of(path))?;
        for name in &covered {
            self.folder.remove(&name.path(root))?;
        }
        covered.iter().for_each(|name| self.sums.forget(name));
        if covered.is_empty() { Ok(()) } else { self.sums.write(self.folder) }
    }

    /// Puts right the sums that a maintenance left which was cut off: of files that it published and
    /// of such that it removed.
    fn note_unnoted(&mut self) -> Result<(), Error> {
        let root = self.folder.root();
        let there = layout::segments(root, Some(self.host))?;
        self.sums.forget_retired(&there);
        for name in there {
            if !self.sums.knows(&name) {
                self.sums.note(&name, sums::of_file(&name.path(root))?);
            }
        }
        match self.sums.write(self.folder) {
            Err(error) if error.is_no_room() => Ok(()),
            other => other,
        }
    }
}

/// Removes what was begun to be written by a maintenance that was cut off: whoever writes there holds
/// its lock. What a recorder left the next one removes. A note is written without a lock, within a moment.
fn remove_leftovers(folder: &Folder, host: &str, now: Micros) -> Result<(), Error> {
    let root = folder.root();
    let mut folders = vec![sums::folder(root, host), root.join(notes::FOLDER)];
    for table in all_tables() {
        let of_host = root.join(table.name).join(format!("host={host}"));
        let spans = disk::names(&of_host)?;
        folders
            .extend(spans.iter().filter(|name| layout::is_span(table, name)).map(|span| of_host.join(span)));
    }
    for place in folders {
        for name in disk::files(&place)?.iter().filter(|name| is_ours(name)) {
            let path = place.join(name);
            if !name.ends_with(".note") || is_an_hour_old(&path, now) {
                folder.remove(&path)?;
            }
        }
        // A folder that was made for a file which never came.
        if place.starts_with(root) && !is_root_level(&place, root) {
            folder.remove_if_empty(&place);
        }
    }
    Ok(())
}

fn is_an_hour_old(path: &Path, now: Micros) -> bool {
    let changed = std::fs::metadata(path).and_then(|facts| facts.modified()).ok();
    let changed = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    changed.is_some_and(|at| now.0 - at.as_micros() as i64 > 3_600_000_000)
}

/// Temporaries as we write them, beside files as we name them.
fn is_ours(name: &str) -> bool {
    disk::is_temporary(name) && [".parquet", ".sha256", ".note"].iter().any(|end| name.ends_with(end))
}

fn is_root_level(place: &Path, root: &Path) -> bool {
    place.parent() == Some(root)
}
