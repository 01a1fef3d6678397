//! Where control groups are mounted, and which groups there are. It reads no figure.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::collect::Host;
use crate::collect::mount::Mount;

/// The most groups in a tick. Inner ones are left out first.
const MAX_GROUPS: usize = 2000;

/// Controllers of v1 that have figures.
const CONTROLLERS: [&str; 5] = ["cpu", "cpuacct", "memory", "blkio", "pids"];

/// What kind of tree a folder is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    V2,
    /// With the controllers that its tree has, of those with figures.
    V1(Vec<&'static str>),
}

/// A mounted tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Hierarchy {
    pub version: Version,
    /// The path of the group that is mounted: `/`, or more in a container that shares the host's view.
    pub top: String,
    /// Its folder.
    pub folder: PathBuf,
}

/// A control group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub path: String,
    /// Its folder in each tree that has the path, v2 first.
    pub folders: Vec<(Version, PathBuf)>,
    /// Inode of the first of them.
    pub id: Option<i64>,
    pub leaf: bool,
}

/// The mounted trees that have figures, v2 first, each once.
pub fn hierarchies(host: &Host, mounts: &[Mount]) -> Vec<Hierarchy> {
    let mut found: Vec<Hierarchy> = Vec::new();
    for mount in mounts {
        let version = match &*mount.fstype {
            "cgroup2" => Version::V2,
            "cgroup" => Version::V1(CONTROLLERS.into_iter().filter(|c| mount.has(c)).collect()),
            _ => continue,
        };
        if version == Version::V1(vec![]) || found.iter().any(|h| h.version == version) {
            continue;
        }
        let path = mount.path.trim_start_matches('/');
        let folder = match path.strip_prefix("sys/") {
            Some(below_sys) => host.sys_path(below_sys),
            None => host.root_path(path),
        };
        // `/..` leads out of the namespace: how the groups there are called, this process cannot know.
        let top = if mount.root.starts_with("/..") { "/".into() } else { mount.root.clone() };
        found.push(Hierarchy { version, top, folder });
    }
    found.sort_by_key(|h| h.version != Version::V2);
    found
}

/// All groups of the trees, outer ones first, then by path.
pub fn walk(host: &mut Host, hierarchies: &[Hierarchy]) -> Vec<Group> {
    type Level = BTreeMap<String, Vec<(Version, PathBuf)>>;
    let mut groups: Vec<Group> = Vec::new();
    let mut level = Level::new();
    for h in hierarchies {
        level.entry(h.top.clone()).or_default().push((h.version.clone(), h.folder.clone()));
    }
    while !level.is_empty() && groups.len() < MAX_GROUPS {
        let mut inner = Level::new();
        for (path, folders) in level {
            let mut id = None;
            let mut leaf = true;
            for (version, folder) in &folders {
                host.count_read();
                let Ok(about) = std::fs::metadata(folder) else { continue };
                id = id.or(Some(about.ino() as i64));
                // A folder's links are its own two and one from each folder in it.
                if about.nlink() == 2 {
                    continue;
                }
                for name in folders_in(host, folder) {
                    leaf = false;
                    let below = format!("{}/{name}", path.trim_end_matches('/'));
                    inner.entry(below).or_default().push((version.clone(), folder.join(&name)));
                }
            }
            groups.push(Group { path, folders, id, leaf });
        }
        level = inner;
    }
    groups.truncate(MAX_GROUPS);
    groups
}

/// The names of the folders in a folder. One whose name is not UTF-8 cannot be named in a row and
/// is passed over.
fn folders_in(host: &mut Host, folder: &Path) -> Vec<String> {
    host.count_read();
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let folders = entries.flatten().filter(|e| e.file_type().is_ok_and(|t| t.is_dir()));
    folders.filter_map(|e| e.file_name().into_string().ok()).collect()
}
