//! What the kernel adds to a process's I/O when it waits for a child that has ended.
//!
//! `intervals` is the one helper: what processes did from tick to tick, by what the kernel says in all.

use sysray::collect::{Collector, Error, Host};
use sysray::record::Sampler;
use sysray::schema::rows::{Process, Recorder, Sample};
use sysray::time::SystemClock;

struct Told(std::vec::IntoIter<Vec<Process>>);

impl Collector for Told {
    fn name(&self) -> &'static str {
        "process"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["process"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        sample.process.extend(self.0.next().unwrap());
        Ok(())
    }
}

/// `read_bytes` of the process of that pid in each interval between two ticks.
fn intervals(pid: i64, ticks: Vec<Vec<Process>>) -> Vec<Option<i64>> {
    let count = ticks.len() - 1;
    let clock = SystemClock::default();
    let mut sampler = Sampler::new(Host::here(), &clock, vec![Box::new(Told(ticks.into_iter()))]);
    sampler.prime(Recorder::default());
    let mut of_tick = || {
        let rows = sampler.tick(Recorder::default(), false).rows;
        rows.process.iter().find(|row| row.pid == pid).unwrap().read_bytes
    };
    (0..count).map(|_| of_tick()).collect()
}

/// A process: its pid and parent, what it has read, its page faults and those of children it waited for.
fn process([pid, ppid]: [i64; 2], read_bytes: i64, [own, reaped]: [i64; 2]) -> Process {
    Process {
        pid,
        ppid: Some(ppid),
        start_ticks: Some(1),
        read_bytes: Some(read_bytes),
        minor_faults: Some(own),
        reaped_minor_faults: Some(reaped),
        ..Process::default()
    }
}

#[test]
fn what_a_child_had_told_is_not_told_again_by_who_waited_for_it() {
    let shell = |read, reaped| process([10, 1], read, [50, reaped]);
    let child = |read| process([20, 10], read, [70, 0]);
    let told = intervals(
        10,
        vec![
            vec![shell(100, 0), child(0)],
            vec![shell(100, 0), child(200_000_000)],
            // The child read 5 more before it ended, which no row of its tells, and the shell 7.
            vec![shell(200_000_112, 71)],
            vec![shell(200_000_113, 71)],
        ],
    );
    assert_eq!(told, [Some(0), Some(12), Some(1)]);
}

#[test]
fn of_a_child_that_nobody_waited_for_nothing_is_taken_off() {
    let told = intervals(
        10,
        vec![
            vec![process([10, 1], 0, [50, 0]), process([20, 10], 500, [70, 0])],
            vec![process([10, 1], 800, [60, 0])],
        ],
    );
    assert_eq!(told, [Some(800)]);
}

#[test]
fn where_only_some_were_waited_for_it_is_unknown_whose_it_is() {
    let children = [process([20, 10], 500, [70, 0]), process([21, 10], 300, [20, 0])];
    let [one, other] = children;
    let told = intervals(
        10,
        vec![
            vec![process([10, 1], 0, [50, 0]), one, other],
            vec![process([10, 1], 900, [60, 75])],
            vec![process([10, 1], 950, [60, 75])],
        ],
    );
    assert_eq!(told, [None, Some(50)]);
}

#[test]
fn what_a_child_passes_on_of_its_own_children_comes_to_its_parent_with_it() {
    let told = intervals(
        10,
        vec![
            vec![
                process([10, 1], 0, [50, 0]),
                process([20, 10], 40, [70, 0]),
                process([30, 20], 500, [30, 0]),
            ],
            // Both have ended: the kernel gives 40 + 500 of them, and 10 since, to the first.
            vec![process([10, 1], 550, [50, 100])],
        ],
    );
    assert_eq!(told, [Some(10)]);
}

/// The parent is read, and only then the child ends and is waited for: its credit comes a tick later.
#[test]
fn a_parent_that_was_read_before_its_child_ended_is_credited_in_the_next_tick() {
    let told = intervals(
        10,
        vec![
            vec![process([10, 1], 0, [50, 0]), process([20, 10], 200, [70, 0])],
            vec![process([10, 1], 4, [50, 0])],
            vec![process([10, 1], 209, [50, 70])],
            vec![process([10, 1], 300, [50, 70])],
        ],
    );
    assert_eq!(told, [Some(4), Some(5), Some(91)]);
}

/// Two have ended, and one of them was waited for in time: the faults tell which.
#[test]
fn of_several_those_are_taken_off_whose_faults_are_there() {
    let told = intervals(
        10,
        vec![
            vec![
                process([10, 1], 0, [50, 0]),
                process([20, 10], 200, [70, 0]),
                process([21, 10], 30, [9, 0]),
            ],
            vec![process([10, 1], 201, [50, 70])],
            vec![process([10, 1], 233, [50, 79])],
        ],
    );
    assert_eq!(told, [Some(1), Some(2)]);
}
