//! CPU time that nobody's row tells, and parents were credited with: the kernel books what a process ran in its parent
//! when that has waited for it (`reaped_user_us`, `reaped_system_us`), to the nanosecond. What rows of `process` told of
//! it and its row in `process_exit` is a part of that, and not always all: there may be no row, and the record of an
//! exit lacks what was run since the scheduler last looked, up to a tick of the kernel's.

use std::collections::HashMap;
use std::sync::Arc;

use super::reaped::WAITED_TICKS;
use crate::schema::rows::Process;

/// What is owed to parents: told of children that are gone, and not credited yet, by the ticks that it waits.
#[derive(Debug, Default)]
pub struct Unseen {
    of_parent: HashMap<i64, [i64; WAITED_TICKS as usize]>,
    us: i64,
}

impl Unseen {
    /// A tick has passed. Whose parent does not care for it is credited to nobody.
    pub fn age(&mut self) {
        self.of_parent.retain(|_, owed| {
            owed.rotate_right(1);
            owed[0] = 0;
            owed.iter().any(|us| *us > 0)
        });
    }

    /// A child of that parent is gone of which so much was told, its own children's included.
    pub fn owe(&mut self, parent: i64, us: i64) {
        self.of_parent.entry(parent).or_default()[0] += us;
    }

    /// Looks what parents were credited with in the interval.
    pub fn see(&mut self, interval: &[Arc<Process>]) {
        self.us = 0;
        for row in interval {
            let credited = row.reaped_user_us.zip(row.reaped_system_us).map(|(user, system)| user + system);
            let Some(mut credited) = credited.filter(|us| *us > 0) else { continue };
            // Who has waited for longest first.
            for owed in self.of_parent.get_mut(&row.pid).into_iter().flatten().rev() {
                let settled = credited.min(*owed);
                *owed -= settled;
                credited -= settled;
            }
            self.us += credited;
        }
    }

    /// What of it nobody has told.
    pub fn us(&self) -> i64 {
        self.us
    }
}
