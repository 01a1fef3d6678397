//! CPU time of processes that came and went, of which their parents tell, and hardly anybody else.
//!
//! `unexplained` is the one helper: what of each second, in which one CPU was busy, nobody has told of.

use std::sync::atomic::AtomicI64;

use sysray::collect::{Collector, Error, Host};
use sysray::record::Sampler;
use sysray::schema::rows::{Cpu, Process, ProcessExit, Recorder, Sample};

use crate::record::{SECOND, START, TestClock};

type Tick = (Vec<Process>, Vec<ProcessExit>);

/// Those processes, and a CPU that was busy from tick to tick.
struct Told(std::iter::Enumerate<std::vec::IntoIter<Tick>>);

impl Collector for Told {
    fn name(&self) -> &'static str {
        "all"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "process", "process_exit"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let (at, (processes, ended)) = self.0.next().unwrap();
        let [idle, busy] = [Some(0), Some(at as i64 * SECOND)];
        let cpu = Cpu { user_us: busy, nice_us: idle, system_us: idle, irq_us: idle, ..Cpu::default() };
        sample.cpu.extend([Cpu { softirq_us: idle, idle_us: idle, iowait_us: idle, steal_us: idle, ..cpu }]);
        sample.process.extend(processes);
        sample.process_exit.extend(ended);
        Ok(())
    }
}

fn unexplained(ticks: Vec<Tick>) -> Vec<i64> {
    let clock = TestClock { wall: AtomicI64::new(START), monotonic: AtomicI64::new(50 * SECOND) };
    let count = ticks.len() - 1;
    let told = Told(ticks.into_iter().enumerate());
    let mut sampler = Sampler::new(Host::here(), &clock, vec![Box::new(told)]);
    sampler.prime(Recorder::default());
    let mut tick = || {
        clock.pass(SECOND, SECOND);
        sampler.tick(Recorder::default(), false).rows.system[0].unattributed_cpu_us.unwrap()
    };
    (0..count).map(|_| tick()).collect()
}

/// A process: its pid and parent, and what it used and was credited with for children, in milliseconds.
fn process([pid, ppid]: [i64; 2], [own, reaped]: [i64; 2]) -> Process {
    Process {
        pid,
        ppid: Some(ppid),
        start_ticks: Some(1),
        cpu_us: Some(own * 1000),
        reaped_user_us: Some(reaped * 1000),
        reaped_system_us: Some(0),
        ..Process::default()
    }
}

/// One that ended, with what its record says that it used.
fn ended([pid, ppid]: [i64; 2], own: i64) -> ProcessExit {
    let used = Some(own * 1000);
    ProcessExit { pid, ppid: Some(ppid), life_cpu_us: used, cpu_us: used, ..ProcessExit::default() }
}

#[test]
fn what_a_parent_is_credited_with_for_children_without_a_row_is_explained() {
    let shell = |own, reaped| (vec![process([10, 1], [own, reaped])], Vec::new());
    assert_eq!(unexplained(vec![shell(0, 5000), shell(100, 5850), shell(100, 5850)]), [50_000, SECOND]);
}

#[test]
fn of_a_child_that_was_told_only_the_rest_is_new() {
    let shell = |reaped| process([10, 1], [0, reaped]);
    let told = unexplained(vec![
        (vec![shell(0), process([20, 10], [3000, 0])], Vec::new()),
        // It used 400 more.
        (vec![shell(0), process([20, 10], [3400, 0])], Vec::new()),
        // It ended, and has used 700 since: its record has 500 of that.
        (vec![shell(4100)], vec![ended([20, 10], 3900)]),
        (vec![shell(4100)], Vec::new()),
    ]);
    assert_eq!(told, [600_000, 300_000, SECOND]);
}

/// The parent is read, and only then its children end and are waited for.
#[test]
fn what_is_credited_a_tick_later_is_not_told_twice() {
    let shell = |reaped| process([10, 1], [0, reaped]);
    let told = unexplained(vec![
        (vec![shell(0)], Vec::new()),
        (vec![shell(0)], vec![ended([20, 10], 300), ended([21, 10], 200)]),
        (vec![shell(500)], Vec::new()),
        (vec![shell(600)], Vec::new()),
    ]);
    assert_eq!(told, [500_000, SECOND, 900_000]);
}

#[test]
fn a_child_that_nobody_waits_for_leaves_nothing_owed() {
    let daemon = |reaped| process([10, 1], [0, reaped]);
    let told = unexplained(vec![
        (vec![daemon(0)], Vec::new()),
        (vec![daemon(0)], vec![ended([20, 10], 800)]),
        (vec![daemon(0)], Vec::new()),
        (vec![daemon(0)], Vec::new()),
        (vec![daemon(700)], Vec::new()),
    ]);
    assert_eq!(told, [200_000, SECOND, SECOND, 300_000]);
}

#[test]
fn what_a_child_had_reaped_comes_to_its_parent_once() {
    let told = unexplained(vec![
        (
            vec![process([10, 1], [0, 0]), process([20, 10], [50, 900]), process([30, 20], [200, 0])],
            Vec::new(),
        ),
        // Both have ended, 40 later: the first is credited with all that there was.
        (vec![process([10, 1], [0, 1190])], Vec::new()),
    ]);
    assert_eq!(told, [960_000]);
}
