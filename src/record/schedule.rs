//! When ticks are due: at multiples of the interval on the wall clock, so that hosts line up. No two
//! begin less than half an interval apart.

use std::time::Duration;

use crate::time::Micros;

/// How late a tick may begin and still be stamped with the instant it was due: a hundredth of the
/// interval, and at least this.
const PUNCTUAL_US: i64 = 5_000;

/// The next due instant after `now`, no sooner than half an interval from it.
pub fn next(now: Micros, interval: Duration) -> Micros {
    let step = interval.as_micros() as i64;
    let due = now.0.div_euclid(step) * step + step;
    Micros(if due - now.0 < step / 2 { due + step } else { due })
}

/// The instant a tick is stamped with that was due at `due` and began at `now`.
pub fn stamp(due: Micros, now: Micros, interval: Duration) -> Micros {
    let allowed = (interval.as_micros() as i64 / 100).max(PUNCTUAL_US);
    if (now.0 - due.0).abs() <= allowed { due } else { now }
}

/// How many ticks were due and passed over when one begins so late.
pub fn overdue(late: Duration, interval: Duration) -> i64 {
    (late.as_micros() / interval.as_micros()) as i64
}

/// The due instant behind a tick that was due at `due`, began `late` and took `took`, both by the
/// monotonic clock, when the wall clock says `now`; and how many were passed over since `due`.
pub fn following(
    due: Micros,
    now: Micros,
    late: Duration,
    took: Duration,
    interval: Duration,
) -> (Micros, i64) {
    let step = interval.as_micros() as i64;
    let (took, elapsed) = (took.as_micros() as i64, (late + took).as_micros() as i64);
    let missed = elapsed / step;
    if (now.0 - due.0 - elapsed).abs() > (step / 100).max(PUNCTUAL_US) {
        // The wall clock stepped: its multiples are counted anew from where it is.
        return (next(now, interval), missed);
    }
    // By the wall clock, which may have slewed a little past a multiple.
    let missed = missed.max((now.0 - due.0) / step);
    let following = due.0 + (missed + 1) * step;
    let apart = following - now.0 + took;
    let more = i64::from(apart < step / 2);
    (Micros(following + more * step), missed + more)
}
