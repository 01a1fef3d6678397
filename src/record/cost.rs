//! What the recorder itself costs: CPU of its threads and its children, and resident memory.

use crate::collect::Host;

/// Totals of this process, CPU times in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// CPU time of all its threads.
    pub own_us: Option<i64>,
    /// CPU time of its children that were waited for.
    pub children_us: Option<i64>,
    /// Resident memory.
    pub rss_bytes: Option<i64>,
}

impl Cost {
    /// CPU time of all its threads and of its children.
    pub fn cpu_us(&self) -> Option<i64> {
        Some(self.own_us? + self.children_us?)
    }
}

/// What other threads than the one of the tick have cost, told apart. The journal's says so later than the
/// clock of the process does: until then it stands with the rest. Neither ever shrinks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside {
    others_us: i64,
    aside_us: i64,
}

impl Beside {
    /// Takes in what all of them have cost, and what the journal's said last: hands out the journal's and the
    /// rest's, which make up what all of them have cost as far as it is known to have grown.
    pub fn split(&mut self, others_us: i64, journal_us: i64) -> (i64, i64) {
        self.others_us = self.others_us.max(others_us);
        self.aside_us = self.aside_us.max(self.others_us - journal_us);
        (self.others_us - self.aside_us, self.aside_us)
    }
}

/// Reads them: clock_gettime(2), getrusage(2), `/proc/self/statm`. Elsewhere than on Linux they are unknown.
#[cfg(target_os = "linux")]
pub fn now(host: &mut Host) -> Cost {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    use rustix::time::ClockId;

    let children = getrusage(UsageWho::RUSAGE_CHILDREN).ok();
    let page_bytes = host.units.page_bytes;
    let statm = host.proc_if_any("self/statm").ok().flatten();
    let pages = statm.and_then(|text| text.split_ascii_whitespace().nth(1)?.parse::<i64>().ok());
    Cost {
        own_us: Some(clock_us(ClockId::ProcessCPUTime)),
        children_us: children.map(|usage| (usage.user_time() + usage.system_time()).num_microseconds()),
        rss_bytes: pages.map(|pages| pages * page_bytes),
    }
}

/// Reads them. Elsewhere than on Linux they are unknown.
#[cfg(not(target_os = "linux"))]
pub fn now(_host: &mut Host) -> Cost {
    Cost::default()
}

/// CPU time of the thread that asks, in microseconds.
#[cfg(target_os = "linux")]
pub fn thread_us() -> Option<i64> {
    Some(clock_us(rustix::time::ClockId::ThreadCPUTime))
}

/// CPU time of the thread that asks. Elsewhere than on Linux it is unknown.
#[cfg(not(target_os = "linux"))]
pub fn thread_us() -> Option<i64> {
    None
}

#[cfg(target_os = "linux")]
fn clock_us(clock: rustix::time::ClockId) -> i64 {
    let now = rustix::time::clock_gettime(clock);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}
