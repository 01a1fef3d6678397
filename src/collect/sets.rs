//! Which collectors make up a set, in the order in which they are read: processes first, and the CPU
//! times that are held against them right behind; last what a tick may wait for.

use super::{Collector, Settings, portable_collectors};

/// All of this kernel's tables.
#[cfg(target_os = "linux")]
pub fn linux(settings: &Settings) -> Vec<Box<dyn Collector>> {
    let mut set: Vec<Box<dyn Collector>> = vec![
        Box::new(super::ProcessCollector::new(settings).with_directory(super::by_name_services)),
        Box::new(super::CpuCollector::default()),
        Box::new(super::InterruptCollector::default()),
        Box::new(super::MemoryCollector),
        Box::new(super::NumaCollector::default()),
        Box::new(super::PressureCollector),
        Box::new(super::DiskCollector::default()),
        Box::new(super::FilesystemCollector::default()),
        Box::new(super::NetworkCollector::default()),
        Box::new(super::SocketCollector::asking_kernel()),
        Box::new(super::ListenCollector::default()),
        Box::new(super::ProtocolCollector),
        Box::new(super::SoftnetCollector::default()),
        Box::new(super::CgroupCollector::new(settings)),
        Box::new(super::SystemCollector),
    ];
    if settings.wants_exits {
        // Right behind processes, so that few end in between.
        set.insert(1, Box::new(super::ExitCollector::default()));
    }
    if settings.wants_kernel_log {
        set.push(Box::new(super::KernelLogCollector::default()));
    }
    if !settings.threads.is_empty() {
        set.push(Box::new(super::ThreadCollector::new(settings)));
    }
    set.push(Box::new(super::PowerCollector::default()));
    set.push(Box::new(super::SensorCollector::default()));
    set
}

/// What fills `host` on Linux.
#[cfg(target_os = "linux")]
pub fn linux_inventory() -> Box<dyn Collector> {
    Box::new(super::HostCollector)
}

/// The tables that any system fills.
pub fn portable(settings: &Settings) -> Vec<Box<dyn Collector>> {
    portable_collectors(settings)
}

/// What fills `host` elsewhere.
pub fn portable_inventory() -> Box<dyn Collector> {
    Box::new(super::portable::PortableHost)
}
