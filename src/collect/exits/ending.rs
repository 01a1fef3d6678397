//! Processes out of the threads that end: each is told of when its last thread has gone.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::record::{Sums, ThreadExit};

/// Processes of which threads have ended, and not the last; more are not followed.
const MOST_PENDING: usize = 16_384;

/// A process that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessExit {
    pub pid: i64,
    pub ppid: i64,
    pub uid: i64,
    pub comm: Vec<u8>,
    /// As wait(2) has it, but for the core; `None` where the main thread ended before we listened.
    pub status: Option<u32>,
    pub dumped_core: bool,
    /// When it ended, by the wall clock in microseconds.
    pub at_us: i64,
    pub life_us: i64,
    pub threads: i64,
    pub cpu_ns: i64,
    pub waited_ns: i64,
    pub rss_peak_bytes: i64,
    /// What the threads did that ended since we listen.
    pub sums: Sums,
    /// Whether those are all that it ever had.
    pub is_whole: bool,
}

/// Threads that ended, by their processes.
#[derive(Default)]
pub struct Endings {
    pending: HashMap<i64, Pending>,
    /// When we began to listen.
    since_us: i64,
}

#[derive(Default)]
struct Pending {
    threads: i64,
    sums: Sums,
    main: Option<ThreadExit>,
    dumped_core: bool,
}

impl Endings {
    /// Of threads that end from that moment of the wall clock on, in microseconds.
    pub fn since(since_us: i64) -> Self {
        Endings { pending: HashMap::new(), since_us }
    }

    /// Takes a thread in that ended; hands out its process where that has ended with it.
    pub fn take(&mut self, exit: ThreadExit, at_us: i64) -> Option<ProcessExit> {
        let (is_last, is_full) = (exit.is_last, self.pending.len() >= MOST_PENDING);
        let mut all = match self.pending.entry(exit.pid) {
            Entry::Occupied(pending) if is_last => pending.remove(),
            Entry::Vacant(_) if is_last => Pending::default(),
            Entry::Occupied(mut pending) => {
                pending.get_mut().add(exit);
                return None;
            }
            Entry::Vacant(_) if is_full => return None,
            Entry::Vacant(place) => {
                place.insert(Pending::default()).add(exit);
                return None;
            }
        };
        let (life_us, pid, group_ns, last) = (exit.life_us, exit.pid, exit.group_ns, exit.status);
        let began_us = at_us.saturating_sub(life_us);
        all.add(exit.clone());
        let (is_main_known, main) = (all.main.is_some(), all.main.unwrap_or(exit));
        let (cpu_ns, waited_ns) = group_ns.unwrap_or((all.sums.ran_ns, all.sums.waited_ns));
        Some(ProcessExit {
            pid,
            ppid: main.ppid,
            uid: main.uid,
            comm: main.comm,
            // A main thread that left others behind said 0: what ended the process is what ended the last.
            status: is_main_known.then_some(if main.status == 0 { last } else { main.status }),
            dumped_core: all.dumped_core,
            at_us,
            life_us,
            threads: all.threads,
            cpu_ns,
            waited_ns,
            rss_peak_bytes: main.rss_peak_bytes,
            sums: all.sums,
            // Of one that had more threads before we listened the kernel says more than we have seen.
            is_whole: began_us >= self.since_us || (cpu_ns > 0 && cpu_ns == all.sums.ran_ns),
        })
    }
}

impl Pending {
    fn add(&mut self, exit: ThreadExit) {
        self.threads += 1;
        self.sums.add(&exit.own);
        self.dumped_core |= exit.dumped_core;
        if exit.tid == exit.pid {
            self.main = Some(exit);
        }
    }
}
