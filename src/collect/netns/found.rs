//! Which namespaces there are, as the processes of a tick say it. It reads nothing.

use std::collections::BTreeMap;

use crate::schema::rows::Process;
use crate::schema::{Rows, Text};

/// As many processes of a namespace are remembered, those that began first: they mostly last longest.
const MEMBERS: usize = 8;

/// A namespace, and who is in it.
#[derive(Debug)]
pub struct Found {
    pub inode: i64,
    pub members: Vec<Member>,
    /// The container of the first of them.
    pub container: Option<Text>,
}

/// A process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    pub start_ticks: Option<i64>,
    pub pid: i64,
}

/// The namespaces other than `own`, in the order of their inodes.
pub fn find(processes: &Rows<Process>, own: i64) -> Vec<Found> {
    let mut found: BTreeMap<i64, Vec<&Process>> = BTreeMap::new();
    for process in processes.iter() {
        if let Some(inode) = process.netns.filter(|inode| *inode != own) {
            found.entry(inode).or_default().push(process);
        }
    }
    let one = |(inode, mut members): (i64, Vec<&Process>)| {
        members.sort_by_key(|process| (process.start_ticks, process.pid));
        members.truncate(MEMBERS);
        let member = |process: &&Process| Member { start_ticks: process.start_ticks, pid: process.pid };
        let container = members.first().and_then(|process| process.container.clone());
        Found { inode, members: members.iter().map(member).collect(), container }
    };
    found.into_iter().map(one).collect()
}
