//! Whole runs on a disk that fails at each of its operations in turn.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use sysray::store::{Folder, Policy};
use tempfile::TempDir;

use super::failing::{FAULTS, FailingDisk, Plan};
use super::host::{Host, Known, RUN, Step, check_files, check_size, check_ticks, hours, small};
use super::scratch;
use crate::made::ticks;

/// A step of a run on a healthy disk: how its store was before, and how many operations it takes.
struct Stage {
    before: TempDir,
    known: Known,
    step: Step,
    operations: u64,
}

/// The steps of a run, where a reader looks before every so-manieth operation.
fn stages(policy: Policy, every: u64) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let dir = scratch();
    let mut known = Known::default();
    for step in RUN {
        let before = scratch();
        copy(dir.path(), before.path());
        let disk = FailingDisk::default();
        let folder = Folder::on(dir.path(), Arc::new(disk.clone()));
        let mut host = Host::knowing(&folder, policy, known.clone());
        let (root, knows) = (dir.path().to_path_buf(), host.known.clone());
        disk.watch(move |number| {
            if number % every == 0 && root.join("sysray-store.json").exists() {
                let what = format!("{step:?}, before operation {number}");
                let known = knows.lock().unwrap().clone();
                check_ticks(&root, &known, policy.max_bytes.is_some(), &what);
                check_size(&root, &policy, &what);
            }
        });
        host.take(step);
        let known_before = std::mem::replace(&mut known, host.known.lock().unwrap().clone());
        stages.push(Stage { before, known: known_before, step, operations: disk.operations() });
    }
    check_files(dir.path(), "a healthy run");
    assert_eq!(known.taken.len(), 12);
    let given_up = ticks(dir.path(), "process").unwrap().len() < 24;
    assert_eq!(given_up, policy.max_bytes.is_some(), "what has a bound reaches it");
    stages
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// One step with a fault in it, and what follows on a healthy disk.
fn run(stage: &Stage, policy: Policy, plan: Plan) {
    let dir = scratch();
    copy(stage.before.path(), dir.path());
    let disk = FailingDisk::new(plan);
    let what = format!("{:?}, {plan:?}", stage.step);
    let folder = Folder::on(dir.path(), Arc::new(disk.clone()));
    let mut host = Host::knowing(&folder, policy, stage.known.clone());
    host.take(stage.step);
    let is_bounded = policy.max_bytes.is_some();
    let check = |host: &Host| {
        let known = host.known.lock().unwrap().clone();
        check_ticks(dir.path(), &known, is_bounded, &what);
        check_size(dir.path(), &policy, &what);
    };
    if dir.path().join("sysray-store.json").exists() {
        check(&host);
    }
    disk.free();
    host.go_on();
    check(&host);
    check_files(dir.path(), &what);
}

/// Runs with a fault at every operation: with each of `lasting`, for so many operations.
fn every_operation(policy: Policy, lasting: &[u64]) {
    let stages = stages(policy, u64::MAX);
    let mut runs = Vec::new();
    for stage in &stages {
        for from in 0..stage.operations {
            for count in lasting {
                // The faults by turns.
                let fault = FAULTS[runs.len() % FAULTS.len()];
                runs.push((stage, Plan { fault, from, count: *count }));
            }
        }
    }
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((stage, plan)) = runs.get(next.fetch_add(1, Relaxed)) {
            run(stage, policy, *plan);
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    println!("{} runs", runs.len());
}

#[test]
fn at_every_moment_of_a_run_a_reader_finds_each_tick_once() {
    stages(hours(), 1);
    stages(small(), 1);
}

#[test]
fn an_operation_that_fails_once_costs_no_tick_that_was_taken() {
    every_operation(hours(), &[1]);
}

#[test]
fn a_disk_that_fails_until_it_is_freed_costs_no_tick_that_was_taken() {
    every_operation(hours(), &[u64::MAX]);
}

#[test]
fn a_store_with_a_bound_stays_within_it_on_a_failing_disk_and_gives_up_the_oldest_only() {
    every_operation(small(), &[10]);
}
