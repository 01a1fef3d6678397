//! Whether processes wait for a CPU unseen: one that does has not run, and only its `stat` shows that it would.

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
    /// Whether more threads run or could than the `seen` that were found to, now that everybody was looked
    /// at who shows signs of having run; and somebody waited since the last call, as far as the kernel keeps
    /// pressure stall information. The thread that reads is one of both, where its process is to be seen.
    pub fn waits_unseen(&mut self, host: &mut Host, seen: i64) -> Result<bool, Error> {
        let has_waited = self.has_waited(host)?;
        if has_waited == Some(false) {
            return Ok(false);
        }
        let runnable = host.proc_if_any("loadavg")?.and_then(parse_runnable);
        Ok(runnable.map_or(has_waited.is_some(), |runnable| runnable > seen))
    }

    fn has_waited(&mut self, host: &mut Host) -> Result<Option<bool>, Error> {
        let Some(total_us) = host.proc_if_any("pressure/cpu")?.and_then(parse_some) else { return Ok(None) };
        let last = self.last.replace((host.now, total_us));
        Ok(Some(last.is_none_or(|(then, before_us)| {
            let share = host.now.saturating_sub(then) / SHARE;
            total_us - before_us > share.as_micros() as i64
        })))
    }
}

/// The total of the `some` line, in microseconds.
fn parse_some(text: &str) -> Option<i64> {
    let (_, rest) = pairs(text).find(|(kind, _)| *kind == "some")?;
    int(rest.rsplit_once("total=")?.1)
}

/// How many threads run or could, on all CPUs, the reader included: the first number of the fourth word.
fn parse_runnable(text: &str) -> Option<i64> {
    int(text.split_ascii_whitespace().nth(3)?.split_once('/')?.0)
}
