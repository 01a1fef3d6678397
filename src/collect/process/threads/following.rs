//! A process whose threads are read, and which of them there are.

use super::Now;
use super::one::One;
use crate::collect::process::folder::{Folder, Miss};
use crate::schema::rows::{Process, Thread};
use crate::schema::{Micros, Rows, Text};

/// One process.
pub struct Followed {
    pub pid: i64,
    pub start_ticks: i64,
    pub start_time: Micros,
    pub comm: Text,
    /// In the order of their ids. In boxes, since they go from one list to the other in each tick.
    #[allow(clippy::vec_box)]
    threads: Vec<Box<One>>,
    /// Those of the tick before, while this one's are put together.
    #[allow(clippy::vec_box)]
    before: Vec<Box<One>>,
}

impl Followed {
    /// Begins with a process of which there is a row.
    pub fn begin(row: &Process) -> Option<Followed> {
        Some(Followed {
            pid: row.pid,
            start_ticks: row.start_ticks?,
            start_time: row.start_time,
            comm: row.comm.clone()?,
            threads: Vec::new(),
            before: Vec::new(),
        })
    }

    /// Whether the row is about it, and still calls it so.
    pub fn is(&self, row: &Process) -> bool {
        self.pid == row.pid
            && Some(self.start_ticks) == row.start_ticks
            && Some(&self.comm) == row.comm.as_ref()
    }

    /// The wall clock's time at which start ticks begin.
    pub fn boot(&self, now: &Now) -> Micros {
        Micros(self.start_time.0.saturating_sub(now.units.ticks_to_us(self.start_ticks)))
    }

    /// Brings its threads up to now; false where another process has its pid.
    pub fn look(&mut self, folder: &mut Folder, now: &mut Now) -> Result<bool, Miss> {
        let mut tids = std::mem::take(&mut now.tids);
        let done = self.look_at(folder, now, &mut tids);
        now.tids = tids;
        done
    }

    fn look_at(&mut self, folder: &mut Folder, now: &mut Now, tids: &mut Vec<i64>) -> Result<bool, Miss> {
        folder.threads(self.pid, tids)?;
        now.threads += tids.len();
        // In the order in which they started, so that what is beyond the bound stays beyond it.
        tids.truncate(now.left);
        now.left -= tids.len();
        if !tids.is_sorted() {
            tids.sort_unstable();
        }
        std::mem::swap(&mut self.threads, &mut self.before);
        let mut before = std::mem::take(&mut self.before);
        let mut known = before.drain(..).peekable();
        for tid in tids.iter().copied() {
            while known.next_if(|one| one.tid() < tid).is_some() {}
            let mut one = known.next_if(|one| one.tid() == tid).unwrap_or_default();
            match one.look(folder, self, tid, now) {
                Ok(true) => self.threads.push(one),
                Ok(false) | Err(Miss::Gone) => {}
                Err(failed) => return Err(failed),
            }
        }
        drop(known);
        self.before = before;
        let main = self.threads.iter().find(|one| one.tid() == self.pid);
        Ok(main.is_none_or(|main| main.start_ticks() == Some(self.start_ticks)))
    }

    /// Adds its rows.
    pub fn tell(&mut self, rows: &mut Rows<Thread>) {
        self.threads.iter_mut().for_each(|one| rows.share(one.told()));
    }
}
