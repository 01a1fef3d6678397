//! `sensor` from `/sys/class/hwmon` and `/sys/class/thermal`: the kernel's
//! Documentation/hwmon/sysfs-interface.rst and driver-api/thermal/sysfs-api.rst.
//!
//! All of it is read aside of the tick: a chip behind a slow bus takes milliseconds, a broken one seconds.

mod attribute;
mod chip;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::reading::Reading;
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Sensor;
use chip::Chip;

/// How often chips are looked for; and where there are none, whether there are any.
const LIST_EVERY: Duration = Duration::from_secs(60);

/// Reads all sensors.
#[derive(Default)]
pub struct SensorCollector {
    reading: Reading<Vec<Sensor>>,
    chips: Arc<Mutex<Chips>>,
    /// There were none: when to look again.
    nothing_until: Option<Duration>,
}

/// The chips as they were last listed. Only whoever is asked holds them.
#[derive(Default)]
struct Chips {
    chips: Vec<Chip>,
    list_at: Duration,
}

impl Collector for SensorCollector {
    fn name(&self) -> &'static str {
        "sensor"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["sensor"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        if self.nothing_until.is_some_and(|until| host.now < until) {
            return Ok(());
        }
        let (mut there, chips, now) = (host.elsewhere(), self.chips.clone(), host.now);
        let told = self
            .reading
            .newest(host, move || chips.lock().unwrap_or_else(PoisonError::into_inner).read(&mut there, now));
        let Some((rows, age)) = told else { return Ok(()) };
        self.nothing_until = rows.is_empty().then(|| host.now + LIST_EVERY);
        let age_us = Some(age.as_micros() as i64);
        sample.sensor.extend(rows.iter().map(|row| Sensor { age_us, ..row.clone() }));
        Ok(())
    }
}

impl Chips {
    fn read(&mut self, host: &mut Host, now: Duration) -> Vec<Sensor> {
        if self.chips.is_empty() || now >= self.list_at {
            self.chips = list(host);
            self.list_at = now + LIST_EVERY;
        }
        let mut rows = Vec::new();
        for chip in &self.chips {
            if !chip.read(host, &mut rows) {
                self.list_at = Duration::ZERO;
            }
        }
        rows
    }
}

/// All chips, and the thermal zones that are none.
fn list(host: &mut Host) -> Vec<Chip> {
    let mut names = |folder: &str, beginning: &str| {
        let names = host.names(&host.sys_path(folder)).unwrap_or_default();
        let mut numbers: Vec<u32> =
            names.iter().filter_map(|name| name.strip_prefix(beginning)?.parse().ok()).collect();
        numbers.sort_unstable();
        numbers.into_iter().map(|number| format!("{beginning}{number}")).collect::<Vec<_>>()
    };
    let (hwmons, zones) = (names("class/hwmon", "hwmon"), names("class/thermal", "thermal_zone"));
    let mut chips: Vec<Chip> = hwmons.iter().filter_map(|hwmon| Chip::list(host, hwmon)).collect();
    let zones: Vec<Chip> = zones.iter().filter_map(|zone| Chip::of_zone(host, zone, &chips)).collect();
    chips.extend(zones);
    let mut seen: HashMap<String, usize> = HashMap::new();
    for chip in &mut chips {
        let Some(key) = chip.key().map(str::to_string) else { continue };
        let number = seen.entry(key.clone()).or_default();
        *number += 1;
        if *number > 1 {
            chip.set_key(&format!("{key}#{number}"));
        }
    }
    chips
}
