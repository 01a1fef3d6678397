//! `power`: what RAPL counts, over its wraps, and what supplies say of themselves.

use std::time::Duration;

use sysray::collect::{Collector, Host, PowerCollector};
use sysray::record::{Left, Sampler};
use sysray::schema::rows::{Power, Recorder};
use sysray::schema::{Micros, Rows, Sample};
use sysray::time::Clock;

use super::sensor::Devices;
use super::show;

/// What a package of 32 bits in units of 15.3 µJ can count.
const RANGE_UJ: i64 = 65_532_610_987;

fn tick(collector: &mut PowerCollector, host: &mut Host) -> Rows<Power> {
    let mut sample = Sample::default();
    collector.collect(host, &mut sample).unwrap();
    sample.power
}

fn zone(devices: &Devices, device: &str, name: &str, count_uj: i64) {
    let (count, range) = (count_uj.to_string(), RANGE_UJ.to_string());
    devices.folder(
        &format!("powercap/{device}"),
        &[("name", name), ("energy_uj", &count), ("max_energy_range_uj", &range)],
    );
}

#[test]
fn zones_and_supplies_are_rows_of_their_kind() {
    let devices = Devices::new();
    zone(&devices, "intel-rapl:0", "package-0", 1_000_000);
    zone(&devices, "intel-rapl:0:0", "core", 600_000);
    zone(&devices, "intel-rapl:0:1", "dram", 200_000);
    zone(&devices, "intel-rapl:1", "psys", 3_000_000);
    zone(&devices, "intel-rapl-mmio:0", "package-0", 1_000_000);
    devices.folder("powercap/intel-rapl", &[("enabled", "1")]);
    let battery = "DEVTYPE=power_supply\nPOWER_SUPPLY_NAME=BAT0\nPOWER_SUPPLY_TYPE=Battery\n\
        POWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_PRESENT=1\nPOWER_SUPPLY_CYCLE_COUNT=0\n\
        POWER_SUPPLY_VOLTAGE_NOW=11814000\nPOWER_SUPPLY_POWER_NOW=8765000\n\
        POWER_SUPPLY_ENERGY_FULL_DESIGN=57020000\nPOWER_SUPPLY_ENERGY_FULL=49130000\n\
        POWER_SUPPLY_ENERGY_NOW=24560000\nPOWER_SUPPLY_CAPACITY=49\nPOWER_SUPPLY_MODEL_NAME=5B10W13930";
    devices.folder("power_supply/BAT0", &[("uevent", battery)]);
    let mains = "POWER_SUPPLY_NAME=AC\nPOWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=0";
    devices.folder("power_supply/AC", &[("uevent", mains)]);
    let by_charge = "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_STATUS=Unknown\nPOWER_SUPPLY_CHARGE_NOW=2150000\n\
        POWER_SUPPLY_CHARGE_FULL=4300000\nPOWER_SUPPLY_CURRENT_NOW=-512000\nPOWER_SUPPLY_TEMP=287\n\
        POWER_SUPPLY_CYCLE_COUNT=311";
    devices.folder("power_supply/max170xx_battery", &[("uevent", by_charge)]);
    devices.folder("power_supply/odd", &[("uevent", "POWER_SUPPLY_NAME=odd")]);
    insta::assert_snapshot!(show(&tick(&mut PowerCollector::default(), &mut devices.host())), @"
    kind=package device=intel-rapl:0 name=package-0 counted=true energy_uj=1000000
    kind=core device=intel-rapl:0:0 name=core counted=false energy_uj=600000
    kind=dram device=intel-rapl:0:1 name=dram counted=true energy_uj=200000
    kind=psys device=intel-rapl:1 name=psys counted=false energy_uj=3000000
    kind=mains device=AC online=false age_us=0
    kind=battery device=BAT0 name=5B10W13930 status=Discharging energy_full_watt_hours=49.13 energy_full_design_watt_hours=57.02 capacity_pct=49 energy_now_watt_hours=24.56 power_now_watts=8.765 voltage_volts=11.814 age_us=0
    kind=battery device=max170xx_battery cycle_count=311 charge_full_ampere_hours=4.3 charge_now_ampere_hours=2.15 current_amperes=-0.512 temperature_celsius=28.7 age_us=0
    ");
}

/// Two sockets of two dies each, as Xeons have them, with memory beside; and an AMD, whose cores are within.
#[test]
fn packages_and_their_memory_are_counted_once_whatever_the_machine() {
    let counted = |zones: &[(&str, &str)]| {
        let devices = Devices::new();
        zones.iter().for_each(|(device, name)| zone(&devices, device, name, 7));
        let rows = tick(&mut PowerCollector::default(), &mut devices.host());
        assert_eq!(rows.len(), zones.len());
        let counted = rows.iter().filter(|row| row.counted == Some(true));
        counted.map(|row| format!("{} {}", row.device, row.kind)).collect::<Vec<_>>().join(", ")
    };
    let server = [
        ("intel-rapl:0", "package-0-die-0"),
        ("intel-rapl:0:0", "dram"),
        ("intel-rapl:1", "package-0-die-1"),
        ("intel-rapl:1:0", "dram"),
        ("intel-rapl:2", "package-1-die-0"),
        ("intel-rapl:2:0", "dram"),
        ("intel-rapl:3", "package-1-die-1"),
        ("intel-rapl:3:0", "dram"),
        ("intel-rapl:4", "psys"),
    ];
    let each = |socket| format!("intel-rapl:{socket} package, intel-rapl:{socket}:0 dram");
    assert_eq!(counted(&server), [0, 1, 2, 3].map(each).join(", "));
    let amd = [("intel-rapl:0", "package-0"), ("intel-rapl:0:0", "core")];
    assert_eq!(counted(&amd), "intel-rapl:0 package");
    let laptop = [
        ("intel-rapl:0", "package-0"),
        ("intel-rapl:0:0", "core"),
        ("intel-rapl:0:1", "uncore"),
        ("intel-rapl:1", "psys"),
    ];
    assert_eq!(counted(&laptop), "intel-rapl:0 package");
}

/// A count each ten seconds, and the total that is made of it.
#[test]
fn a_count_that_wraps_goes_on_and_one_that_cannot_be_told_begins_anew() {
    let devices = Devices::new();
    let (mut collector, mut host) = (PowerCollector::default(), devices.host());
    let mut total = |seconds: u64, count_uj: i64| {
        zone(&devices, "intel-rapl:0", "package-0", count_uj);
        host.now += Duration::from_secs(seconds);
        tick(&mut collector, &mut host)[0].energy_uj
    };
    let near_end = RANGE_UJ - 1_000_000_000;
    assert_eq!(total(1, near_end), Some(near_end));
    assert_eq!(total(10, near_end + 400_000_000), Some(near_end + 400_000_000));
    assert_eq!(total(10, 900_000_000), Some(near_end + 1_900_000_000), "1.5 kJ in ten seconds, over the end");
    assert_eq!(total(60, 10_000_000_000), Some(near_end + 11_000_000_000));
    // What cannot be true is no wrap: the machine slept, and the processor began anew.
    assert_eq!(total(10, 5_000_000), Some(0), "60 kJ in ten seconds");
    assert_eq!(total(10, 6_000_000), Some(1_000_000));
    assert_eq!(total(70, 7_000_000), Some(0), "in 70 s a thousand watts wrap it twice");
    assert_eq!(total(10, 8_000_000), Some(1_000_000));
    // One that is looked at so seldom that it may wrap each time never says that nothing was used.
    let seldom = [70, 70, 70, 10].map(|seconds| total(seconds, 9_000_000));
    assert_eq!(seldom, [Some(0), None, None, Some(0)]);
}

#[test]
fn what_was_used_while_the_clock_stood_still_is_no_energy_of_the_interval() {
    let devices = Devices::new();
    let (mut collector, mut host) = (PowerCollector::default(), devices.host());
    let mut total = |count_uj: i64| {
        zone(&devices, "intel-rapl:0", "package-0", count_uj);
        host.now += Duration::from_secs(1);
        tick(&mut collector, &mut host)[0].energy_uj
    };
    assert_eq!(total(1_000_000), Some(1_000_000));
    assert_eq!(total(31_000_000), Some(31_000_000), "30 W");
    assert_eq!(
        total(20_031_000_000),
        Some(0),
        "20 kJ in a second: the host slept, and its processor did not"
    );
    assert_eq!(total(20_061_000_000), Some(30_000_000));
}

#[test]
fn a_count_that_is_not_shown_is_unknown() {
    let devices = Devices::new();
    zone(&devices, "intel-rapl:0", "package-0", 5);
    let file = devices.path("powercap/intel-rapl:0/energy_uj");
    std::fs::remove_file(&file).unwrap();
    // Reading a folder fails, for root too.
    std::fs::create_dir(&file).unwrap();
    let rows = tick(&mut PowerCollector::default(), &mut devices.host());
    assert_eq!((rows.len(), rows[0].energy_uj, rows[0].counted), (1, None, Some(true)));
}

/// A clock that stands where it was put.
struct At(std::sync::atomic::AtomicU64);

impl Clock for At {
    fn wall(&self) -> Micros {
        Micros(self.monotonic().as_micros() as i64)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[test]
fn energy_of_an_interval_is_right_over_a_wrap_and_unknown_over_a_long_pause() {
    let devices = Devices::new();
    let clock = At(1000.into());
    let mut sampler = Sampler::new(devices.host(), &clock, vec![Box::new(PowerCollector::default())]);
    let count = |count_uj| zone(&devices, "intel-rapl:0", "package-0", count_uj);
    let wait = |seconds| clock.0.fetch_add(seconds, std::sync::atomic::Ordering::SeqCst);
    count(RANGE_UJ - 7_000_000);
    sampler.prime(Recorder::default());
    wait(10);
    count(3_000_000);
    let tick = sampler.tick(Recorder::default(), false);
    assert_eq!(
        (tick.rows.power[0].energy_uj, tick.interval_us("power")),
        (Some(10_000_000), Some(10_000_000))
    );
    let totals = sampler.totals();
    let ended = clock.monotonic();
    let after = |pause: u64| {
        let mut later = Sampler::new(devices.host(), &clock, vec![Box::new(PowerCollector::default())]);
        wait(pause);
        count(RANGE_UJ - 1_000_000);
        let mut totals = totals.clone();
        totals.power.iter_mut().for_each(|row| row.energy_uj = Some(RANGE_UJ - 21_000_000));
        later.resume(Left::at(totals, ended), Recorder::default());
        later.tick(Recorder::default(), false).rows.power[0].energy_uj
    };
    assert_eq!(after(30), Some(20_000_000));
    assert_eq!(after(40), None, "it may have gone round in between");
}
