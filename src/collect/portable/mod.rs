//! The collectors for systems that have no collectors of their own, by way of `sysinfo`.
//!
//! They fill what it tells as totals or as it stands, and leave the rest unknown. sysinfo has a number for
//! everything, 0 where it could not look: which of its numbers mean nothing, and on which system, is told
//! at each. They need no file of the host and ignore the one they are given; on Linux the tests hold them
//! against the kernel's own.

mod cpu;
mod disk;
mod filesystem;
mod host;
mod memory;
mod network;
mod process;
mod system;
mod told;
mod users;

pub use cpu::PortableCpu;
pub use disk::PortableDisk;
pub use filesystem::PortableFilesystem;
pub use host::PortableHost;
pub use memory::PortableMemory;
pub use network::PortableNetwork;
pub use process::PortableProcess;
pub use system::PortableSystem;

use super::{Collector, Settings};
use crate::time::SystemClock;

/// All of them, in the order in which they are read.
pub fn portable_collectors(settings: &Settings) -> Vec<Box<dyn Collector>> {
    vec![
        Box::new(PortableProcess::new(settings.cmdline)),
        Box::new(PortableCpu::new(SystemClock::default())),
        Box::new(PortableMemory::default()),
        Box::new(PortableNetwork::default()),
        Box::new(PortableSystem),
        Box::new(PortableDisk::default()),
        Box::new(PortableFilesystem::default()),
    ]
}
