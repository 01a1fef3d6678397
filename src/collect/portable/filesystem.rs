//! `filesystem` by sysinfo, aside of the tick: to ask a file system that does not answer may take for ever.
//!
//! sysinfo leaves out those of other machines, memory and read-only images, and on macOS what Finder does
//! not show.

use std::collections::HashMap;

use sysinfo::{Disk as Mounted, DiskRefreshKind, Disks};

use super::disk::called;
use super::told::{known, text, text_if_any, whole};
use crate::collect::reading::Reading;
use crate::collect::{Collector, Error, Host};
use crate::schema::rows::Filesystem;
use crate::schema::{Sample, Text};

/// Fills size and what is available.
#[derive(Default)]
pub struct PortableFilesystem {
    reading: Reading<Vec<Filesystem>>,
}

impl Collector for PortableFilesystem {
    fn name(&self) -> &'static str {
        "filesystem"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["filesystem"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let Some((rows, _)) = self.reading.newest(host, read) else { return Ok(()) };
        for row in rows {
            sample.filesystem.push(row.clone());
        }
        Ok(())
    }
}

/// All of them, read anew: what is kept sysinfo never asks again whether it is read-only.
fn read() -> Vec<Filesystem> {
    let mounted = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage());
    let mut rows: Vec<Filesystem> = mounted.list().iter().filter_map(row).collect();
    rows.sort_by(|a, b| a.mount.cmp(&b.mount));
    // The last mount on a path hides those before it, and all have its space.
    rows.dedup_by(|later, first| {
        let is_same = later.mount == first.mount;
        if is_same {
            std::mem::swap(later, first);
        }
        is_same
    });
    once(rows)
}

/// Each device once, however often it is mounted: the shortest path.
fn once(rows: Vec<Filesystem>) -> Vec<Filesystem> {
    let mut shortest: HashMap<Text, Text> = HashMap::new();
    for row in &rows {
        let Some(disk) = &row.disk else { continue };
        let mount = shortest.entry(disk.clone()).or_insert_with(|| row.mount.clone());
        if row.mount.len() < mount.len() {
            *mount = row.mount.clone();
        }
    }
    let is_shown = |row: &Filesystem| {
        row.disk.as_ref().and_then(|disk| shortest.get(disk)).is_none_or(|mount| *mount == row.mount)
    };
    rows.into_iter().filter(is_shown).collect()
}

/// A row; `None` of what has no blocks of its own, or did not tell.
fn row(mounted: &Mounted) -> Option<Filesystem> {
    let total = known(mounted.total_space())?;
    // Here its name is the volume's label.
    let is_labelled = cfg!(any(target_os = "macos", windows));
    Some(Filesystem {
        mount: text(mounted.mount_point().as_os_str()),
        device: text_if_any(mounted.name()).filter(|_| !is_labelled),
        disk: called(mounted),
        fstype: text_if_any(mounted.file_system()),
        read_only: Some(mounted.is_read_only()),
        // Others are not even listed; on Linux some are.
        remote: is_labelled.then_some(false),
        total_bytes: Some(total),
        available_bytes: Some(whole(mounted.available_space())),
        ..Filesystem::default()
    })
}
