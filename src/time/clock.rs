//! The clock, passed in: everything that asks what time it is asks one of these.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Micros;

/// The two clocks of a host.
pub trait Clock: Send + Sync {
    /// The wall clock. It may step.
    fn wall(&self) -> Micros;

    /// The monotonic clock, from some beginning. It never steps; whether it runs on in suspend is
    /// the system's choice.
    fn monotonic(&self) -> Duration;

    /// The time that the host was awake, from some beginning: what the monotonic clock runs ahead of
    /// it by, the host was suspended. Where nothing tells them apart it is that clock.
    fn awake(&self) -> Duration {
        self.monotonic()
    }
}

/// The clocks of this machine.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(target_os = "linux", derive(Default))]
pub struct SystemClock {
    #[cfg(not(target_os = "linux"))]
    start: std::time::Instant,
}

#[cfg(not(target_os = "linux"))]
impl Default for SystemClock {
    fn default() -> Self {
        SystemClock { start: std::time::Instant::now() }
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Micros {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Micros(since.as_micros() as i64)
    }

    /// The boot clock: an interval with a suspend in it is as long as it was.
    #[cfg(target_os = "linux")]
    fn monotonic(&self) -> Duration {
        use rustix::time::{ClockId, clock_gettime};
        let now = clock_gettime(ClockId::Boottime);
        Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
    }

    #[cfg(target_os = "linux")]
    fn awake(&self) -> Duration {
        use rustix::time::{ClockId, clock_gettime};
        let now = clock_gettime(ClockId::Monotonic);
        Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
    }

    #[cfg(not(target_os = "linux"))]
    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}
