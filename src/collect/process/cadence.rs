//! How often what is known of a process or a thread is read again.

use std::time::Duration;

/// One that ran in so many ticks one after the other has all its files held open.
pub const LIVELY_TICKS: u32 = 3;

/// Its part of a while, by its id: spread so, no tick has to read all of them.
pub fn share(every: Duration, id: i64) -> Duration {
    every * (id.unsigned_abs() * 37 % 101) as u32 / 101
}
