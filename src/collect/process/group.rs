//! Whom to ask what all threads of a process did together: one question to the kernel a process.

use crate::collect::taskstats::{Group, Refused, Taskstats};

/// The kernel's answers about thread groups, as long as it gives any.
#[derive(Default)]
pub enum Groups {
    /// Nobody was asked yet.
    #[default]
    Untried,
    Open(Box<Taskstats>),
    /// There is nobody to ask, or we may not.
    Closed,
    /// Somebody else says.
    Told(Box<dyn FnMut(i64) -> Option<Group> + Send>),
}

impl Groups {
    /// Asks the kernel no more: the pids are not ours.
    pub fn close(&mut self) {
        if !matches!(self, Groups::Told(_)) {
            *self = Groups::Closed;
        }
    }

    /// What the threads of a process did; `None` where it is gone or nobody says.
    pub fn ask(&mut self, pid: i64) -> Option<Group> {
        if matches!(self, Groups::Untried) {
            *self = Taskstats::open().map_or(Groups::Closed, |open| Groups::Open(Box::new(open)));
        }
        let said = match self {
            Groups::Untried | Groups::Closed => Ok(None),
            Groups::Told(ask) => Ok(ask(pid)),
            Groups::Open(taskstats) => taskstats.group(pid),
        };
        said.unwrap_or_else(|Refused| {
            *self = Groups::Closed;
            None
        })
    }
}
