//! The thread that writes the journal: what the ring has, in order, and again until the disk takes
//! it. It syncs as it was told. Whatever else may have to wait for a disk it does as well: it weighs
//! the store, and looks what the host is.

use std::time::{Duration, Instant};

use super::cost;
use super::inventory::Inventory;
use super::noted::Noted;
use super::ring::{Entry, Ring, State};
use crate::store::{self, Error, Folder, PartFile, PartName, Policy};

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

/// Where and how a journal is written.
pub struct Place {
    pub folder: Folder,
    pub host: String,
    pub boot_id: String,
    pub policy: Policy,
    pub sync: Sync,
}

impl Place {
    /// What the journal of the host occupies, and everything but the journal.
    pub fn weigh(&self) -> (u64, u64) {
        let root = self.folder.root();
        (store::journal_bytes(root, &self.host), store::sealed_bytes(root))
    }
}

/// Writes until the ring is closed and empty.
pub fn write(ring: &Ring, place: &Place, inventory: Inventory) {
    let mut writing = Writing {
        ring,
        place,
        inventory,
        part: None,
        synced: Instant::now(),
        looked: Instant::now(),
        failing_since: None,
        noted: Noted::default(),
    };
    while !ring.is_done() {
        match ring.take(writing.patience()) {
            Some(entry) => writing.carry_out(entry),
            None => writing.look_after(),
        }
    }
    // A part without an end: the ring was given up.
    if let Some((part, _)) = writing.part.take() {
        let _ = part.end();
    }
}

struct Writing<'a> {
    ring: &'a Ring,
    place: &'a Place,
    inventory: Inventory,
    part: Option<(PartFile, PartName)>,
    synced: Instant,
    looked: Instant,
    failing_since: Option<Instant>,
    noted: Noted,
}

impl Writing<'_> {
    /// How long nothing need be done unless a tick comes.
    fn patience(&self) -> Duration {
        match (self.place.sync, &self.part) {
            (Sync::Every(time), Some((part, _))) if part.is_dirty() => {
                time.saturating_sub(self.synced.elapsed())
            }
            _ => LOOK,
        }
    }

    fn carry_out(&mut self, entry: Entry) {
        let bytes = entry.bytes();
        let done = match &entry {
            Entry::Begin(name) => self.begin(name),
            Entry::Frame { bytes, .. } => self.append(bytes),
            Entry::End => self.part.take().map_or(Ok(0), |(part, _)| part.end().map(|()| 0)),
            Entry::Weigh => Ok(0),
        };
        let is_end = matches!(entry, Entry::End);
        let weight = (is_end || matches!(entry, Entry::Weigh)).then(|| self.weigh());
        let weighed = |state: &mut State| {
            if let Some(weight) = weight {
                (state.at_rest_bytes, state.sealed_bytes) = weight;
            }
        };
        match done {
            Ok(written) => {
                let (is_begin, ended) = (matches!(entry, Entry::Begin(_)), u64::from(is_end));
                if let Entry::Frame { notes, .. } = &entry {
                    self.noted.written(notes);
                }
                self.failing_since = None;
                self.ring.done(bytes, |state| {
                    state.cpu_us = cost::thread_us().unwrap_or(0);
                    state.written_bytes += written;
                    state.ended_parts += ended;
                    weighed(state);
                });
                if is_begin && let Some(rows) = self.inventory.look() {
                    self.ring.leave(rows);
                }
            }
            // What a sync at the end of a part could not do, another try cannot either.
            Err(error) if is_end => {
                self.ring.done(0, |state| {
                    state.ended_parts += 1;
                    state.trouble = Some(error.to_string());
                    weighed(state);
                });
            }
            Err(error) => self.failed(entry, &error),
        }
        self.look_after();
    }

    fn begin(&mut self, name: &PartName) -> Result<u64, Error> {
        let Place { folder, boot_id, policy, .. } = self.place;
        if !self.has_room_for_a_part() {
            let why = "the journal waits to be sealed (--max-size)".into();
            return Err(Error::Full { path: folder.root().into(), why });
        }
        let part = PartFile::begin(folder, name, boot_id, policy.part_bytes())?;
        let written = part.bytes();
        self.part = Some((part, name.clone()));
        Ok(written)
    }

    /// Whether one more part leaves the store within its size, whatever the maintenance writes
    /// meanwhile: that never takes more than its own share.
    fn has_room_for_a_part(&self) -> bool {
        let Place { folder, host, policy, .. } = self.place;
        let Some(max) = policy.max_bytes else { return true };
        let (root, part) = (folder.root(), policy.part_bytes());
        let share = policy.journal_bytes().saturating_sub(part);
        if store::journal_bytes(root, host) <= share {
            return true;
        }
        // While the store is small, parts that wait to be sealed may be more than their share.
        max / 16 >= part && store::occupied(root) <= max / 4
    }

    /// What the parts before this one occupy, and everything but the journal.
    fn weigh(&self) -> (u64, u64) {
        let (journal, sealed) = self.place.weigh();
        let own = self.part.as_ref().map(|(_, name)| name.path(self.place.folder.root()));
        (journal.saturating_sub(own.map_or(0, |path| store::occupied(&path))), sealed)
    }

    fn append(&mut self, frame: &[u8]) -> Result<u64, Error> {
        let Some((part, _)) = &mut self.part else { return Ok(0) };
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
        if !no_room
            && since.elapsed() > PART_PATIENCE
            && let Some(notes) = self.ring.give_up_part()
        {
            self.noted.given_up(&notes);
            // What it has already is worth a last try to make it last.
            let _ = self.part.take().map(|(part, _)| part.end());
            self.failing_since = None;
        }
    }

    /// Syncs when it is time, and looks whether the part is still there, and whether anything was noted.
    fn look_after(&mut self) {
        let folder = &self.place.folder;
        self.noted.look(self.ring, folder);
        let Some((part, _)) = &mut self.part else { return };
        let due = match self.place.sync {
            _ if self.noted.wants_sync() => true,
            Sync::Tick => true,
            Sync::Every(time) => self.synced.elapsed() >= time,
            Sync::Off => false,
        };
        if due && part.is_dirty() {
            self.synced = Instant::now();
            match part.sync() {
                Ok(()) if part.is_removed() => self.noted.leave_written(),
                Ok(()) => self.noted.remove_written(self.ring, folder),
                Err(error) => {
                    self.noted.leave_written();
                    // What a disk says it has lost it does not give back: the next part is elsewhere.
                    self.ring.note(|state| {
                        state.trouble = Some(error.to_string());
                        state.is_part_lost = true;
                    });
                }
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
