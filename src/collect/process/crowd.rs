//! Whether processes wait for a CPU: one that does has not run, and only its `stat` shows that it would.

use std::time::Duration;

use super::super::parse::{int, pairs};
use crate::collect::{Error, Host};

/// Somebody has to have waited for more than this share of the interval. Below it, who waits now has
/// been seen running by the next tick.
const SHARE: u32 = 10;

/// What the kernel said of waiting in the tick before.
#[derive(Default)]
pub struct Crowd {
    last: Option<(Duration, i64)>,
}

impl Crowd {
    /// Whether processes waited since the last call: by the kernel's pressure stall information, or
    /// where it keeps none by how many are runnable now.
    pub fn waits(&mut self, host: &mut Host) -> Result<bool, Error> {
        let Some(total_us) = host.proc_if_any("pressure/cpu")?.and_then(parse_some) else {
            let runnable = host.proc_if_any("loadavg")?.and_then(parse_runnable);
            let cpus = std::thread::available_parallelism().map_or(1, |cpus| cpus.get() as i64);
            return Ok(runnable.is_some_and(|runnable| runnable > cpus));
        };
        let last = self.last.replace((host.now, total_us));
        Ok(last.is_none_or(|(then, before_us)| {
            let share = host.now.saturating_sub(then) / SHARE;
            total_us - before_us > share.as_micros() as i64
        }))
    }
}

/// The total of the `some` line, in microseconds.
fn parse_some(text: &str) -> Option<i64> {
    let (_, rest) = pairs(text).find(|(kind, _)| *kind == "some")?;
    int(rest.rsplit_once("total=")?.1)
}

/// How many threads run or could, the reader included: the first number of the fourth word.
fn parse_runnable(text: &str) -> Option<i64> {
    int(text.split_ascii_whitespace().nth(3)?.split_once('/')?.0)
}
