//! Which devices' I/O is a group's own: what passes through a stack of devices is charged in each
//! layer, and only the lowest may be summed.

use std::collections::HashMap;

use crate::collect::Host;
use crate::collect::block::{is_memory, is_partition, kind_of, layer, names_by_number, slaves};

/// Ticks after which devices are looked at again.
const LOOK_TICKS: u32 = 60;

/// Remembers which devices are the lowest.
#[derive(Default)]
pub struct Devices {
    lowest: HashMap<String, bool>,
    /// The devices' names by number, while they are known.
    names: Option<HashMap<String, String>>,
    ticks: u32,
}

/// I/O summed over the lowest devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transfers {
    pub reads: i64,
    pub writes: i64,
    pub read_bytes: i64,
    pub write_bytes: i64,
}

impl Devices {
    /// Forgets now and then, as devices come and go.
    pub fn begin_tick(&mut self) {
        self.ticks += 1;
        if self.ticks > LOOK_TICKS {
            self.ticks = 0;
            self.lowest.clear();
            self.names = None;
        }
    }

    /// Whether nothing lies below `major:minor` that is charged too. One that the kernel does not
    /// list is taken for such.
    pub fn is_lowest(&mut self, host: &mut Host, number: &str) -> bool {
        if let Some(known) = self.lowest.get(number) {
            return *known;
        }
        let names = self.names.get_or_insert_with(|| {
            let diskstats = host.proc_if_any("diskstats").ok().flatten();
            diskstats.map(names_by_number).unwrap_or_default()
        });
        let lowest = names.get(number).is_none_or(|device| {
            let kind = kind_of(device);
            let alone = !is_memory(kind) && layer(kind) < 3 && !is_partition(host, device);
            alone && slaves(host, device).is_empty()
        });
        self.lowest.insert(number.into(), lowest);
        lowest
    }
}
