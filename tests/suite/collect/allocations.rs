//! What a tick takes of the allocator beside many processes more than beside few.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use sysray::collect::ProcessCollector;
use sysray::record::Sampler;
use sysray::schema::rows::Recorder;
use sysray::time::SystemClock;

use super::process::{BOOT, Tree};

/// How often the allocator is asked by the thread of the ticks in ten of them, beside so many processes.
fn asked(processes: i64, do_run: bool) -> f64 {
    let tree = Tree::new();
    let pids = 1000..1000 + processes;
    for pid in pids.clone() {
        let file = |name: &str, text: &str| tree.file(&format!("{pid}/{name}"), text);
        tree.stat(pid, "worker", 1, [1, 1], 250);
        tree.schedstat(pid, "1000 0 3");
        file("cgroup", "0::/work.slice\n");
        file("cmdline", "worker\0--fast\0");
        file("statm", "1000 100 50 10 0 90 0\n");
        file("io", "rchar: 10\nwchar: 10\nread_bytes: 4096\nwrite_bytes: 0\n");
        file("status", "Uid:\t0\t0\t0\t0\nVmSwap:\t 0 kB\nvoluntary_ctxt_switches:\t5\n");
        file("oom_score", "0\n");
        file("wchan", "0\n");
    }
    let runs = |tick: i64| {
        tree.own(tick);
        for pid in pids.clone().filter(|_| do_run) {
            tree.stat(pid, "worker", 1, [tick, 1], 250);
            tree.schedstat(pid, &format!("{tick}000 0 {tick}"));
        }
    };
    let clock = SystemClock::default();
    let mut host = tree.host();
    host.patience = Duration::from_secs(20);
    let mut sampler = Sampler::new(host, &clock, vec![Box::new(ProcessCollector::since_boot(BOOT))]);
    runs(1);
    sampler.prime(Recorder::default());
    let mut tick = |number| {
        runs(number);
        let mut rows = 0;
        let info = allocation_counter::measure(|| {
            rows = sampler.tick(Recorder::default(), false).rows.process.len();
        });
        assert_eq!(rows as i64, processes);
        info.count_total
    };
    (2..12).for_each(|number| _ = tick(number));
    (12..22).map(tick).sum::<u64>() as f64
}

/// Of one process in one tick.
fn of_one(do_run: bool) -> f64 {
    (asked(340, do_run) - asked(40, do_run)) / (300.0 * 10.0)
}

#[test]
fn a_process_that_keeps_still_takes_no_allocation_a_tick() {
    // Room for rows is made in doubling steps: that is a few in all.
    let asked = of_one(false);
    assert!(asked < 0.01, "{asked}");
}

/// One that runs has rows of its own to be kept: its totals, and what happened since the tick before. What is seldom
/// read of it is asked for aside, which is some.
#[test]
fn a_process_that_runs_takes_those_of_its_two_rows() {
    let asked = of_one(true);
    assert!(asked < 2.5, "{asked}");
}
