//! One round over the namespaces: of each `/proc/PID/net/dev` of a process in it, which needs no entering, and
//! where that is permitted what only its inside tells.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use super::found::{Found, Member};
use super::{inode_of, visit};
use crate::collect::Host;
use crate::collect::listen::Addresses;
use crate::collect::network::{describe, parse_dev};
use crate::schema::Text;
use crate::schema::rows::{Listen, Network};

/// How often interfaces are looked at anew: to tell what they are, the kernel takes the lock under which
/// all interfaces of the host are changed.
const LINKS_EVERY: Duration = Duration::from_secs(60);

/// What is known of the namespaces from one round to the next.
#[derive(Default)]
pub struct Known {
    namespaces: BTreeMap<i64, Namespace>,
    addresses: Addresses,
    buffer: Vec<u8>,
}

/// A namespace as of the last round.
#[derive(Default)]
struct Namespace {
    members: Vec<Member>,
    read_at: Duration,
    /// When its sockets were listed last.
    listened_at: Option<Duration>,
    /// What describes its interfaces, with the bytes each had received; none where it cannot be entered.
    links: HashMap<Text, Network>,
    links_due: Duration,
}

/// The rows of a round.
#[derive(Default)]
pub struct Round {
    pub network: Vec<Network>,
    pub listen: Vec<Listen>,
    /// How many files were read.
    pub reads: i64,
}

impl Known {
    /// Whether it was read in the last round.
    pub fn has(&self, inode: i64) -> bool {
        self.namespaces.contains_key(&inode)
    }
}

/// Reads all that were found. What `known` is left with are those that were read.
pub fn read(
    host: &mut Host,
    mut known: Known,
    found: Vec<Found>,
    clock: impl Fn() -> Duration,
) -> (Known, Round) {
    let (names, mut round) = (names(host), Round::default());
    let mut earlier = std::mem::take(&mut known.namespaces);
    for found in found {
        let at = clock();
        let Some((pid, mut rows)) = read_dev(host, &found) else { continue };
        // The kernel gives the number of one that is gone to the next that is made. It is the same only if
        // somebody is in it who was before.
        let before = earlier.remove(&found.inode).filter(|before| before.goes_on(host, &found));
        let interval_us = before.as_ref().and_then(|before| us(at.checked_sub(before.read_at)?));
        let mut namespace = before.unwrap_or_default();
        let visit = visit::enter(host, pid, found.inode);
        if let Some(visit) = &visit {
            namespace.renew_links(visit, &rows, at, &mut known.buffer);
            if let Some(mut sockets) = visit.listening(&mut known.buffer, &mut known.addresses) {
                let before = namespace.listened_at.replace(at);
                for row in &mut sockets {
                    row.netns = Some(found.inode);
                    row.interval_us = before.and_then(|before| us(at - before));
                }
                round.listen.append(&mut sockets);
            }
        }
        for row in &mut rows {
            if let Some(link) = namespace.links.get_mut(&row.interface) {
                describe(link, row);
                link.rx_bytes = row.rx_bytes;
            }
            (row.netns, row.interval_us) = (Some(found.inode), interval_us);
            row.netns_name = names.get(&found.inode).cloned();
            row.container = found.container.clone();
            // What passes here has passed an interface of the host, or will.
            row.counted = Some(false);
        }
        round.network.append(&mut rows);
        (namespace.members, namespace.read_at) = (found.members, at);
        known.namespaces.insert(found.inode, namespace);
    }
    round.reads = host.reads();
    (known, round)
}

fn us(interval: Duration) -> Option<i64> {
    i64::try_from(interval.as_micros()).ok()
}

/// The interfaces as the first process sees them that is still in the namespace, and its pid.
fn read_dev(host: &mut Host, found: &Found) -> Option<(i64, Vec<Network>)> {
    found.members.iter().find_map(|Member { pid, .. }| {
        let is_in = |host: &mut Host| inode_of(host, pid) == Some(found.inode);
        if !is_in(host) {
            return None;
        }
        let path = host.proc_path(&format!("{pid}/net/dev"));
        let rows = parse_dev(host.read(path).ok()?);
        // Nor has it left meanwhile, or its pid become another's.
        (is_in(host) && !rows.is_empty()).then_some((*pid, rows))
    })
}

impl Namespace {
    /// Whether it is the one that was found: a process of before is in it.
    fn goes_on(&self, host: &mut Host, found: &Found) -> bool {
        let mut both = self.members.iter().filter(|member| found.members.contains(member));
        both.any(|member| inode_of(host, member.pid) == Some(found.inode))
    }

    /// Looks at its interfaces anew where that is due, or where one is new or seems to be.
    fn renew_links(&mut self, visit: &visit::Visit, rows: &[Network], at: Duration, buffer: &mut Vec<u8>) {
        let is_other =
            |row: &Network| self.links.get(&row.interface).is_none_or(|link| row.rx_bytes < link.rx_bytes);
        if (at >= self.links_due || rows.iter().any(is_other))
            && let Some(links) = visit.links(buffer)
        {
            self.links = links.into_iter().map(|link| (link.interface.clone(), link)).collect();
            self.links_due = at + LINKS_EVERY;
        }
    }
}

/// What namespaces are called by `ip netns`, by their inodes: a file that each is mounted on.
fn names(host: &mut Host) -> HashMap<i64, Text> {
    let folder = host.root_path("run/netns");
    let names = host.names(&folder).unwrap_or_default();
    let inode = |name: &String| std::fs::metadata(folder.join(name)).ok().map(|about| about.ino() as i64);
    names.into_iter().filter_map(|name| Some((inode(&name)?, name.into()))).collect()
}
