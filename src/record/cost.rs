//! What the recorder itself costs: CPU of this process and its children, and resident memory.

/// Totals of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// CPU time of all its threads and of its children that were waited for.
    pub cpu_us: Option<i64>,
    /// Resident memory.
    pub rss_bytes: Option<i64>,
}

/// Reads them. Elsewhere than on Linux they are unknown.
#[cfg(target_os = "linux")]
pub fn now() -> Cost {
    use crate::collect::Units;
    use rustix::time::{ClockId, clock_gettime};

    let units = Units::of_this_machine();
    let own = clock_gettime(ClockId::ProcessCPUTime);
    let own_us = own.tv_sec * 1_000_000 + own.tv_nsec / 1000;
    let numbers = |file: &str, skip: usize| -> Option<Vec<i64>> {
        let text = std::fs::read_to_string(file).ok()?;
        // The command's name may hold anything but ends with the last bracket.
        let rest = text.rsplit_once(')').map_or(&*text, |(_, rest)| rest);
        Some(rest.split_ascii_whitespace().skip(skip).map(|n| n.parse().unwrap_or(0)).collect())
    };
    // proc_stat(5), fields 16 and 17: cutime and cstime, the thirteenth and fourteenth behind the name.
    let children = numbers("/proc/self/stat", 13).and_then(|n| Some(n.first()? + n.get(1)?));
    let pages = numbers("/proc/self/statm", 1).and_then(|n| n.first().copied());
    Cost {
        cpu_us: children.map(|ticks| own_us + units.ticks_to_us(ticks)),
        rss_bytes: pages.map(|pages| pages * units.page_bytes),
    }
}

/// Reads them. Elsewhere than on Linux they are unknown.
#[cfg(not(target_os = "linux"))]
pub fn now() -> Cost {
    Cost::default()
}
