//! `disk` by sysinfo: bytes read from and written to what file systems lie on.
//!
//! It knows no disks but those of mounted file systems: on Linux the device that is mounted, a partition as
//! it may be; on macOS the whole disk that a volume lies on, once a volume; on Windows the volume. Read
//! aside of the tick, since a disk is asked for it on the last two.

use std::collections::BTreeMap;

use sysinfo::{Disk as Mounted, DiskKind, DiskRefreshKind, Disks};

use super::told::{device, place, whole};
use crate::collect::reading::Reading;
use crate::collect::{Collector, Error, Host};
use crate::schema::rows::Disk;
use crate::schema::{Sample, Text};

/// Fills bytes read and written, and whether a disk spins.
#[derive(Default)]
pub struct PortableDisk {
    reading: Reading<Vec<Disk>>,
}

impl Collector for PortableDisk {
    fn name(&self) -> &'static str {
        "disk"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["disk"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let Some((rows, _)) = self.reading.newest(host, read) else { return Ok(()) };
        for row in rows {
            sample.disk.push(row.clone());
        }
        Ok(())
    }
}

fn read() -> Vec<Disk> {
    let wanted = DiskRefreshKind::nothing().with_io_usage().with_kind();
    let mounted = Disks::new_with_refreshed_list_specifics(wanted);
    // A device may be mounted several times.
    let rows: BTreeMap<Text, Disk> =
        mounted.list().iter().filter_map(row).map(|row| (row.device.clone(), row)).collect();
    rows.into_values().collect()
}

/// A row; `None` where nothing is told, which sysinfo writes as 0: to mount a device is to read it.
fn row(mounted: &Mounted) -> Option<Disk> {
    let usage = mounted.usage();
    if usage.total_read_bytes == 0 && usage.total_written_bytes == 0 {
        return None;
    }
    let device = called(mounted)?;
    Some(Disk {
        counted: is_counted(&device),
        device,
        rotational: match mounted.kind() {
            DiskKind::HDD => Some(true),
            DiskKind::SSD => Some(false),
            DiskKind::Unknown(_) => None,
        },
        read_bytes: Some(whole(usage.total_read_bytes)),
        write_bytes: Some(whole(usage.total_written_bytes)),
        ..Disk::default()
    })
}

/// How a disk is called: by its device, or where no device is told by the volume's place.
pub fn called(mounted: &Mounted) -> Option<Text> {
    match cfg!(any(target_os = "macos", windows)) {
        true => Some(place(mounted.mount_point())),
        false => device(mounted.name()),
    }
}

/// Whether a sum over such rows counts nothing twice. Each of a Mac's volumes has the numbers of its whole
/// disk: the one at the root stands for that. Windows' volumes have their own, those in a folder perhaps
/// under a letter too.
fn is_counted(device: &str) -> Option<bool> {
    let is_root = match () {
        () if cfg!(target_os = "macos") => device == "/",
        () if cfg!(windows) => device.len() == 2,
        () => false,
    };
    is_root.then_some(true)
}
