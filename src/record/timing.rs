//! What the clocks say happened between two ticks: a step of the wall clock, a suspended host.

use std::time::Duration;

use crate::time::{Clock, Micros};

/// The wall clock stepped if it parts from the monotonic one by more than this between two ticks.
const STEP_US: i64 = 200_000;
/// The host was suspended if it was awake for less time than passed by more than this: the two
/// clocks are read one after the other.
const SUSPEND: Duration = Duration::from_millis(100);

/// Clocks that are read further apart than this are read again, so many times.
const APART: Duration = Duration::from_millis(1);
const TRIES: u32 = 5;

/// The clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    pub wall: Micros,
    pub monotonic: Duration,
    pub awake: Duration,
}

impl Reading {
    /// Reads them, again where something came between.
    pub fn of(clock: &dyn Clock) -> Self {
        let mut tries = 0;
        loop {
            let before = clock.monotonic();
            let (wall, awake, monotonic) = (clock.wall(), clock.awake(), clock.monotonic());
            if monotonic - before < APART || tries == TRIES {
                return Reading { wall, monotonic, awake };
            }
            tries += 1;
        }
    }

    /// When it will be an instant of the wall clock, by the monotonic one.
    pub fn until(&self, due: Micros) -> Duration {
        self.monotonic + Duration::from_micros((due.0 - self.wall.0).max(0).unsigned_abs())
    }

    /// By how much the wall clock stepped since an earlier reading, in microseconds.
    pub fn stepped_us(&self, before: &Reading) -> Option<i64> {
        let passed = (self.monotonic - before.monotonic).as_micros() as i64;
        let by = (self.wall.0 - before.wall.0) - passed;
        // A clock that is slewed parts by little, over a long time.
        (by.abs() > STEP_US.max(passed / 1000)).then_some(by)
    }

    /// For how long the host was suspended since an earlier reading.
    pub fn suspended(&self, before: &Reading) -> Option<Duration> {
        let (passed, awake) = (self.monotonic - before.monotonic, self.awake - before.awake);
        passed.checked_sub(awake).filter(|asleep| *asleep > SUSPEND)
    }
}
