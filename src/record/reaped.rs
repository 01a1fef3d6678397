//! I/O that a process is credited with twice: when it waits for a child that has ended, the kernel adds
//! the whole life of that to what it says of the parent (`/proc/PID/io`, proc_pid_io(5)). What rows of the
//! child have told by then is taken off again. What stays is the parent's own, and that of children too
//! short-lived for a row and for `process_exit`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::schema::Rows;
use crate::schema::rows::{Process, ProcessExit};

/// The columns that are credited so.
const IO: usize = 7;

/// What children that are no longer there had done, by their parents.
#[derive(Debug, Default)]
pub struct Reaped {
    of_parent: HashMap<i64, Sums>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// Page faults, by which it shows whether they were waited for: one whose parent does not care for is
    /// gone without a trace.
    minor_faults: i64,
    io: [i64; IO],
}

/// One that is gone: its parent, and what it had done.
type Gone = (Option<i64>, Sums);

impl Reaped {
    /// Compares the processes of two ticks, with what the kernel said of them in all, both in the order of
    /// their pids; `ended` tells what some have done since the first.
    pub fn between<'a>(
        before: impl Iterator<Item = &'a Process>,
        now: &[Arc<Process>],
        ended: &Rows<ProcessExit>,
    ) -> Self {
        let mut gone: HashMap<i64, Gone> = HashMap::new();
        let mut there = now.iter().peekable();
        for process in before {
            while there.next_if(|p| p.pid < process.pid).is_some() {}
            let stays =
                there.peek().is_some_and(|p| p.pid == process.pid && p.start_time == process.start_time);
            if !stays {
                gone.insert(process.pid, (process.ppid, Sums::of(process)));
            }
        }
        let mut unseen: Vec<Gone> = Vec::new();
        let mut seen = HashSet::new();
        for exit in ended.iter() {
            let stays = now.binary_search_by_key(&exit.pid, |process| process.pid).is_ok();
            match gone.get_mut(&exit.pid).filter(|_| seen.insert(exit.pid)) {
                Some((_, sums)) => sums.add(&Sums::of_end(exit)),
                // One that is still to be waited for is credited to nobody yet.
                None if stays => {}
                None => unseen.push((exit.ppid, Sums::of_end(exit))),
            }
        }
        let mut of_parent: HashMap<i64, Sums> = HashMap::new();
        for (parent, sums) in gone.values().chain(&unseen) {
            // One that has gone as well has passed it on to its own.
            let mut parent = *parent;
            for _ in 0..gone.len() {
                match parent.and_then(|pid| gone.get(&pid)) {
                    Some((next, _)) => parent = *next,
                    None => break,
                }
            }
            if let Some(parent) = parent.filter(|_| sums.io != [0; IO]) {
                of_parent.entry(parent).or_default().add(sums);
            }
        }
        Reaped { of_parent }
    }

    /// Takes it off what parents did in the interval. Unknown is what some of it may be in.
    pub fn take_off(&self, interval: &mut [Arc<Process>]) {
        if self.of_parent.is_empty() {
            return;
        }
        for row in interval {
            let (Some(sums), Some(faults)) = (self.of_parent.get(&row.pid), row.reaped_minor_faults) else {
                continue;
            };
            if faults == 0 && sums.minor_faults > 0 {
                continue;
            }
            let all = faults >= sums.minor_faults;
            for (counter, credited) in io(Arc::make_mut(row)).into_iter().zip(sums.io) {
                *counter =
                    counter.filter(|_| all).and_then(|done| Some(done - credited).filter(|own| *own >= 0));
            }
        }
    }
}

impl Sums {
    fn of(process: &Process) -> Self {
        let mut process = process.clone();
        let faults = [process.minor_faults, process.reaped_minor_faults];
        Sums {
            minor_faults: faults.into_iter().flatten().sum(),
            io: io(&mut process).map(|counter| counter.unwrap_or(0)),
        }
    }

    /// Of one that ended, what no row of the process has told.
    fn of_end(exit: &ProcessExit) -> Self {
        let told = [exit.read_bytes, exit.write_bytes, None, exit.read_chars, exit.write_chars, None, None];
        Sums { minor_faults: exit.minor_faults.unwrap_or(0), io: told.map(|counter| counter.unwrap_or(0)) }
    }

    fn add(&mut self, more: &Sums) {
        self.minor_faults += more.minor_faults;
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
