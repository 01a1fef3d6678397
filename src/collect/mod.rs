//! The machine → rows. Each collector reads its kernel files through [`Host`] and fills in the
//! kernel's *totals*; what happened in an interval is worked out by `record`.
//!
//! A collector is two things: a thin `collect` that knows paths, and pure functions from text to
//! rows. None of them keeps time, writes a file or knows another collector.

#[cfg(target_os = "linux")]
mod block;
#[cfg(target_os = "linux")]
mod cgroup;
mod container;
mod cpu;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod filesystem;
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
#[cfg(target_os = "linux")]
mod inventory;
#[cfg(target_os = "linux")]
mod mount;
mod parse;
#[cfg(target_os = "linux")]
mod virtualisation;

#[cfg(target_os = "linux")]
pub use cgroup::CgroupCollector;
pub use container::{Container, container_of};
pub use cpu::CpuCollector;
pub use host::{Error, Host, Units};
pub use host::{Error, Host};
pub use memory::MemoryCollector;
pub use network::NetworkCollector;
pub use pressure::PressureCollector;
pub use protocol::ProtocolCollector;
pub use socket::SocketCollector;
pub use system::SystemCollector;
#[cfg(target_os = "linux")]
pub use disk::{DiskCollector, parse_diskstats};
#[cfg(target_os = "linux")]
pub use filesystem::{FilesystemCollector, Space, SpaceOf, list_filesystems};
pub use host::{Error, Host};
#[cfg(target_os = "linux")]
pub use inventory::HostCollector;
#[cfg(target_os = "linux")]
pub use mount::{Mount, parse_mountinfo};

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
