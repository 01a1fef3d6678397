//! RAPL's zones below `/sys/class/powercap`: the kernel's Documentation/power/powercap/powercap.rst.
//! The kernel answers from a register of the processor.

use super::energy::Energy;
use crate::collect::Host;
use crate::collect::kept::Kept;
use crate::collect::parse::int;
use crate::schema::rows::Power;

/// A zone and how its count goes on.
pub struct Zone {
    /// All that stays, and nothing else.
    row: Power,
    range_uj: Option<i64>,
    count: Kept,
    energy: Energy,
}

/// Brings the list of zones up to date; those that are still there go on.
pub fn list(host: &mut Host, zones: &mut Vec<Zone>) {
    let names = host.names(&host.sys_path("class/powercap")).unwrap_or_default();
    let devices: Vec<&String> = names.iter().filter(|name| name.starts_with("intel-rapl:")).collect();
    zones.retain(|zone| devices.iter().any(|device| **device == *zone.row.device));
    for device in devices {
        if !zones.iter().any(|zone| *zone.row.device == **device) {
            zones.extend(Zone::find(host, device));
        }
    }
}

impl Zone {
    fn find(host: &mut Host, device: &str) -> Option<Zone> {
        let name = host.sys(&format!("class/powercap/{device}/name")).ok()?.trim().to_string();
        // package-0, package-0-die-1; the others have no number.
        let kind = name.split('-').next().filter(|kind| !kind.is_empty())?;
        let row = Power {
            kind: kind.into(),
            device: device.into(),
            name: Some(name.as_str().into()),
            counted: Some(matches!(kind, "package" | "dram")),
            ..Power::default()
        };
        let range = host.sys(&format!("class/powercap/{device}/max_energy_range_uj")).ok().and_then(int);
        let (count, energy) = Default::default();
        Some(Zone { row, range_uj: range.filter(|range| *range > 0), count, energy })
    }

    /// Its row now.
    pub fn read(&mut self, host: &mut Host) -> Power {
        let device = self.row.device.clone();
        let path = |host: &Host| host.sys_path(&format!("class/powercap/{device}/energy_uj"));
        let count = host.reread(&mut self.count, path).ok().and_then(int);
        let energy_uj = count.and_then(|count| self.energy.advance(host.now, count, self.range_uj));
        Power { energy_uj, ..self.row.clone() }
    }
}
