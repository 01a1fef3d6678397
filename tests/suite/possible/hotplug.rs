//! CPUs that come and go, and devices: what the kernel says then is no time that anything took.
//!
//! `rows` is the one helper: the rows of each interval, by what the kernel says in all at a second's distance.

use std::sync::atomic::AtomicI64;

use sysray::collect::{Collector, Error, Host};
use sysray::record::Sampler;
use sysray::schema::Sample;
use sysray::schema::rows::{Cpu, CpuCore, Disk, Network, Recorder};

use super::random::{Random, seeds};
use crate::record::{SECOND, START, TestClock};

/// What is told, tick by tick; nothing where it fails.
struct Told(std::vec::IntoIter<(Sample, bool)>);

impl Collector for Told {
    fn name(&self) -> &'static str {
        "told"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "cpu_core", "disk", "network"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let (told, is_whole) = self.0.next().unwrap();
        *sample = told;
        if is_whole { Ok(()) } else { Err(Error::Parse { path: "stat".into(), what: "torn".into() }) }
    }
}

/// Each tick's rows, and their interval.
fn rows(ticks: Vec<(Sample, bool)>) -> Vec<(Sample, Option<i64>)> {
    let clock = TestClock { wall: AtomicI64::new(START), monotonic: AtomicI64::new(50 * SECOND) };
    let count = ticks.len() - 1;
    let mut sampler = Sampler::new(Host::here(), &clock, vec![Box::new(Told(ticks.into_iter()))]);
    sampler.prime(Recorder::default());
    (0..count)
        .map(|_| {
            clock.pass(SECOND, SECOND);
            let tick = sampler.tick(Recorder::default(), false);
            let interval_us = tick.interval_us("cpu");
            (tick.rows, interval_us)
        })
        .collect()
}

/// A CPU as the kernel keeps it: what it was busy and idle while it was there, and the idle time that is told of it
/// while it is not, which is another count.
#[derive(Clone, Default)]
struct One {
    user_us: i64,
    idle_us: i64,
    idle_us_away: i64,
    is_online: bool,
}

fn told(cpus: &[One]) -> Sample {
    let mut sample = Sample::default();
    let idle = |cpu: &One| if cpu.is_online { cpu.idle_us } else { cpu.idle_us_away };
    sample.cpu.push(Cpu {
        user_us: Some(cpus.iter().map(|cpu| cpu.user_us).sum()),
        nice_us: Some(0),
        system_us: Some(0),
        irq_us: Some(0),
        softirq_us: Some(0),
        iowait_us: Some(0),
        steal_us: Some(0),
        idle_us: Some(cpus.iter().map(idle).sum()),
        online: Some(cpus.iter().filter(|cpu| cpu.is_online).count() as i64),
        ..Cpu::default()
    });
    sample.cpu_core.extend((0..).zip(cpus).filter(|(_, cpu)| cpu.is_online).map(|(at, cpu)| CpuCore {
        cpu: at,
        user_us: Some(cpu.user_us),
        idle_us: Some(cpu.idle_us),
        ..CpuCore::default()
    }));
    sample
}

#[test]
fn idle_time_that_a_cpu_brings_back_is_no_time_of_the_interval() {
    let hour = 3600 * SECOND;
    let mut cpu = vec![One { user_us: 0, idle_us: hour, idle_us_away: SECOND, is_online: true }; 2];
    let mut ticks = vec![told(&cpu)];
    for is_online in [true, false, false, true, true] {
        cpu[1].is_online = is_online;
        cpu.iter_mut().filter(|cpu| cpu.is_online).for_each(|cpu| cpu.idle_us += SECOND);
        ticks.push(told(&cpu));
    }
    let rows = rows(ticks.into_iter().map(|told| (told, true)).collect());
    let whole: Vec<_> = rows.iter().map(|(rows, _)| rows.cpu[0].idle_us).collect();
    let some = |s: i64| Some(s * SECOND);
    assert_eq!(whole, [some(2), None, some(1), None, some(2)]);
    let busy: Vec<_> = rows.iter().map(|(rows, _)| rows.cpu[0].user_us).collect();
    assert_eq!(busy, [Some(0); 5], "what does not jump is known");
    let headline: Vec<_> = rows.iter().map(|(rows, _)| rows.system[0].cpu_capacity_us).collect();
    assert_eq!(headline, whole, "a share of what is unknown is unknown");
    let cores: Vec<_> = rows
        .iter()
        .map(|(rows, _)| rows.cpu_core.iter().map(|row| row.idle_us).collect::<Vec<_>>())
        .collect();
    assert_eq!(cores[1..4], [vec![some(1)], vec![some(1)], vec![some(1), None]]);
}

#[test]
fn where_a_cpu_went_or_came_idle_time_is_unknown_and_not_held() {
    let cpu = |online: i64, idle_s: i64| {
        let idle_us = Some(idle_s * SECOND);
        let row = Cpu { online: Some(online), idle_us, user_us: Some(0), ..Cpu::default() };
        (Sample { cpu: vec![row].into(), ..Sample::default() }, true)
    };
    // As on Linux 6.18: the sum falls when the second CPU goes, and falls again when it comes back. Last of all it went
    // and came between two looks.
    let rows = rows(
        [(2, 173), (1, 80), (1, 81), (2, 77), (2, 79), (2, 60), (2, 62)].map(|(n, s)| cpu(n, s)).to_vec(),
    );
    let told: Vec<_> = rows.iter().map(|(rows, _)| rows.cpu[0].idle_us).collect();
    let some = |s: i64| Some(s * SECOND);
    assert_eq!(told, [None, some(1), None, some(2), None, some(2)], "nobody was busy");
}

#[test]
fn where_one_cpu_goes_as_another_comes_idle_time_is_unknown() {
    let cpu = |idle_us, idle_us_away, is_online| One { user_us: 0, idle_us, idle_us_away, is_online };
    // As many as before; and their sum, by what is told of those away, rises by half a second.
    let mut cpus = [cpu(0, 0, true), cpu(50 * SECOND, 0, true), cpu(49 * SECOND, 0, false)];
    let mut ticks = vec![told(&cpus)];
    (cpus[1].is_online, cpus[2].is_online) = (false, true);
    cpus[0].idle_us += SECOND;
    cpus[2].idle_us += SECOND / 2;
    ticks.push(told(&cpus));
    [0, 2].into_iter().for_each(|at: usize| cpus[at].idle_us += SECOND);
    ticks.push(told(&cpus));
    let rows = rows(ticks.into_iter().map(|told| (told, true)).collect());
    let whole: Vec<_> = rows.iter().map(|(rows, _)| rows.cpu[0].idle_us).collect();
    assert_eq!(whole, [None, Some(2 * SECOND)]);
    let cores = rows[0].0.cpu_core.iter().map(|core| (core.cpu, core.idle_us));
    assert_eq!(cores.collect::<Vec<_>>(), [(0, Some(SECOND)), (2, None)]);
}

#[test]
fn time_that_was_taken_from_a_cpu_before_the_interval_is_no_time_of_it() {
    let core = |user_us: i64, steal_us: i64| {
        let row = CpuCore { user_us: Some(user_us), steal_us: Some(steal_us), ..CpuCore::default() };
        (Sample { cpu_core: vec![row].into(), ..Sample::default() }, true)
    };
    // For half a minute nobody ran it, and it says so when it is run again.
    let rows = rows(vec![
        core(0, 0),
        core(SECOND / 2, SECOND / 2),
        core(SECOND, 30 * SECOND),
        core(SECOND, 30 * SECOND),
    ]);
    let told: Vec<_> =
        rows.iter().map(|(rows, _)| (rows.cpu_core[0].user_us, rows.cpu_core[0].steal_us)).collect();
    let half = Some(SECOND / 2);
    assert_eq!(told, [(half, half), (half, None), (Some(0), Some(0))]);
}

#[test]
fn no_cpu_does_more_than_the_interval_holds_whatever_comes_and_goes() {
    for seed in seeds(200) {
        let mut random = Random::new(seed);
        let count = 1 + random.below(8) as usize;
        let mut cpus: Vec<One> = (0..count)
            .map(|at| One {
                user_us: random.sized(1 << 44),
                idle_us: random.sized(1 << 41),
                idle_us_away: random.sized(1 << 41),
                is_online: at == 0 || random.in_100(80),
            })
            .collect();
        let mut ticks = vec![(told(&cpus), true)];
        // The idle time of an interval in which no CPU went or came.
        let mut idle = Vec::new();
        for _ in 0..60 {
            let before = cpus.clone();
            for (at, cpu) in cpus.iter_mut().enumerate() {
                if at > 0 && random.in_100(10) {
                    cpu.is_online = !cpu.is_online;
                }
                let busy = random.below(SECOND);
                if cpu.is_online {
                    (cpu.user_us, cpu.idle_us) = (cpu.user_us + busy, cpu.idle_us + SECOND - busy);
                }
            }
            ticks.push((told(&cpus), true));
            let pairs = || before.iter().zip(&cpus);
            let is_same = pairs().all(|(before, now)| before.is_online == now.is_online);
            idle.push(
                is_same.then(|| pairs().map(|(before, now)| now.idle_us - before.idle_us).sum::<i64>()),
            );
        }
        for ((rows, interval_us), idle) in rows(ticks).into_iter().zip(idle) {
            assert_eq!(rows.cpu[0].idle_us, idle, "seed {seed}");
            // A CPU more or less is one that came or went, and the rest is the grain that is allowed.
            let most = |cpus: i64| cpus * (interval_us.unwrap() + SECOND);
            for us in [rows.cpu[0].user_us, rows.cpu[0].idle_us].into_iter().flatten() {
                assert!((0..=most(count as i64)).contains(&us), "seed {seed}: {us} µs of {count} CPUs");
            }
            for us in rows.cpu_core.iter().flat_map(|row| [row.user_us, row.idle_us]).flatten() {
                assert!((0..=most(1)).contains(&us), "seed {seed}: {us} µs of one CPU");
            }
        }
    }
}

fn disk(device: &str, counters: [i64; 3]) -> Sample {
    let [reads, writes, read_us] = counters.map(Some);
    let row = Disk { device: device.into(), reads, writes, read_us, ..Disk::default() };
    Sample { disk: vec![row].into(), ..Sample::default() }
}

fn counted(row: &Disk) -> [Option<i64>; 3] {
    [row.reads, row.writes, row.read_us]
}

#[test]
fn where_one_counter_of_a_file_began_anew_all_of_it_did() {
    // Another disk of the name: it has written more than the first, and read less.
    let ticks = vec![disk("sda", [100, 10, 5]), disk("sda", [7, 800, 9]), disk("sda", [8, 801, 10])];
    let rows = rows(ticks.into_iter().map(|told| (told, true)).collect());
    let rows: Vec<_> = rows.iter().map(|(rows, _)| counted(&rows.disk[0])).collect();
    assert_eq!(rows, [[None; 3], [Some(1); 3]]);
}

#[test]
fn counters_of_other_files_of_an_interface_go_on_where_one_began_anew() {
    let network = |rx_bytes: i64, tx_bytes: i64, carrier_changes: i64| {
        let row = Network {
            interface: "eth0".into(),
            rx_bytes: Some(rx_bytes),
            tx_bytes: Some(tx_bytes),
            carrier_changes: Some(carrier_changes),
            ..Network::default()
        };
        (Sample { network: vec![row].into(), ..Sample::default() }, true)
    };
    // Its driver was reset: it counts anew. That the link went is the kernel's own count.
    let rows = rows(vec![network(1000, 50, 2), network(80, 90, 4)]);
    let row = &rows[0].0.network[0];
    assert_eq!((row.rx_bytes, row.tx_bytes, row.carrier_changes), (None, None, Some(2)));
}

#[test]
fn a_total_that_may_step_back_is_not_held_where_its_file_began_anew() {
    let cpu = |user_us: i64, idle_us: i64| {
        let row = CpuCore { user_us: Some(user_us), idle_us: Some(idle_us), ..CpuCore::default() };
        (Sample { cpu_core: vec![row].into(), ..Sample::default() }, true)
    };
    let rows = rows(vec![cpu(50 * SECOND, 50 * SECOND), cpu(SECOND, SECOND), cpu(SECOND, 2 * SECOND)]);
    let idle: Vec<_> = rows.iter().map(|(rows, _)| rows.cpu_core[0].idle_us).collect();
    assert_eq!(idle, [None, Some(SECOND)], "neither 0 nor held at what is past");
}

#[test]
fn what_was_the_last_of_its_table_to_go_is_seen_first_when_it_returns() {
    let ticks =
        vec![disk("dm-0", [100; 3]), Sample::default(), disk("dm-0", [5000; 3]), disk("dm-0", [5001; 3])];
    let rows = rows(ticks.into_iter().map(|told| (told, true)).collect());
    assert_eq!(rows[0].0.disk.len(), 0);
    assert_eq!(
        counted(&rows[1].0.disk[0]),
        [None; 3],
        "an interval of a second has no 4,900 reads of another"
    );
    assert_eq!(counted(&rows[2].0.disk[0]), [Some(1); 3]);
}

#[test]
fn rows_of_a_collector_that_fails_half_way_are_none_and_the_next_span_both_intervals() {
    let ticks =
        vec![(disk("sda", [100; 3]), true), (disk("sda", [110; 3]), false), (disk("sda", [130; 3]), true)];
    let rows = rows(ticks);
    assert_eq!(rows[0].0.disk.len(), 0);
    assert_eq!((counted(&rows[1].0.disk[0]), rows[1].1), ([Some(30); 3], Some(2 * SECOND)));
}

#[test]
fn what_processes_leave_unexplained_is_unknown_where_they_are_of_a_longer_interval() {
    let clock = TestClock { wall: AtomicI64::new(START), monotonic: AtomicI64::new(50 * SECOND) };
    let collectors: Vec<Box<dyn Collector>> = vec![Box::new(Busy), Box::new(Slow)];
    let mut sampler = Sampler::new(Host::here(), &clock, collectors);
    sampler.set_interval("slow", Some(std::time::Duration::from_secs(5)));
    sampler.prime(Recorder::default());
    let told: Vec<_> = (0..7)
        .map(|_| {
            clock.pass(SECOND, SECOND);
            let rows = sampler.tick(Recorder::default(), false).rows;
            (rows.process.len(), rows.system[0].unattributed_cpu_us)
        })
        .collect();
    // In the first all are read that a recording begins with.
    assert_eq!(told[0], (1, Some(SECOND / 2)));
    assert_eq!(told[5], (1, None), "five seconds of processes are no part of one second");
    assert!(told[1..5].iter().chain(&told[6..]).all(|told| *told == (0, None)));
}

/// A host whose one CPU is busy all the time, and one process, half of it.
struct Busy;
struct Slow;

impl Collector for Busy {
    fn name(&self) -> &'static str {
        "busy"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let cpu = One { user_us: host.now.as_micros() as i64, is_online: true, ..One::default() };
        sample.cpu = told(&[cpu]).cpu;
        Ok(())
    }
}

impl Collector for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["process"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let cpu_us = Some(host.now.as_micros() as i64 / 2);
        sample.process.push(sysray::schema::rows::Process { pid: 7, cpu_us, ..Default::default() });
        Ok(())
    }
}
