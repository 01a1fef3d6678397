//! Whether a host is short of memory: then a maintenance can wait.

use crate::collect::Host;

/// Less of all memory than this is available, in percent.
const AVAILABLE_PCT: f64 = 5.0;
/// For more of the last ten seconds than this somebody waited for memory, in percent.
const WAITED_PCT: f64 = 20.0;

/// Why the host is said to be short of memory; `None` where it is not, or nobody knows.
pub fn memory(host: &mut Host) -> Option<String> {
    let meminfo = host.proc("meminfo").map(str::to_string).unwrap_or_default();
    let pressure = host.proc("pressure/memory").map(str::to_string).unwrap_or_default();
    judge(&meminfo, &pressure)
}

fn judge(meminfo: &str, pressure: &str) -> Option<String> {
    let kib = |key: &str| -> Option<f64> {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        line.split_ascii_whitespace().next()?.parse().ok()
    };
    if let (Some(total), Some(available)) = (kib("MemTotal"), kib("MemAvailable"))
        && available < total * AVAILABLE_PCT / 100.0
    {
        return Some(format!("{:.1} % of memory is available", 100.0 * available / total));
    }
    let some = pressure.lines().find_map(|line| line.strip_prefix("some "))?;
    let waited: f64 = some.split_ascii_whitespace().find_map(|w| w.strip_prefix("avg10="))?.parse().ok()?;
    (waited > WAITED_PCT).then(|| format!("some process waits for memory {waited:.0} % of the time"))
}
