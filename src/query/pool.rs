//! The memory that sorts, joins and groups of a question share.
//!
//! What can go to disk may hold half of what the others leave, so that there is always something for who comes next,
//! or as much as if all shared evenly, where that is more. An even share alone is small in a question of many steps,
//! most of which hold nothing at the time.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation};

#[derive(Debug)]
pub(super) struct Halves {
    bytes: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: usize,
    /// How many can go to disk, whether or not they hold anything.
    spillers: usize,
}

impl Halves {
    pub(super) fn of(bytes: usize) -> Self {
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

    fn grow(&self, _: &MemoryReservation, additional: usize) {
        self.state().held += additional;
    }

    fn shrink(&self, _: &MemoryReservation, less: usize) {
        self.state().held -= less;
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        let mut state = self.state();
        let (own, free) = (reservation.size(), self.bytes.saturating_sub(state.held));
        let most = match reservation.consumer().can_spill() {
            true => ((free + own) / 2).max(self.bytes / state.spillers.max(1)).min(free + own),
            false => free + own,
        };
        if own + additional > most {
            let what =
                format!("{} has {own} bytes and wants {additional} more", reservation.consumer().name());
            return Err(DataFusionError::ResourcesExhausted(what));
        }
        state.held += additional;
        Ok(())
    }

    fn reserved(&self) -> usize {
        self.state().held
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.bytes)
    }
}
