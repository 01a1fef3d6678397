//! `sparkline` over rows in any order: exact while they are few, by bins when they are many, and never more than
//! bins in memory.

use sysray::query::Options;

use super::house::house;
use super::{engine, options, told};

/// Two courses of each group: by one order, whose rows are put into bins, and by two, for which all are gathered
/// and sorted.
fn courses(rows: &str, order: &str) -> Vec<[String; 2]> {
    let sql = format!(
        "select sparkline(v, 40 order by {order}) as a, '|' as m, sparkline(v, 40 order by {order}, n) as b
         from ({rows}) group by g order by g"
    );
    let answer = told(&engine(house(), options()), &sql);
    let pair = |line: &str| {
        let (a, b) = line.split_once(" | ").unwrap_or_else(|| panic!("{answer}"));
        [a.to_string(), b.to_string()]
    };
    answer.lines().skip(1).map(pair).collect()
}

/// Rows by arithmetic that looks like chance: scattered, with values that nobody knows.
#[test]
fn of_few_rows_a_course_is_what_sorting_them_gives() {
    for order in ["t", "t desc", "t nulls first", "cast(t as timestamp)"] {
        for (rows, seed) in [(1, 3), (2, 5), (39, 7), (40, 11), (41, 13), (500, 17), (1500, 19)] {
            let sql = format!(
                "select value as n, value % 3 as g,
                   case when value <> 4 then value * 7919 % 10007 - 5000 end as t,
                   case when value * 31 % {seed} <> 0 then value * value * {seed} % 1009 / 8 end as v
                 from generate_series(1, {rows})"
            );
            for [a, b] in courses(&sql, order) {
                assert_eq!(a, b, "{order}, {rows} rows");
            }
        }
    }
}

/// A hundred thousand in each group, at equal distances, in no order.
#[test]
fn of_many_rows_a_course_shows_the_same_spikes_and_slopes() {
    let rows = |value: &str| {
        format!(
            "select n, g, t, {value} as v from (select value as n, g, value * 7919 % 100003 - 50000 as t
             from generate_series(1, 100002) cross join (values (1), (2)) as groups(g))"
        )
    };
    for order in ["t", "t desc"] {
        // A spike in the middle of each cell.
        let spikes = rows("case when (t + 50000) % 2500 = 1250 then (t + 50000) / 2500 % 7 * g else 0 end");
        for [a, b] in courses(&spikes, order) {
            assert_eq!(a, b, "{order}");
        }
        let slope = rows("t + n % 1000");
        for [a, b] in courses(&slope, order) {
            let bar = |cell: char| "▁▂▃▄▅▆▇█".chars().position(|bar| bar == cell).unwrap_or(99);
            let near = a.chars().zip(b.chars()).all(|(a, b)| bar(a).abs_diff(bar(b)) <= 1);
            assert!(near && a.chars().count() == 40 && b.chars().count() == 40, "{order}\n{a}\n{b}");
        }
    }
}

/// Most rows in a moment, and one long before: a bin has the rows of several cells.
#[test]
fn a_course_has_all_its_cells_where_rows_stand_close_together() {
    let sql = "select sparkline(v order by t) as x from
        (select case when value = 1 then 0 else 1000000000000 + value end as t, value % 10 as v from generate_series(1, 50000))";
    let answer = told(&engine(house(), options()), sql);
    assert_eq!(answer, format!("x\n{}", "▁".repeat(40)));
}

/// Gathered they took some 64 MB, and sorted as much once more.
#[test]
fn a_course_of_many_rows_takes_little_memory() {
    let limits = Options { memory_bytes: 24 << 20, spilled_bytes: 1 << 20, ..options() };
    let engine = engine(house(), limits);
    let sql = "select sparkline(v, 10 order by t) as x from
        (select value * 7919 % 2000003 as t, value as v from generate_series(1, 2000000))";
    let answer = told(&engine, sql);
    assert!(answer.starts_with("x\n") && answer.chars().count() == 12, "{answer}");
}
