//! Disks, interfaces and CPUs that come and go while a recording runs.

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use sysray::record::Devices;
use sysray::schema::rows::{CpuCore, Disk, Event, Network};

/// Devices by tick: disks, interfaces, CPUs.
struct Coming(Vec<(&'static [&'static str], &'static [&'static str], i64)>);

impl Collector for Coming {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu_core", "disk", "network"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let (disks, interfaces, cpus) = self.0.remove(0);
        sample.disk = disks.iter().map(|name| disk(name)).collect();
        sample.network = interfaces.iter().map(|name| interface(name)).collect();
        sample.cpu_core = (0..cpus).map(|cpu| CpuCore { cpu, ..CpuCore::default() }).collect();
        Ok(())
    }
}

fn disk(name: &str) -> Disk {
    let kind = if name.ends_with('1') { "partition" } else { "disk" };
    Disk { device: name.into(), kind: Some(kind.into()), ..Disk::default() }
}

fn interface(name: &str) -> Network {
    Network { interface: name.into(), ..Network::default() }
}

#[test]
fn what_comes_or_goes_between_two_ticks_is_an_event_of_the_later() {
    let dir = TempDir::new().unwrap();
    let clock = TestClock { wall: AtomicI64::new(START + 300_000), monotonic: AtomicI64::new(50 * SECOND) };
    let totals = Coming(vec![
        (&["sda", "sda1"], &["lo", "eth0"], 4),
        (&["sda", "sda1"], &["lo", "eth0"], 4),
        (&["sda", "sda1", "sdb", "sdb1"], &["eth0", "lo"], 3),
        (&["sda", "sda1", "sdb", "sdb1"], &["eth1", "lo"], 4),
        (&[], &["lo"], 4),
    ]);
    record_on(&Folder::at(dir.path()), Host::at(dir.path()), &clock, totals, &[Meanwhile::Nothing; 4]);
    let events = rows(dir.path(), "event");
    let (kinds, subjects) = (texts(&events, "kind"), texts(&events, "subject"));
    let told: BTreeSet<_> = numbers(&events, "ts")
        .into_iter()
        .zip(kinds.into_iter().zip(subjects))
        .filter(|(_, (kind, _))| kind.starts_with("device_"))
        .map(|(ts, (kind, subject))| (ts.unwrap() / SECOND, kind, subject))
        .collect();
    let expected = [
        (2, "device_added", "sdb"),
        (2, "device_removed", "cpu3"),
        (3, "device_added", "cpu3"),
        (3, "device_added", "eth1"),
        (3, "device_removed", "eth0"),
        (4, "device_removed", "eth1"),
        (4, "device_removed", "sda"),
        (4, "device_removed", "sdb"),
    ];
    let expected = expected.map(|(ts, kind, subject)| (ts, kind.to_string(), subject.to_string()));
    assert_eq!(told, BTreeSet::from(expected));
}

fn see(devices: &mut Devices, second: u64, sample: &Sample, is_read: bool) -> Vec<Event> {
    devices.see(Duration::from_secs(second), sample, |_| is_read)
}

#[test]
fn interfaces_of_containers_that_come_and_go_all_day_are_told_twenty_times_a_minute_and_the_rest_is_counted()
{
    let mut devices = Devices::default();
    let of = |second: u64| {
        let names = (0..30).map(|n| interface(&format!("veth{second}x{n}")));
        Sample { network: names.collect(), ..Sample::default() }
    };
    assert!(see(&mut devices, 1, &of(1), true).is_empty(), "the first sample is where it begins");
    let mut told = Vec::new();
    (2..=61).for_each(|second| told.extend(see(&mut devices, second, &of(second), true)));
    assert_eq!(told.len(), 20);
    told.clear();
    told.extend(see(&mut devices, 62, &of(61), true));
    assert_eq!(told.len(), 1);
    // 60 ticks, 30 of each, less the 20 that were told: those were interfaces that went.
    assert_eq!(told[0].detail.as_deref(), Some(r#"{"added":1800,"removed":1780}"#));
    assert_eq!(told[0].kind.as_deref(), Some("left_out"));
    assert!(devices.close().is_none());
}

/// A table that was not read this time, or could not be, has no rows, and nothing went; nor are interfaces of other
/// namespaces devices of the host's.
#[test]
fn what_was_not_read_has_not_gone() {
    let mut devices = Devices::default();
    let there =
        Sample { disk: vec![disk("sda")].into(), network: vec![interface("lo")].into(), ..Sample::default() };
    see(&mut devices, 1, &there, true);
    assert!(see(&mut devices, 2, &Sample::default(), false).is_empty());
    let other = Network { netns: Some(4_026_532_000), ..interface("eth0") };
    let more = Sample { network: vec![interface("lo"), other].into(), ..there.clone() };
    assert!(see(&mut devices, 3, &more, true).is_empty());
    assert_eq!(see(&mut devices, 4, &Sample::default(), true).len(), 2);
}
