//! One chip below `/sys/class/hwmon`, or one thermal zone: which sensors it has, and what they say now.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

use super::attribute::{LIMITS, Quantity, put, split};
use crate::collect::parse::int;
use crate::collect::{Error, Host, one_line};
use crate::schema::Text;
use crate::schema::rows::Sensor;

/// A chip as it was listed.
pub struct Chip {
    /// Below `/sys`.
    folder: String,
    /// The file that says whether it sleeps, where there is one.
    sleeps: Option<String>,
    sensors: Vec<Listed>,
}

struct Listed {
    /// All that stays, and nothing else.
    row: Sensor,
    quantity: Quantity,
    /// Files in the chip's folder.
    value: String,
    fault: Option<String>,
    alarms: Vec<String>,
}

impl Chip {
    /// Lists the sensors of `hwmonN`; `None` where it has none, or stands for a power supply.
    pub fn list(host: &mut Host, hwmon: &str) -> Option<Chip> {
        let at = format!("class/hwmon/{hwmon}");
        // Before Linux 3.13 drivers put their files beside the device's own.
        let folders = [at.clone(), format!("{at}/device")];
        let mut named = folders.into_iter().filter_map(|at| Some((line(host, &format!("{at}/name"))?, at)));
        let (name, folder) = named.next()?;
        let device = device_of(host, &at);
        if device.as_ref().is_some_and(|own| host.sys_path(&format!("class/power_supply/{own}")).exists()) {
            return None;
        }
        let sleeps = format!("{at}/device/power/runtime_status");
        let mut chip = Chip { folder, sleeps: Some(sleeps), sensors: vec![] };
        let is_awake = !chip.is_asleep(host);
        let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in host.names(&host.sys_path(&chip.folder)).unwrap_or_default() {
            if let Some((_, sensor, item)) = split(&file) {
                files.entry(sensor.into()).or_default().insert(item.into());
            }
        }
        let row = Sensor {
            chip: told_apart(&name, device.as_deref()),
            name: Some(name.as_str().into()),
            is_zone: Some(false),
            ..Sensor::default()
        };
        for (sensor, items) in files {
            let listed = chip.listed(host, Sensor { sensor: sensor.as_str().into(), ..row.clone() }, &items);
            chip.sensors.extend(listed);
        }
        if is_awake {
            chip.sensors.iter_mut().for_each(|listed| listed.read_limits(host, &chip.folder));
        }
        (!chip.sensors.is_empty()).then_some(chip)
    }

    fn listed(&self, host: &mut Host, mut row: Sensor, items: &BTreeSet<String>) -> Option<Listed> {
        let (quantity, sensor) = (split(&format!("{}_", row.sensor))?.0, row.sensor.clone());
        let file = |item: &str| format!("{sensor}_{item}");
        let values: &[&str] = if quantity == Quantity::Power { &["input", "average"] } else { &["input"] };
        let value = values.iter().find(|value| items.contains(**value))?;
        if items.contains("label") {
            row.label = line(host, &format!("{}/{}", self.folder, file("label"))).map(Text::from);
        }
        Some(Listed {
            row,
            quantity,
            value: file(value),
            fault: items.contains("fault").then(|| file("fault")),
            alarms: items.iter().filter(|item| item.ends_with("alarm")).map(|item| file(item)).collect(),
        })
    }

    /// Lists a thermal zone, unless it is one of these chips too.
    pub fn of_zone(host: &mut Host, zone: &str, chips: &[Chip]) -> Option<Chip> {
        let folder = format!("class/thermal/{zone}");
        let kind = line(host, &format!("{folder}/type"))?;
        // The kernel makes one chip of all zones of a type, and calls it like that.
        let same = if kind == "x86_pkg_temp" { "coretemp".into() } else { kind.replace('-', "_") };
        if chips.iter().any(|chip| chip.name() == Some(&*same)) {
            return None;
        }
        let row = Sensor {
            chip: told_apart(&kind, device_of(host, &folder).as_deref()),
            sensor: "temp".into(),
            name: Some(kind.as_str().into()),
            is_zone: Some(true),
            temperature_critical_celsius: critical_trip(host, &folder),
            ..Sensor::default()
        };
        let quantity = Quantity::Temperature;
        let listed = Listed { row, quantity, value: "temp".into(), fault: None, alarms: vec![] };
        Some(Chip { folder, sleeps: None, sensors: vec![listed] })
    }

    /// What its driver calls it.
    fn name(&self) -> Option<&str> {
        self.sensors.first()?.row.name.as_deref()
    }

    /// The key of its rows.
    pub fn key(&self) -> Option<&str> {
        Some(&self.sensors.first()?.row.chip)
    }

    /// Gives it another key.
    pub fn set_key(&mut self, key: &str) {
        let key = Text::from(key);
        self.sensors.iter_mut().for_each(|listed| listed.row.chip = key.clone());
    }

    /// Adds a row a sensor; false where some are no longer there.
    pub fn read(&self, host: &mut Host, rows: &mut Vec<Sensor>) -> bool {
        let is_awake = !self.is_asleep(host);
        let mut is_there = true;
        for listed in &self.sensors {
            let mut row = listed.row.clone();
            if is_awake {
                is_there &= listed.read(host, &self.folder, &mut row);
            }
            rows.push(row);
        }
        is_there
    }

    /// Whether reading it would wake a device that sleeps.
    fn is_asleep(&self, host: &mut Host) -> bool {
        let status = self.sleeps.as_ref().and_then(|file| line(host, file));
        status.is_some_and(|status| status == "suspended" || status == "suspending")
    }
}

impl Listed {
    fn read_limits(&mut self, host: &mut Host, folder: &str) {
        for limit in LIMITS {
            let file = format!("{folder}/{}_{limit}", self.row.sensor);
            if let Some(number) = host.sys(&file).ok().and_then(int) {
                put(&mut self.row, self.quantity, limit, Some(number));
            }
        }
    }

    /// Fills in what it says now; false where it is no longer there.
    fn read(&self, host: &mut Host, folder: &str, row: &mut Sensor) -> bool {
        let mut number = |file: &str| host.sys(&format!("{folder}/{file}")).map(int);
        for alarm in &self.alarms {
            if let Ok(Some(raised)) = number(alarm) {
                row.alarms = Some(row.alarms.unwrap_or(0) + i64::from(raised != 0));
            }
        }
        if self.fault.as_ref().is_some_and(|fault| matches!(number(fault), Ok(Some(fault)) if fault != 0)) {
            return true;
        }
        let value = number(&self.value);
        let is_gone =
            matches!(&value, Err(Error::Read { source, .. }) if source.kind() == ErrorKind::NotFound);
        put(row, self.quantity, "input", value.ok().flatten());
        !is_gone
    }
}

/// The name of the device that it sits on.
fn device_of(host: &Host, folder: &str) -> Option<String> {
    let link = std::fs::read_link(host.sys_path(&format!("{folder}/device"))).ok()?;
    link.file_name().map(|name| name.to_string_lossy().into_owned())
}

/// A name that is the same after the next boot.
fn told_apart(name: &str, device: Option<&str>) -> Text {
    device.map_or_else(|| name.into(), |device| format!("{name}@{device}").into())
}

/// A file's only line; `None` where there is none, or it says nothing.
fn line(host: &mut Host, file: &str) -> Option<String> {
    let line = one_line(host.sys(file).ok()?.trim().as_bytes());
    (!line.is_empty()).then_some(line)
}

/// The temperature at which a zone has the host switched off.
fn critical_trip(host: &mut Host, folder: &str) -> Option<f64> {
    let files = host.names(&host.sys_path(folder)).unwrap_or_default();
    let mut trips =
        files.iter().filter_map(|file| file.strip_suffix("_type")).filter(|f| f.starts_with("trip_point"));
    let trip =
        trips.find(|trip| line(host, &format!("{folder}/{trip}_type")).as_deref() == Some("critical"))?;
    let mut row = Sensor::default();
    put(&mut row, Quantity::Temperature, "crit", int(host.sys(&format!("{folder}/{trip}_temp")).ok()?));
    row.temperature_critical_celsius
}
