//! I/O that a process is credited with twice: when it waits for a child that has ended, the kernel adds
//! the whole life of that to what it says of the parent (`/proc/PID/io`, proc_pid_io(5)). What rows of the
//! child have told by then is taken off again. What stays is the parent's own, and that of children too
//! short-lived for a row and for `process_exit`.
//!
//! CPU time of children is credited in columns of its own (`reaped_user_us`, `reaped_system_us`): of that `unseen` is
//! told what rows have, so that the rest is known.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::unseen::Unseen;
use crate::schema::Rows;
use crate::schema::rows::{Process, ProcessExit};

/// The columns that are credited so.
const IO: usize = 7;

/// For so many ticks it is waited for that a parent is credited: it may have been read just before.
pub const WAITED_TICKS: u32 = 2;

/// What children that are no longer there had done, and their parents were not credited with yet.
#[derive(Debug, Default)]
pub struct Reaped {
    of_parent: HashMap<i64, Vec<Owed>>,
    unseen: Unseen,
}

#[derive(Clone, Copy, Debug)]
struct Owed {
    sums: Sums,
    waited_ticks: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// Page faults, by which it shows whether they were waited for: one whose parent does not care for is
    /// gone without a trace.
    minor_faults: i64,
    io: [i64; IO],
    /// CPU time, with that of its own children.
    cpu_us: i64,
}

/// One that is gone: its pid, its parent, and what it had done.
struct Gone {
    pid: i64,
    ppid: Option<i64>,
    sums: Sums,
}

impl Reaped {
    /// Notes who has gone between two ticks, by what the kernel said of processes in all, both in the order
    /// of their pids; `ended` tells what some have done since the first.
    pub fn note<'a>(
        &mut self,
        before: impl Iterator<Item = &'a Process>,
        now: &[Arc<Process>],
        ended: &Rows<ProcessExit>,
    ) {
        for owed in self.of_parent.values_mut() {
            owed.iter_mut().for_each(|owed| owed.waited_ticks += 1);
            owed.retain(|owed| owed.waited_ticks < WAITED_TICKS);
        }
        self.of_parent.retain(|_, owed| !owed.is_empty());
        self.unseen.age();
        let mut gone: Vec<Gone> = Vec::new();
        let mut there = now.iter().peekable();
        for process in before {
            while there.next_if(|p| p.pid < process.pid).is_some() {}
            let stays =
                there.peek().is_some_and(|p| p.pid == process.pid && p.start_time == process.start_time);
            if !stays {
                gone.push(Gone { pid: process.pid, ppid: process.ppid, sums: Sums::of(process) });
            }
        }
        let places: HashMap<i64, usize> = gone.iter().enumerate().map(|(at, gone)| (gone.pid, at)).collect();
        let mut seen = HashSet::new();
        for exit in ended.iter() {
            let stays = now.binary_search_by_key(&exit.pid, |process| process.pid).is_ok();
            match places.get(&exit.pid).filter(|_| seen.insert(exit.pid)) {
                Some(at) => gone[*at].sums.add(&Sums::of_end(exit)),
                // One that is still to be waited for is credited to nobody yet.
                None if stays => {}
                None => gone.push(Gone { pid: exit.pid, ppid: exit.ppid, sums: Sums::of_end(exit) }),
            }
        }
        for one in gone.iter().filter(|one| one.sums.is_some()) {
            // One that has gone as well has passed it on to its own.
            let mut parent = one.ppid;
            for _ in 0..places.len() {
                match parent.and_then(|pid| places.get(&pid)) {
                    Some(at) => parent = gone[*at].ppid,
                    None => break,
                }
            }
            if let Some(parent) = parent {
                self.unseen.owe(parent, one.sums.cpu_us);
                self.of_parent.entry(parent).or_default().push(Owed { sums: one.sums, waited_ticks: 0 });
            }
        }
    }

    /// CPU time of children that parents were credited with in the interval, and that no row of those has told.
    pub fn unseen_cpu_us(&self) -> i64 {
        self.unseen.us()
    }

    /// Takes off what parents did in the interval what they were credited with. Unknown is what some of it
    /// may be in.
    pub fn take_off(&mut self, interval: &mut [Arc<Process>]) {
        self.unseen.see(interval);
        if self.of_parent.is_empty() {
            return;
        }
        for row in interval {
            let Some(faults) = row.reaped_minor_faults else { continue };
            let Some(owed) = self.of_parent.get_mut(&row.pid) else { continue };
            let mut credited = Sums::default();
            // Children in the order in which they ended: as many as account for the faults.
            let mut until = None;
            for (at, owed) in owed.iter().enumerate() {
                credited.add(&owed.sums);
                if credited.minor_faults == faults && faults > 0 {
                    until = Some((at + 1, credited));
                }
            }
            let all = faults >= credited.minor_faults;
            let settled = if all { Some((owed.len(), credited)) } else { until };
            if settled.is_none() && faults == 0 {
                continue;
            }
            let is_known = settled.is_some();
            let (count, credited) = settled.unwrap_or((owed.len(), credited));
            owed.drain(..count);
            if credited.io == [0; IO] {
                continue;
            }
            for (counter, credited) in io(Arc::make_mut(row)).into_iter().zip(credited.io) {
                *counter = counter
                    .filter(|_| is_known)
                    .and_then(|done| Some(done - credited).filter(|own| *own >= 0));
            }
        }
    }
}

impl Sums {
    fn of(process: &Process) -> Self {
        let mut process = process.clone();
        let faults = [process.minor_faults, process.reaped_minor_faults];
        let cpu_us = [process.cpu_us, process.reaped_user_us, process.reaped_system_us];
        Sums {
            minor_faults: faults.into_iter().flatten().sum(),
            cpu_us: cpu_us.into_iter().flatten().sum(),
            io: io(&mut process).map(|counter| counter.unwrap_or(0)),
        }
    }

    /// Of one that ended, what no row of the process has told.
    fn of_end(exit: &ProcessExit) -> Self {
        let told = [exit.read_bytes, exit.write_bytes, None, exit.read_chars, exit.write_chars, None, None];
        Sums {
            minor_faults: exit.minor_faults.unwrap_or(0),
            cpu_us: exit.cpu_us.unwrap_or(0),
            io: told.map(|counter| counter.unwrap_or(0)),
        }
    }

    fn is_some(&self) -> bool {
        self.io != [0; IO] || self.minor_faults > 0 || self.cpu_us > 0
    }

    fn add(&mut self, more: &Sums) {
        self.minor_faults += more.minor_faults;
        self.cpu_us += more.cpu_us;
        self.io.iter_mut().zip(more.io).for_each(|(sum, more)| *sum += more);
    }
}

fn io(process: &mut Process) -> [&mut Option<i64>; IO] {
    [
        &mut process.read_bytes,
        &mut process.write_bytes,
        &mut process.cancelled_write_bytes,
        &mut process.read_chars,
        &mut process.write_chars,
        &mut process.read_calls,
        &mut process.write_calls,
    ]
}
