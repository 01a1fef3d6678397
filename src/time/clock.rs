//! The clock, passed in: everything that asks what time it is asks one of these.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Micros;

/// The two clocks of a host.
pub trait Clock: Send + Sync {
    /// The wall clock. It may step.
    fn wall(&self) -> Micros;

    /// The monotonic clock, from some beginning. It never steps; whether it runs on in suspend is
    /// the system's choice.
    fn monotonic(&self) -> Duration;
}

/// The clocks of this machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Micros {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Micros(since.as_micros() as i64)
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}
