//! What was taken and is not written yet: a bounded queue between the tick, which never waits for a
//! disk, and the thread that does.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::schema::rows::Event;
use crate::schema::{Rows, rows};
use crate::store::PartName;

/// Above either of these no rows of processes are taken in any more, which are most of the bytes, until half of it is
/// written: else each that there is room for would fill it anew.
const TIGHT_BYTES: usize = 28 << 20;
const TIGHT: Duration = Duration::from_secs(100);
/// Above either of these nothing is.
const FULL_BYTES: usize = 32 << 20;
const FULL: Duration = Duration::from_secs(120);

/// What is to be done with the journal, in order.
pub enum Entry {
    /// A part begins.
    Begin(PartName),
    /// The part goes on by a frame, which has what stood in files of notes.
    Frame { bytes: Vec<u8>, taken: Instant, notes: Vec<PathBuf> },
    /// The part ends.
    End,
    /// The store is to be weighed: somebody has changed it.
    Weigh,
}

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Ample,
    Tight,
    Full,
}

/// How the writing goes.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Bytes that the disk has taken.
    pub written_bytes: u64,
    /// CPU time of the thread that writes.
    pub cpu_us: i64,
    /// Parts that were ended.
    pub ended_parts: u64,
    /// Frames that were given up.
    pub lost_frames: u64,
    /// Why the disk takes nothing, while it does not.
    pub trouble: Option<String>,
    /// Whether that is for want of room.
    pub is_no_room: bool,
    /// Whether the part should be given up for a new one.
    pub is_part_lost: bool,
    /// What the journal's parts before the one that is written occupied when they were last weighed.
    pub at_rest_bytes: u64,
    /// What everything but the journal occupied then.
    pub sealed_bytes: u64,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<Entry>,
    /// Of all that wait, and of what is being written.
    bytes: usize,
    is_tight: bool,
    is_writing: bool,
    /// Whether that is a frame.
    is_frame: bool,
    is_closed: bool,
    /// Whether it was closed with a disk that takes nothing: what comes back is dropped.
    is_given_up: bool,
    state: State,
    /// What the host is, where that was looked at since it was last asked for.
    inventory: Option<Rows<rows::Host>>,
    /// What was told since that was last asked for, and the files that it stands in where it is a note.
    told: Vec<(Event, Option<PathBuf>)>,
}

/// The queue, shared by both threads.
#[derive(Default)]
pub struct Ring {
    inner: Mutex<Inner>,
    changed: Condvar,
}

impl Ring {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much room there is.
    pub fn fill(&self) -> Fill {
        let mut inner = self.inner();
        let oldest = inner.waiting.iter().find_map(|entry| match entry {
            Entry::Frame { taken, .. } => Some(taken.elapsed()),
            _ => None,
        });
        let age = oldest.unwrap_or_default();
        let (bytes, time) = if inner.is_tight { (TIGHT_BYTES / 2, TIGHT / 2) } else { (TIGHT_BYTES, TIGHT) };
        inner.is_tight = inner.bytes >= bytes || age >= time;
        match (inner.bytes, age) {
            (bytes, age) if bytes >= FULL_BYTES || age >= FULL => Fill::Full,
            _ if inner.is_tight => Fill::Tight,
            _ => Fill::Ample,
        }
    }

    /// Takes in what is to be written.
    pub fn push(&self, entry: Entry) {
        let mut inner = self.inner();
        inner.bytes += entry.bytes();
        inner.waiting.push_back(entry);
        self.changed.notify_all();
    }

    /// How the writing goes.
    pub fn state(&self) -> State {
        self.inner().state.clone()
    }

    /// Says that nothing more comes, and waits until all is written; not for longer than `patience`
    /// while the disk takes nothing. The error is how many frames are left then, and given up.
    pub fn close(&self, patience: Duration) -> Result<(), u64> {
        let mut inner = self.inner();
        inner.is_closed = true;
        self.changed.notify_all();
        let (mut left, mut since) = (inner.waiting.len(), Instant::now());
        while !inner.waiting.is_empty() || inner.is_writing {
            inner = self
                .changed
                .wait_timeout(inner, Duration::from_millis(50))
                .map_or_else(|poisoned| poisoned.into_inner().0, |(inner, _)| inner);
            if inner.waiting.len() < left {
                (left, since) = (inner.waiting.len(), Instant::now());
            } else if since.elapsed() > patience {
                inner.is_given_up = true;
                // What is being written may come to an end, and may never.
                let in_hand = u64::from(inner.is_writing && inner.is_frame);
                let left = inner.waiting.drain(..).filter(|entry| matches!(entry, Entry::Frame { .. }));
                return Err(in_hand + left.count() as u64);
            }
        }
        Ok(())
    }

    /// The next thing to do, for the writing thread; `None` after `patience`. What is taken out has to
    /// be reported as done or put back.
    pub(super) fn take(&self, patience: Duration) -> Option<Entry> {
        let mut inner = self.inner();
        let until = Instant::now() + patience;
        while inner.waiting.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || inner.is_closed {
                return None;
            }
            inner = self
                .changed
                .wait_timeout(inner, left)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(inner, _)| inner);
        }
        inner.is_writing = true;
        let entry = inner.waiting.pop_front();
        inner.is_frame = matches!(entry, Some(Entry::Frame { .. }));
        entry
    }

    /// Whether nothing more comes.
    pub(super) fn is_done(&self) -> bool {
        let inner = self.inner();
        inner.is_closed && inner.waiting.is_empty()
    }

    /// Reports what was taken out as done.
    pub(super) fn done(&self, entry_bytes: usize, update: impl FnOnce(&mut State)) {
        let mut inner = self.inner();
        inner.bytes = inner.bytes.saturating_sub(entry_bytes);
        inner.is_writing = false;
        inner.state.trouble = None;
        inner.state.is_no_room = false;
        update(&mut inner.state);
        self.changed.notify_all();
    }

    /// Puts back what could not be done, and waits until it is worth another try.
    pub(super) fn put_back(&self, entry: Entry, pause: Duration, update: impl FnOnce(&mut State)) {
        let mut inner = self.inner();
        if !inner.is_given_up {
            inner.waiting.push_front(entry);
        }
        inner.is_writing = false;
        update(&mut inner.state);
        self.changed.notify_all();
        let pause = if inner.is_closed { pause / 20 } else { pause };
        // A new tick is worth a try as well.
        drop(self.changed.wait_timeout(inner, pause));
    }

    /// Notes something without having taken anything out.
    pub(super) fn note(&self, update: impl FnOnce(&mut State)) {
        update(&mut self.inner().state);
    }

    /// Leaves what the host is for the next tick.
    pub(super) fn leave(&self, inventory: Rows<rows::Host>) {
        self.inner().inventory = Some(inventory);
    }

    /// What the host is, where that was looked at since the last call.
    pub fn inventory(&self) -> Option<Rows<rows::Host>> {
        self.inner().inventory.take()
    }

    /// Leaves an event for the next tick, and where it stands in a file of somebody's note, that.
    pub(super) fn tell(&self, event: Event, file: Option<PathBuf>) {
        self.inner().told.push((event, file));
    }

    /// What was told since the last call.
    pub fn told(&self) -> Vec<(Event, Option<PathBuf>)> {
        std::mem::take(&mut self.inner().told)
    }

    /// Gives up what waits of the part that cannot be written, where another one waits: hands out the files of
    /// notes that it had.
    pub(super) fn give_up_part(&self) -> Option<Vec<PathBuf>> {
        let mut inner = self.inner();
        // The first may be the beginning of the very part that cannot be begun.
        let next = inner.waiting.iter().skip(1).position(|entry| matches!(entry, Entry::Begin(_)));
        let next = next? + 1;
        let mut files = Vec::new();
        for entry in inner.waiting.drain(..next).collect::<Vec<_>>() {
            inner.bytes = inner.bytes.saturating_sub(entry.bytes());
            if let Entry::Frame { notes, .. } = entry {
                inner.state.lost_frames += 1;
                files.extend(notes);
            }
        }
        Some(files)
    }

    /// Takes note that a new part was asked for.
    pub fn renew(&self) {
        self.inner().state.is_part_lost = false;
    }
}

impl Entry {
    /// What it takes of the ring.
    pub fn bytes(&self) -> usize {
        match self {
            Entry::Frame { bytes, .. } => bytes.len(),
            _ => 0,
        }
    }
}
