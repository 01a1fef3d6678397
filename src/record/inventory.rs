//! What the host is, looked at beside the tick: among it are files that lie on a disk.

use crate::collect::{Collector, Host};
use crate::schema::Rows;
use crate::schema::rows::{self, Sample};

/// Looks again at each part that begins.
pub struct Inventory {
    collector: Box<dyn Collector>,
    host: Host,
    seen: Rows<rows::Host>,
}

impl Inventory {
    /// One that has seen some rows; `like` says where the host's files are.
    pub fn new(collector: Box<dyn Collector>, like: &Host, seen: Rows<rows::Host>) -> Self {
        let mut host = Host::at(&like.root_path(""));
        (host.units, host.boot) = (like.units, like.boot);
        Inventory { collector, host, seen }
    }

    /// The rows, where they are no longer what was seen last. What cannot be read stays as it was.
    pub fn look(&mut self) -> Option<Rows<rows::Host>> {
        let mut sample = Sample::default();
        self.collector.collect(&mut self.host, &mut sample).ok()?;
        if sample.host == self.seen {
            return None;
        }
        self.seen.clone_from(&sample.host);
        Some(sample.host)
    }
}
