//! Which collectors make up a set.

use super::args::CollectorSet;
use crate::collect::{self, Collector, Host, Settings};

/// What is read, and where.
pub struct Set {
    /// Where the kernel's files are.
    pub host: Host,
    /// What is read each tick.
    pub each_tick: Vec<Box<dyn Collector>>,
    /// What is read at the start of each part.
    pub inventory: Box<dyn Collector>,
}

/// The collectors of a set, working as the settings say.
pub fn set(wanted: CollectorSet, settings: &Settings) -> Set {
    let (each_tick, inventory) = match wanted {
        #[cfg(target_os = "linux")]
        CollectorSet::Linux => (collect::linux(settings), collect::linux_inventory()),
        _ => (collect::portable(settings), collect::portable_inventory()),
    };
    Set { host: Host::here(), each_tick, inventory }
}
