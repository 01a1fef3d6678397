//! The recorder's side of the journal: which part a frame belongs to, when one ends, and what is
//! left out while the disk takes nothing.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;

use super::ring::{Entry, Fill, Ring, State};
use super::writing::{self, Sync};
use crate::schema::TABLES;
use crate::store::{self, Encoder, Folder, Moment, PART_ROWS, PartName, Policy, bucket};
use crate::time::Micros;

/// How long the end of a recording waits for a disk that takes nothing.
const PATIENCE: Duration = Duration::from_secs(5);

/// The journal of one recording.
pub struct Journal {
    folder: Folder,
    host: String,
    policy: Policy,
    encoder: Encoder,
    part: Option<Part>,
    next_seq: u64,
    ring: Arc<Ring>,
    thread: Option<JoinHandle<()>>,
    header_bytes: u64,
}

struct Part {
    from: Micros,
    process_rows: u64,
    bytes: u64,
}

/// One tick as it goes into the journal.
pub struct Taken<'a> {
    pub ts: Micros,
    pub monotonic: Micros,
    /// Each table's rows, with the table's place among all.
    pub interval: &'a [(u32, RecordBatch)],
    /// The totals that they end with.
    pub totals: &'a [(u32, RecordBatch)],
}

/// What became of a tick.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept {
    /// Rows of processes that were left out, because memory runs short.
    pub dropped_rows: u64,
}

impl Journal {
    /// A journal that goes on behind `last_seq`, and the thread that writes it.
    pub fn new(
        folder: &Folder,
        host: &str,
        boot_id: &str,
        policy: Policy,
        sync: Sync,
        last_seq: u64,
    ) -> Result<Self, store::Error> {
        let ring = Arc::<Ring>::default();
        let (shared, place, boot) = (ring.clone(), folder.clone(), boot_id.to_string());
        let limit = policy.part_bytes();
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || writing::write(&shared, &place, &boot, limit, sync))
            .map_err(store::Error::io(folder.root()))?;
        let encoder = Encoder::new();
        Ok(Journal {
            encoder: encoder.map_err(|e| store::Error::damaged(folder.root(), e.to_string()))?,
            header_bytes: store::part_header(host, boot_id).len() as u64,
            folder: folder.clone(),
            host: host.into(),
            policy,
            part: None,
            next_seq: last_seq + 1,
            ring,
            thread: Some(thread),
        })
    }

    /// The number of the next frame, which is its tick's.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// How the writing goes.
    pub fn state(&self) -> State {
        self.ring.state()
    }

    /// Size of the part that is being written.
    pub fn part_bytes(&self) -> u64 {
        self.part.as_ref().map_or(0, |part| part.bytes)
    }

    /// What the parts before that one occupy, and everything but the journal.
    pub fn sizes_at_rest(&self) -> (u64, u64) {
        let journal = store::journal_bytes(self.folder.root(), &self.host);
        (journal.saturating_sub(self.part_bytes()), store::sealed_bytes(self.folder.root()))
    }

    /// Ends the part if a frame at `ts` no longer belongs to it.
    pub fn turn(&mut self, ts: Micros, clock_stepped: bool) {
        let rotation = self.policy.rotation;
        let lost = self.ring.state().is_part_lost;
        let over = self.part.as_ref().is_some_and(|part| {
            clock_stepped
                || lost
                || bucket(part.from) != bucket(ts)
                || rotation.span(part.from) != rotation.span(ts)
                || part.process_rows >= PART_ROWS
        });
        if over {
            self.end();
        }
    }

    /// Whether the next frame begins a part.
    pub fn is_between_parts(&self) -> bool {
        self.part.is_none()
    }

    /// Whether the next frame takes totals.
    pub fn wants_totals(&self) -> bool {
        self.part.is_none() || self.encoder.is_key_next()
    }

    /// Takes a tick in. Its number is used up even where that fails.
    pub fn append(&mut self, taken: &Taken<'_>) -> Result<Kept, store::Error> {
        let moment = Moment { seq: self.next_seq, wall: taken.ts, monotonic: taken.monotonic };
        self.next_seq += 1;
        let is_process = |id: u32| TABLES.get(id as usize).is_some_and(|t| t.name == "process");
        let rows = |tables: &[(u32, RecordBatch)]| -> u64 {
            tables.iter().filter(|(id, _)| is_process(*id)).map(|(_, batch)| batch.num_rows() as u64).sum()
        };
        let mut kept = Kept::default();
        let fewer: Vec<(u32, RecordBatch)>;
        let mut interval = taken.interval;
        match self.ring.fill() {
            Fill::Ample => {}
            Fill::Tight => {
                fewer = interval.iter().filter(|(id, _)| !is_process(*id)).cloned().collect();
                kept.dropped_rows = rows(interval);
                interval = &fewer;
            }
            Fill::Full => return Err(self.is_full()),
        }
        self.begin_if_needed(&moment)?;
        let mut frame = self.encode(moment, interval, taken.totals)?;
        if self.part_bytes() + frame.len() as u64 > self.policy.part_bytes()
            && self.part_bytes() > self.header_bytes
        {
            self.end();
            self.begin_if_needed(&moment)?;
            frame = self.encode(moment, interval, taken.totals)?;
        }
        if let Some(part) = &mut self.part {
            part.process_rows += rows(interval);
            part.bytes += frame.len() as u64;
        }
        self.ring.push(Entry::Frame { bytes: frame, taken: Instant::now() });
        Ok(kept)
    }

    fn encode(
        &mut self,
        moment: Moment,
        interval: &[(u32, RecordBatch)],
        totals: &[(u32, RecordBatch)],
    ) -> Result<Vec<u8>, store::Error> {
        let frame = self.encoder.encode(moment, interval, totals);
        frame.map_err(|e| store::Error::damaged(self.folder.root(), e.to_string()))
    }

    fn begin_if_needed(&mut self, moment: &Moment) -> Result<(), store::Error> {
        if self.part.is_some() {
            return Ok(());
        }
        if !self.has_room_for_a_part() {
            return Err(self.is_full());
        }
        let name = PartName { host: self.host.clone(), first_seq: moment.seq, from: moment.wall };
        self.ring.renew();
        self.ring.push(Entry::Begin(name));
        self.encoder.restart();
        self.part = Some(Part { from: moment.wall, process_rows: 0, bytes: self.header_bytes });
        Ok(())
    }

    /// Whether one more part leaves the store within its size, whatever the maintenance writes
    /// meanwhile: that never takes more than its own share.
    fn has_room_for_a_part(&self) -> bool {
        let Some(max) = self.policy.max_bytes else { return true };
        let (root, part) = (self.folder.root(), self.policy.part_bytes());
        let share = self.policy.journal_bytes().saturating_sub(part);
        if store::journal_bytes(root, &self.host) <= share {
            return true;
        }
        // While the store is small, parts that wait to be sealed may be more than their share.
        max / 16 >= part && store::occupied(root) <= max / 4
    }

    /// Why a tick is not taken in.
    fn is_full(&self) -> store::Error {
        let why = self.ring.state().trouble;
        store::Error::Full {
            path: self.folder.root().into(),
            why: why.unwrap_or_else(|| "the journal waits to be sealed (--max-size)".into()),
        }
    }

    /// Ends the part.
    pub fn end(&mut self) {
        if self.part.take().is_some() {
            self.ring.push(Entry::End);
        }
    }

    /// Ends the part and waits until all is written. The error is how many frames were not: the disk
    /// takes nothing, and perhaps does not even answer.
    pub fn close(mut self) -> Result<(), u64> {
        self.end();
        self.ring.close(PATIENCE)?;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        Ok(())
    }
}
