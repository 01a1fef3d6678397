//! `filesystem` from mountinfo and statvfs(3).
//!
//! What can hang (another machine, a FUSE program) is never asked within the tick: see [`ask`].

mod ask;
mod listing;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use ask::Asker;
pub use ask::{Space, SpaceOf};
pub use listing::list_filesystems;
use listing::{is_remote, may_hang};

use super::block::names_by_number;
use super::mount::{Mount, parse_mountinfo, read_mountinfo};
use super::{Collector, Error, Host};
use crate::schema::rows::Filesystem;
use crate::schema::{Sample, Text};

/// Reads the space of mounted file systems.
pub struct FilesystemCollector {
    space_of: SpaceOf,
    mountinfo: String,
    listed: Vec<Listed>,
    askers: HashMap<Asked, Asker>,
}

/// A file system that has rows.
struct Listed {
    row: Filesystem,
    /// Where to ask for its space.
    path: PathBuf,
    /// Whom to ask where the tick must not.
    asked: Option<Asked>,
}

/// Mount path and `major:minor`.
type Asked = (String, String);

impl Default for FilesystemCollector {
    fn default() -> Self {
        FilesystemCollector::new(Arc::new(Space::of))
    }
}

impl Collector for FilesystemCollector {
    fn name(&self) -> &'static str {
        "filesystem"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["filesystem"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let (mountinfo, of_init) = read_mountinfo(host)?;
        if mountinfo != self.mountinfo {
            self.list(host, &mountinfo, of_init);
            self.mountinfo = mountinfo;
        }
        for listed in &self.listed {
            let space = match listed.asked.as_ref().and_then(|asked| self.askers.get_mut(asked)) {
                Some(asker) => asker.newest(host, &self.space_of, &listed.path),
                None => (self.space_of)(&listed.path).ok(),
            };
            let mut row = listed.row.clone();
            if let Some(space) = space {
                if space.total_bytes == 0 {
                    continue;
                }
                row.total_bytes = Some(space.total_bytes);
                row.free_bytes = Some(space.free_bytes);
                row.available_bytes = Some(space.available_bytes);
                let limited = space.inodes > 0;
                row.inodes = limited.then_some(space.inodes);
                row.inodes_free = limited.then_some(space.inodes_free);
            }
            sample.filesystem.push(row);
        }
        Ok(())
    }
}

impl FilesystemCollector {
    /// A collector that asks `space_of` for a mount's space.
    pub fn new(space_of: SpaceOf) -> Self {
        let (mountinfo, listed, askers) = Default::default();
        FilesystemCollector { space_of, mountinfo, listed, askers }
    }

    /// Takes in a mountinfo that changed.
    fn list(&mut self, host: &mut Host, mountinfo: &str, of_init: bool) {
        let mounts = parse_mountinfo(mountinfo);
        let hanging: Vec<String> =
            mounts.iter().filter(|m| may_hang(&m.fstype)).map(|m| format!("{}/", m.path)).collect();
        let diskstats = host.proc_if_any("diskstats").ok().flatten();
        let disks = diskstats.map(names_by_number).unwrap_or_default();
        let elsewhere = of_init && in_another_namespace(host);
        let entry = |mount: Mount| {
            // The way to a mount leads over those above it, so what lies below one that hangs does too.
            let hangs = may_hang(&mount.fstype) || hanging.iter().any(|above| mount.path.starts_with(above));
            let path = match elsewhere {
                true => host.proc_path("1/root").join(mount.path.trim_start_matches('/')),
                false => PathBuf::from(&mount.path),
            };
            let asked = hangs.then(|| (mount.path.clone(), mount.device.clone()));
            Listed { row: describe(&mount, disks.get(&mount.device)), path, asked }
        };
        self.listed = list_filesystems(mounts).into_iter().map(entry).collect();
        // A thread that is stuck keeps its asker, so that the same mount gets no second one.
        self.askers.retain(|key, asker| {
            asker.is_busy() || self.listed.iter().any(|l| l.asked.as_ref() == Some(key))
        });
        for asked in self.listed.iter().filter_map(|l| l.asked.clone()) {
            self.askers.entry(asked).or_default();
        }
    }
}

/// A row with all that mountinfo tells.
fn describe(mount: &Mount, disk: Option<&String>) -> Filesystem {
    Filesystem {
        mount: mount.path.as_str().into(),
        device: (!mount.source.is_empty()).then(|| mount.source.as_str().into()),
        disk: disk.map(|name| Text::from(name.as_str())),
        fstype: Some(mount.fstype.as_str().into()),
        read_only: Some(mount.has("ro")),
        remote: Some(is_remote(&mount.fstype)),
        ..Filesystem::default()
    }
}

/// Whether the first process's mounts are not ours: then its paths lead through `/proc/1/root`.
fn in_another_namespace(host: &Host) -> bool {
    let namespace = |process: &str| std::fs::read_link(host.proc_path(&format!("{process}/ns/mnt"))).ok();
    namespace("1").zip(namespace("self")).is_some_and(|(init, own)| init != own)
}
