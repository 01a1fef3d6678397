//! Network namespaces other than the recorder's own: which there are that processes are in, and every 10 s
//! what their interfaces carried and which sockets listen there.
//!
//! All of it is read aside. Nothing of a namespace stays open from one time to the next: an open
//! `/proc/PID/net/dev`, a socket and a link in `/proc/PID/ns` each keep it alive, with all its interfaces,
//! when the last process has left it.

mod found;
mod link;
mod round;
mod visit;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub use link::parse_link;
use round::{Known, Round};

use super::Host;
use super::aside::{About, Answer};
use super::process::parse_namespace;
use crate::schema::Sample;
use crate::schema::rows::{Event, Listen, Network};

/// How often they are read.
const EVERY: Duration = Duration::from_secs(10);

/// As many are read; others are left out, and an event says so.
const MOST: usize = 200;

/// Reads them.
#[derive(Default)]
pub struct Namespaces {
    /// What was known after the last time; nothing while they are being read.
    known: Known,
    answer: Answer<Option<(Known, Round)>>,
    due: Duration,
    /// How often they were looked for.
    looks: u64,
    /// Whether it was told that some are left out.
    is_told: bool,
}

impl Namespaces {
    /// Takes in what was read and hands out the rows of `network`; those of `listen` are left with the host.
    /// Has it read anew where that is due: the sample's processes say which namespaces there are.
    pub fn look(&mut self, host: &mut Host, sample: &mut Sample) -> Vec<Network> {
        let mut rows = self.take(host, Duration::ZERO);
        let is_due = host.now + EVERY / 20 >= self.due;
        if is_due && !sample.process.is_empty() && !self.answer.is_waited_for() {
            self.looks += 1;
            // The second time is in the second tick, and both are waited for, so that a short recording has an interval.
            self.due = if self.looks > 1 { host.now + EVERY } else { host.now };
            self.ask(host, sample);
            if self.looks <= 2 {
                rows = self.take(host, host.patience);
            }
        }
        rows
    }

    fn take(&mut self, host: &mut Host, patience: Duration) -> Vec<Network> {
        let Some((known, round)) = self.answer.take(patience).flatten() else { return Vec::new() };
        self.known = known;
        host.count_reads(round.reads);
        let untaken = std::mem::replace(&mut host.listening, round.listen);
        span(&mut host.listening, &untaken);
        round.network
    }

    fn ask(&mut self, host: &mut Host, sample: &mut Sample) {
        // Which is our own must be known, or it would be read twice.
        let Some(own) = inode_of(host, "self") else { return };
        let mut found = found::find(&sample.process, own);
        if found.len() > MOST {
            // Those that were read before are read on.
            found.sort_by_key(|one| (!self.known.has(one.inode), one.inode));
            if !std::mem::replace(&mut self.is_told, true) {
                sample.event.push(left_out(found.len()));
            }
            found.truncate(MOST);
        } else {
            self.is_told = false;
        }
        if found.is_empty() {
            self.known = Known::default();
            return;
        }
        let (known, mut there) = (std::mem::take(&mut self.known), host.elsewhere());
        let (now, began) = (host.now, Instant::now());
        let read = move || round::read(&mut there, known, found, || now + began.elapsed());
        // Whoever enters a namespace stays in it: the thread ends, and so lets go of the last one.
        let thread = move || {
            let thread = std::thread::Builder::new().name("netns".into()).stack_size(STACK_BYTES);
            thread.spawn(read).ok()?.join().ok()
        };
        self.answer.renew(&host.aside, About::Other, host.now, Duration::ZERO, thread);
    }
}

/// Where `listen` is read less often, its rows span the times in between, whose rows it has not taken.
pub fn span(rows: &mut [Listen], untaken: &[Listen]) {
    let between: BTreeMap<Option<i64>, Option<i64>> =
        untaken.iter().map(|row| (row.netns, row.interval_us)).collect();
    for row in rows {
        if let Some(more) = between.get(&row.netns) {
            row.interval_us = row.interval_us.zip(*more).map(|(interval_us, more)| interval_us + more);
        }
    }
}

/// What the thread needs, with room to spare.
const STACK_BYTES: usize = 256 << 10;

/// The namespace that a process is in.
fn inode_of(host: &mut Host, process: impl std::fmt::Display) -> Option<i64> {
    host.count_read();
    let link = std::fs::read_link(host.proc_path(&format!("{process}/ns/net"))).ok()?;
    parse_namespace(link.to_str()?)
}

fn left_out(found: usize) -> Event {
    let message = format!(
        "there are {found} network namespaces beside the recorder's own: {MOST} of them are read, and the others left out"
    );
    Event::about("left_out", Event::WARNING, "network", &message)
}
