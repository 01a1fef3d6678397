//! What containers of users are called, whose engines run without being root and keep their files in the users'
//! homes (Podman's rootless mode, Docker's). Whatever stands there the user may have made up: only plain files of a
//! bounded size that are the user's own are read, and nothing is waited for.

use std::fs::OpenOptions;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde_json::Value;

use super::names::{Called, of_docker, of_list};
use crate::collect::Host;

const DOCKER: &str = ".local/share/docker/containers/ID/config.v2.json";
const LISTS: [&str; 2] = [
    ".local/share/containers/storage/overlay-containers/containers.json",
    ".local/share/containers/storage/overlay-containers/volatile-containers.json",
];

/// Room for some 500 containers, of which Podman's list takes 2 KiB each; what is read becomes up to sixteen times as
/// much memory where it was made to.
const LONGEST_BYTES: u64 = 1 << 20;

/// The user in whose session a group is: `/user.slice/user-1000.slice/user@1000.service/…`.
pub fn user_of(path: &str) -> Option<u32> {
    let rest = path.strip_prefix("/user.slice/user-")?;
    rest.split_once(".slice")?.0.parse().ok()
}

/// Looks for an id where that user's engines keep what they know of it.
pub fn find(host: &mut Host, id: &str, uid: u32) -> Option<Called> {
    let home = home(host, uid)?;
    let read = |file: &str| read(&home.join(file.replace("ID", id)), uid);
    let docker = read(DOCKER).and_then(|about| of_docker(&about));
    docker.or_else(|| LISTS.iter().find_map(|file| of_list(&read(file)?, id)))
}

/// Where a user lives, by `/etc/passwd`, passwd(5).
fn home(host: &mut Host, uid: u32) -> Option<PathBuf> {
    let users = host.read(host.root_path("etc/passwd")).ok()?;
    let home = users.lines().find_map(|line| {
        let mut fields = line.split(':').skip(2);
        let is_own = fields.next()?.parse() == Ok(uid);
        fields.nth(2).filter(|_| is_own)
    })?;
    let home = home.trim_start_matches('/').to_string();
    Some(host.root_path(&home)).filter(|_| !home.is_empty())
}

/// A file of JSON that is the user's own. Of a pipe the end would never come, and what a link leads to may be another's.
fn read(path: &Path, uid: u32) -> Option<Value> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    let about = file.metadata().ok()?;
    if !about.is_file() || about.uid() != uid {
        return None;
    }
    let mut text = Vec::new();
    file.take(LONGEST_BYTES).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}
