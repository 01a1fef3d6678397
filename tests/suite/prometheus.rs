//! The Prometheus face: what a scrape of a sample gets.
//!
//! `scrape` is the helper: the text of a sample.

use std::io::Write;
use std::process::{Command, Stdio};

use sysray::collect::{Collector, CpuCollector, Host};
use sysray::export::prometheus::{Metric, Names, help, label, metric, write};
use sysray::schema::rows::{Cpu, CpuCore, Power, Sensor, System};
use sysray::schema::{Column, Decrease, Kind, Order, Sample, Table, Type};

fn scrape(sample: &Sample, names: Names) -> String {
    let mut text = Vec::new();
    write(sample, names, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn families_are_whole_and_in_base_units() {
    let sample = Sample {
        system: vec![System { memory_used_pct: Some(12.5), uptime_us: Some(7_000_001), ..System::default() }]
            .into(),
        cpu: vec![Cpu {
            load1: Some(0.25),
            runnable: Some(2),
            softirq_us: Some(10_000),
            context_switches: Some(9_007_199_254_740_993),
            ..Cpu::default()
        }]
        .into(),
        cpu_core: vec![
            CpuCore { cpu: 0, user_us: Some(1_234_567), idle_us: Some(90_000_000), ..CpuCore::default() },
            CpuCore { cpu: 1, user_us: Some(0), frequency_hz: Some(2_400_000_000), ..CpuCore::default() },
        ]
        .into(),
        ..Sample::default()
    };
    insta::assert_snapshot!(scrape(&sample, Names::Linted), @r#"
    # HELP sysray_system_memory_used_ratio Memory that is not available, as a share of all.
    # TYPE sysray_system_memory_used_ratio gauge
    sysray_system_memory_used_ratio 0.125
    # HELP sysray_system_uptime_seconds Time since boot, in suspend too.
    # TYPE sysray_system_uptime_seconds gauge
    sysray_system_uptime_seconds 7.000001
    # HELP node_procs_running Tasks that run or wait for a CPU, the reader itself included.
    # TYPE node_procs_running gauge
    node_procs_running 2
    # HELP node_load1 Tasks running, waiting for a CPU or in uninterruptible sleep; mean over about a minute, which the kernel updates every five seconds.
    # TYPE node_load1 gauge
    node_load1 0.25
    # HELP sysray_cpu_softirq_seconds_total Time in software interrupts.
    # TYPE sysray_cpu_softirq_seconds_total counter
    sysray_cpu_softirq_seconds_total 0.01
    # HELP node_context_switches_total Times a CPU turned to another task.
    # TYPE node_context_switches_total counter
    node_context_switches_total 9007199254740993
    # HELP node_cpu_scaling_frequency_hertz Clock rate as the governor last set it. Asked aside of the tick every 5 s, since some drivers measure it first; NULL where there was no answer for 15 s.
    # TYPE node_cpu_scaling_frequency_hertz gauge
    node_cpu_scaling_frequency_hertz{cpu="1"} 2400000000
    # HELP node_cpu_seconds_total CPU time of each processor by mode. A CPU that is taken offline has no rows, and begins anew when it returns.
    # TYPE node_cpu_seconds_total counter
    node_cpu_seconds_total{cpu="0",mode="user"} 1.234567
    node_cpu_seconds_total{cpu="0",mode="idle"} 90
    node_cpu_seconds_total{cpu="1",mode="user"} 0
    "#);
    assert_eq!(scrape(&Sample::default(), Names::Linted), "");
}

#[test]
fn sensors_and_power_have_the_names_of_node_exporter_which_may_say_a_key() {
    let zone = |kind: &str, device: &str, energy_uj| Power {
        kind: kind.into(),
        device: device.into(),
        energy_uj: Some(energy_uj),
        ..Power::default()
    };
    let battery =
        Power { capacity_pct: Some(49), energy_now_watt_hours: Some(24.56), ..zone("battery", "BAT0", 0) };
    let sensor = Sensor {
        chip: "coretemp@coretemp.0".into(),
        sensor: "temp1".into(),
        temperature_celsius: Some(41.5),
        temperature_critical_celsius: Some(100.0),
        age_us: Some(1500),
        ..Sensor::default()
    };
    let sample = Sample {
        sensor: vec![sensor].into(),
        power: vec![
            zone("package", "intel-rapl:0", 1_500_000),
            zone("dram", "intel-rapl:0:1", 7),
            zone("package", "intel-rapl:1", 2_000_001),
            Power { energy_uj: None, ..battery },
        ]
        .into(),
        ..Sample::default()
    };
    let text = scrape(&sample, Names::Linted);
    let shown: Vec<&str> = text.lines().filter(|line| !line.starts_with("# HELP")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    # TYPE node_hwmon_temp_crit_celsius gauge
    node_hwmon_temp_crit_celsius{chip="coretemp@coretemp.0",sensor="temp1"} 100
    # TYPE node_hwmon_temp_celsius gauge
    node_hwmon_temp_celsius{chip="coretemp@coretemp.0",sensor="temp1"} 41.5
    # TYPE sysray_sensor_age_seconds gauge
    sysray_sensor_age_seconds{chip="coretemp@coretemp.0",sensor="temp1"} 0.0015
    # TYPE node_power_supply_capacity gauge
    node_power_supply_capacity{kind="battery",power_supply="BAT0"} 49
    # TYPE node_power_supply_energy_watthour gauge
    node_power_supply_energy_watthour{kind="battery",power_supply="BAT0"} 24.56
    # TYPE node_rapl_package_joules_total counter
    node_rapl_package_joules_total{kind="package",power_supply="intel-rapl:0"} 1.5
    node_rapl_package_joules_total{kind="package",power_supply="intel-rapl:1"} 2.000001
    # TYPE node_rapl_dram_joules_total counter
    node_rapl_dram_joules_total{kind="dram",power_supply="intel-rapl:0:1"} 0.000007
    "#);
}

#[test]
fn a_series_appears_once_though_two_rows_have_its_labels() {
    let core = |user_us| CpuCore { cpu: 3, user_us: Some(user_us), ..CpuCore::default() };
    let text =
        scrape(&Sample { cpu_core: vec![core(1), core(2)].into(), ..Sample::default() }, Names::Linted);
    let series: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(series, [r#"node_cpu_seconds_total{cpu="3",mode="user"} 0.000002"#]);
}

#[test]
fn what_cannot_be_written_as_a_number_is_left_out() {
    let odd = System { memory_used_pct: Some(f64::NAN), load1: Some(f64::INFINITY), ..System::default() };
    assert_eq!(scrape(&Sample { system: vec![odd].into(), ..Sample::default() }, Names::Linted), "");
}

/// A column of a table `disk`, as `metric` names it.
fn named(
    column: &str,
    kind: Kind,
    unit: &'static str,
    theirs: Option<&'static str>,
    names: Names,
) -> Option<Metric> {
    let table = Table {
        raw: "t",
        tier: None,
        top: None,
        name: "disk",
        about: "Disks.",
        about_fr: "Disques.",
        rows: "one",
        rows_fr: "une",
        order: Order::Time,
        labels: Some(&[("device", "device")]),
        columns: &[],
        derived: &[],
    };
    let datatype = if unit == "time" { Type::Timestamp } else { Type::Int64 };
    let column = Column {
        name: column.to_string().leak(),
        kind,
        datatype,
        unit,
        about: "About.",
        about_fr: "À propos.",
        source: "",
        since: 1,
        nullable: true,
        decrease: Decrease::Null,
        prometheus: theirs,
        adds_up: true,
        over: None,
        made: None,
    };
    metric(&table, &column, names)
}

#[test]
fn names_and_units() {
    use Kind::{Counter, Gauge, Info, Key};
    let table = [
        ("busy_us", Counter, "microseconds", None, "sysray_disk_busy_seconds_total counter /1000000"),
        ("reads", Counter, "operations", None, "sysray_disk_reads_total counter /1"),
        ("read_bytes", Counter, "bytes", None, "sysray_disk_read_bytes_total counter /1"),
        ("used_pct", Gauge, "percent", None, "sysray_disk_used_ratio gauge /100"),
        ("clock_hz", Gauge, "hertz", None, "sysray_disk_clock_hertz gauge /1"),
        ("temperature_celsius", Gauge, "celsius", None, "sysray_disk_temperature_celsius gauge /1"),
        ("speed_bits_per_s", Gauge, "bits/s", None, "sysray_disk_speed_bytes_per_second gauge /8"),
        ("pages_total", Gauge, "pages", None, "sysray_disk_pages gauge /1"),
        ("seen", Gauge, "time", None, "sysray_disk_seen_seconds gauge /1"),
        (
            "busy_us",
            Counter,
            "microseconds",
            Some("node_disk_io_time_seconds_total"),
            "node_disk_io_time_seconds_total counter /1000000",
        ),
        (
            "speed_bits_per_s",
            Gauge,
            "bits/s",
            Some("node_network_speed_bytes"),
            "node_network_speed_bytes gauge /8",
        ),
        (
            "discard_bytes",
            Counter,
            "bytes",
            Some("node_disk_discarded_sectors_total"),
            "node_disk_discarded_sectors_total counter /512",
        ),
        ("free_bytes", Gauge, "bytes", Some("node_memory_MemFree_bytes"), "sysray_disk_free_bytes gauge /1"),
        ("faults", Counter, "faults", Some("node_vmstat_pgfault"), "sysray_disk_faults_total counter /1"),
    ];
    for (column, kind, unit, theirs, meant) in table {
        let found = named(column, kind, unit, theirs, Names::Linted).unwrap();
        assert_eq!(format!("{} {} /{}", found.name, found.kind, found.divisor), meant);
    }
    let theirs =
        |column, kind, unit, name| named(column, kind, unit, Some(name), Names::NodeExporter).unwrap();
    let free = theirs("free_bytes", Gauge, "bytes", "node_memory_MemFree_bytes");
    assert_eq!((free.name.as_str(), free.kind), ("node_memory_MemFree_bytes", "gauge"));
    let faults = theirs("faults", Counter, "faults", "node_vmstat_pgfault");
    assert_eq!((faults.name.as_str(), faults.kind), ("node_vmstat_pgfault", "untyped"));
    let user = theirs("user_us", Counter, "microseconds", "node_cpu_seconds_total{mode=\"user\"}");
    assert_eq!((user.name.as_str(), user.labels.as_str()), ("node_cpu_seconds_total", "mode=\"user\""));
    assert_eq!(
        named("boot", Info, "time", Some("node_boot_time_seconds"), Names::Linted).unwrap().kind,
        "gauge"
    );
    assert_eq!(named("model", Info, "", None, Names::Linted), None);
    assert_eq!(named("number", Key, "number", None, Names::Linted), None);
}

/// The host this runs on, through the judge itself.
#[test]
#[ignore = "needs promtool"]
fn promtool_has_nothing_to_say() {
    let mut sample = Sample::default();
    CpuCollector::default().collect(&mut Host::here(), &mut sample).unwrap();
    let text = scrape(&sample, Names::Linted);
    assert!(text.contains("node_cpu_seconds_total{cpu=\"0\",mode=\"user\"}"), "{text}");
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = promtool.spawn().expect("promtool is installed");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let told = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&[told.stdout, told.stderr].concat()).into_owned();
    assert!(told.status.success(), "{said}\n{text}");
}

#[test]
fn labels_and_help_are_escaped() {
    assert_eq!(label("path", "C:\\a \"b\"\nc|é"), r#"path="C:\\a \"b\"\nc|é""#);
    assert_eq!(help("a \\ b\nc \"d\""), r#"a \\ b\nc "d""#);
}
