//! How questions are answered: the plans of the questions that `scripts/bench-query.sh` asks, through the views,
//! and what of the files they read.
//!
//! `plan` is the one helper: what the engine means to do, with the store's own path left out.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::AsArray;
use regex::Regex;
use sysray::query::{Engine, Options};
use sysray::schema::Micros;
use sysray::time::{Context, parse};

use crate::tiers::made::{MINUTE, Made, SECOND};

/// 2026-11-24 00:00 UTC, which the questions are about.
const START: i64 = 1_795_478_400 * SECOND;

/// Eighty minutes in one file of eight buckets.
static SEALED: LazyLock<Made> = LazyLock::new(|| {
    let mut made = Made::new();
    for bucket in 0..8 {
        let from = START + bucket * 10 * MINUTE;
        made.part("web1", from, from + 10 * MINUTE, 20 * SECOND);
    }
    // Hours, days, and what was merged removed.
    (0..3).for_each(|_| assert!(made.maintain("web1", START + 48 * 60 * MINUTE).retired == 0));
    made
});

/// The same with a quarter of an hour more that is in the journal.
static LIVE: LazyLock<Made> = LazyLock::new(|| {
    let mut made = Made::new();
    made.part("web1", START, START + 10 * MINUTE, 20 * SECOND);
    made.maintain("web1", START + 11 * MINUTE);
    made.part("web1", START + 10 * MINUTE, START + 25 * MINUTE, 20 * SECOND);
    made
});

fn engine(made: &Made) -> Engine {
    let zone = jiff::tz::TimeZone::UTC;
    let context = Context { now: Micros(START), zone, start: None, end: None, live: false };
    let read = move |text: &str| parse(text, &context).map_err(|error| error.to_string());
    let options = Options { threads: 2, ..Options::new(Arc::new(read)) };
    Engine::open(&[made.root().to_path_buf()], options).unwrap()
}

fn explained(made: &Made, how: &str, sql: &str, row: &str) -> String {
    let (_, batches) = engine(made).run(&format!("{how} {sql}")).unwrap();
    for batch in batches {
        let (kinds, plans) = (batch.column(0).as_string::<i32>(), batch.column(1).as_string::<i32>());
        if let Some(at) = kinds.iter().position(|kind| kind == Some(row)) {
            return plans.value(at).to_string();
        }
    }
    panic!("{how} {sql} has no {row}")
}

/// What the engine means to do.
fn plan(made: &Made, sql: &str) -> String {
    static RANGE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r":\d+\.\.\d+").unwrap());
    let plan = explained(made, "explain", sql, "physical_plan");
    let root = made.root().to_string_lossy();
    let plan = plan.replace(root.trim_start_matches('/'), "STORE");
    RANGE.replace_all(&plan, ":BYTES").trim_end().to_string()
}

/// A figure of a scan as it was carried out: of how many, and how many were left.
fn matched(made: &Made, sql: &str, figure: &str) -> (usize, usize) {
    let done = explained(made, "explain analyze", sql, "Plan with Metrics");
    let found = Regex::new(&format!(r"{figure}=(\d+) total → (\d+) matched")).unwrap();
    let found: Vec<(usize, usize)> =
        found.captures_iter(&done).map(|each| (each[1].parse().unwrap(), each[2].parse().unwrap())).collect();
    assert!(!found.is_empty(), "{figure} is not told: {done}");
    found.iter().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
}

#[test]
fn plans_of_the_questions_that_are_measured() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/bench/questions");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert_eq!(paths.len(), 20);
    for path in paths {
        let sql = fs::read_to_string(&path).unwrap().replace("{pid}", "7");
        let name = path.file_stem().unwrap().to_string_lossy();
        insta::assert_snapshot!(format!("plan-{name}"), plan(&SEALED, &sql));
    }
}

#[test]
fn plans_over_what_is_sealed_and_what_is_in_the_journal() {
    insta::assert_snapshot!("plan-live-most", plan(&LIVE, "select max(cpu) from system"));
    insta::assert_snapshot!(
        "plan-live-last",
        plan(&LIVE, "select ts, cpu from system order by ts desc limit 5")
    );
    // Of a range that one of the two holds alone the other is not looked at.
    let sealed = plan(&LIVE, "select max(cpu) from system where ts <= '2026-11-24 00:10'");
    assert!(sealed.contains("DataSourceExec: file_groups") && !sealed.contains("UnionExec"), "{sealed}");
    let tail = plan(&LIVE, "select max(cpu) from system where ts > '2026-11-24 00:10'");
    assert!(!tail.contains("file_groups") && !tail.contains("UnionExec"), "{tail}");
}

/// A day of processes is a file; ten minutes of it are a row group, and of the others the reader hears nothing.
#[test]
fn ten_minutes_of_a_table_in_buckets_are_one_row_group() {
    let sql = "select sum(cpu_us) from process where pid > 0";
    assert_eq!(matched(&SEALED, sql, "row_groups_pruned_statistics"), (8, 8));
    let sql = "select sum(cpu_us) from process where ts > '2026-11-24 00:20' and ts <= '2026-11-24 00:30'";
    assert_eq!(matched(&SEALED, sql, "row_groups_pruned_statistics"), (1, 1));
    let sql = "select sum(usage_us) from cgroup where ts > '2026-11-24 00:10' and ts <= '2026-11-24 00:30'";
    assert_eq!(matched(&SEALED, sql, "row_groups_pruned_statistics"), (2, 2));
    // The instant of a bucket's end belongs to it.
    let sql = "select sum(cpu_us) from process where ts = '2026-11-24 00:20'";
    assert_eq!(matched(&SEALED, sql, "row_groups_pruned_statistics"), (1, 1));
}
