//! The idle probe: one small file that shows that a process has not run since it was last read, so that
//! its others have nothing new to say.
//!
//! `schedstat` (the kernel's Documentation/scheduler/sched-stats.rst) counts the time its main thread ran,
//! the time that waited for a CPU, and how often it was put on one. It is sound under these conditions,
//! all of which are kept here and by whoever asks:
//!
//! - the process had one thread when it was last read: of others `schedstat` does not tell;
//! - it was not running or runnable then: it may wait for a CPU ever since, which shows nowhere in it;
//! - all three numbers are what they were, the count included: a slice may be too short for the clock;
//! - they were read *before* `stat`: what ran in between is then seen by the next probe;
//! - our own numbers move: some kernels print zeros, or nothing that counts.
//!
//! What others can change without its running (state, nice, policy, control group, OOM score, resident
//! and swapped memory) is read again by whoever asks, every few seconds.

use super::details::{Schedule, parse_schedule};
use super::folder::{Folder, Held, Miss};
use crate::collect::kept::Room;
use crate::collect::{Error, Host};

/// Three numbers of at most twenty digits, and what is between them.
const LONGEST: usize = 64;

/// The scheduler's numbers of the thread that reads. Since the tick before they must have moved: it waited in
/// between, and runs now.
pub fn own_schedule(host: &mut Host) -> Result<Option<Schedule>, Error> {
    Ok(host.proc_if_any("thread-self/schedstat")?.and_then(parse_schedule))
}

/// A process's `schedstat` as it was, held open where there is room.
pub struct Probe {
    held: Held,
    line: [u8; LONGEST],
    length: usize,
}

impl Default for Probe {
    fn default() -> Self {
        Probe { held: Held::default(), line: [0; LONGEST], length: 0 }
    }
}

impl Probe {
    /// Reads the numbers; whether they are there and what they were at the last call.
    ///
    /// `file` is the process's `schedstat`, or that of one of its threads: then they are the thread's alone.
    pub fn is_unmoved(
        &mut self,
        folder: &mut Folder,
        room: &Room,
        pid: i64,
        file: &str,
    ) -> Result<bool, Miss> {
        let now = folder.read_held(&mut self.held, Some(room), pid, file)?;
        let now = now.filter(|line| line.len() <= LONGEST).unwrap_or_default();
        if !now.is_empty() && now == &self.line[..self.length] {
            return Ok(true);
        }
        self.line[..now.len()].copy_from_slice(now);
        self.length = now.len();
        Ok(false)
    }

    /// The numbers as of the last call; `None` where the kernel keeps none.
    pub fn schedule(&self) -> Option<Schedule> {
        std::str::from_utf8(&self.line[..self.length]).ok().and_then(parse_schedule)
    }
}
