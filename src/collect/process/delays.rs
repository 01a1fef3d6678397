//! Since when the kernel books how long processes wait for block devices
//! (Documentation/accounting/delay-accounting.rst).
//!
//! It books that of processes that began while `kernel.task_delayacct` was 1, and says 0 of all others. When
//! that was switched on shows nowhere, unless the boot line has it.

use super::super::parse::{float, int};
use crate::collect::{Error, Host};

/// What is known of that.
#[derive(Default)]
pub struct Delays {
    /// Start ticks from which on every process is booked; `None` while none is.
    since: Option<i64>,
}

/// Whose delays are booked in a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booked {
    /// Nobody's: what stands there stands still.
    None,
    /// Of those that began in this tick of the clock or behind it; of the others those that have any.
    Since(i64),
}

impl Booked {
    /// Whether a number of one that started then is one.
    pub fn is_told(self, ticks: i64, start_ticks: i64) -> bool {
        match self {
            Booked::None => false,
            Booked::Since(since) => ticks > 0 || start_ticks >= since,
        }
    }
}

impl Delays {
    /// Looks whether they are booked now.
    pub fn look(&mut self, host: &mut Host) -> Result<Booked, Error> {
        if host.proc_if_any("sys/kernel/task_delayacct")?.and_then(int) != Some(1) {
            self.since = None;
            return Ok(Booked::None);
        }
        let since = match self.since {
            Some(since) => since,
            None => first_booked(host)?,
        };
        self.since = Some(since);
        Ok(Booked::Since(since))
    }
}

/// Whoever starts from now on is booked for certain; by the boot line everybody is.
fn first_booked(host: &mut Host) -> Result<i64, Error> {
    let line = host.proc_if_any("cmdline")?.unwrap_or_default();
    if line.split_ascii_whitespace().any(|word| word == "delayacct") {
        return Ok(0);
    }
    let per_s = host.units.ticks_per_s as f64;
    let uptime = host.proc_if_any("uptime")?.and_then(|text| float(text.split_ascii_whitespace().next()?));
    // The first number is cut off behind two digits, so it may lie a tick back.
    Ok(uptime.map_or(i64::MAX, |seconds| (seconds * per_s).ceil() as i64 + 1))
}
