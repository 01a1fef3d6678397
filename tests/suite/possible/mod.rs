//! Whatever a kernel does, a counter is what truly happened in the interval, or unknown: never less than nothing, and
//! never more than the interval can hold. And what it stood at, with all that was told since, is what it stands at.
//!
//! `live` is the one helper: a recorder over a world in which anything may happen, drawn from a seed that a failure
//! names.

mod hotplug;
mod kernel;
mod lost;
mod random;
mod told;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use sysray::schema::rows::*;
use sysray::schema::{Kind, Row, Rows, TABLES};

use kernel::World;
use random::{Random, seeds};
use told::{Life, Told};

const SEEDS: u64 = 30;
const TICKS: usize = 120;

fn live<R: Row>(rows_of: fn(&mut Sample) -> &mut Rows<R>) {
    for seed in seeds(SEEDS) {
        let lived = catch_unwind(AssertUnwindSafe(|| live_once(seed, rows_of)));
        if let Err(why) = lived {
            eprintln!("{} with SYSRAY_SEED={seed}", R::table().name);
            resume_unwind(why);
        }
    }
}

fn live_once<R: Row>(seed: u64, rows_of: fn(&mut Sample) -> &mut Rows<R>) {
    let mut random = Random::new(seed);
    let (mut world, mut life, mut told) = (World::<R>::new(), Life::new(), Told::default());
    let (mut now, mut is_restarted) = (1000, false);
    for _ in 0..TICKS {
        now += 5;
        world.go_on(&mut random, now);
        let mut sample = Sample::default();
        let is_read = random.in_100(90);
        if is_read {
            *rows_of(&mut sample) = world.rows(&mut random);
        }
        let since = told.read_at;
        life.deltas.take(&mut sample, |_| since, |_| is_read);
        if is_read {
            told.check(&world, rows_of(&mut sample), is_restarted);
            told.read_at = Some(now);
            is_restarted = false;
        }
        if random.in_100(5) {
            told.add_up(rows_of(&mut life.deltas.totals()));
        }
        match random.in_100(5) {
            true => life.keep(&told),
            false => life.record(sample, &told),
        }
        match random.below(25) {
            0 => life.end_and_begin(),
            1 => {
                told = life.die_and_begin(random.below(4) as usize);
                is_restarted = true;
            }
            _ => {}
        }
    }
}

macro_rules! each {
    ($($table:ident: $row:ident),*) => {
        /// The tables that are tried.
        const TRIED: &[&str] = &[$(stringify!($table)),*];

        $(
            #[test]
            fn $table() {
                live::<$row>(|sample| &mut sample.$table);
            }
        )*
    };
}

/// Each a test, named after its table.
mod whatever_happens_a_counter_is_true_or_unknown {
    use super::*;

    each!(
        system: System, cpu: Cpu, cpu_core: CpuCore, interrupt: Interrupt, softirq: Softirq, memory: Memory,
        numa: Numa, pressure: Pressure, disk: Disk, network: Network, listen: Listen, protocol: Protocol, softnet: Softnet,
        process: Process, thread: Thread, cgroup: Cgroup, power: Power, recorder: Recorder
    );

    #[test]
    fn each_table_with_counters_is_tried() {
        // `process_exit` is not subtracted: `ended` counts it.
        let counts = |table: &&sysray::schema::Table| {
            table.columns.iter().any(|column| column.kind == Kind::Counter) && table.name != "process_exit"
        };
        let all: Vec<&str> = TABLES.iter().filter(counts).map(|table| table.name).collect();
        let (mut tried, mut all) = (TRIED.to_vec(), all);
        tried.sort_unstable();
        all.sort_unstable();
        assert_eq!(tried, all);
    }
}
