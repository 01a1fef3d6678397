//! The recorder's side of the journal: which part a frame belongs to, when one ends, and what is
//! left out while the disk takes nothing.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;

use super::inventory::Inventory;
use super::ring::{Entry, Fill, Ring, State};
use super::writing::{self, Place};
use crate::schema::{Rows, TABLES, rows};
use crate::store::{self, Encoder, Moment, PART_ROWS, PartName, Told, bucket};
use crate::time::Micros;

/// How long the end of a recording waits for a disk that takes nothing.
const PATIENCE: Duration = Duration::from_secs(5);

/// The journal of one recording.
pub struct Journal {
    place: Arc<Place>,
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
    largest_frame_bytes: u64,
}

/// One tick as it goes into the journal.
pub struct Taken<'a> {
    pub ts: Micros,
    pub monotonic: Micros,
    /// Each table's rows. Where the next frame is a keyframe, all of them.
    pub interval: &'a [Told],
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
    pub fn new(place: Place, inventory: Inventory, last_seq: u64) -> Result<Self, store::Error> {
        let (ring, place) = (Arc::<Ring>::default(), Arc::new(place));
        let (journal, sealed) = place.weigh();
        ring.note(|state| (state.at_rest_bytes, state.sealed_bytes) = (journal, sealed));
        let root = place.folder.root();
        let encoder = Encoder::new().map_err(|e| store::Error::damaged(root, e.to_string()))?;
        let (shared, there) = (ring.clone(), place.clone());
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || writing::write(&shared, &there, inventory))
            .map_err(store::Error::io(root))?;
        Ok(Journal {
            encoder,
            header_bytes: store::part_header(&place.host, &place.boot_id).len() as u64,
            place,
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

    /// Has the store weighed once what waits is written: somebody has changed it.
    pub fn weigh(&self) {
        self.ring.push(Entry::Weigh);
    }

    /// What the host is, where that was looked at since the last call.
    pub fn inventory(&self) -> Option<Rows<rows::Host>> {
        self.ring.inventory()
    }

    /// Ends the part if a frame at `ts` no longer belongs to it.
    pub fn turn(&mut self, ts: Micros, clock_stepped: bool) {
        let rotation = self.place.policy.rotation;
        let lost = self.ring.state().is_part_lost;
        let over = self.part.as_ref().is_some_and(|part| {
            clock_stepped
                || lost
                || bucket(part.from) != bucket(ts)
                || rotation.span(part.from) != rotation.span(ts)
                || part.process_rows >= PART_ROWS
                // A frame that leans on another cannot begin a part: there has to be room for it.
                || part.bytes + 2 * part.largest_frame_bytes > self.place.policy.part_bytes()
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
        let rows = |tables: &[Told]| -> u64 {
            tables.iter().filter(|told| is_process(told.id)).map(|told| told.count() as u64).sum()
        };
        let mut kept = Kept::default();
        let fewer: Vec<Told>;
        let mut interval = taken.interval;
        match self.ring.fill() {
            Fill::Ample => {}
            Fill::Tight => {
                fewer = interval.iter().filter(|told| !is_process(told.id)).cloned().collect();
                kept.dropped_rows = rows(interval);
                interval = &fewer;
            }
            Fill::Full => return Err(self.is_full()),
        }
        self.begin_if_needed(&moment);
        let mut frame = self.encode(moment, interval, taken.totals)?;
        // What leans on a keyframe stays behind it, whatever room there is.
        if self.part_bytes() + frame.len() as u64 > self.place.policy.part_bytes()
            && self.part_bytes() > self.header_bytes
            && interval.iter().all(|told| told.again.is_none())
        {
            self.end();
            self.begin_if_needed(&moment);
            frame = self.encode(moment, interval, taken.totals)?;
        }
        if let Some(part) = &mut self.part {
            part.process_rows += rows(interval);
            part.bytes += frame.len() as u64;
            part.largest_frame_bytes = part.largest_frame_bytes.max(frame.len() as u64);
        }
        self.ring.push(Entry::Frame { bytes: frame, taken: Instant::now() });
        Ok(kept)
    }

    fn encode(
        &mut self,
        moment: Moment,
        interval: &[Told],
        totals: &[(u32, RecordBatch)],
    ) -> Result<Vec<u8>, store::Error> {
        let frame = self.encoder.encode(moment, interval, totals);
        frame.map_err(|e| store::Error::damaged(self.place.folder.root(), e.to_string()))
    }

    fn begin_if_needed(&mut self, moment: &Moment) {
        if self.part.is_some() {
            return;
        }
        let name = PartName { host: self.place.host.clone(), first_seq: moment.seq, from: moment.wall };
        self.ring.renew();
        self.ring.push(Entry::Begin(name));
        self.encoder.restart();
        self.part = Some(Part {
            from: moment.wall,
            process_rows: 0,
            bytes: self.header_bytes,
            largest_frame_bytes: 0,
        });
    }

    /// Why a tick is not taken in.
    fn is_full(&self) -> store::Error {
        let why = self.ring.state().trouble;
        store::Error::Full {
            path: self.place.folder.root().into(),
            why: why.unwrap_or_else(|| "the disk does not keep up".into()),
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
