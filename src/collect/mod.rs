//! The machine → rows. Each collector reads its kernel files through [`Host`] and fills in the
//! kernel's *totals*; what happened in an interval is worked out by `record`.
//!
//! A collector is two things: a thin `collect` that knows paths, and pure functions from text to
//! rows. None of them keeps time, writes a file or knows another collector.

mod aside;
#[cfg(target_os = "linux")]
mod block;
#[cfg(target_os = "linux")]
mod cgroup;
mod container;
mod cpu;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
pub mod doctor;
#[cfg(target_os = "linux")]
pub mod exits;
#[cfg(target_os = "linux")]
mod filesystem;
mod host;
mod interface;
mod interrupt;
#[cfg(target_os = "linux")]
mod inventory;
mod kept;
#[cfg(target_os = "linux")]
pub mod kernel_log;
#[cfg(target_os = "linux")]
pub mod listen;
mod memory;
#[cfg(target_os = "linux")]
mod mount;
#[cfg(target_os = "linux")]
mod netlink;
#[cfg(target_os = "linux")]
pub mod netns;
mod network;
mod numa;
mod parse;
mod portable;
#[cfg(target_os = "linux")]
mod power;
mod pressure;
#[cfg(target_os = "linux")]
mod process;
mod protocol;
mod reading;
mod redact;
#[cfg(target_os = "linux")]
mod sensor;
mod sets;
mod settings;
mod snmp;
#[cfg(target_os = "linux")]
mod sock_diag;
mod socket;
mod softnet;
mod system;
#[cfg(target_os = "linux")]
pub mod taskstats;
mod uevent;
#[cfg(target_os = "linux")]
mod virtualisation;

pub use aside::About;
#[cfg(target_os = "linux")]
pub use cgroup::CgroupCollector;
pub use container::{Container, container_of, pod_of, unit_of};
pub use cpu::CpuCollector;
#[cfg(target_os = "linux")]
pub use disk::{DiskCollector, parse_diskstats};
#[cfg(target_os = "linux")]
pub use exits::ExitCollector;
#[cfg(target_os = "linux")]
pub use filesystem::{FilesystemCollector, Space, SpaceOf, list_filesystems};
pub use host::{Error, Host, Units};
pub use interrupt::InterruptCollector;
#[cfg(target_os = "linux")]
pub use inventory::HostCollector;
#[cfg(target_os = "linux")]
pub use kernel_log::KernelLogCollector;
#[cfg(target_os = "linux")]
pub use listen::ListenCollector;
pub use memory::MemoryCollector;
#[cfg(target_os = "linux")]
pub use mount::{Mount, hidden_processes, parse_mountinfo};
pub use network::NetworkCollector;
pub use numa::NumaCollector;
pub use portable::{
    PortableCpu, PortableDisk, PortableFilesystem, PortableMemory, PortableNetwork, PortableProcess,
    PortableSystem, portable_collectors,
};
#[cfg(target_os = "linux")]
pub use power::PowerCollector;
pub use pressure::PressureCollector;
#[cfg(target_os = "linux")]
pub use process::{Directory, ProcessCollector, ThreadCollector, by_name_services};
pub use protocol::ProtocolCollector;
pub use redact::{command_line, one_line};
#[cfg(target_os = "linux")]
pub use sensor::SensorCollector;
#[cfg(target_os = "linux")]
pub use sets::{linux, linux_inventory};
pub use sets::{portable, portable_inventory};
pub use settings::{Cmdline, Settings, Whose};
pub use socket::SocketCollector;
pub use softnet::SoftnetCollector;
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
