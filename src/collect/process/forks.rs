//! Whether a process may have begun since the processes were last listed: where none has, the list need
//! not be made again, and who has ended shows in its own files.
//!
//! `loadavg` ends with the pid that was given last (proc_loadavg(5)), to a process or to a thread.

use std::time::Duration;

use super::super::parse::int;
use crate::collect::{Error, Host};

/// The list is made again after so long whatever that number says: pids come round, and one that was asked
/// for by its number (`set_tid` of clone3(2), as a restored checkpoint does) does not move it.
const LIST_EVERY: Duration = Duration::from_secs(10);

/// What was seen in the tick before.
#[derive(Default)]
pub struct Forks {
    last_pid: Option<i64>,
    /// It was the same as in the tick before that.
    stood_still: bool,
    listed: Option<Duration>,
}

impl Forks {
    /// Whether the processes have to be listed: in a tick in which the number moved, and in the next, since
    /// a pid is given a little before its process can be found.
    ///
    /// The number is of our own pid namespace, and tells nothing of a `/proc` of another one.
    pub fn may_have_happened(&mut self, host: &mut Host) -> Result<bool, Error> {
        let last_pid =
            host.proc_if_any("loadavg")?.and_then(|text| int(text.split_ascii_whitespace().last()?));
        let stands_still = last_pid.is_some() && last_pid == self.last_pid;
        let is_fresh = self.listed.is_some_and(|listed| host.now.saturating_sub(listed) < LIST_EVERY);
        let none = stands_still && self.stood_still && is_fresh;
        (self.last_pid, self.stood_still) = (last_pid, stands_still);
        if !none {
            self.listed = Some(host.now);
        }
        Ok(!none)
    }
}
