//! What is over the bounds goes, whole files of this host only: first by age and count, then, where
//! room is wanted, what is worth least and is oldest.

use std::path::{Path, PathBuf};

use super::disk::Folder;
use super::layout::{self, SegmentName};
use super::sums::Sums;
use super::usage::{self, Space};
use super::{Class, Error, Policy};
use crate::schema::Micros;

/// While the disk is short of space the rows of this last stretch stay: who filled it is what
/// somebody will want to know.
const SPARED_US: i64 = 3_600_000_000;

/// Why a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A wider file has its rows.
    Superseded,
    /// It was damaged, and what could be read of it is sealed.
    Damaged,
    /// `--keep` and its like.
    Age,
    /// `--keep-files`
    Count,
    /// `--max-size`
    Size,
    /// `--min-free`
    Free,
}

/// A file that goes.
#[derive(Clone, Debug)]
pub struct Retired {
    pub path: PathBuf,
    /// What its path says, where it is a segment.
    pub name: Option<SegmentName>,
    /// What it occupies.
    pub bytes: u64,
    pub why: Why,
}

/// What is to go of one host's files so that the bounds are kept and `room_bytes` more can be sealed.
pub fn plan(
    root: &Path,
    host: &str,
    policy: &Policy,
    now: Micros,
    room_bytes: u64,
) -> Result<Vec<Retired>, Error> {
    let all = layout::segments(root, Some(host))?;
    let mut left = layout::uncovered(&all);
    let superseded: Vec<SegmentName> = all.into_iter().filter(|name| !left.contains(name)).collect();
    let mut plan = Vec::new();
    let mut take = |name: &SegmentName, why| {
        let path = name.path(root);
        plan.push(Retired { bytes: usage::file(&path), path, name: Some(name.clone()), why });
    };
    left.retain(|name| {
        let keep = policy.keep.of(Class::of(&name.table)).as_micros();
        let aged = (now.0 - name.to.0).max(0) as u128 > keep;
        if aged {
            take(name, Why::Age);
        }
        !aged
    });
    if let Some(count) = policy.keep_files {
        let is_raw = |name: &SegmentName| Class::of(&name.table) <= Class::Raw;
        let mut spans: Vec<_> =
            left.iter().filter(|name| is_raw(name)).map(|name| policy.rotation.span(name.to)).collect();
        spans.sort_unstable();
        spans.dedup();
        let over = spans.len().saturating_sub(count.max(1) as usize);
        left.retain(|name| {
            let goes = is_raw(name) && spans[..over].contains(&policy.rotation.span(name.to));
            if goes {
                take(name, Why::Count);
            }
            !goes
        });
    }
    left.sort_by_key(|name| (Class::of(&name.table), name.to));

    let gone: u64 = plan.iter().map(|retired| retired.bytes).sum();
    let over = (usage::sealed(root) + room_bytes).saturating_sub(policy.sealed_bytes().saturating_add(gone));
    let missing = Space::of(root)?.missing_bytes(policy.min_free_pct).saturating_sub(gone);
    let mut short = Short { over, missing };
    for name in superseded {
        let path = name.path(root);
        let retired = Retired { bytes: usage::file(&path), path, name: Some(name), why: Why::Superseded };
        short.give_up(retired, now, &mut plan);
    }
    for path in layout::set_aside(root, host)? {
        let retired = Retired { bytes: usage::file(&path), path, name: None, why: Why::Damaged };
        short.give_up(retired, now, &mut plan);
    }
    for name in left {
        let path = name.path(root);
        let retired = Retired { bytes: usage::file(&path), path, name: Some(name), why: Why::Size };
        short.give_up(retired, now, &mut plan);
    }
    Ok(plan)
}

/// How much has still to go.
struct Short {
    /// So that the store is no larger than it may be.
    over: u64,
    /// So that enough of the filesystem is free.
    missing: u64,
}

impl Short {
    fn give_up(&mut self, retired: Retired, now: Micros, plan: &mut Vec<Retired>) {
        let recent = retired.name.as_ref().is_some_and(|name| name.to.0 > now.0 - SPARED_US);
        let for_free = self.missing > 0 && (!recent || retired.why == Why::Superseded);
        let why = match retired.why {
            _ if self.over == 0 && !for_free => return,
            Why::Size if self.over == 0 => Why::Free,
            why => why,
        };
        self.over = self.over.saturating_sub(retired.bytes);
        self.missing = self.missing.saturating_sub(retired.bytes);
        plan.push(Retired { why, ..retired });
    }
}

/// Removes what was planned: first its sums, then the files, the folders that are left empty last.
pub fn execute(folder: &Folder, plan: &[Retired], sums: &mut Sums) -> Result<(), Error> {
    if plan.is_empty() {
        return Ok(());
    }
    plan.iter().filter_map(|retired| retired.name.as_ref()).for_each(|name| sums.forget(name));
    // On a full disk sums cannot be written, and what goes must go all the same.
    let noted = sums.write(folder);
    for retired in plan {
        folder.remove(&retired.path)?;
        if let Some(parent) = retired.path.parent() {
            folder.remove_if_empty(parent);
        }
    }
    noted.or_else(|_| sums.write(folder))
}
