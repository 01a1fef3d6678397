//! How much memory this process holds, as the kernel counts it.

#[cfg(target_os = "linux")]
use std::path::Path;

#[cfg(target_os = "linux")]
use crate::collect::Host;

/// Reads it again and again. Elsewhere than on Linux it is unknown.
#[derive(Default)]
pub(super) struct Resident {
    #[cfg(target_os = "linux")]
    host: Option<Host>,
}

#[cfg(target_os = "linux")]
impl Resident {
    pub(super) fn bytes(&mut self) -> Option<u64> {
        let host = self.host.get_or_insert_with(|| Host::at(Path::new("/")));
        let statm = host.proc_if_any("self/statm").ok()??;
        let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
        pages.checked_mul(rustix::param::page_size() as u64)
    }
}

#[cfg(not(target_os = "linux"))]
impl Resident {
    pub(super) fn bytes(&mut self) -> Option<u64> {
        None
    }
}
