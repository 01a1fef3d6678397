//! What no row of a recording can say, whatever happened: less than nothing, or more than its interval can hold.

use std::path::Path;

use sysray::schema::{Kind, TABLES, Type};

use super::super::cli::Sysray;

/// What an interval may be exceeded by, in microseconds: clock ticks, and that a file is read sooner in one tick
/// and later in another. What holds a reader up comes on top (`took_us`).
const GRAIN_US: &str = "50000 + 0.05 * interval_us";
const MODES: &str = "user_us + nice_us + system_us + idle_us + iowait_us + irq_us + softirq_us + steal_us";

/// What processes of one thread waited for a CPU: the kernel books that when they get one, so that an interval may
/// have what others before it were.
const WAITED: &str = "(select pid, start_time, max(threads) as threads, sum(run_delay_us) as waited, \
     sum(interval_us) as lived from process group by 1, 2 having max(threads) = 1)";

/// Processes that ended, with all that their rows told of them and what was left for the end. The last is reckoned by
/// what the recorder had read by then, so that the sum is the kernel's of the whole life only if rows have told all of
/// that, and none of it twice.
const LIVED: &str = "(select e.pid, e.life_cpu_us, e.life_minor_faults, e.life_major_faults, \
     sum(p.cpu_us) + max(e.cpu_us) as cpu_us, sum(p.minor_faults) + max(e.minor_faults) as minor_faults, \
     sum(p.major_faults) + max(e.major_faults) as major_faults, count(*) - count(p.minor_faults) as unknown, \
     e.start_time > (select min(ts) + interval '2 seconds' from system) as is_young \
     from process p join process_exit e on p.pid = e.pid and p.start_time = e.start_time \
     where e.processes = 1 group by e.pid, e.start_time, e.life_cpu_us, e.life_minor_faults, e.life_major_faults)";

/// Tables, and what must hold of each row or be unknown.
const RULES: [(&str, &str); 10] = [
    ("cpu_core", "busy_pct between 0 and 100"),
    ("cpu", "cpu between 0 and 100"),
    ("system", "cpu between 0 and 100"),
    ("system", "memory_used_pct between 0 and 100"),
    ("system", "unattributed_cpu_us <= cpu_busy_us"),
    ("process_exit", "life_cpu_us <= life_us * threads_ended + 10000 * processes"),
    ("process_exit", "cpu_us <= life_cpu_us"),
    ("pressure", "full_us <= some_us + 1000"),
    ("memory", "free_bytes <= total_bytes and available_bytes <= total_bytes"),
    ("filesystem", "free_bytes <= total_bytes and available_bytes <= total_bytes"),
];

/// How many times the interval CPUs have. One that goes offline has worked in a part of it.
const ALL_CPUS: &str = "(select max(online) from cpu)";
/// How many times a process has it.
const THREADS: &str = "least(threads, (select max(online) from cpu))";
/// Tables, the collector that reads each, what an interval may hold of its rows, and how many times.
const HELD: [(&str, &str, &str, &str); 7] = [
    ("cpu_core", "cpu", MODES, "1"),
    ("cpu", "cpu", MODES, ALL_CPUS),
    ("process", "process", "cpu_us", THREADS),
    ("process", "process", "user_us + system_us", THREADS),
    ("cgroup", "cgroup", "usage_us", ALL_CPUS),
    ("disk", "disk", "busy_us", "1"),
    ("pressure", "pressure", "some_us", "1"),
];

/// Rows of a table, each with how long its collector took in that tick. An interval ends when the collector begins, and
/// a file may be read as late as when it is done: what was counted until then is in the row.
fn with_took(table: &str, collector: &str) -> String {
    format!(
        "(select t.*, coalesce(r.elapsed_us, 0) as took_us from {table} t left join \
         (select tick, elapsed_us from recorder where collector = '{collector}') r on r.tick = t.tick)"
    )
}

/// What stands in a recording and cannot be.
pub fn impossible(store: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for table in TABLES.iter().filter(|table| table.tier.is_none() && table.name != "event") {
        let is_counter = |kind| kind == Kind::Counter;
        let counters: Vec<String> = table
            .columns
            .iter()
            .filter(|c| is_counter(c.kind) && c.datatype == Type::Int64)
            .map(|c| format!("coalesce({}, 0) >= 0", c.name))
            .collect();
        if !counters.is_empty() {
            look(store, table.name, &counters.join(" and "), &mut wrong);
        }
    }
    for (table, rule) in RULES {
        look(store, table, rule, &mut wrong);
    }
    for (table, collector, what, times) in HELD {
        let rule = format!("{what} <= ({times}) * (interval_us + {GRAIN_US} + took_us)");
        look(store, &with_took(table, collector), &rule, &mut wrong);
    }
    look(store, WAITED, "waited <= lived + 500000", &mut wrong);
    // Of one that was there before the recording began rows know a part. Start times are good to a second.
    let lived = |column: &str, grain: i64| {
        let life = format!("life_{column}");
        format!(
            "{column} <= {life} + {grain} and (unknown > 0 or not is_young or {column} >= {life} - {grain})"
        )
    };
    look(store, LIVED, &lived("cpu_us", 20_000), &mut wrong);
    look(store, LIVED, &lived("minor_faults", 0), &mut wrong);
    look(store, LIVED, &lived("major_faults", 0), &mut wrong);
    wrong
}

/// Adds rows of a table of which something is known not to hold.
fn look(store: &Path, table: &str, rule: &str, wrong: &mut Vec<String>) {
    let sql = format!("select * from {table} where not ({rule}) limit 5");
    let said = Sysray::new(&["query", "--format", "ndjson", &sql]).store(store).prints();
    wrong.extend(said.lines().map(|row| format!("{table}: not {rule}: {row}")));
}
