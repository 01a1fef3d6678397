//! The example questions, each asked of one bad afternoon that is written by hand: what the first
//! line of its answer must say.

use sysray::query::{EXAMPLES, Engine, filled};
use sysray::schema::rows::{
    Cgroup, Cpu, Disk, Event, Filesystem, Listen, Memory, Network, Pressure, Process, ProcessExit, Protocol,
    Recorder, System,
};
use sysray::time::Range;

use super::shelf::{Shelf, at, batch};
use super::{Options, options, told};

const MIB: i64 = 1 << 20;

/// Twenty seconds of one host. `eater` burns two CPUs in the fifth second, `leaky` grows by a MiB a
/// second, `stuck` waits for a disk, `late` comes in the eleventh second and `gone` leaves in the tenth.
fn afternoon() -> Engine {
    let seconds = || 1..=20_i64;
    let process = |pid: i64, comm: &str| Process {
        pid,
        start_time: at(0),
        comm: Some(comm.into()),
        username: Some("www".into()),
        state: Some("S".into()),
        cpu_us: Some(1000),
        rss_bytes: Some(MIB),
        threads: Some(1),
        open_files: Some(3),
        open_files_limit: Some(10),
        read_bytes: Some(0),
        write_bytes: Some(0),
        is_kernel: Some(false),
        ..Process::default()
    };
    let mut processes = Vec::new();
    for second in seconds() {
        let cpu_us = if second == 5 { 2_000_000 } else { 10_000 };
        processes.push((second, Process { cpu_us: Some(cpu_us), ..process(1, "eater") }));
        processes.push((second, Process { rss_bytes: Some((100 + second) * MIB), ..process(2, "leaky") }));
        let is_stuck = (8..=12).contains(&second);
        let stuck = Process {
            state: Some(if is_stuck { "D" } else { "S" }.into()),
            wchan: is_stuck.then(|| "io_schedule".into()),
            write_bytes: Some(second * MIB),
            block_delay_us: Some(500_000),
            ..process(3, "stuck")
        };
        processes.push((second, stuck));
        if second <= 10 {
            processes.push((second, process(4, "gone")));
        } else {
            let late = Process {
                start_time: at(11),
                threads: Some(second),
                open_files: Some(9),
                ..process(5, "late")
            };
            processes.push((second, late));
        }
    }
    let system = |second: i64| System {
        cpu_busy_us: Some(if second == 5 { 1_980_000 } else { 20_000 }),
        cpu_capacity_us: Some(2_000_000),
        runnable: Some(if second == 5 { 4 } else { 1 }),
        ..System::default()
    };
    let cpu = |second: i64| Cpu {
        user_us: Some(1_000_000),
        nice_us: Some(0),
        system_us: Some(0),
        idle_us: Some(800_000),
        iowait_us: Some(0),
        irq_us: Some(0),
        softirq_us: Some(0),
        steal_us: Some(200_000),
        runnable: Some(if second == 5 { 4 } else { 1 }),
        online: Some(2),
        ..Cpu::default()
    };
    let disk = |second: i64| Disk {
        device: "sda".into(),
        counted: Some(true),
        reads: Some(0),
        writes: Some(10),
        read_us: Some(0),
        write_us: Some(if second == 9 { 900_000 } else { 10_000 }),
        queue_us: Some(if second == 9 { 5_000_000 } else { 10_000 }),
        busy_us: Some(if second == 9 { 1_000_000 } else { 10_000 }),
        read_bytes: Some(0),
        write_bytes: Some(MIB),
        ..Disk::default()
    };
    let filesystem = |second: i64| Filesystem {
        mount: "/var".into(),
        device: Some("/dev/sda1".into()),
        total_bytes: Some(100 * MIB),
        free_bytes: Some((30 - second) * MIB),
        available_bytes: Some((30 - second) * MIB),
        inodes: Some(100),
        inodes_free: Some(50),
        ..Filesystem::default()
    };
    let network = |second: i64| Network {
        interface: "eth0".into(),
        counted: Some(true),
        rx_bytes: Some(second * 1024),
        tx_bytes: Some(1024),
        rx_errors: Some(0),
        rx_dropped: Some(if second == 7 { 3 } else { 0 }),
        tx_errors: Some(0),
        tx_dropped: Some(0),
        ..Network::default()
    };
    let protocol = |second: i64| Protocol {
        tcp_segments_out: Some(100),
        tcp_retransmits: Some(if second == 7 { 20 } else { 0 }),
        tcp_listen_overflows: Some(if second == 7 { 2 } else { 0 }),
        tcp_listen_drops: Some(0),
        ..Protocol::default()
    };
    let listen = |second: i64| Listen {
        protocol: "tcp".into(),
        address: "0.0.0.0".into(),
        port: 443,
        queue: Some(if second == 7 { 128 } else { 0 }),
        backlog: Some(128),
        ..Listen::default()
    };
    let memory = |second: i64| Memory {
        available_bytes: Some((50 - second) * MIB),
        swap_free_bytes: Some(0),
        swap_in_bytes: Some(0),
        swap_out_bytes: Some(if second == 6 { 4 * MIB } else { 0 }),
        ..Memory::default()
    };
    let pressure = |_| Pressure {
        resource: "cpu".into(),
        some_us: Some(250_000),
        full_us: Some(0),
        ..Pressure::default()
    };
    let cgroup = |second: i64| Cgroup {
        path: "/web".into(),
        container: Some("web-1".into()),
        usage_us: Some(500_000),
        periods: Some(10),
        throttled_periods: Some(if second == 5 { 10 } else { 0 }),
        throttled_us: Some(if second == 5 { 700_000 } else { 0 }),
        quota_us: Some(50_000),
        period_us: Some(100_000),
        memory_bytes: Some(64 * MIB),
        memory_max_bytes: Some(128 * MIB),
        ..Cgroup::default()
    };
    let exit = |pid: i64| ProcessExit {
        pid,
        start_time: at(0),
        comm: Some("cc1".into()),
        exit_code: Some(1),
        signal: Some(0),
        life_us: Some(2_000_000),
        life_cpu_us: Some(1_500_000),
        ..ProcessExit::default()
    };
    let event = |kind: &str, severity: &str, message: &str, detail: Option<String>| Event {
        kind: Some(kind.into()),
        severity: Some(severity.into()),
        subject: Some("leaky".into()),
        message: Some(message.into()),
        detail: detail.map(Into::into),
        ..Event::default()
    };
    let gap = format!(r#"{{"from_us":{},"to_us":{}}}"#, at(15).0, at(17).0);
    let events = [
        (13, event("oom_kill", "critical", "leaky was killed", None)),
        (17, event("gap", "warning", "nothing was recorded", Some(gap))),
    ];
    let recorder = |_| Recorder {
        collector: "process".into(),
        elapsed_us: Some(3000),
        rows: Some(4),
        errors: Some(0),
        ..Recorder::default()
    };
    let shelf = Shelf::new()
        .segment("process", "web1", &batch(processes))
        .segment("system", "web1", &batch(seconds().map(|second| (second, system(second)))))
        .tail("cpu", "web1", batch(seconds().map(|second| (second, cpu(second)))))
        .tail("disk", "web1", batch(seconds().map(|second| (second, disk(second)))))
        .tail("filesystem", "web1", batch(seconds().map(|second| (second, filesystem(second)))))
        .tail("network", "web1", batch(seconds().map(|second| (second, network(second)))))
        .tail("protocol", "web1", batch(seconds().map(|second| (second, protocol(second)))))
        .tail("listen", "web1", batch(seconds().map(|second| (second, listen(second)))))
        .tail("memory", "web1", batch(seconds().map(|second| (second, memory(second)))))
        .tail("pressure", "web1", batch(seconds().map(|second| (second, pressure(second)))))
        .tail("cgroup", "web1", batch(seconds().map(|second| (second, cgroup(second)))))
        .tail("process_exit", "web1", batch([(3, exit(100)), (4, exit(101))]))
        .tail("event", "web1", batch(events))
        .tail("recorder", "web1", batch(seconds().map(|second| (second, recorder(second)))));
    let range = Range { from: Some(at(0)), to: Some(at(20)) };
    super::engine(shelf, Options { range, ..options() })
}

/// The example, its parameters, and the first row of its answer.
type Answer = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const ANSWERS: [Answer; 32] = [
    ("top-cpu", &[], "web1 1 eater www 2.19 10.95 200.0 ▁▁▁▁█▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁"),
    ("cpu-spike", &[("step", "1s")], "14:00:04 web1 99.0 4 eater 2.0"),
    ("cpu-above-90", &[], "14:00:00 web1 1.0 99.0 eater gone leaky"),
    ("cpu-over-time", &[("step", "5s")], "14:00:00 web1 20.6 99.0 4 eater 2.04 gone 0.005"),
    ("run-queue", &[], "web1 14:00:00 4 2 NULL"),
    ("steal", &[], "web1 14:00:00 10.0 10.0 50.0"),
    ("short-lived", &[], "web1 cc1 2 3.0 2.0 2"),
    ("top-memory", &[], "web1 leaky 1 120 MiB 120 MiB NULL"),
    ("memory-growth", &[], "web1 2 leaky 19922944 125829120 ▁▁▂▂▂▃▃▄▄▄▅▅▅▆▆▇▇▇██"),
    ("memory-leak", &[("seconds", "10")], "web1 2 leaky 3.52 GiB 1.0 120 MiB ▁▁▂▂▂▃▃▄▄▄▅▅▅▆▆▇▇▇██"),
    ("oom", &[], "14:00:13 web1 leaky leaky was killed 38797312 0"),
    ("swapping", &[], "web1 14:00:00 30 MiB 0 B 4 MiB NULL NULL NULL"),
    ("disk-latency", &[], "web1 sda NULL 5.45 90.0 14:00:09 0 200 ▁▁▁▁▁▁▁▁█▁▁▁▁▁▁▁▁▁▁▁"),
    ("disk-saturation", &[("step", "1s")], "14:00:08 web1 sda 5.0 90.0 100.0 0 B 1 MiB"),
    ("top-io", &[], "web1 3 stuck www 0 B 210 MiB 0 B 20 MiB 10.0"),
    ("blocked", &[], "web1 3 stuck 5 5.0 14:00:08 14:00:12 io_schedule"),
    ("full-disks", &[], "web1 /var /dev/sda1 90.0 50.0 10 MiB 3.52 GiB 0.002777777777777778"),
    ("network-top", &[], "web1 eth0 210 KiB 20 KiB 20 KiB 1 KiB 3 ▁▁▂▂▂▃▃▄▄▄▅▅▅▆▆▇▇▇██"),
    ("network-errors", &[], "web1 eth0 0 3 NULL 0 0 NULL 14:00:07 14:00:07"),
    ("retransmits", &[("step", "1s")], "web1 14:00:06 20.0 20 NULL NULL NULL"),
    ("listen-overflows", &[], "web1 tcp 0.0.0.0 443 128 128 100.0 14:00:07 2"),
    ("pressure", &[], "web1 14:00:00 cpu 25.0 0.0 25.0"),
    ("cgroup-throttling", &[], "web1 /web web-1 10 5.0 0.7 0.5 14:00:05"),
    ("containers", &[], "web1 web-1 10.0 50.0 64 MiB 128 MiB NULL NULL NULL"),
    ("process-history", &[("name", "leak%")], "web1 14:00:00 1 0.02 120 MiB 1 0 B 0 B NULL NULL"),
    ("at-instant", &[("time", "+5")], "14:00:05 web1 1 www S 200.0 NULL 1 MiB 1 eater NULL"),
    (
        "what-changed",
        &[("before", "+0"), ("split", "+10"), ("after", "+20")],
        "web1 eater 20.9 1.0 -19.9 1 MiB 1 MiB 0 B 0 B",
    ),
    ("restarts", &[], "web1 gone 0 1 0 14:00:00 14:00:10"),
    ("thread-growth", &[], "web1 5 late 11 20 9 9 90.0"),
    ("events", &[("severity", "critical")], "14:00:13 web1 critical oom_kill leaky leaky was killed"),
    ("gaps", &[], "web1 14:00:15 14:00:17 2.0 gap nothing was recorded"),
    ("recorder-cost", &[], "web1 process 60.0 3.0 3.0 4.0 0 NULL NULL NULL"),
];

#[test]
fn every_example_answers_what_it_says() {
    let engine = afternoon();
    let mut wrong = Vec::new();
    for (name, given, expected) in ANSWERS {
        let example = sysray::query::example(name).unwrap();
        let given: Vec<_> = given.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let answer = told(&engine, &filled(example.sql, &given).unwrap());
        let first = answer.lines().nth(1).unwrap_or(&answer).to_string();
        if first != expected {
            wrong.push(format!("{name}\n  says   {first}\n  should {expected}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_example_has_an_answer_here() {
    let answered: Vec<&str> = ANSWERS.iter().map(|(name, ..)| *name).collect();
    let listed: Vec<&str> = EXAMPLES.iter().map(|example| example.name).collect();
    assert_eq!(answered, listed);
}

/// What is told of nothing is nothing, but for a row a bucket where gaps are filled.
#[test]
fn examples_find_nothing_where_nothing_is_recorded() {
    let engine = super::engine(Shelf::new(), options());
    for example in EXAMPLES {
        assert!(example.about().ends_with('?'), "{}: its first line says what is asked", example.name);
        // The shelf's grammar of time has one form, and the program's others.
        let mut given = Vec::new();
        for one in example.parameters() {
            if one.default.contains("end") || one.default.contains("start") {
                given.push((one.name, "+1".to_string()));
            }
        }
        let (_, rows) = engine
            .run(&filled(example.sql, &given).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", example.name));
        assert!(rows.iter().all(|batch| batch.num_rows() == 0), "{}", example.name);
    }
}

/// What a parameter lets through at its default it holds back at another value.
#[test]
fn parameters_of_examples_choose() {
    let engine = afternoon();
    let rows = |name: &str, given: &[(&str, &str)]| {
        let example = sysray::query::example(name).unwrap();
        let given: Vec<_> = given.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let (_, batches) = engine.run(&filled(example.sql, &given).unwrap()).unwrap();
        batches.iter().map(|batch| batch.num_rows()).sum::<usize>()
    };
    for (name, held_back, let_through) in [
        ("cgroup-throttling", ("name", "db%"), ("name", "web-_")),
        ("cgroup-throttling", ("n", "0"), ("n", "1")),
        ("disk-latency", ("device", "nvme%"), ("device", "sd%")),
        ("gaps", ("seconds", "3"), ("seconds", "2")),
        ("listen-overflows", ("pct", "101"), ("pct", "100")),
        ("memory-leak", ("n", "0"), ("n", "1")),
        ("network-errors", ("interface", "wlan%"), ("interface", "eth%")),
        ("network-top", ("interface", "wlan%"), ("interface", "eth%")),
        ("network-top", ("n", "0"), ("n", "1")),
        ("oom", ("name", "eater"), ("name", "leak%")),
        ("recorder-cost", ("name", "disk"), ("name", "proc%")),
        ("run-queue", ("tasks", "2"), ("tasks", "1.5")),
        ("short-lived", ("n", "0"), ("n", "1")),
        ("disk-saturation", ("n", "0"), ("n", "1")),
        ("retransmits", ("n", "0"), ("n", "1")),
    ] {
        let step = match name {
            "disk-saturation" | "retransmits" => &[("step", "1s")][..],
            "memory-leak" => &[("seconds", "10")],
            _ => &[],
        };
        assert_eq!(rows(name, &[step, &[held_back]].concat()), 0, "{name} {held_back:?}");
        assert!(rows(name, &[step, &[let_through]].concat()) > 0, "{name} {let_through:?}");
    }
    assert!(rows("run-queue", &[("step", "1s")]) > 0);
}
