//! The part of a recording that writes: ticks into the journal, and what happened to it into `event`.

use std::time::Duration;

use super::batches::Batches;
use super::journal::{Journal, Taken};
use super::run::{Options, Summary, Watcher};
use super::{Error, Maintenance, Sampler, Tick, events};
use crate::collect::Collector;
use crate::schema::rows::{Event, Recorder, Sample};
use crate::schema::{Micros, Stamp};
use crate::store::{self, Folder, Moment};
use crate::time::Clock;

/// What a recording has written, and has to say.
pub struct Recording {
    folder: Folder,
    host: String,
    boot_id: String,
    journal: Journal,
    batches: Batches,
    /// Events that wait for the next frame.
    pending: Vec<Event>,
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
    /// Size of the journal's parts that are not being written, as of the last look.
    at_rest_bytes: u64,
}

impl Recording {
    /// Begins to write behind `last_seq`.
    pub fn begin(
        folder: &Folder,
        host: &str,
        boot_id: &str,
        options: &Options,
        last_seq: u64,
    ) -> Result<Self, Error> {
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
            folder: folder.clone(),
            host: host.into(),
            boot_id: boot_id.into(),
            journal: Journal::new(folder, host, boot_id, options.policy, options.sync, last_seq)?,
            batches: Batches::default(),
            pending: Vec::new(),
            own,
            taken: 0,
            refused: 0,
            trouble: None,
            gap_from: None,
            is_short: false,
            is_short_told: false,
            last_ts: None,
            ended_parts: 0,
            at_rest_bytes: 0,
        };
        recording.weigh();
        Ok(recording)
    }

    /// Notes an event in the next tick that is kept.
    pub fn tell(&mut self, event: Event) {
        self.pending.push(event);
    }

    /// Looks how large the store is: at the start, and when a maintenance has changed it.
    pub fn weigh(&mut self) {
        let (journal, sealed) = self.journal.sizes_at_rest();
        self.at_rest_bytes = journal;
        self.own.store_bytes = Some(sealed as i64);
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
        inventory: &mut Box<dyn Collector>,
        sampler: &mut Sampler<'_>,
    ) -> Result<(), Error> {
        let mut trouble = Ok(());
        if self.journal.is_between_parts() {
            trouble = inventory.collect(sampler.host(), &mut tick.rows);
        }
        tick.rows.event.append(&mut self.pending);
        let stamp = Stamp { ts, tick: self.journal.next_seq() as i64, interval_us: None };
        let interval =
            self.batches.build(&tick.rows, |table| Stamp { interval_us: tick.interval_us(table), ..stamp });
        let totals = if self.journal.wants_totals() {
            self.batches.build(&sampler.totals(), |_| stamp)
        } else {
            Vec::new()
        };
        let monotonic = Micros(monotonic.as_micros() as i64);
        let kept = self.journal.append(&Taken { ts, monotonic, interval: &interval, totals: &totals });
        match kept {
            Ok(kept) => {
                self.taken += 1;
                self.last_ts = Some(ts);
                add(&mut self.own.dropped_rows, kept.dropped_rows as i64);
                self.is_short = kept.dropped_rows > 0;
            }
            Err(error) => {
                self.refused += 1;
                // What happened is still to be told when the disk takes ticks again.
                self.pending = tick.rows.event;
                // One line for a gap, not one a tick.
                if self.gap_from.is_none() {
                    self.gap_from = self.last_ts.or(Some(ts));
                    return Err(error.into());
                }
            }
        }
        Ok(trouble?)
    }

    /// Looks how the writing goes, and says so where that has changed.
    pub fn look(&mut self, ts: Micros, maintenance: &mut Maintenance, watcher: &mut dyn Watcher) {
        let state = self.journal.state();
        self.own.written_bytes = Some(state.written_bytes as i64);
        self.own.journal_bytes = Some((self.at_rest_bytes + self.journal.part_bytes()) as i64);
        self.own.dropped_frames = Some((self.refused + state.lost_frames) as i64);
        if state.ended_parts > self.ended_parts {
            self.ended_parts = state.ended_parts;
            maintenance.want();
            self.weigh();
        }
        match (&self.trouble, &state.trouble) {
            (None, Some(what)) => {
                watcher.trouble(what);
                self.pending.push(events::error("journal", what.clone()));
                if state.is_no_room {
                    // It may have something to give up.
                    maintenance.want();
                }
            }
            (Some(_), None) => watcher.trouble("the disk takes ticks again"),
            _ => {}
        }
        self.trouble = state.trouble;
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
        self.pending.push(events::stop(self.taken));
        let rows = Sample { event: std::mem::take(&mut self.pending), ..Sample::default() };
        let ts = clock.wall();
        self.turn(ts, false);
        let stamp = Stamp { ts, tick: self.journal.next_seq() as i64, interval_us: None };
        let interval = self.batches.build(&rows, |_| stamp);
        let monotonic = Micros(clock.monotonic().as_micros() as i64);
        let said =
            self.journal.append(&Taken { ts: stamp.ts, monotonic, interval: &interval, totals: &[] }).is_ok();
        let moment = Moment { seq: stamp.tick as u64, wall: stamp.ts, monotonic };
        let totals = self.batches.build(&sampler.totals(), |_| stamp);
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

fn add(total: &mut Option<i64>, more: i64) {
    *total = total.map(|n| n + more);
}
