//! The thread that writes the journal: what the ring has, in order, and again until the disk takes
//! it. It syncs as it was told.

use std::time::{Duration, Instant};

use super::ring::{Entry, Ring};
use crate::store::{Error, Folder, PartFile};

/// When what was appended is made to outlive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sync {
    /// With every tick.
    Tick,
    /// After so long.
    Every(Duration),
    /// When the system sees fit, and where a part ends.
    Off,
}

/// Between two tries to write what the disk did not take.
const RETRY: Duration = Duration::from_secs(1);
/// A part that fails for so long, for another reason than room, is given up for a new one.
const PART_PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether the part is still where it was.
const LOOK: Duration = Duration::from_secs(5);

/// Writes until the ring is closed and empty.
pub fn write(ring: &Ring, folder: &Folder, boot_id: &str, limit_bytes: u64, sync: Sync) {
    let mut writing = Writing {
        ring,
        folder,
        boot_id,
        limit_bytes,
        sync,
        part: None,
        synced: Instant::now(),
        looked: Instant::now(),
        failing_since: None,
    };
    while !ring.is_done() {
        match ring.take(writing.patience()) {
            Some(entry) => writing.carry_out(entry),
            None => writing.look_after(),
        }
    }
    // A part without an end: the ring was given up.
    if let Some(part) = writing.part.take() {
        let _ = part.end();
    }
}

struct Writing<'a> {
    ring: &'a Ring,
    folder: &'a Folder,
    boot_id: &'a str,
    limit_bytes: u64,
    sync: Sync,
    part: Option<PartFile>,
    synced: Instant,
    looked: Instant,
    failing_since: Option<Instant>,
}

impl Writing<'_> {
    /// How long nothing need be done unless a tick comes.
    fn patience(&self) -> Duration {
        match (self.sync, &self.part) {
            (Sync::Every(time), Some(part)) if part.is_dirty() => time.saturating_sub(self.synced.elapsed()),
            _ => LOOK,
        }
    }

    fn carry_out(&mut self, entry: Entry) {
        let bytes = entry.bytes();
        let done = match &entry {
            Entry::Begin(name) => self.begin(name),
            Entry::Frame { bytes, .. } => self.append(bytes),
            Entry::End => self.part.take().map_or(Ok(0), |part| part.end().map(|()| 0)),
        };
        match done {
            Ok(written) => {
                let ended = u64::from(matches!(entry, Entry::End));
                self.failing_since = None;
                self.ring.done(bytes, |state| {
                    state.written_bytes += written;
                    state.ended_parts += ended;
                });
            }
            // What a sync at the end of a part could not do, another try cannot either.
            Err(error) if matches!(entry, Entry::End) => {
                self.ring.done(0, |state| {
                    state.ended_parts += 1;
                    state.trouble = Some(error.to_string());
                });
            }
            Err(error) => self.failed(entry, &error),
        }
        self.look_after();
    }

    fn begin(&mut self, name: &crate::store::PartName) -> Result<u64, Error> {
        let part = PartFile::begin(self.folder, name, self.boot_id, self.limit_bytes)?;
        let written = part.bytes();
        self.part = Some(part);
        Ok(written)
    }

    fn append(&mut self, frame: &[u8]) -> Result<u64, Error> {
        let Some(part) = &mut self.part else { return Ok(0) };
        part.append(frame)?;
        Ok(frame.len() as u64)
    }

    fn failed(&mut self, entry: Entry, error: &Error) {
        let since = *self.failing_since.get_or_insert_with(Instant::now);
        let no_room = error.is_no_room();
        self.ring.put_back(entry, RETRY, |state| {
            state.trouble = Some(error.to_string());
            state.is_no_room = no_room;
            state.is_part_lost |= !no_room;
        });
        if !no_room && since.elapsed() > PART_PATIENCE && self.ring.give_up_part() {
            // What it has already is worth a last try to make it last.
            let _ = self.part.take().map(PartFile::end);
            self.failing_since = None;
        }
    }

    /// Syncs when it is time, and looks whether the part is still there.
    fn look_after(&mut self) {
        let Some(part) = &mut self.part else { return };
        let due = match self.sync {
            Sync::Tick => true,
            Sync::Every(time) => self.synced.elapsed() >= time,
            Sync::Off => false,
        };
        if due && part.is_dirty() {
            self.synced = Instant::now();
            if let Err(error) = part.sync() {
                // What a disk says it has lost it does not give back: the next part is elsewhere.
                self.ring.note(|state| {
                    state.trouble = Some(error.to_string());
                    state.is_part_lost = true;
                });
            }
        }
        if self.looked.elapsed() >= LOOK {
            self.looked = Instant::now();
            if part.is_removed() {
                self.ring.note(|state| {
                    state.trouble = Some("the journal was removed while it was written".into());
                    state.is_part_lost = true;
                });
            }
        }
    }
}
