//! Since when the kernel books how long processes wait for block devices
//! (Documentation/accounting/delay-accounting.rst).
//!
//! It books that of processes that began while `kernel.task_delayacct` was 1, and says 0 of all others. When
//! that was switched on shows nowhere, unless the boot line has it. Before Linux 5.14 there was no such switch:
//! it booked that of all, or where it was built or started so, of none.

use super::super::parse::{float, int, release};
use crate::collect::{Error, Host};

/// What is known of that.
#[derive(Default)]
pub struct Delays {
    /// Start ticks from which on every process is booked; `None` while none is.
    since: Option<i64>,
    /// Whether the kernel is one that cannot be switched.
    is_unswitched: Option<bool>,
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
        let switch = host.proc_if_any("sys/kernel/task_delayacct")?.and_then(int);
        if switch.is_none() && self.is_unswitched(host)? {
            // What is more than 0 was booked; nobody says that a 0 was.
            return Ok(Booked::Since(i64::MAX));
        }
        if switch != Some(1) {
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

    fn is_unswitched(&mut self, host: &mut Host) -> Result<bool, Error> {
        if let Some(known) = self.is_unswitched {
            return Ok(known);
        }
        let version = host.proc_if_any("sys/kernel/osrelease")?.and_then(release);
        Ok(*self.is_unswitched.insert(version.is_some_and(|version| version < FIRST_SWITCHED)))
    }
}

/// The first kernel with the switch.
const FIRST_SWITCHED: (i64, i64) = (5, 14);

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
