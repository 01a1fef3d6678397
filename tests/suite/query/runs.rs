//! Runs of rows of one group are one row before they are grouped, and no answer tells.
//!
//! `same` is the one helper: with an average beside them the same aggregates see rows as they are.

use std::sync::LazyLock;

use regex::Regex;

use sysray::query::{Engine, Options};
use sysray::schema::rows::Process;

use super::house::house;
use super::shelf::{Shelf, at, batch};
use super::{engine, options, told};

const RUNS: &str = "RunAggregateExec";

/// What a question of groups is answered, rows in order, with runs; and that it is the same without.
fn same(engine: &Engine, keys: &str, aggregates: &str, from: &str) -> Vec<String> {
    let ask = |aggregates: &str| {
        let sql = format!("select {keys}, {aggregates} from {from} group by {keys}");
        let seen = told(engine, &format!("explain {sql}")).contains(RUNS);
        let answer = told(engine, &sql);
        assert!(!answer.starts_with("error"), "{sql}: {answer}");
        let mut rows: Vec<String> = answer.lines().skip(1).map(String::from).collect();
        rows.sort();
        (seen, rows)
    };
    let (with, rows) = ask(aggregates);
    let (without, counted) = ask(&format!("{aggregates}, avg(1)"));
    assert!(with && !without, "{keys} {aggregates} {from}: {with} {without}");
    let counted: Vec<String> =
        counted.iter().map(|row| row.rsplit_once(' ').unwrap().0.to_string()).collect();
    assert_eq!(rows, counted, "{keys} {aggregates} {from}");
    rows
}

#[test]
fn answers_are_the_same_with_runs_and_without() {
    // What is the most of numbers and what is none depends on their order, which one thread keeps.
    let engine = engine(house(), Options { threads: 1, ..options() });
    let keys = [
        "value - value % 100",
        "value % 2",
        "(value - value % 3) % 1000",
        "case when value % 40000 < 20000 then value - value % 100 else value % 1000 end",
        "case when value % 500 < 250 then value - value % 250 end",
        "value % 500 < 100",
        // In rounds.
        "value % 12",
        "'device ' || (value % 12)",
        "arrow_cast('of one length, not at hand ' || (value % 12), 'Utf8View')",
        "arrow_cast(case when value % 12 > 4 then 'sd' || (value % 12) end, 'Utf8View')",
        "case when value % 12 in (3, 8) then null else value % 12 % 7 end",
        "case when value < 20000 then value % 12 else value % 11 end",
        "cast(value - value % 100 as varchar)",
        "arrow_cast('short' || ((value - value % 30) % 700), 'Utf8View')",
        "arrow_cast('of one length, not at hand ' || (100 + (value - value % 3) % 7), 'Utf8View')",
        "arrow_cast(case when value % 64 < 40 then repeat('x', (value - value % 20) % 16) end, 'Utf8View')",
        "to_timestamp(value - value % 60)",
        "case when value % 90 < 30 then 0.0 when value % 90 < 60 then -0.0 else cast('NaN' as double) end",
    ];
    let from = |key: &str| {
        format!(
            "(select {key} as k, (value - value % 200) % 600 as l, value * 7919 % 10007 - 5000 as x,
               case when value % 300 > 140 and value % 7 > 0 then value end as y,
               case when value % 11 = 0 then cast('NaN' as double) else -0.5 * (value % 4) end as z,
               case when value % 3 = 0 then -0.0 when value % 5 = 0 then null else 0.0 end as zero,
               to_timestamp(value) as t, value
             from generate_series(0, 40000))"
        )
    };
    for key in keys {
        for aggregates in [
            "sum(x), min(x), max(x)",
            "sum(y), max(y), sum(x + y), min(t), max(t)",
            "min(arrow_cast(y % 1000, 'UInt16')), max(cast(x as int)), max(t)",
            "sum(cast(x as int))",
            "min(z), max(z)",
            "min(zero), max(zero)",
            "count(*), count(y), count(k), count(y) filter (where x > 0), count(*) filter (where y > 99)",
            "sum(x) filter (where x > 0), max(t) filter (where y is null), min(z) filter (where y > 100)",
            "rate(x, y), rate(y, x) filter (where x > 0)",
            "first_value(x order by t), last_value(y order by t), last_value(z order by t desc)",
            "first_value(y order by x % 7), last_value(t order by x % 7 desc), last_value(y order by y)",
            "last_value(x order by y % 3, x), first_value(t order by z desc, y)",
            "top_n(x, case when x > 0 then 'more' when x % 7 > -4 then 'less' end, 2)",
            "top_n(y, value % 900 < 400, 3), top_n(y, 'one', 1) filter (where x > 0), sum(x)",
        ] {
            assert!(same(&engine, "k", aggregates, &from(key)).len() > 1);
        }
        same(&engine, "k, l", "sum(x), min(y)", &from(key));
    }
}

#[test]
fn what_is_unknown_makes_runs_of_its_own_and_no_zero() {
    let engine = engine(house(), options());
    let values = "(values (1, 5), (1, null), (null, 1), (null, 2), (2, null), (2, null), (1, 7)) as t(k, x)";
    assert_eq!(
        same(&engine, "k", "sum(x), min(x), max(x)", values),
        ["1 12 5 7", "2 NULL NULL NULL", "NULL 3 1 2"]
    );
    assert!(
        same(&engine, "k", "sum(x)", "(select 1 as k, value as x from generate_series(1, 0))").is_empty()
    );
    assert!(same(&engine, "comm", "sum(cpu_us)", "process where pid < 0").is_empty());
}

#[test]
fn recorded_rows_are_the_same_with_runs_and_without() {
    let engine = engine(house(), options());
    for (keys, aggregates, from) in [
        ("comm", "sum(cpu_us), max(rss_bytes), min(ts)", "process"),
        ("pid, start_time", "max(rss_bytes), min(rss_bytes)", "process where not is_kernel"),
        ("host, pid, comm", "sum(cpu_us), max(cpu_pct)", "process"),
        ("ts", "sum(cpu_us)", "process"),
        ("tick", "max(cpu)", "system where host = 'web1'"),
        ("device", "sum(read_us + write_us), max(queue_length)", "disk"),
        ("pid", "count(*), rate(cpu_us, interval_us), last_value(comm order by ts), max(cpu_pct)", "process"),
        ("host", "top_n(cpu_us, comm, 2)", "process"),
    ] {
        assert!(!same(&engine, keys, aggregates, from).is_empty());
    }
}

/// The message is the same, and what fits when all is added up still does.
#[test]
fn sums_beyond_64_bits_are_what_they_were() {
    let engine = engine(house(), options());
    let sums = |x: &str, rows: u32, run: u32, more: &str| {
        let from =
            format!("(select value - value % {run} as k, {x} as x from generate_series(0, {}))", rows - 1);
        told(&engine, &format!("select k, sum(x){more} from {from} group by k order by k"))
    };
    let beyond = "error: the sum is beyond the whole numbers of 64 bits; take `cast(… as double)` for what it is computed of";
    for run in [2, 4, 20, 100] {
        for more in ["", ", avg(1)"] {
            assert_eq!(sums("9223372036854775807 - value", 100, run, more), beyond);
            // Between runs.
            let x = "case when value % 4 = 0 then 5000000000000000000 else 0 end";
            assert_eq!(sums(x, 100, run.max(8), more), beyond);
        }
    }
    // A long run is added up before it is judged.
    let x = "case value when 0 then 9223372036854775807 when 1 then 1 when 2 then -9 else 0 end";
    assert_eq!(sums(x, 10, 10, ", max(x)"), "k sum(x) max(x)\n0 9223372036854775799 9223372036854775807");
    assert_eq!(sums(x, 10, 10, ""), "k sum(x)\n0 9223372036854775799");
}

#[test]
fn runs_are_made_where_they_change_nothing() {
    let engine = engine(house(), options());
    let explained =
        |select: &str, rest: &str| told(&engine, &format!("explain select {select} from process {rest}"));
    for (select, rest) in [
        ("comm, sum(cpu_us)", "group by comm"),
        ("pid, max(rss_bytes) - min(rss_bytes)", "where cpu_us > 0 group by pid"),
        ("comm, sum(cpu_us), max(cpu_us), max(cpu_pct)", "group by comm having sum(cpu_us) > 5"),
        ("distinct comm", ""),
        ("comm, count(*)", "group by comm"),
        ("comm, sum(cpu_us), count(rss_bytes)", "group by comm"),
        ("comm, sum(cpu_us) filter (where pid > 3)", "group by comm"),
        ("pid, last_value(comm order by ts), rate(cpu_us, interval_us)", "group by pid"),
        ("pid, top_n(cpu_us, comm, 3)", "group by pid"),
    ] {
        let plan = explained(select, rest);
        assert!(plan.contains(RUNS), "{plan}");
    }
    for (select, rest) in [
        ("sum(cpu_us)", ""),
        ("comm, count(distinct pid), count(distinct cpu_us)", "group by comm"),
        ("comm, sum(distinct cpu_us), sum(distinct rss_bytes)", "group by comm"),
        ("pid, last_value(comm order by ts) filter (where cpu_us > 0)", "group by pid"),
        ("pid, last_value(comm)", "group by pid"),
        ("pid, rate(cpu_pct, interval_us)", "group by pid"),
        ("comm, sum(cpu_pct)", "group by comm"),
        ("comm, avg(cpu_us)", "group by comm"),
        ("pid, max(comm)", "group by pid"),
        ("comm, sum(cpu_us)", "group by rollup (comm)"),
    ] {
        let plan = explained(select, rest);
        assert!(!plan.contains(RUNS), "{plan}");
    }
    // What is looked for by a key is still looked for in the files.
    let plan = explained("pid, sum(cpu_us)", "group by pid order by pid limit 3");
    assert!(plan.contains(RUNS) && plan.contains("DynamicFilter"), "{plan}");
}

/// Rows that go into the aggregate, of a hundred thousand.
fn left(key: &str) -> u64 {
    static LEFT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"RunAggregateExec:.*?output_rows=([\d.]+)( K)?,").unwrap());
    let sql = format!(
        "select k, sum(x) from (select {key} as k, value as x from generate_series(1, 100000)) group by k"
    );
    let done = told(&engine(house(), options()), &format!("explain analyze {sql}"));
    let found = LEFT.captures(&done).unwrap_or_else(|| panic!("{done}"));
    let rows: f64 = found[1].parse().unwrap();
    (rows * if found.get(2).is_some() { 1000.0 } else { 1.0 }) as u64
}

#[test]
fn rounds_are_grouped_as_runs() {
    for key in ["value % 12", "'device ' || (value % 12)", "case when value % 12 <> 5 then value % 12 end"] {
        let rounds = left(key);
        assert!((12..=12 * 13).contains(&rounds), "{key}: {rounds}");
    }
    // One group twice in a round, one row out of turn in each batch, and rounds of which few fit into one.
    for key in ["value % 12 % 11", "case when value % 5000 = 9 then 3 else value % 12 end", "value % 3000"] {
        let none = left(key);
        assert!(none > 90_000, "{key}: {none}");
    }
}

#[test]
fn where_there_are_runs_they_are_what_is_grouped() {
    let long = left("value - value % 1000");
    assert!((101..=120).contains(&long), "{long}");
    let none = left("value % 1000");
    assert!((99_000..=101_000).contains(&none), "{none}");
    // Found again when they begin later.
    let later = left("case when value < 30000 then value else value - value % 1000 end");
    assert!((30_000..=70_000).contains(&later), "{later}");
}

/// Entities one after the other, as they lie in segments; some of one name, one without.
fn side_by_side() -> Shelf {
    let rows = (1..=40_i64).flat_map(|pid| {
        (1..=50_i64).map(move |second| {
            let process = Process {
                pid,
                start_time: at(0),
                comm: (pid != 7).then(|| format!("program {}", pid % 9).into()),
                cpu_us: Some(pid * 1000 + second),
                ..Process::default()
            };
            (second, process)
        })
    });
    Shelf::new().segment("process", "web1", &batch(rows))
}

#[test]
fn conditions_are_asked_of_runs_and_met_by_the_same_rows() {
    let questions = [
        "process where comm like '%m 3'",
        "process where comm like 'program 1%' and cpu_us % 3 = 0",
        "process where comm in ('program 2', 'program 4', 'a', 'b', 'c')",
        "process where comm not in ('program 2', 'program 4', 'a', 'b', 'c')",
        "process where not comm like '%4' and ts > 'start+20s'",
        "(select pid, start_time from process group by 1, 2 order by sum(cpu_us) desc limit 3) b
           join process p on p.pid = b.pid and p.start_time = b.start_time",
        "(select comm from process group by comm order by sum(cpu_us) desc limit 2) b
           join process p on p.comm = b.comm",
        "(select pid, cpu_us from process where cpu_us % 17 = 0) b
           join process p on p.pid = b.pid and p.cpu_us = b.cpu_us",
    ];
    for from in questions {
        let from = from.replace("'start+20s'", "'+20'");
        let sql = format!("select count(*), sum(p.cpu_us), min(p.pid), max(p.pid) from {from}");
        let sql = if from.contains(" p ") { sql } else { sql.replace("p.", "") };
        let pushed = engine(side_by_side(), options());
        let plain = engine(side_by_side(), Options { pushdown: false, ..options() });
        let plan = told(&pushed, &format!("explain {sql}"));
        assert!(plan.contains("of_runs("), "{plan}");
        let answer = told(&pushed, &sql);
        assert_eq!(answer, told(&plain, &sql), "{sql}");
        assert!(!answer.contains("error") && !answer.contains("\n0 "), "{sql}: {answer}");
    }
    // What changes from row to row is asked row by row, and so is what costs little.
    for condition in ["cpu_us > 1000", "tick in (1, 3, 5, 7)", "comm = 'program 2'"] {
        let plan = told(
            &engine(side_by_side(), options()),
            &format!("explain select count(pid) from process where {condition}"),
        );
        assert!(!plan.contains("of_runs"), "{plan}");
    }
}

/// A join by host and something else is one by that alone, however the host came there.
#[test]
fn of_one_host_joins_do_not_look_for_it() {
    let on = |sql: &str| {
        let shelf = side_by_side().of_one_host("web1");
        let plan = told(&engine(shelf, options()), &format!("explain {sql}"));
        let joins: Vec<&str> =
            plan.split(", on=[").skip(1).map(|join| join.split(']').next().unwrap()).collect();
        assert!(!joins.is_empty(), "{plan}");
        joins.iter().any(|join| join.contains("host"))
    };
    let second =
        "(select host, comm, row_number() over (order by sum(cpu_us)) as n from process group by 1, 2)";
    let both = format!(
        "select a.host, a.comm from process a join {second} b on a.host = b.host and a.comm = b.comm"
    );
    assert!(!on(&both));
    assert!(!on(&format!(
        "select p.pid from ({both}) c join process p on p.host = c.host and p.comm = c.comm"
    )));
    // No row of the other side, no host.
    let outer = "select b.host, b.comm from process a left join process b on a.pid = b.cpu_us";
    assert!(on(&format!(
        "select p.pid from ({outer}) c join process p on p.host = c.host and p.comm = c.comm"
    )));
}
