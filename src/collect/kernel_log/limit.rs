//! How much of the kernel's log is told: a disk that fails says so a thousand times a second.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::schema::rows::Event;

/// Of each kind as many in so much time.
const MOST: u32 = 20;
const WINDOW: Duration = Duration::from_secs(60);

/// What was told of each kind.
#[derive(Default)]
pub struct Limit {
    kinds: BTreeMap<String, Kind>,
}

struct Kind {
    since: Duration,
    told: u32,
    left_out: u32,
}

impl Limit {
    /// Whether an event is told; `now` is the monotonic clock.
    pub fn lets_pass(&mut self, event: &Event, now: Duration) -> bool {
        let kind = event.kind.as_deref().unwrap_or_default();
        let kind = self.kinds.entry(kind.into()).or_insert(Kind { since: now, told: 0, left_out: 0 });
        if kind.told < MOST {
            kind.told += 1;
            return true;
        }
        kind.left_out += 1;
        false
    }

    /// Says how many were left out, once their time is over.
    pub fn left_out(&mut self, now: Duration) -> Vec<Event> {
        let mut said = Vec::new();
        self.kinds.retain(|name, kind| {
            if now.saturating_sub(kind.since) < WINDOW {
                return true;
            }
            if kind.left_out > 0 {
                let message = format!(
                    "{} more messages of the kernel like the {MOST} before were left out",
                    kind.left_out
                );
                said.push(Event::about(name, Event::INFO, "kernel_log", &message));
            }
            false
        });
        said
    }
}
