//! The memory that sorts, joins and groups of a question share.
//!
//! What can go to disk may hold half of what the others leave, so that there is always something for who comes next,
//! or as much as if all shared evenly, where that is more. An even share alone is small in a question of many steps,
//! most of which hold nothing at the time.
//!
//! Of what cannot go to disk a quarter is kept for: sorts at their even shares would hold all, and who merges what they
//! hand on, nothing. A sort's own merge takes as many of its runs at once as it gets memory for, and with less of it goes in
//! more rounds: it gets half of what is left.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation};

/// Of the pool so much is for what cannot go to disk: a quarter.
const KEPT: usize = 4;
/// What DataFusion calls the merge of a sort's runs, with a number behind it.
const MERGE: &str = "ExternalSorterMerge";

/// A pool of so many bytes.
#[derive(Debug)]
pub struct Halves {
    bytes: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: usize,
    /// Of that, by what makes do with no less.
    firm: usize,
    /// How many can go to disk, whether or not they hold anything.
    spillers: usize,
}

/// How somebody takes it that there is no more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// It goes to disk.
    Spills,
    /// It goes in more rounds.
    Merges,
    /// The question is over.
    Firm,
}

impl Needs {
    fn of(reservation: &MemoryReservation) -> Self {
        match reservation.consumer() {
            consumer if consumer.can_spill() => Needs::Spills,
            consumer if consumer.name().starts_with(MERGE) => Needs::Merges,
            _ => Needs::Firm,
        }
    }
}

impl State {
    fn grow(&mut self, reservation: &MemoryReservation, additional: usize) {
        self.held += additional;
        if Needs::of(reservation) == Needs::Firm {
            self.firm += additional;
        }
    }

    fn shrink(&mut self, reservation: &MemoryReservation, less: usize) {
        self.held -= less;
        if Needs::of(reservation) == Needs::Firm {
            self.firm -= less;
        }
    }
}

impl Halves {
    /// One that nobody holds anything of.
    pub fn of(bytes: usize) -> Self {
        Halves { bytes, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Halves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "halves of {} bytes", self.bytes)
    }
}

impl MemoryPool for Halves {
    fn name(&self) -> &str {
        "halves"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.state().spillers += usize::from(consumer.can_spill());
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.state().spillers -= usize::from(consumer.can_spill());
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.state().grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, less: usize) {
        self.state().shrink(reservation, less);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        let mut state = self.state();
        let (own, free) = (reservation.size(), self.bytes.saturating_sub(state.held));
        let most = match Needs::of(reservation) {
            Needs::Spills => {
                let kept = self.bytes / KEPT;
                let left = free.saturating_sub(kept.saturating_sub(state.firm)) + own;
                (left / 2).max((self.bytes - kept) / state.spillers.max(1)).min(left)
            }
            Needs::Merges => (free + own) / 2,
            Needs::Firm => free + own,
        };
        if own + additional > most {
            let what =
                format!("{} has {own} bytes and wants {additional} more", reservation.consumer().name());
            return Err(DataFusionError::ResourcesExhausted(what));
        }
        state.grow(reservation, additional);
        Ok(())
    }

    fn reserved(&self) -> usize {
        self.state().held
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.bytes)
    }
}
