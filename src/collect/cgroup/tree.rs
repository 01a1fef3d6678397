//! Where control groups are mounted, and which groups there are. It reads no figure.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::collect::kept::Kept;
use crate::collect::mount::{Mount, parse_mountinfo};
use crate::collect::{Error, Host};

/// The folders are walked through at least so often, whatever the kernel's counts say.
const WALK_EVERY: Duration = Duration::from_secs(5);

/// The most groups in a tick. Inner ones are left out first, those of one parent together: who sums over leaves then
/// finds the parent.
pub const MAX_GROUPS: usize = 2000;

/// Of a parent that has more than this, some are kept all the same.
const MANY: usize = MAX_GROUPS / 2;

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
struct Hierarchy {
    version: Version,
    /// The path of the group that is mounted: `/`, or more in a container that shares the host's view.
    top: String,
    /// Its folder.
    folder: PathBuf,
}

/// A control group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub path: String,
    /// Its folder in each tree that has the path, v2 first.
    pub folders: Vec<(Version, PathBuf)>,
    /// Inode of the first of them.
    pub id: Option<i64>,
    /// Whether none of the groups is inside it.
    pub leaf: bool,
}

impl Group {
    /// The inode of the first of its folders that is there now.
    pub fn id_now(&self) -> Option<i64> {
        self.folders
            .iter()
            .find_map(|(_, folder)| std::fs::metadata(folder).ok())
            .map(|about| about.ino() as i64)
    }
}

/// The groups, walked through anew when the kernel counts others than before.
#[derive(Default)]
pub struct Tree {
    pub groups: Vec<Group>,
    /// How many were left out, at least: what is inside those nobody has looked for.
    pub left_out: usize,
    /// How many groups there are, as the kernel counts them.
    counted: String,
    /// Of each v2 tree, at its top.
    counts: Vec<(PathBuf, Kept)>,
    walked: Option<Duration>,
}

impl Tree {
    /// Brings the groups up to now.
    pub fn look(&mut self, host: &mut Host) -> Result<(), Error> {
        let counted = self.count(host);
        let fresh = |walked: Duration| {
            host.now.saturating_sub(walked) < WALK_EVERY && counted.as_ref() == Some(&self.counted)
        };
        if self.walked.is_some_and(fresh) {
            return Ok(());
        }
        // Our own view: the folders are to be opened by these paths.
        let text = match host.proc_if_any("self/mountinfo")? {
            Some(text) => text,
            None => host.proc("1/mountinfo")?,
        };
        let mounts = parse_mountinfo(text);
        let hierarchies = hierarchies(host, &mounts);
        let tops =
            hierarchies.iter().filter(|h| h.version == Version::V2).map(|h| h.folder.join("cgroup.stat"));
        self.counts = tops.map(|path| (path, Kept::default())).collect();
        // Counted before they are walked through: one that comes in between is found by the next count.
        self.counted = self.count(host).unwrap_or_default();
        (self.groups, self.left_out) = walk(host, &hierarchies);
        self.walked = Some(host.now);
        Ok(())
    }

    /// How many groups there are in all where some are left out: as many as are known, or by the kernel's count more.
    pub fn all(&self) -> Option<usize> {
        let descendants = |line: &str| line.strip_prefix("nr_descendants ")?.trim().parse::<usize>().ok();
        // Of v1's `/proc/cgroups` no line begins so.
        let counted = self.counted.lines().filter_map(descendants).max().map_or(0, |inner| inner + 1);
        (self.left_out > 0).then(|| counted.max(self.groups.len() + self.left_out))
    }

    /// Has the next look walk through them all.
    pub fn doubt(&mut self) {
        self.walked = None;
    }

    /// The kernel's counts: `cgroup.stat` of v2 trees, `/proc/cgroups` of v1's; `None` where it has none.
    fn count(&mut self, host: &mut Host) -> Option<String> {
        let mut counted = host.proc_if_any("cgroups").ok()?.map(str::to_string);
        for (path, kept) in &mut self.counts {
            let text = host.reread(kept, |_| path.clone()).ok()?;
            counted.get_or_insert_default().push_str(text);
        }
        counted
    }
}

/// The mounted trees that have figures, v2 first, each once.
fn hierarchies(host: &Host, mounts: &[Mount]) -> Vec<Hierarchy> {
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

/// The groups of one depth by path, each with its folders.
type Level = BTreeMap<String, Vec<(Version, PathBuf)>>;

/// The groups of the trees, outer ones first, then by path, and how many were left out.
fn walk(host: &mut Host, hierarchies: &[Hierarchy]) -> (Vec<Group>, usize) {
    let mut groups: Vec<Group> = Vec::new();
    let (mut level, mut outer, mut left_out) = (Level::new(), 0, 0);
    for h in hierarchies {
        level.entry(h.top.clone()).or_default().push((h.version.clone(), h.folder.clone()));
    }
    while !level.is_empty() {
        left_out += leave_out(&mut level, &mut groups, outer);
        outer = groups.len();
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
    (groups, left_out)
}

/// Takes out of a level what is too much behind the groups there are, those of one parent together, and makes leaves
/// of parents of which nothing is left; their own level begins at `outer`. How many it took out.
fn leave_out(level: &mut Level, groups: &mut [Group], outer: usize) -> usize {
    let mut room = MAX_GROUPS.saturating_sub(groups.len());
    let found = level.len();
    if found <= room {
        return 0;
    }
    let mut rest = std::mem::take(level).into_iter().peekable();
    while let Some((path, _)) = rest.peek() {
        let parent = parent_of(path).to_string();
        let mut family: Vec<_> =
            std::iter::from_fn(|| rest.next_if(|(path, _)| parent_of(path) == parent)).collect();
        if family.len() > room {
            family.truncate(if family.len() > MANY { room } else { 0 });
        }
        if family.is_empty()
            && let Ok(at) = groups[outer..].binary_search_by(|group| group.path.as_str().cmp(&parent))
        {
            groups[outer + at].leaf = true;
        }
        room -= family.len();
        level.extend(family);
    }
    found - level.len()
}

fn parent_of(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

/// The names of the folders in a folder. One whose name is not UTF-8 cannot be named in a row and
/// is passed over.
fn folders_in(host: &mut Host, folder: &Path) -> Vec<String> {
    host.count_read();
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let folders = entries.flatten().filter(|e| e.file_type().is_ok_and(|t| t.is_dir()));
    folders.filter_map(|e| e.file_name().into_string().ok()).collect()
}
