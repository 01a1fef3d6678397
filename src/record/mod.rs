//! The tick loop: the clock says a tick is due, collectors are read, totals become rows, rows a
//! frame of the journal.
//!
//! This room draws nothing and prints nothing: what a front end wants to show it is told through
//! [`Watcher`].

pub mod alerts;
mod base;
mod batches;
mod budget;
mod cost;
mod deltas;
mod derived;
mod devices;
mod ended;
mod episode;
mod events;
mod headline;
mod inventory;
mod journal;
mod maintenance;
mod noted;
mod opening;
mod possible;
mod program;
mod reaped;
mod recording;
mod resume;
mod ring;
mod run;
mod sampler;
pub mod schedule;
mod shortage;
mod standing;
mod storm;
mod timing;
mod unseen;
mod writing;

pub use budget::{Budget, News as BudgetNews, STEPS, Used};
pub use deltas::Deltas;
pub use devices::Devices;
pub use maintenance::{Maintenance, Outcome};
pub use program::{clean_parts, path as program};
pub use resume::Left;
pub use run::{DEFAULT_BUDGET_PCT, Options, Progress, Stop, Summary, Watcher, run};
pub use sampler::{Sampler, Tick};
pub use shortage::memory as memory_shortage;
pub use standing::{Standing, stand_back, take_descriptors};
pub use writing::Sync;

use crate::collect::Host;
use crate::{collect, store};

/// Why a recording cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Collect(#[from] collect::Error),
}

/// The kernel's name for this boot; empty where it has none.
pub fn boot_id(host: &mut Host) -> String {
    let read = host.proc("sys/kernel/random/boot_id");
    read.map(|text| text.trim().to_string()).unwrap_or_default()
}
