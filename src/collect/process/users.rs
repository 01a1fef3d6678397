//! Names of users: from `/etc/passwd`, read again when the file changes, and of those that it does not
//! have from a directory, which is asked aside of the tick.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use crate::collect::Host;
use crate::collect::aside::{About, Answer, Aside};
use crate::schema::Text;

/// How often it is looked whether the file has changed.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often a directory is asked for the same user.
const ASK_EVERY: Duration = Duration::from_secs(600);
/// Users that a directory is asked for at most: a container may have any number of them.
const MOST_ASKED: usize = 256;

/// Says what a user is called, by whatever service knows; it may take its time.
pub type Directory = fn(i64) -> Option<String>;

/// The users of one host.
#[derive(Default)]
pub struct Users {
    names: HashMap<i64, Text>,
    version: Option<Version>,
    looked: Option<Duration>,
    directory: Option<Directory>,
    asked: HashMap<i64, Answer<Option<Text>>>,
    aside: Aside,
    now: Duration,
}

/// Inode, size, and time of change in seconds and nanoseconds.
type Version = (u64, u64, i64, i64);

impl Users {
    /// Users of whom a directory is asked too.
    pub fn with_directory(directory: Directory) -> Self {
        Users { directory: Some(directory), ..Users::default() }
    }

    /// Looks now and then whether the file has changed.
    pub fn refresh(&mut self, host: &mut Host) {
        (self.aside, self.now) = (host.aside.clone(), host.now);
        if self.looked.is_some_and(|looked| host.now.saturating_sub(looked) < LOOK_EVERY) {
            return;
        }
        self.looked = Some(host.now);
        let path = host.root_path("etc/passwd");
        let of = |m: std::fs::Metadata| (m.ino(), m.len(), m.mtime(), m.mtime_nsec());
        let version = std::fs::metadata(&path).ok().map(of);
        if version == self.version {
            return;
        }
        self.version = version;
        self.names.clear();
        for (uid, name) in host.read(path).unwrap_or("").lines().filter_map(parse_line) {
            self.names.entry(uid).or_insert_with(|| name.into());
        }
    }

    /// The name of a user; `None` where nobody knows it, or has not said so yet.
    pub fn name(&mut self, uid: i64) -> Option<Text> {
        if let Some(name) = self.names.get(&uid) {
            return Some(name.clone());
        }
        let directory = self.directory?;
        if self.asked.len() >= MOST_ASKED && !self.asked.contains_key(&uid) {
            return None;
        }
        let answer = self.asked.entry(uid).or_default();
        answer.renew(&self.aside, About::Other, self.now, ASK_EVERY, move || directory(uid).map(Text::from));
        answer.newest(self.now)?.0
    }
}

/// What the C library's name services say (nsswitch.conf(5)): files, LDAP, SSSD, systemd.
pub fn by_name_services(uid: i64) -> Option<String> {
    let uid = nix::unistd::Uid::from_raw(u32::try_from(uid).ok()?);
    nix::unistd::User::from_uid(uid).ok().flatten().map(|user| user.name)
}

/// `name:password:uid:…`
fn parse_line(line: &str) -> Option<(i64, &str)> {
    let mut fields = line.split(':');
    let name = fields.next().filter(|name| !name.is_empty() && !name.starts_with('#'))?;
    Some((fields.nth(1)?.parse().ok()?, name))
}
