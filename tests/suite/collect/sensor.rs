//! `sensor` over trees composed for it: chips as drivers show them, zones, and what they do not tell.
//!
//! `Devices` is the one helper: a tree of `/sys`, and what a tick after the other finds there.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use sysray::collect::{Collector, Host, SensorCollector};
use sysray::schema::rows::Sensor;
use sysray::schema::{Rows, Sample};

use super::{put, show};

/// A host's `/sys`.
pub struct Devices(tempfile::TempDir);

impl Devices {
    pub fn new() -> Devices {
        Devices(tempfile::tempdir().unwrap())
    }

    /// Files of a folder below `/sys/class`.
    pub fn folder(&self, folder: &str, files: &[(&str, &str)]) {
        let folder = self.path(folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            put(&folder, name, &format!("{text}\n"));
        }
    }

    /// Has a device lie behind a folder's `device`.
    pub fn device(&self, folder: &str, device: &str) {
        let there = self.0.path().join("sys/devices").join(device);
        fs::create_dir_all(&there).unwrap();
        fs::create_dir_all(self.path(folder)).unwrap();
        symlink(there, self.path(folder).join("device")).unwrap();
    }

    pub fn path(&self, folder: &str) -> std::path::PathBuf {
        self.0.path().join("sys/class").join(folder)
    }

    /// A host that waits as long as it takes.
    pub fn host(&self) -> Host {
        let mut host = Host::at(self.0.path());
        host.patience = Duration::from_secs(20);
        host
    }
}

fn tick(collector: &mut SensorCollector, host: &mut Host) -> Rows<Sensor> {
    let mut sample = Sample::default();
    collector.collect(host, &mut sample).unwrap();
    sample.sensor
}

fn once(devices: &Devices) -> String {
    show(&tick(&mut SensorCollector::default(), &mut devices.host()))
}

#[test]
fn chips_of_a_server_are_told_by_driver_and_device_whatever_their_number() {
    let devices = Devices::new();
    devices.device("hwmon/hwmon3", "platform/coretemp.0");
    devices.folder(
        "hwmon/hwmon3",
        &[
            ("name", "coretemp"),
            ("temp1_input", "41000"),
            ("temp1_label", "Package id 0"),
            ("temp1_max", "80000"),
            ("temp1_crit", "100000"),
            ("temp1_crit_alarm", "0"),
            ("temp10_input", "39500"),
        ],
    );
    devices.device("hwmon/hwmon10", "pci/0000:01:00.0/nvme/nvme0");
    devices.folder(
        "hwmon/hwmon10",
        &[("name", "nvme"), ("temp1_input", "36850"), ("temp1_max", "65261850"), ("temp1_alarm", "1")],
    );
    devices.device("hwmon/hwmon4", "platform/nct6775.656");
    devices.folder(
        "hwmon/hwmon4",
        &[
            ("name", "nct6798"),
            ("fan1_input", "1180"),
            ("fan1_min", "300"),
            ("fan1_alarm", "0"),
            ("fan1_beep", "0"),
            ("in0_input", "1096"),
            ("in0_min", "0"),
            ("in0_max", "1744"),
            ("curr1_input", "12500"),
            ("curr1_max", "40000"),
            ("power1_average", "95250000"),
            ("power1_cap", "180000000"),
            ("pwm1", "120"),
            ("uevent", ""),
        ],
    );
    insta::assert_snapshot!(once(&devices), @"
    chip=coretemp@coretemp.0 sensor=temp1 name=coretemp label=Package id 0 is_zone=false temperature_max_celsius=80 temperature_critical_celsius=100 temperature_celsius=41 alarms=0 age_us=0
    chip=coretemp@coretemp.0 sensor=temp10 name=coretemp is_zone=false temperature_celsius=39.5 age_us=0
    chip=nct6798@nct6775.656 sensor=curr1 name=nct6798 is_zone=false current_max_amperes=40 current_amperes=12.5 age_us=0
    chip=nct6798@nct6775.656 sensor=fan1 name=nct6798 is_zone=false fan_min_rpm=300 fan_rpm=1180 alarms=0 age_us=0
    chip=nct6798@nct6775.656 sensor=in0 name=nct6798 is_zone=false voltage_min_volts=0 voltage_max_volts=1.744 voltage_volts=1.096 age_us=0
    chip=nct6798@nct6775.656 sensor=power1 name=nct6798 is_zone=false power_cap_watts=180 power_watts=95.25 age_us=0
    chip=nvme@nvme0 sensor=temp1 name=nvme is_zone=false temperature_celsius=36.85 alarms=1 age_us=0
    ");
}

#[test]
fn what_a_sensor_does_not_tell_is_unknown_and_the_rest_stays() {
    let devices = Devices::new();
    devices.folder(
        "hwmon/hwmon0",
        &[
            ("name", "board"),
            ("temp1_input", "-275000"),
            ("temp2_input", "30000"),
            ("temp2_fault", "1"),
            ("temp3_input", "garbage"),
            ("temp4_input", "-5000"),
        ],
    );
    // Reading a folder is an error as a driver's EIO is one.
    fs::create_dir(devices.path("hwmon/hwmon0/fan1_input")).unwrap();
    devices.folder("hwmon/hwmon1", &[("name", "board"), ("in0_input", "3300")]);
    devices.folder("hwmon/hwmon2", &[("temp1_input", "1")]);
    insta::assert_snapshot!(once(&devices), @"
    chip=board sensor=fan1 name=board is_zone=false age_us=0
    chip=board sensor=temp1 name=board is_zone=false age_us=0
    chip=board sensor=temp2 name=board is_zone=false age_us=0
    chip=board sensor=temp3 name=board is_zone=false age_us=0
    chip=board sensor=temp4 name=board is_zone=false temperature_celsius=-5 age_us=0
    chip=board#2 sensor=in0 name=board is_zone=false voltage_volts=3.3 age_us=0
    ");
}

#[test]
fn a_device_that_sleeps_is_not_woken() {
    let devices = Devices::new();
    devices.device("hwmon/hwmon0", "pci/0000:03:00.0");
    let power = |status| devices.folder("hwmon/hwmon0", &[("device/power/runtime_status", status)]);
    let value = "hwmon/hwmon0/temp1_input";
    devices.folder("hwmon/hwmon0", &[("name", "amdgpu"), ("temp1_input", "52000"), ("temp1_crit", "100000")]);
    power("suspended");
    let (mut collector, mut host) = (SensorCollector::default(), devices.host());
    let row = tick(&mut collector, &mut host)[0].clone();
    assert_eq!((row.temperature_celsius, row.temperature_critical_celsius), (None, None));
    assert_eq!(row.chip.as_ref(), "amdgpu@0000:03:00.0");
    power("active");
    host.now += Duration::from_secs(60);
    let row = tick(&mut collector, &mut host)[0].clone();
    assert_eq!((row.temperature_celsius, row.temperature_critical_celsius), (Some(52.0), Some(100.0)));
    fs::remove_file(devices.path(value)).unwrap();
    host.now += Duration::from_secs(10);
    assert_eq!(tick(&mut collector, &mut host)[0].temperature_celsius, None, "it has gone");
    host.now += Duration::from_secs(10);
    assert!(tick(&mut collector, &mut host).is_empty(), "and is looked for at once");
}

#[test]
fn what_is_shown_twice_is_told_once() {
    let devices = Devices::new();
    let zone = |number: u32, kind: &str| {
        let folder = format!("thermal/thermal_zone{number}");
        devices.folder(&folder, &[("type", kind), ("temp", "45000")]);
    };
    let kinds = ["acpitz", "x86_pkg_temp", "cpu-thermal", "gpu", "gpu"];
    (0..).zip(kinds).for_each(|(number, kind)| zone(number, kind));
    let trips = [("trip_point_0_type", "passive"), ("trip_point_0_temp", "80000")];
    devices.folder("thermal/thermal_zone3", &trips);
    devices.folder(
        "thermal/thermal_zone3",
        &[("trip_point_1_type", "critical"), ("trip_point_1_temp", "105000")],
    );
    devices.folder("thermal/cooling_device0", &[("type", "Processor"), ("cur_state", "0")]);
    devices.device("hwmon/hwmon0", "virtual/thermal/thermal_zone0");
    devices.folder("hwmon/hwmon0", &[("name", "acpitz"), ("temp1_input", "45000")]);
    devices.folder("hwmon/hwmon1", &[("name", "coretemp"), ("temp1_input", "46000")]);
    devices.folder("hwmon/hwmon2", &[("name", "cpu_thermal"), ("temp1_input", "47000")]);
    // A battery, which is in `power`.
    devices.device("hwmon/hwmon3", "acpi/power_supply/BAT0");
    devices.folder("hwmon/hwmon3", &[("name", "BAT0"), ("in0_input", "12000")]);
    devices.folder("power_supply/BAT0", &[("uevent", "POWER_SUPPLY_TYPE=Battery")]);
    insta::assert_snapshot!(once(&devices), @"
    chip=acpitz@thermal_zone0 sensor=temp1 name=acpitz is_zone=false temperature_celsius=45 age_us=0
    chip=coretemp sensor=temp1 name=coretemp is_zone=false temperature_celsius=46 age_us=0
    chip=cpu_thermal sensor=temp1 name=cpu_thermal is_zone=false temperature_celsius=47 age_us=0
    chip=gpu sensor=temp name=gpu is_zone=true temperature_critical_celsius=105 temperature_celsius=45 age_us=0
    chip=gpu#2 sensor=temp name=gpu is_zone=true temperature_celsius=45 age_us=0
    ");
}

/// A pipe that nobody writes into keeps whoever opens it, as a bus that hangs does.
#[test]
fn a_chip_that_hangs_keeps_no_tick_and_its_last_values_grow_old() {
    let devices = Devices::new();
    devices.folder("hwmon/hwmon0", &[("name", "board"), ("temp1_input", "30000")]);
    let (mut collector, mut host) = (SensorCollector::default(), devices.host());
    let told = |rows: Rows<Sensor>| rows.first().map(|row| (row.temperature_celsius, row.age_us));
    assert_eq!(told(tick(&mut collector, &mut host)), Some((Some(30.0), Some(0))));
    let value = devices.path("hwmon/hwmon0/temp1_input");
    fs::remove_file(&value).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&value).status().unwrap();
    assert!(made.success());
    host.patience = Duration::from_millis(50);
    let begun = Instant::now();
    for seconds in [10, 20, 30, 60] {
        host.now = Duration::from_secs(seconds);
        let age_us = Some(seconds as i64 * 1_000_000);
        assert_eq!(told(tick(&mut collector, &mut host)), Some((Some(30.0), age_us)));
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "the ticks waited");
    host.now = Duration::from_secs(70);
    assert_eq!(told(tick(&mut collector, &mut host)), None, "nothing was heard for a minute");
    // Somebody opens the other end: it answers at last, with an error, as a pipe has no beginning to read at.
    host.now = Duration::from_secs(80);
    let _end = fs::OpenOptions::new().write(true).open(&value).unwrap();
    let told_again = || told(tick(&mut collector, &mut host));
    assert_eq!(soon(told_again).0, None);
}

/// The first that comes within a while.
fn soon<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(told) = ask() {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_host_without_sensors_is_asked_once_a_minute() {
    let devices = Devices::new();
    let (mut collector, mut host) = (SensorCollector::default(), devices.host());
    assert!(tick(&mut collector, &mut host).is_empty());
    devices.folder("hwmon/hwmon0", &[("name", "board"), ("temp1_input", "30000")]);
    host.now = Duration::from_secs(50);
    assert!(tick(&mut collector, &mut host).is_empty());
    host.now = Duration::from_secs(60);
    assert_eq!(tick(&mut collector, &mut host).len(), 1);
}
