//! The recorder's side of the journal: which part a frame belongs to, when one ends, and what is
//! left out while the disk takes nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;

use super::inventory::Inventory;
use super::ring::{Entry, Fill, Ring, State};
use super::writing::{self, Place};
use crate::schema::rows::Event;
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
}

/// What a frame has to hold.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Whether it begins a part.
    pub is_first: bool,
    /// Whether it is a keyframe: every row, and totals.
    pub is_key: bool,
    /// Whether rows of processes are left out, because memory runs short.
    pub is_short: bool,
}

/// What a frame holds.
pub struct Contents {
    /// Each table's rows.
    pub interval: Vec<Told>,
    /// The totals that they end with.
    pub totals: Vec<(u32, RecordBatch)>,
}

impl Journal {
    /// A journal that goes on behind `last_seq`, and the thread that writes it.
    pub fn new(place: Place, inventory: Inventory, last_seq: u64) -> Result<Self, store::Error> {
        let (ring, place) = (Arc::<Ring>::default(), Arc::new(place));
        let (journal, sealed) = place.weigh();
        ring.note(|state| (state.at_rest_bytes, state.sealed_bytes) = (journal, sealed));
        let root = place.folder.root();
        let (shared, there) = (ring.clone(), place.clone());
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || writing::write(&shared, &there, inventory))
            .map_err(store::Error::io(root))?;
        Ok(Journal {
            encoder: Encoder::new(),
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

    /// What the thread that writes has to tell, and the files that it stands in where somebody noted it.
    pub fn told(&self) -> Vec<(Event, Option<PathBuf>)> {
        self.ring.told()
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
        });
        if over {
            self.end();
        }
    }

    /// Takes a tick in, whose rows it asks for: twice where they end a part. Its number is used up even
    /// where that fails. Once its frame lasts, the files of `notes` are removed: it has what stands in them.
    pub fn append(
        &mut self,
        ts: Micros,
        monotonic: Micros,
        notes: &mut Vec<PathBuf>,
        mut contents: impl FnMut(Wanted) -> Contents,
    ) -> Result<(), store::Error> {
        let moment = Moment { seq: self.next_seq, wall: ts, monotonic };
        self.next_seq += 1;
        let is_short = match self.ring.fill() {
            Fill::Ample => false,
            Fill::Tight => true,
            Fill::Full => return Err(self.is_full()),
        };
        loop {
            let is_first = self.part.is_none();
            self.begin_if_needed(&moment);
            let wanted = Wanted { is_first, is_key: self.encoder.is_key_next(), is_short };
            let contents = contents(wanted);
            let frame = self.encode(moment, &contents)?;
            let bytes = self.part_bytes() + frame.len() as u64;
            if bytes > self.place.policy.part_bytes() && !is_first {
                // It begins the next part, and there leans on nothing.
                self.end();
                continue;
            }
            if let Some(part) = &mut self.part {
                part.bytes = bytes;
                let processes = contents.interval.iter().filter(|told| is_process(told.id));
                part.process_rows += processes.map(|told| told.count() as u64).sum::<u64>();
            }
            self.ring.push(Entry::Frame {
                bytes: frame,
                taken: Instant::now(),
                notes: std::mem::take(notes),
            });
            return Ok(());
        }
    }

    fn encode(&mut self, moment: Moment, contents: &Contents) -> Result<Vec<u8>, store::Error> {
        let frame = self.encoder.encode(moment, &contents.interval, &contents.totals);
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
        self.part = Some(Part { from: moment.wall, process_rows: 0, bytes: self.header_bytes });
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

fn is_process(id: u32) -> bool {
    TABLES.get(id as usize).is_some_and(|table| ["process", "thread"].contains(&table.name))
}
