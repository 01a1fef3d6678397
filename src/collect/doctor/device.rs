//! What this machine's sensors and power supplies do not tell.

use super::rights::DAC_READ_SEARCH;
use super::{Asking, Finding, known, unknown};

const VALUES: [&str; 5] = [
    "sensor.temperature_celsius",
    "sensor.fan_rpm",
    "sensor.voltage_volts",
    "sensor.current_amperes",
    "sensor.power_watts",
];

pub(super) fn findings(asking: &mut Asking) -> Vec<Finding> {
    vec![sensors(asking), power(asking)]
}

fn sensors(asking: &mut Asking) -> Finding {
    const WHAT: &str = "temperatures, fans, voltages";
    let has_chips = has_any(asking, "class/hwmon") || has_any(asking, "class/thermal");
    if !asking.evidence.has_rows("sensor") {
        let (why, remedy) = match has_chips {
            true => ("none of them has a sensor that answers", ""),
            false => (
                "there is no chip below /sys/class/hwmon, as in most virtual machines",
                "nothing in a virtual machine; else the driver of the chip (coretemp, k10temp, nct6775 …)",
            ),
        };
        return unknown(WHAT, vec!["sensor".into()], why, remedy);
    }
    asking.columns(WHAT, &VALUES, |_| {
        let why =
            "the sensor is switched off or broken, its driver refuses (ENODATA, EIO), or the device sleeps";
        (why.into(), String::new())
    })
}

fn power(asking: &mut Asking) -> Finding {
    const WHAT: &str = "energy that processors use (RAPL)";
    if !has_zone(asking) {
        let lacks = if asking.evidence.has_rows("power") { "power.energy_uj" } else { "power" };
        return unknown(
            WHAT,
            vec![lacks.into()],
            "there is no intel-rapl below /sys/class/powercap, as in most virtual machines",
            "nothing in a virtual machine; else modprobe intel_rapl_msr",
        );
    }
    if !asking.evidence.has_rows("power") {
        return known(WHAT);
    }
    asking.columns(WHAT, &["power.energy_uj"], |asking| {
        let way = asking.rights.way_to(&[&DAC_READ_SEARCH]);
        match way.is_empty() {
            true => ("the processor does not answer, or the count may have wrapped twice".into(), way),
            false => ("energy_uj is shown to root alone since Linux 5.10".into(), way),
        }
    })
}

fn has_zone(asking: &mut Asking) -> bool {
    let folder = asking.host.sys_path("class/powercap");
    let names = asking.host.names(&folder).unwrap_or_default();
    names.iter().any(|name| name.starts_with("intel-rapl:"))
}

fn has_any(asking: &mut Asking, folder: &str) -> bool {
    let folder = asking.host.sys_path(folder);
    asking.host.names(&folder).is_ok_and(|names| !names.is_empty())
}
