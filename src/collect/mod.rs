//! The machine → rows. Each collector reads its kernel files through [`Host`] and fills in the
//! kernel's *totals*; what happened in an interval is worked out by `record`.
//!
//! A collector is two things: a thin `collect` that knows paths, and pure functions from text to
//! rows. None of them keeps time, writes a file or knows another collector.

mod container;
mod cpu;
mod host;
mod parse;
mod portable;
#[cfg(target_os = "linux")]
mod process;
mod redact;

pub use container::{Container, container_of};
pub use cpu::CpuCollector;
pub use host::{Error, Host};
pub use portable::{
    PortableCpu, PortableMemory, PortableNetwork, PortableProcess, PortableSystem, portable_collectors,
};
#[cfg(target_os = "linux")]
pub use process::ProcessCollector;
pub use redact::command_line;

use crate::schema::Sample;

/// Something that is read once a tick.
pub trait Collector: Send {
    /// The word for it in `recorder.collector` and in messages.
    fn name(&self) -> &'static str;

    /// The tables it fills. No two collectors fill the same.
    fn tables(&self) -> &'static [&'static str];

    /// Adds what the host shows now, counters as totals.
    ///
    /// An error costs this collector's rows of this tick and nothing else. What a kernel does not
    /// have, or does not permit, is no error: it is left `None`.
    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error>;
}
