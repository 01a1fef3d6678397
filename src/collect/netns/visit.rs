//! What only the inside of a namespace tells: a netlink socket answers for the one that it was made in. Whoever
//! enters needs CAP_SYS_ADMIN; nothing is changed there.

use std::fs::File;
use std::os::unix::fs::MetadataExt;

use nix::sched::{CloneFlags, setns};

use super::link;
use crate::collect::Host;
use crate::collect::listen::{self, Addresses};
use crate::collect::sock_diag::{self, MEMORY, States};
use crate::schema::rows::{Listen, Network};

/// The thread that has this is in the namespace.
pub struct Visit(());

/// Takes the calling thread into the namespace that a process is in. `None` where that is not permitted, the process
/// has left, or the host is a captured tree.
pub fn enter(host: &mut Host, pid: i64, inode: i64) -> Option<Visit> {
    if !host.is_here() {
        return None;
    }
    host.count_read();
    let file = File::open(host.proc_path(&format!("{pid}/ns/net"))).ok()?;
    let is_it = file.metadata().ok()?.ino() as i64 == inode;
    (is_it && setns(&file, CloneFlags::CLONE_NEWNET).is_ok()).then_some(Visit(()))
}

impl Visit {
    /// What describes its interfaces.
    pub fn links(&self, buffer: &mut Vec<u8>) -> Option<Vec<Network>> {
        link::links(buffer)
    }

    /// The sockets that listen there.
    pub fn listening(&self, buffer: &mut Vec<u8>, addresses: &mut Addresses) -> Option<Vec<Listen>> {
        let mut rows = Vec::new();
        let each = |message: &[u8]| rows.extend(listen::parse(message, addresses));
        sock_diag::dump(&sock_diag::open()?, States::LISTEN, MEMORY, buffer, each)?;
        Some(rows)
    }
}
