//! `thread` from `/proc/PID/task`: the threads of those processes that were asked for: proc(5).
//!
//! Which processes there are the rows of `process` say. What is kept between ticks, and when reading a
//! file again would bring the same, is as with processes.

mod following;
mod one;

use std::time::Duration;

use super::crowd::Crowd;
use super::delays::{Booked, Delays};
use super::details::Schedule;
use super::folder::{Folder, Miss, proc_folder};
use super::probe::own_schedule;
use super::words::Words;
use crate::collect::host::Units;
use crate::collect::kept::Room;
use crate::collect::settings::Whose;
use crate::collect::{Collector, Error, Host, Settings};
use crate::schema::Sample;
use crate::schema::rows::Event;
use following::Followed;

/// Threads that are read at most: each costs a system call a tick, and four where it runs.
const MOST_THREADS: usize = 2000;
/// In which tick of it is said that there are more: of the first sample of all no rows are kept, nor events.
const TELL_IN: u32 = 2;
/// Files of threads that are held open at most.
const MOST_HELD: usize = 4096;

/// Reads the threads of some processes.
pub struct ThreadCollector {
    wanted: Vec<Whose>,
    idle: Duration,
    most: usize,
    folder: Option<Folder>,
    room: Room,
    words: Words,
    crowd: Crowd,
    delays: Delays,
    own: Option<Schedule>,
    followed: Vec<Followed>,
    /// In how many ticks there were more than are read, as far as it matters.
    ticks_over: u32,
}

/// What is the same for all threads of a tick.
struct Now<'a> {
    units: Units,
    at: Duration,
    /// Of whom the kernel books block delays.
    block_delays: Booked,
    /// Whether the scheduler's numbers can be trusted to move with whoever runs.
    may_probe: bool,
    /// Whether the kernel keeps those at all: then zeros are true.
    has_schedule: bool,
    is_crowded: bool,
    idle: Duration,
    room: &'a Room,
    words: &'a mut Words,
    /// How many may still be read.
    left: usize,
    /// How many there are, read or not.
    threads: usize,
    tids: Vec<i64>,
    /// The name of a file, while it is put together.
    file: String,
}

impl ThreadCollector {
    /// One for the processes that the settings name.
    pub fn new(settings: &Settings) -> Self {
        ThreadCollector {
            wanted: settings.threads.clone(),
            idle: settings.idle_process,
            most: MOST_THREADS,
            folder: None,
            room: Room::within_limit(8, MOST_HELD),
            words: Words::default(),
            crowd: Crowd::default(),
            delays: Delays::default(),
            own: None,
            followed: Vec::new(),
            ticks_over: 0,
        }
    }

    /// With another bound on how many are read.
    pub fn with_most(self, most: usize) -> Self {
        ThreadCollector { most, ..self }
    }

    /// Takes over which processes there are; where none were read, those of before.
    fn follow(&mut self, sample: &Sample) {
        if sample.process.is_empty() {
            return;
        }
        let mut before = std::mem::take(&mut self.followed);
        for row in sample.process.iter() {
            if !self.wanted.iter().any(|whose| whose.is(row)) {
                continue;
            }
            let known = before.iter().position(|known| known.is(row)).map(|at| before.swap_remove(at));
            self.followed.extend(known.or_else(|| Followed::begin(row)));
        }
    }

    /// Says when more were asked for than are read, and when that is over.
    fn tell(&mut self, threads: usize) -> Option<Event> {
        let most = self.most;
        if self.ticks_over < TELL_IN && threads > most {
            self.ticks_over += 1;
            if self.ticks_over < TELL_IN {
                return None;
            }
            let message = format!("{threads} threads were asked for: the first {most} of them are read");
            return Some(Event::about("degraded", Event::WARNING, "thread", &message));
        }
        // Not each time that one comes or goes.
        if threads <= most - most / 10 && std::mem::take(&mut self.ticks_over) == TELL_IN {
            let message = format!("all {threads} threads that were asked for are read again");
            return Some(Event::about("degraded", Event::INFO, "thread", &message));
        }
        None
    }
}

impl Collector for ThreadCollector {
    fn name(&self) -> &'static str {
        "thread"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["thread"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.follow(sample);
        let block_delays = self.delays.look(host)?;
        let own = own_schedule(host)?;
        let before = std::mem::replace(&mut self.own, own);
        // Of all that run, the reader alone is known here.
        let is_crowded = self.crowd.waits_unseen(host, 1)? || host.is_throttled;
        let path = proc_folder(host);
        let mut folder = match self.folder.take().filter(|folder| folder.path() == path) {
            Some(folder) => folder,
            None => Folder::open(&path)?,
        };
        let mut now = Now {
            units: host.units,
            at: host.now,
            block_delays,
            may_probe: own.is_some() && before.is_some() && own != before,
            has_schedule: own.is_some(),
            is_crowded,
            idle: self.idle,
            room: &self.room,
            words: &mut self.words,
            left: self.most,
            threads: 0,
            tids: Vec::new(),
            file: String::new(),
        };
        let mut failed = None;
        self.followed.retain_mut(|followed| match followed.look(&mut folder, &mut now) {
            Ok(is_there) => is_there,
            Err(Miss::Gone) => false,
            Err(Miss::Failed(error)) => {
                failed.get_or_insert(error);
                true
            }
        });
        let threads = now.threads;
        host.count_reads(folder.take_reads());
        if let Some(error) = failed {
            return Err(error);
        }
        self.folder = Some(folder);
        self.followed.iter_mut().for_each(|followed| followed.tell(&mut sample.thread));
        sample.event.extend(self.tell(threads));
        Ok(())
    }
}
