//! One rising total of the energy that a processor counts, which wraps within minutes where much is used.

use std::time::Duration;

/// More than any zone uses, in watts, which are microjoules a microsecond.
const MOST_WATTS: i64 = 1000;
/// So much earlier or later than the clock says the register may have been read, and the processor have renewed it.
const GRAIN_US: i64 = 100_000;

/// The total and how it goes on.
#[derive(Debug, Default)]
pub struct Energy {
    last: Option<(Duration, i64)>,
    total_uj: i64,
}

impl Energy {
    /// The total in microjoules, now that the count is `count_uj`, which wraps behind `range_uj`.
    ///
    /// Where it cannot be told what was used since the last call, because the count may have wrapped twice or began
    /// anew, the total begins anew too; where it has just done so, and cannot be seen to fall, it is unknown.
    pub fn advance(&mut self, now: Duration, count_uj: i64, range_uj: Option<i64>) -> Option<i64> {
        let Some((then, before_uj)) = self.last.replace((now, count_uj)) else {
            self.total_uj = count_uj;
            return Some(count_uj);
        };
        let elapsed_us = i64::try_from(now.saturating_sub(then).as_micros()).unwrap_or(i64::MAX);
        let most_uj = elapsed_us.saturating_add(GRAIN_US).saturating_mul(MOST_WATTS);
        let used = used(before_uj, count_uj, range_uj, most_uj);
        let falls = self.total_uj > 0;
        self.total_uj = used.map_or(0, |used| self.total_uj.saturating_add(used));
        (used.is_some() || falls).then_some(self.total_uj)
    }
}

/// What was used between two counts, where it can be at most `most_uj`.
fn used(before_uj: i64, now_uj: i64, range_uj: Option<i64>, most_uj: i64) -> Option<i64> {
    if range_uj.is_some_and(|range_uj| most_uj > range_uj) {
        return None;
    }
    // From the range it goes on at 0; a count that began anew would mostly seem to be far more. What is far more
    // without having wrapped was used while the clock stood still: a host that sleeps with its processor on.
    let wrapped = || range_uj?.checked_sub(before_uj)?.checked_add(now_uj);
    let used = if now_uj >= before_uj { Some(now_uj - before_uj) } else { wrapped() };
    used.filter(|used| (0..=most_uj).contains(used))
}
