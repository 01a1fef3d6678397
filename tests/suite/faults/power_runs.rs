//! Whole runs on a disk whose power goes after each of its operations in turn.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use sysray::store::{Folder, Identity, Policy};
use tempfile::TempDir;

use super::failing::{FailingDisk, Fault, Plan};
use super::host::{Host, Known, RUN, check_files, check_size, check_ticks, hours, small};
use super::power::PowerCut;
use super::scratch;

/// A run on a disk that has noted all that was done to it.
struct Run {
    disk: PowerCut,
    tried: BTreeSet<i64>,
    synced: Vec<(usize, i64)>,
    maintained: Vec<(usize, i64)>,
    /// How many operations there were when each step ended; where one failed, only it and the next.
    steps: Vec<usize>,
    policy: Policy,
    _dir: TempDir,
}

impl Run {
    fn new(policy: Policy) -> Run {
        Run::failing(policy, None).0
    }

    /// A run in which an operation failed before the power goes; and what was asked of the disk.
    fn failing(policy: Policy, plan: Option<Plan>) -> (Run, Vec<&'static str>) {
        let dir = scratch();
        let disk = PowerCut::new(dir.path());
        let counted = disk.clone();
        let failing = FailingDisk::over(Arc::new(disk.clone()), plan);
        let folder = Folder::on(dir.path(), Arc::new(failing.clone()));
        let mut host = Host::timed(&folder, policy, move || counted.operations());
        let mut steps = Vec::new();
        for step in RUN {
            let before = failing.operations();
            host.take(step);
            steps.push(disk.operations());
            let is_due = |plan: Plan| (before..failing.operations()).contains(&plan.from);
            if plan.is_some_and(is_due) {
                // What failed is tried again, and no more is done.
                steps.drain(..steps.len() - 1);
                host.take(step);
                steps.push(disk.operations());
                break;
            }
        }
        let tried = host.known.lock().unwrap().tried.clone();
        let Host { synced, maintained, .. } = host;
        (Run { disk, tried, synced, maintained, steps, policy, _dir: dir }, failing.kinds())
    }

    /// What the store has to have where the power went after `at` operations.
    fn sure(&self, at: usize) -> Known {
        let synced = self.synced.iter().filter(|(when, _)| *when <= at);
        // What the maintenance that was at work, or the one before, gave up.
        let floor = self.maintained.iter().find(|(when, _)| *when >= at);
        Known {
            tried: self.tried.clone(),
            taken: synced.map(|(_, tick)| *tick).collect(),
            floor: floor.or(self.maintained.last()).map_or(0, |(_, oldest)| *oldest),
        }
    }

    /// What was sure is there.
    fn check_sure(&self, root: &Path, known: &Known, what: &str) {
        if Identity::read(root).is_ok() {
            check_ticks(root, known, self.policy.max_bytes.is_some(), what);
        } else {
            assert!(known.taken.is_empty(), "{what}: it is no store any more");
        }
    }

    /// What is left when the power goes is read, and then gone on with.
    fn check(&self, root: &Path, at: usize, seed: u64) {
        let what = format!("cut after operation {at}, seed {seed}");
        let is_bounded = self.policy.max_bytes.is_some();
        let known = self.sure(at);
        self.check_sure(root, &known, &what);
        let mut host = Host::knowing(&Folder::at(root), self.policy, known);
        host.go_on();
        let known = host.known.lock().unwrap().clone();
        check_ticks(root, &known, is_bounded, &format!("{what}, and gone on"));
        check_files(root, &what);
        check_size(root, &self.policy, &what);
    }

    /// Cuts behind every sync, with these seeds and one more; behind every other operation with one.
    fn check_all(&self, seeds: std::ops::Range<u64>) {
        let (next, cuts) = (AtomicUsize::new(1), AtomicUsize::new(0));
        let work = || {
            let mut images = self.disk.images();
            loop {
                let (at, mut is_sync) = (next.fetch_add(1, Relaxed), false);
                while images.at() < at {
                    let Some(sync) = images.step() else { return };
                    is_sync = sync;
                }
                let seeds = seeds.clone().filter(|_| is_sync);
                for seed in seeds.chain([at as u64 + 2]) {
                    let left = scratch();
                    images.cut(seed, left.path());
                    self.check(left.path(), at, seed);
                    cuts.fetch_add(1, Relaxed);
                }
            }
        };
        std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
        println!("{} cuts behind {} operations", cuts.load(Relaxed), self.disk.operations());
    }
}

#[test]
fn a_power_cut_costs_no_tick_that_was_synced() {
    Run::new(hours()).check_all(0..2);
}

#[test]
fn a_power_cut_in_a_store_with_a_bound_costs_what_was_given_up_and_no_more() {
    Run::new(small()).check_all(0..0);
}

/// A name that was given, but not made to last by a maintenance that failed there, is not relied on by
/// the next one: not where a part is removed that was sealed, nor files that were merged.
#[test]
fn a_name_that_could_not_be_made_to_last_is_made_to_last_before_anything_relies_on_it() {
    let (_, kinds) = Run::failing(hours(), None);
    let names = ["make_folder", "publish", "replace", "sync_folder"];
    let at_names = kinds.iter().enumerate().filter(|(_, kind)| names.contains(kind));
    for (from, kind) in at_names {
        let plan = Plan { fault: Fault::Io, from: from as u64, count: 1 };
        let (run, _) = Run::failing(hours(), Some(plan));
        let mut images = run.disk.images();
        while images.step().is_some() {
            if !run.steps.contains(&images.at()) {
                continue;
            }
            // Nothing that is not sure, and then some of it.
            for seed in [0, 2, 3, 4, 5] {
                let left = scratch();
                images.cut(seed, left.path());
                let what = format!("{kind} {from} failed, cut after operation {}, seed {seed}", images.at());
                run.check_sure(left.path(), &run.sure(images.at()), &what);
            }
        }
    }
}
