//! Which mounts have rows, and which file systems can keep one waiting: rules over names alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::collect::mount::Mount;

/// Types that are interfaces of the kernel or of the desktop and hold no data.
const PSEUDO: &[&str] = &[
    "anon_inodefs",
    "autofs",
    "binder",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "cpuset",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fuse.gvfsd-fuse",
    "fuse.lxcfs",
    "fuse.portal",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nfsd",
    "none",
    "nsfs",
    "pidfs",
    "pipefs",
    "proc",
    "pstore",
    "ramfs",
    "resctrl",
    "rootfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "smackfs",
    "sockfs",
    "sysfs",
    "tracefs",
    "usbfs",
];

/// Types whose data another machine holds, or the machine around this one.
const REMOTE: &[&str] = &[
    "9p",
    "acfs",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "fhgfs",
    "glusterfs",
    "gpfs",
    "lustre",
    "mmfs",
    "ncpfs",
    "nfs",
    "nfs4",
    "orangefs",
    "panfs",
    "prl_fs",
    "pvfs2",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
    "vmhgfs",
    "wekafs",
];

/// FUSE programs of which the same is known.
const REMOTE_FUSE: &[&str] = &[
    "blobfuse",
    "blobfuse2",
    "ceph",
    "ceph-fuse",
    "curlftpfs",
    "davfs",
    "gcsfuse",
    "glusterfs",
    "goofys",
    "juicefs",
    "mount-s3",
    "moosefs",
    "mfs",
    "rclone",
    "s3fs",
    "seaweedfs",
    "smbnetfs",
    "sshfs",
    "vmhgfs-fuse",
];

/// Types of disks that several machines share: an answer may wait for another machine's lock.
const SHARED_DISK: &[&str] = &["gfs", "gfs2", "ocfs2", "vxfs"];

/// Folders in which container engines, and systemd for its services, mount what only those see.
const ENGINES: &[&str] = &[
    "/run/containerd/",
    "/run/credentials/",
    "/run/docker/",
    "/var/lib/containerd/",
    "/var/lib/containers/",
    "/var/lib/docker/",
    "/var/lib/kubelet/pods/",
    "/var/lib/lxcfs/",
    "/var/lib/rancher/",
    "/var/snap/",
];

/// Mounts that stand on each other at most, as far as is looked.
const DEEPEST: usize = 64;

/// Whether another machine holds such a file system.
pub fn is_remote(fstype: &str) -> bool {
    REMOTE.contains(&fstype)
        || fstype.strip_prefix("fuse.").is_some_and(|program| REMOTE_FUSE.contains(&program))
}

/// Whether asking such a file system anything may take for ever.
pub fn may_hang(fstype: &str) -> bool {
    is_remote(fstype) || fstype.starts_with("fuse") || SHARED_DISK.contains(&fstype)
}

/// The mounts that have rows, in order of their paths: each file system once.
///
/// Of a file system's mounts the one of its root is taken, and of several the shortest. Subvolumes
/// of btrfs and bcachefs, and folders of a server, may differ in space: each has its own row.
pub fn list_filesystems(mounts: Vec<Mount>) -> Vec<Mount> {
    // The last mount on a path hides those before it.
    let hidden = hidden(&mounts);
    let shown = mounts.into_iter().zip(hidden).filter(|(_, is_hidden)| !is_hidden);
    let visible: BTreeMap<String, Mount> = shown.map(|(m, _)| (m.path.clone(), m)).collect();
    let mut best: BTreeMap<(String, String), Mount> = BTreeMap::new();
    for mount in visible.into_values().filter(holds_data) {
        let by_root = matches!(&*mount.fstype, "btrfs" | "bcachefs") || may_hang(&mount.fstype);
        let which = (mount.device.clone(), if by_root { mount.root.clone() } else { String::new() });
        let rank = |m: &Mount| (m.root.len(), m.path.len());
        match best.get(&which) {
            Some(other) if rank(other) <= rank(&mount) => {}
            _ => {
                best.insert(which, mount);
            }
        }
    }
    let mut listed: Vec<Mount> = best.into_values().collect();
    listed.sort_by(|a, b| a.path.cmp(&b.path));
    listed
}

/// Of each mount whether its path leads to another one: something was mounted later on a folder above it.
fn hidden(mounts: &[Mount]) -> Vec<bool> {
    let by_id: HashMap<i64, &Mount> = mounts.iter().map(|m| (m.id, m)).collect();
    // The first mount of all is on itself.
    let on: HashSet<(i64, &str)> =
        mounts.iter().filter(|m| m.id != m.parent).map(|m| (m.parent, &*m.path)).collect();
    // What is on the same mount and nearer to its root came later: else this one would be on that.
    let is_covered = |m: &Mount| {
        let mut above = std::path::Path::new(&m.path).ancestors().skip(1).filter_map(|path| path.to_str());
        above.any(|path| on.contains(&(m.parent, path)))
    };
    let below = |m: &&Mount| by_id.get(&m.parent).copied().filter(|parent| parent.id != m.id);
    let is_hidden = |m| {
        let chain = std::iter::successors(Some(m), below).take(DEEPEST);
        chain.into_iter().any(is_covered)
    };
    mounts.iter().map(is_hidden).collect()
}

fn holds_data(mount: &Mount) -> bool {
    let below = |folder: &str| {
        mount.path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match &*mount.fstype {
        fstype if PSEUDO.contains(&fstype) => false,
        // An overlay has the space of the file system that its layers lie on.
        "overlay" | "aufs" | "fuse.fuse-overlayfs" => mount.path == "/",
        "tmpfs" => {
            let of_kernel = ["/dev", "/proc", "/sys"].into_iter().any(below) && !below("/dev/shm");
            !of_kernel && !ENGINES.iter().any(|folder| mount.path.starts_with(folder))
        }
        _ => true,
    }
}
