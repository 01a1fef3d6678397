//! When ticks are due: at multiples of the interval on the wall clock, so that hosts line up.

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

/// The due instant after the one at `due`, and how many were missed, when it is `now`.
pub fn following(due: Micros, now: Micros, interval: Duration) -> (Micros, i64) {
    let step = interval.as_micros() as i64;
    let missed = ((now.0 - due.0) / step).max(0);
    // The clock stepped back: go on from where it is.
    let due = if now.0 < due.0 - step { now.0.div_euclid(step) * step } else { due.0 };
    (Micros(due + (missed + 1) * step), missed)
}
