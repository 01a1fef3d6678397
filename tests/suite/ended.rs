//! What processes that ended did since the tick before, beside what their rows have told.
//!
//! `intervals` is the one helper: what both tables have from tick to tick, by what the kernel says in all.

use sysray::collect::{Collector, Error, Host};
use sysray::record::Sampler;
use sysray::schema::rows::{Process, ProcessExit, Recorder, Sample};
use sysray::time::SystemClock;

type Tick = (Vec<Process>, Vec<ProcessExit>);

struct Told(std::vec::IntoIter<Tick>);

impl Collector for Told {
    fn name(&self) -> &'static str {
        "process"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["process", "process_exit"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let (processes, ended) = self.0.next().unwrap();
        sample.process.extend(processes);
        sample.process_exit.extend(ended);
        Ok(())
    }
}

fn intervals(ticks: Vec<Tick>) -> Vec<Sample> {
    let count = ticks.len() - 1;
    let clock = SystemClock::default();
    let mut sampler = Sampler::new(Host::here(), &clock, vec![Box::new(Told(ticks.into_iter()))]);
    sampler.prime(Recorder::default());
    (0..count).map(|_| sampler.tick(Recorder::default(), false).rows).collect()
}

fn process(pid: i64, cpu_us: i64, read_bytes: i64, reaped: i64) -> Process {
    Process {
        pid,
        start_ticks: Some(1),
        cpu_us: Some(cpu_us),
        read_bytes: Some(read_bytes),
        reaped_minor_faults: Some(reaped),
        ..Process::default()
    }
}

fn ended(pid: i64, life_cpu_us: i64, life_read_bytes: i64) -> ProcessExit {
    ProcessExit {
        pid,
        comm: Some("worker".into()),
        ppid: Some(1),
        processes: Some(1),
        life_cpu_us: Some(life_cpu_us),
        cpu_us: Some(life_cpu_us),
        read_bytes: Some(life_read_bytes),
        exit_code: Some(0),
        ..ProcessExit::default()
    }
}

#[test]
fn one_that_had_rows_is_told_with_what_they_had_not() {
    let told = intervals(vec![
        (vec![process(1, 0, 0, 0), process(7, 100, 10, 0), process(8, 50, 20, 3)], vec![]),
        (vec![process(1, 0, 0, 0)], vec![ended(7, 130, 15), ended(8, 60, 90)]),
    ]);
    let exits: Vec<_> = told[0].process_exit.iter().map(|e| (e.pid, e.cpu_us, e.read_bytes)).collect();
    assert_eq!(exits[0], (7, Some(30), Some(5)));
    assert_eq!(exits[1], (8, Some(10), None), "its rows told of its children's too");
}

#[test]
fn one_that_ended_while_the_tick_was_taken_is_not_told_twice() {
    let told = intervals(vec![
        (vec![process(7, 100, 10, 0)], vec![]),
        // Listed, and then ended: the rest is told by its end, and what was before by its row.
        (vec![process(7, 120, 10, 0)], vec![ended(7, 125, 10)]),
    ]);
    assert_eq!(told[0].process.iter().next().unwrap().cpu_us, Some(20));
    assert_eq!(told[0].process_exit.iter().next().unwrap().cpu_us, Some(5));
}

#[test]
fn one_that_nobody_saw_is_told_whole_and_its_pid_may_be_used_again() {
    let told = intervals(vec![
        (vec![process(7, 100, 10, 0)], vec![]),
        (vec![process(1, 0, 0, 0)], vec![ended(7, 101, 10), ended(7, 40, 4), ended(9, 5, 0)]),
    ]);
    let cpu: Vec<_> = told[0].process_exit.iter().map(|e| e.cpu_us).collect();
    assert_eq!(cpu, [Some(1), Some(40), Some(5)]);
}

#[test]
fn of_too_many_those_of_one_parent_and_name_are_one_row() {
    let mut storm: Vec<ProcessExit> = (0..600).map(|pid| ended(100 + pid, 2, 1)).collect();
    storm.push(ProcessExit { comm: Some("other".into()), ..ended(99, 7, 0) });
    let told = intervals(vec![(vec![process(1, 0, 0, 0)], vec![]), (vec![process(1, 0, 0, 0)], storm)]);
    let rows: Vec<_> =
        told[0].process_exit.iter().map(|e| (e.pid, e.processes, e.cpu_us, e.exit_code)).collect();
    assert_eq!(rows, [(100, Some(600), Some(1200), None), (99, Some(1), Some(7), Some(0))]);
}

#[test]
fn what_an_end_has_told_is_not_told_again_by_who_waited_for_it() {
    let shell = |read, reaped| Process { pid: 10, ..process(10, 0, read, reaped) };
    let exit = |pid, read| ProcessExit { ppid: Some(10), minor_faults: Some(30), ..ended(pid, 1, read) };
    let child = Process { ppid: Some(10), minor_faults: Some(70), ..process(20, 1, 200, 0) };
    let told = intervals(vec![
        (vec![shell(0, 0), child], vec![]),
        // 200 + 5 of the child, 40 of one that no row has, 3 of its own.
        (vec![shell(248, 140)], vec![exit(20, 205), exit(21, 40)]),
    ]);
    assert_eq!(told[0].process.iter().next().unwrap().read_bytes, Some(3));
}
