//! Power supplies below `/sys/class/power_supply`: the kernel's Documentation/power/power_supply_class.rst
//! and ABI/testing/sysfs-class-power.

use crate::collect::parse::int;
use crate::collect::{Host, one_line};
use crate::schema::Text;
use crate::schema::rows::Power;

/// A row a supply that says what it is. Batteries of a mouse and the like are among them.
pub fn read(host: &mut Host) -> Vec<Power> {
    let devices = host.names(&host.sys_path("class/power_supply")).unwrap_or_default();
    let read = |device: &String| {
        let text = host.sys(&format!("class/power_supply/{device}/uevent")).ok()?;
        parse_supply(device, text)
    };
    devices.iter().filter_map(read).collect()
}

/// What the `uevent` of a supply says. Drivers count in millionths, temperature in tenths of a degree.
pub fn parse_supply(device: &str, text: &str) -> Option<Power> {
    let mut row = Power { device: device.into(), ..Power::default() };
    let mut kind = None;
    for line in text.lines() {
        let Some((key, value)) = line.strip_prefix("POWER_SUPPLY_").and_then(|line| line.split_once('='))
        else {
            continue;
        };
        let number = int(value);
        let millionths = number.map(|n| n as f64 / 1e6);
        match key {
            "TYPE" => kind = Some(kind_of(value)),
            "MODEL_NAME" => row.name = word(value),
            "STATUS" => row.status = word(value),
            "ONLINE" => row.online = number.map(|n| n != 0),
            // What does not count it says 0.
            "CYCLE_COUNT" => row.cycle_count = number.filter(|n| *n > 0),
            "CAPACITY" => row.capacity_pct = number,
            "ENERGY_NOW" => row.energy_now_watt_hours = millionths,
            "ENERGY_FULL" => row.energy_full_watt_hours = millionths,
            "ENERGY_FULL_DESIGN" => row.energy_full_design_watt_hours = millionths,
            "CHARGE_NOW" => row.charge_now_ampere_hours = millionths,
            "CHARGE_FULL" => row.charge_full_ampere_hours = millionths,
            "CHARGE_FULL_DESIGN" => row.charge_full_design_ampere_hours = millionths,
            "POWER_NOW" => row.power_now_watts = millionths,
            "VOLTAGE_NOW" => row.voltage_volts = millionths,
            "CURRENT_NOW" => row.current_amperes = millionths,
            "TEMP" => row.temperature_celsius = number.map(|n| n as f64 / 10.0),
            _ => {}
        }
    }
    row.kind = kind.filter(|kind| !kind.is_empty())?.into();
    Some(row)
}

/// Battery, Mains, UPS, USB, USB_PD, Wireless.
fn kind_of(value: &str) -> String {
    let kind = value.trim().to_ascii_lowercase();
    if kind.starts_with("usb") { "usb".into() } else { kind }
}

/// A driver's word; none where it does not know one.
fn word(value: &str) -> Option<Text> {
    let word = one_line(value.trim().as_bytes());
    (!word.is_empty() && word != "Unknown").then(|| word.into())
}
