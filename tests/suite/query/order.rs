//! Rows that lie in order of `ts` are not sorted again, and those that do not are.
//!
//! `asked` is the one helper: the ticks of a question in order of time, and whether anything was sorted for it.

use std::path::Path;

use sysray::store::{Policy, verify};

use crate::cli::Sysray;
use crate::made::{HOUR, Made, SECOND, START, files};

fn asked(root: &Path, table: &str) -> (Vec<i64>, bool) {
    let sql = format!("select ts, tick from {table} order by ts");
    let ask = |sql: &str| Sysray::new(&["query", "--format", "csv", sql]).store(root).prints();
    let tick = |line: &str| line.rsplit_once(',').unwrap().1.parse().unwrap();
    let ticks = ask(&sql).lines().skip(1).map(tick).collect();
    (ticks, ask(&format!("explain {sql}")).contains("SortExec"))
}

/// Two parts of ten minutes, the second begun so many seconds after the first.
fn two_parts(apart: i64) -> Made {
    let mut made = Made::new();
    made.part(START, 60);
    made.maintain(&Policy::default(), START + 700 * SECOND);
    made.part(START + apart * SECOND, 60);
    made
}

#[test]
fn sealed_merged_and_waiting_rows_of_one_host_are_in_order_as_they_lie() {
    let rising: Vec<i64> = (1..=120).collect();
    let made = two_parts(600);
    assert_eq!(asked(made.root(), "cpu"), (rising.clone(), false), "a segment and a part");
    made.maintain(&Policy::default(), START + 1300 * SECOND);
    assert_eq!(asked(made.root(), "cpu"), (rising.clone(), false), "two segments");
    made.maintain(&Policy::default(), START + 24 * HOUR);
    assert_eq!(asked(made.root(), "cpu"), (rising, false), "merged into one");
    assert!(asked(made.root(), "process").1, "which lies by entity");
}

#[test]
fn a_clock_that_was_set_back_is_seen_and_its_rows_are_sorted() {
    // The second part begins 200 s before the first has ended.
    let made = two_parts(400);
    let ticks_of = |from: i64, to: i64| (from..=to).collect::<Vec<i64>>();
    let check = |what: &str| {
        let (ticks, sorted) = asked(made.root(), "cpu");
        assert_eq!(
            (ticks.len(), &ticks[..40], &ticks[100..]),
            (120, &*ticks_of(1, 40), &*ticks_of(101, 120)),
            "{what}"
        );
        sorted
    };
    check("a segment and a part");
    made.maintain(&Policy::default(), START + 1300 * SECOND);
    check("two segments");
    made.maintain(&Policy::default(), START + 24 * HOUR);
    assert!(check("merged into one"), "where the halves lie behind each other");
    assert!(verify(made.root(), true, &mut |_| {}).unwrap().findings.is_empty());
}

#[test]
fn only_a_file_in_order_says_so() {
    let made = two_parts(400);
    made.maintain(&Policy::default(), START + 24 * HOUR);
    let merged = |root: &Path| files(&root.join("cpu"), ".1.parquet").pop().unwrap();
    assert!(!claims(&merged(made.root())));
    let rising = two_parts(600);
    rising.maintain(&Policy::default(), START + 24 * HOUR);
    assert!(claims(&merged(rising.root())));
}

fn claims(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(16).any(|window| window == b"sysray.sorted_by")
}
