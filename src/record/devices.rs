//! Disks, network interfaces and CPUs that came or went between two ticks, as events.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::schema::Text;
use crate::schema::rows::{Event, Sample};

/// The kinds of event.
const ADDED: &str = "device_added";
const REMOVED: &str = "device_removed";

/// So many are told one by one in so much time: a host of containers makes and removes interfaces all day. The rest is
/// counted, and told when the time is over.
const MOST: usize = 20;
const WINDOW: Duration = Duration::from_secs(60);

/// What there was in the tick before.
#[derive(Debug, Default)]
pub struct Devices {
    disks: Names<Text>,
    interfaces: Names<Text>,
    cpus: Names<i64>,
    window: Window,
}

/// The names of one sort; `None` until they were first seen.
#[derive(Debug)]
struct Names<T>(Option<Vec<T>>);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Names(None)
    }
}

/// What was told of late.
#[derive(Debug, Default)]
struct Window {
    since: Option<Duration>,
    told: usize,
    added: usize,
    removed: usize,
}

impl Devices {
    /// Takes in a tick's rows; `is_read` knows whether a table was read, of which there may be no rows. `now` is the
    /// monotonic clock.
    pub fn see(&mut self, now: Duration, rows: &Sample, is_read: impl Fn(&str) -> bool) -> Vec<Event> {
        let mut told = Vec::new();
        told.extend(self.window.end(now));
        let mut tell =
            |event: (&'static str, &'static str, String)| told.extend(self.window.tell(now, event));
        if is_read("disk") {
            // Partitions come and go with their disk.
            let disks = rows.disk.iter().filter(|disk| disk.kind.as_deref() != Some("partition"));
            self.disks.see(disks.map(|disk| &disk.device), |kind, name| tell((kind, "disk", name)));
        }
        if is_read("network") {
            let own = rows.network.iter().filter(|row| row.netns.is_none());
            let names = own.map(|row| &row.interface);
            self.interfaces.see(names, |kind, name| tell((kind, "network interface", name)));
        }
        if is_read("cpu_core") {
            let cpus = rows.cpu_core.iter().map(|core| &core.cpu);
            self.cpus.see(cpus, |kind, cpu| tell((kind, "CPU", format!("cpu{cpu}"))));
        }
        told
    }

    /// What is left to be told at the end.
    pub fn close(&mut self) -> Option<Event> {
        self.window.rest()
    }
}

impl<T: Clone + Ord + std::fmt::Display> Names<T> {
    fn see<'a>(
        &mut self,
        now: impl Iterator<Item = &'a T> + Clone,
        mut tell: impl FnMut(&'static str, String),
    ) where
        T: 'a,
    {
        if let Some(before) = &self.0 {
            if now.clone().eq(before) {
                return;
            }
            let (was, is): (BTreeSet<&T>, BTreeSet<&T>) = (before.iter().collect(), now.clone().collect());
            was.difference(&is).for_each(|name| tell(REMOVED, name.to_string()));
            is.difference(&was).for_each(|name| tell(ADDED, name.to_string()));
        }
        self.0 = Some(now.cloned().collect());
    }
}

impl Window {
    fn tell(
        &mut self,
        now: Duration,
        (kind, what, name): (&'static str, &'static str, String),
    ) -> Option<Event> {
        self.since.get_or_insert(now);
        if self.told >= MOST {
            *(if kind == ADDED { &mut self.added } else { &mut self.removed }) += 1;
            return None;
        }
        self.told += 1;
        let message = format!("{what} {name} {}", if kind == ADDED { "came" } else { "went" });
        let detail = serde_json::json!({ "what": what, "name": name });
        Some(Event {
            detail: Some(detail.to_string().into()),
            ..Event::about(kind, Event::INFO, &name, &message)
        })
    }

    fn end(&mut self, now: Duration) -> Option<Event> {
        let is_over = self.since.is_some_and(|since| now.saturating_sub(since) >= WINDOW);
        if !is_over {
            return None;
        }
        let rest = self.rest();
        *self = Window::default();
        rest
    }

    fn rest(&mut self) -> Option<Event> {
        let (added, removed) = (std::mem::take(&mut self.added), std::mem::take(&mut self.removed));
        if added + removed == 0 {
            return None;
        }
        let message = format!(
            "{added} more disks, network interfaces and CPUs came, and {removed} went, than the {MOST} told before"
        );
        let detail = serde_json::json!({ "added": added, "removed": removed });
        Some(Event {
            detail: Some(detail.to_string().into()),
            ..Event::about("left_out", Event::INFO, "devices", &message)
        })
    }
}
