//! The part of a recording that writes: ticks into the journal, and what happened to it into `event`.

use std::path::PathBuf;
use std::time::Duration;

use arrow::array::RecordBatch;

use super::base::Bases;
use super::batches::Batches;
use super::inventory::Inventory;
use super::journal::{Contents, Journal};
use super::run::{Summary, Watcher};
use super::writing::Place;
use super::{Error, Maintenance, Sampler, Tick, events};
use crate::schema::rows::{Event, Host, Recorder, Sample};
use crate::schema::{Micros, Rows, Stamp};
use crate::store::{self, Folder, Moment};
use crate::time::Clock;

/// What a recording has written, and has to say.
pub struct Recording {
    folder: Folder,
    host: String,
    boot_id: String,
    journal: Journal,
    batches: Batches,
    bases: Bases,
    /// Events that wait for the next frame.
    pending: Vec<Event>,
    /// The files of the notes among them.
    notes: Vec<PathBuf>,
    /// The recorder's row about itself.
    pub own: Recorder,
    /// Ticks that the journal took in.
    taken: u64,
    /// Ticks that it did not, before they were given to the thread that writes.
    refused: u64,
    /// What was the matter with the disk when it was last looked at.
    trouble: Option<String>,
    /// Since when nothing was kept: the last `ts` that was.
    gap_from: Option<Micros>,
    /// Whether rows of processes are left out, and whether that was said.
    is_short: bool,
    is_short_told: bool,
    last_ts: Option<Micros>,
    ended_parts: u64,
    /// What the host is, as of the last look.
    inventory: Rows<Host>,
}

impl Recording {
    /// Begins to write behind `last_seq`. Each part begins with the rows that `inventory` has seen.
    pub fn begin(place: Place, inventory: Inventory, seen: Rows<Host>, last_seq: u64) -> Result<Self, Error> {
        let zero = Some(0);
        let own = Recorder {
            written_bytes: zero,
            skipped_ticks: zero,
            dropped_frames: zero,
            dropped_rows: zero,
            late_us: zero,
            ..Recorder::default()
        };
        let mut recording = Recording {
            folder: place.folder.clone(),
            host: place.host.clone(),
            boot_id: place.boot_id.clone(),
            journal: Journal::new(place, inventory, last_seq)?,
            batches: Batches::default(),
            bases: Bases::default(),
            pending: Vec::new(),
            notes: Vec::new(),
            own,
            taken: 0,
            refused: 0,
            trouble: None,
            gap_from: None,
            is_short: false,
            is_short_told: false,
            last_ts: None,
            ended_parts: 0,
            inventory: seen,
        };
        recording.own.store_bytes = Some(recording.journal.state().sealed_bytes as i64);
        Ok(recording)
    }

    /// Notes an event in the next tick that is kept.
    pub fn tell(&mut self, event: Event) {
        self.pending.push(event);
    }

    /// Says that it counts on from what the recording before it had counted.
    pub fn counts_on(&mut self) {
        self.bases.counts_on();
    }

    /// Has the store weighed: a maintenance has changed it.
    pub fn weigh(&mut self) {
        self.journal.weigh();
    }

    /// Ticks taken, those included that could not be written.
    pub fn taken(&self) -> u64 {
        self.taken + self.refused
    }

    /// Ticks that the disk has, or will have.
    pub fn ticks(&self) -> u64 {
        self.taken - self.journal.state().lost_frames
    }

    /// Bytes that the disk has taken.
    pub fn written_bytes(&self) -> i64 {
        self.journal.state().written_bytes as i64
    }

    /// What the thread that writes the journal has cost, in CPU time.
    pub fn journal_cpu_us(&self) -> i64 {
        self.journal.state().cpu_us
    }

    /// Notes how late a tick began.
    pub fn late(&mut self, by_us: i64) {
        add(&mut self.own.late_us, by_us);
    }

    /// Notes ticks that were due and not taken.
    pub fn skipped(&mut self, ticks: i64) {
        add(&mut self.own.skipped_ticks, ticks);
    }

    /// Ends the part if a tick at `ts` no longer belongs to it.
    pub fn turn(&mut self, ts: Micros, clock_stepped: bool) {
        self.journal.turn(ts, clock_stepped);
    }

    /// Hands a tick to the journal; its rows of `host` where a part begins.
    pub fn write(
        &mut self,
        (ts, monotonic): (Micros, Duration),
        mut tick: Tick,
        sampler: &Sampler<'_>,
    ) -> Result<(), Error> {
        let changed = self.journal.inventory();
        let has_changed = changed.is_some();
        self.inventory = changed.unwrap_or_else(|| std::mem::take(&mut self.inventory));
        self.take_told();
        tick.rows.event.append(&mut self.pending);
        tick.rows.base = self.bases.of_tick(ts, || sampler.totals());
        let stamp = Stamp { ts, tick: self.journal.next_seq() as i64, interval_us: None };
        let monotonic = Micros(monotonic.as_micros() as i64);
        let (inventory, batches) = (&self.inventory, &mut self.batches);
        let mut dropped_rows = 0;
        let kept = self.journal.append(ts, monotonic, &mut self.notes, |wanted| {
            if wanted.is_first || has_changed {
                tick.rows.host.clone_from(inventory);
            }
            if wanted.is_short {
                dropped_rows += std::mem::take(&mut tick.rows.process).len();
                dropped_rows += std::mem::take(&mut tick.rows.thread).len();
            }
            let stamp_of = |table: &str| Stamp { interval_us: tick.interval_us(table), ..stamp };
            let interval = batches.tell(&tick.rows, stamp_of, wanted.is_key);
            let totals = if wanted.is_key { totals(batches, sampler, stamp, monotonic) } else { Vec::new() };
            Contents { interval, totals }
        });
        match kept {
            Ok(()) => {
                self.taken += 1;
                self.last_ts = Some(ts);
                self.bases.kept(ts);
                add(&mut self.own.dropped_rows, dropped_rows as i64);
                self.is_short = dropped_rows > 0;
            }
            Err(error) => {
                self.refused += 1;
                // What happened is still to be told when the disk takes ticks again.
                self.pending = tick.rows.event.into_iter().collect();
                // One line for a gap, not one a tick.
                if self.gap_from.is_none() {
                    self.gap_from = self.last_ts.or(Some(ts));
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    /// What people noted, and what the thread that writes has to tell, waits with the other events.
    fn take_told(&mut self) {
        for (event, file) in self.journal.told() {
            self.pending.push(event);
            self.notes.extend(file);
        }
    }

    /// Looks how the writing goes, and says so where that has changed.
    pub fn look(&mut self, ts: Micros, maintenance: &mut Maintenance, watcher: &mut dyn Watcher) {
        let state = self.journal.state();
        self.own.written_bytes = Some(state.written_bytes as i64);
        self.own.journal_bytes = Some((state.at_rest_bytes + self.journal.part_bytes()) as i64);
        self.own.store_bytes = Some(state.sealed_bytes as i64);
        self.own.dropped_frames = Some((self.refused + state.lost_frames) as i64);
        if state.ended_parts > self.ended_parts {
            self.ended_parts = state.ended_parts;
            maintenance.want();
        }
        match (&self.trouble, &state.trouble) {
            (None, Some(what)) => {
                watcher.trouble(what);
                self.pending.push(events::error("journal", what.clone()));
            }
            (Some(_), None) => watcher.trouble("the disk takes ticks again"),
            _ => {}
        }
        self.trouble = state.trouble;
        if state.is_no_room {
            // It may have something to give up.
            maintenance.want();
        }
        if self.is_short && !self.is_short_told {
            let what = "the disk takes too little: rows of processes are left out until it takes more";
            watcher.trouble(what);
            self.pending.push(events::error("journal", what.into()));
        }
        self.is_short_told = self.is_short;
        if self.last_ts == Some(ts)
            && let Some(from) = self.gap_from.take()
        {
            self.pending.push(events::gap(from, ts, "the disk took no ticks"));
        } else if self.gap_from.is_some() {
            maintenance.want();
        }
    }

    /// Writes down that the recording ended, and the totals that it ended with.
    pub fn close(mut self, clock: &dyn Clock, sampler: &Sampler<'_>) -> Result<Summary, Error> {
        self.take_told();
        self.pending.push(events::stop(self.taken));
        let base = self.bases.of_end(&sampler.totals());
        let rows = Sample { event: std::mem::take(&mut self.pending).into(), base, ..Sample::default() };
        let ts = clock.wall();
        self.turn(ts, false);
        let stamp = Stamp { ts, tick: self.journal.next_seq() as i64, interval_us: None };
        let monotonic = Micros(clock.monotonic().as_micros() as i64);
        let batches = &mut self.batches;
        let said = self.journal.append(ts, monotonic, &mut self.notes, |wanted| {
            let interval = batches.tell(&rows, |_| stamp, wanted.is_key);
            Contents { interval, totals: Vec::new() }
        });
        let said = said.is_ok();
        let moment = Moment { seq: stamp.tick as u64, wall: stamp.ts, monotonic };
        let totals = totals(&mut self.batches, sampler, stamp, monotonic);
        let lost = self.journal.state().lost_frames;
        let closed = self.journal.close();
        if closed.is_ok() && !self.boot_id.is_empty() {
            // A courtesy to the next recording: without it that begins with a new sample.
            let _ = store::keep_last(&self.folder, &self.host, &self.boot_id, moment, &totals);
        }
        // The last frame only says that the recording ended: it is none of the ticks.
        let dropped =
            self.refused + lost + closed.map_or_else(|left| left.saturating_sub(u64::from(said)), |()| 0);
        Ok(Summary { ticks: self.taken + self.refused - dropped, dropped })
    }
}

/// The totals that a frame ends with. Their interval is how long before it they were read.
fn totals(
    batches: &mut Batches,
    sampler: &Sampler<'_>,
    stamp: Stamp,
    monotonic: Micros,
) -> Vec<(u32, RecordBatch)> {
    let age_us =
        |table: &str| sampler.read_at(table).map(|read| (monotonic.0 - read.as_micros() as i64).max(0));
    batches.build(&sampler.totals(), |table| Stamp { interval_us: age_us(table), ..stamp })
}

fn add(total: &mut Option<i64>, more: i64) {
    *total = total.map(|n| n + more);
}
