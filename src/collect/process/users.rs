//! Names of users from `/etc/passwd`, read again when the file changes. Directory services are
//! never asked: an answer from the network has no place in a tick.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;

use crate::collect::Host;
use crate::schema::Text;

/// The users of one host.
#[derive(Default)]
pub struct Users {
    names: HashMap<i64, Text>,
    version: Option<Version>,
}

/// Inode, size, and time of change in seconds and nanoseconds.
type Version = (u64, u64, i64, i64);

impl Users {
    /// Looks whether the file has changed.
    pub fn refresh(&mut self, host: &mut Host) {
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

    /// The name of a user.
    pub fn name(&self, uid: i64) -> Option<Text> {
        self.names.get(&uid).cloned()
    }
}

/// `name:password:uid:…`
fn parse_line(line: &str) -> Option<(i64, &str)> {
    let mut fields = line.split(':');
    let name = fields.next().filter(|name| !name.is_empty() && !name.starts_with('#'))?;
    Some((fields.nth(1)?.parse().ok()?, name))
}
