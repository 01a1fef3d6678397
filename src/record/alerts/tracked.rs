//! One entity that a rule is about, from when the rule begins to hold until it is over. Pure: it is told
//! the time.

use std::time::Duration;

use crate::schema::{Micros, Text};

/// A row comes a little early now and then: the one that was meant is less than this part of a time away.
const EARLY: u32 = 20;
const MOST_EARLY: Duration = Duration::from_millis(500);

/// Something that a rule holds of.
#[derive(Debug)]
pub struct Tracked {
    /// Of its key columns.
    pub hash: u64,
    /// What it is called: see `told`.
    pub name: Text,
    /// By its key columns, as in the table `base`.
    pub entity: Text,
    /// The round of rows in which it was there last, and when on the monotonic clock.
    pub round: u64,
    pub seen: Duration,
    /// Whether its rows come at a pace of their own.
    pub has_own_interval: bool,
    /// Since when it holds, on both clocks.
    pub since: Duration,
    pub since_ts: Micros,
    /// When it was raised, if it was, on both clocks.
    pub raised: Option<(Duration, Micros)>,
    /// Since when it no longer holds.
    calm: Option<Duration>,
    /// The last known value.
    pub value: f64,
    /// The least and the greatest while it held.
    pub least: f64,
    pub greatest: f64,
}

/// What a value changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Stays,
    /// It has held for long enough to be raised, if there is no reason against that.
    IsDue,
    /// It did not hold for long enough, or has not for long enough since: it is forgotten.
    Ends,
}

/// How long a rule asks for.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// To be raised.
    pub lasts: Duration,
    /// To be cleared.
    pub clear_lasts: Duration,
}

impl Tracked {
    /// One that begins now.
    pub fn new(hash: u64, names: (Text, Text), has_own_interval: bool, now: Duration, ts: Micros) -> Self {
        let (name, entity) = names;
        Tracked {
            hash,
            name,
            entity,
            round: 0,
            seen: now,
            has_own_interval,
            since: now,
            since_ts: ts,
            raised: None,
            calm: None,
            value: f64::NAN,
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
        }
    }

    /// Takes in a value, which is beyond the threshold or not, and beyond what clears it or not.
    pub fn see(&mut self, value: f64, is_beyond: bool, holds: bool, now: Duration, times: &Times) -> Step {
        self.value = value;
        if holds {
            (self.least, self.greatest) = (self.least.min(value), self.greatest.max(value));
        }
        match (self.raised, holds) {
            (None, false) => Step::Ends,
            (None, true) if is_beyond && is_over(self.since, times.lasts, now) => Step::IsDue,
            (None, true) => Step::Stays,
            (Some(_), true) => {
                self.calm = None;
                Step::Stays
            }
            (Some(_), false) => {
                let calm = *self.calm.get_or_insert(now);
                if is_over(calm, times.clear_lasts, now) { Step::Ends } else { Step::Stays }
            }
        }
    }
}

/// Whether a time is over that began then.
fn is_over(since: Duration, time: Duration, now: Duration) -> bool {
    now.saturating_sub(since) + (time / EARLY).min(MOST_EARLY) >= time
}
