//! The machine → rows. Each collector reads its kernel files through [`Host`] and fills in the
//! kernel's *totals*; what happened in an interval is worked out by `record`.
//!
//! A collector is two things: a thin `collect` that knows paths, and pure functions from text to
//! rows. None of them keeps time, writes a file or knows another collector.

mod cpu;
mod host;
mod interface;
mod memory;
mod network;
mod parse;
mod pressure;
mod protocol;
mod snmp;
#[cfg(target_os = "linux")]
mod sock_diag;
mod socket;
mod system;

pub use cpu::CpuCollector;
pub use host::{Error, Host, Units};
pub use host::{Error, Host};
pub use memory::MemoryCollector;
pub use network::NetworkCollector;
pub use pressure::PressureCollector;
pub use protocol::ProtocolCollector;
pub use socket::SocketCollector;
pub use system::SystemCollector;

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
