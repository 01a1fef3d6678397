//! Names and numbers of hwmon's files: the kernel's Documentation/hwmon/sysfs-interface.rst. Pure; reads
//! nothing.

use crate::schema::rows::Sensor;

/// What a sensor measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// In thousandths of a degree.
    Temperature,
    /// In turns a minute.
    Fan,
    /// In millivolts.
    Voltage,
    /// In milliamperes.
    Current,
    /// In millionths of a watt.
    Power,
}

/// Limits that there are columns for.
pub const LIMITS: [&str; 4] = ["min", "max", "crit", "cap"];

/// `temp1_crit_alarm` as what is measured, the sensor `temp1` and what is told of it.
pub fn split(file: &str) -> Option<(Quantity, &str, &str)> {
    let (sensor, item) = file.split_once('_')?;
    let digits = sensor.find(|c: char| c.is_ascii_digit())?;
    let (word, number) = sensor.split_at(digits);
    let quantity = match word {
        "temp" => Quantity::Temperature,
        "fan" => Quantity::Fan,
        "in" => Quantity::Voltage,
        "curr" => Quantity::Current,
        "power" => Quantity::Power,
        _ => return None,
    };
    number.bytes().all(|byte| byte.is_ascii_digit()).then_some((quantity, sensor, item))
}

/// Puts what a file says of a sensor into its row. `average` is a power's mean.
pub fn put(row: &mut Sensor, quantity: Quantity, item: &str, number: Option<i64>) {
    let thousandths = number.map(|n| n as f64 / 1e3);
    let limit = celsius(number).filter(|limit| *limit < NO_LIMIT_CELSIUS);
    let watts = number.map(|n| n as f64 / 1e6);
    match (quantity, item) {
        (Quantity::Temperature, "input") => row.temperature_celsius = celsius(number),
        (Quantity::Temperature, "max") => row.temperature_max_celsius = limit,
        (Quantity::Temperature, "crit") => row.temperature_critical_celsius = limit,
        (Quantity::Fan, "input") => row.fan_rpm = number,
        (Quantity::Fan, "min") => row.fan_min_rpm = number,
        (Quantity::Voltage, "input") => row.voltage_volts = thousandths,
        (Quantity::Voltage, "min") => row.voltage_min_volts = thousandths,
        (Quantity::Voltage, "max") => row.voltage_max_volts = thousandths,
        (Quantity::Current, "input") => row.current_amperes = thousandths,
        (Quantity::Current, "max") => row.current_max_amperes = thousandths,
        (Quantity::Current, "crit") => row.current_critical_amperes = thousandths,
        (Quantity::Power, "input" | "average") => row.power_watts = watts,
        (Quantity::Power, "cap") => row.power_cap_watts = watts,
        (Quantity::Power, "crit") => row.power_critical_watts = watts,
        _ => {}
    }
}

/// Drives that have no limit tell one as high as their field goes: 65,261 degrees.
const NO_LIMIT_CELSIUS: f64 = 1000.0;
/// What drivers tell below it is no temperature.
const ABSOLUTE_ZERO: i64 = -273_150;

/// Thousandths of a degree as degrees.
fn celsius(number: Option<i64>) -> Option<f64> {
    number.filter(|n| *n > ABSOLUTE_ZERO).map(|n| n as f64 / 1e3)
}
