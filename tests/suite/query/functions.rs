//! The functions that sysray adds to SQL: what they give, at the edges too, and what they say to
//! arguments that they cannot take.

use sysray::schema::rows::{Disk, Process, System};
use sysray::time::Range;

use super::shelf::{Shelf, at, batch};
use super::{ask, busy, engine, options, running, six_seconds, told};

/// The one cell of the answer.
pub fn cell(sql: &str) -> String {
    ask(six_seconds(), &format!("select {sql} as x"))
        .split_once('\n')
        .map_or_else(String::new, |(_, x)| x.into())
}

/// The answer in one line.
pub fn line(shelf: Shelf, sql: &str) -> String {
    let answer = ask(shelf, sql);
    match answer.split_once('\n') {
        Some((_, rows)) => rows.replace('\n', ", "),
        None if answer.starts_with("error") => answer,
        None => String::new(),
    }
}

pub fn wrong(expression: &str) -> String {
    let answer = ask(six_seconds(), &format!("select {expression} from system"));
    assert!(answer.starts_with("error: ") && answer.lines().count() == 1, "{expression}: {answer}");
    answer["error: ".len()..].to_string()
}

#[test]
fn gaps_are_filled_with_rows_that_know_nothing_until_they_are_told_to() {
    let shelf = || {
        let rows =
            [(1, running(10)), (2, running(20)), (5, running(50)), (7, System::default()), (8, running(80))];
        Shelf::new().tail("system", "web1", batch(rows))
    };
    let sql = "select g.bucket, runnable, locf(runnable) over (order by g.bucket) as carried,
          interpolate(runnable, g.bucket) over (order by g.bucket) as between
        from gapfill('1s', '+0', '+9') g
        left join (select time_bucket('1s', ts) as bucket, max(runnable) as runnable from system group by 1) s
          on s.bucket = g.bucket
        order by g.bucket";
    assert_eq!(
        line(shelf(), sql),
        "14:00:00 10 10 10.0, 14:00:01 20 20 20.0, 14:00:02 NULL 20 30.0, 14:00:03 NULL 20 40.0, 14:00:04 50 50 50.0, \
         14:00:05 NULL 50 60.0, 14:00:06 NULL 50 70.0, 14:00:07 80 80 80.0, 14:00:08 NULL 80 NULL"
    );
    // Each partition by itself; text is carried too; nothing is made up before the first.
    let sql = "select v, locf(v) over (partition by p order by o) as w
        from (values (1, 1, null), (1, 2, 'a'), (1, 3, null), (2, 1, null), (2, 2, 'b')) as t(p, o, v) order by p, o";
    assert_eq!(line(six_seconds(), sql), "NULL NULL, a a, NULL a, NULL NULL, b b");
    let sql = "select interpolate(runnable, ts) over (order by ts) as x from system where tick > 99";
    assert_eq!(line(six_seconds(), sql), "");
    // By time, not by place: the third second lies at a third.
    let sql = "select interpolate(v, to_timestamp(t)) over (order by t) as x from (values (0, -3), (1, null), (3, 0)) as t(t, v)";
    assert_eq!(line(six_seconds(), sql), "-3.0, -2.0, 0.0");
    // Two rows of one instant are no line.
    let sql = "select interpolate(v, to_timestamp(t)) over (order by t) as x from (values (1, 2), (1, null), (1, 4)) as t(t, v)";
    assert!(!line(six_seconds(), sql).contains("NaN"));
}

#[test]
fn gapfill_spans_the_range_of_the_question() {
    let range = Range { from: Some(at(1)), to: Some(at(4)) };
    let engine = engine(six_seconds(), super::Options { range, ..options() });
    assert_eq!(told(&engine, "select * from gapfill('1s')"), "bucket\n14:00:01\n14:00:02\n14:00:03");
    // Nothing is recorded, and no range given.
    assert_eq!(line(Shelf::new(), "select * from gapfill('1s')"), "");
    assert_eq!(line(Shelf::new(), "select count(*) from gapfill('1s', '+5', '+5')"), "0");
    assert_eq!(line(Shelf::new(), "select count(*) from gapfill('1 day', '+0', '+1', 'Asia/Tokyo')"), "1");
    let wrong = |call: &str| ask(six_seconds(), &format!("select * from {call}"));
    let usage =
        "write it as `gapfill('1 minute')` or `gapfill('1 hour', 'yesterday', 'today', 'Europe/Berlin')`";
    for (call, said) in [
        ("gapfill('1 parsec')", "'1 parsec' is no length of time"),
        ("gapfill('1s', '+1')", "`gapfill` takes `from` and `to`, or neither"),
        ("gapfill('1ms', '+0', '+1000000')", "more than 864000 buckets lie in that time; take a longer step"),
        ("gapfill(5)", "a step is a length of time"),
        ("gapfill('1s', 5, 6)", "`gapfill` takes a time that is known beforehand"),
        ("gapfill('1s', '+1', '+2', 'Nowhere')", "there is no time zone 'Nowhere'"),
        ("gapfill()", "`gapfill` takes 1 to 4 arguments, not 0"),
    ] {
        assert_eq!(wrong(call), format!("error: {said}; {usage}"));
    }
    assert_eq!(wrong("gapfill('1s', '14h', '+2')"), "error: '14h' in `gapfill`: write it as +SECONDS");
}

#[test]
fn a_rate_counts_only_the_time_of_rows_that_know_their_counter() {
    let disk = |reads| Disk { reads, device: "sda".into(), ..Disk::default() };
    let rate = |rows: Vec<(i64, Disk)>| {
        line(Shelf::new().tail("disk", "web1", batch(rows)), "select rate(reads, interval_us) as x from disk")
    };
    assert_eq!(rate(vec![(1, disk(Some(10))), (2, disk(Some(20)))]), "15.0");
    assert_eq!(rate(vec![(1, disk(Some(10))), (2, disk(None))]), "10.0");
    assert_eq!(rate(vec![(1, disk(None))]), "NULL");
    assert_eq!(rate(vec![]), "NULL");
    assert_eq!(cell("rate(5, 0)"), "NULL");
    assert_eq!(cell("rate(null, null)"), "NULL");
    // Over rows that move along.
    let sql =
        "select rate(runnable, interval_us) over (order by ts rows between 1 preceding and current row) as x
        from system order by ts";
    assert_eq!(line(six_seconds(), sql), "1.0, 1.5, 2.5, 3.5, 4.5, 5.5");
    assert_eq!(
        wrong("rate(runnable)"),
        "`rate` takes 2 arguments, not 1; write it as `rate(counter, interval_us)`"
    );
    assert_eq!(
        wrong("rate(runnable, host)"),
        "the second argument of `rate` is a number, not a text; write it as `rate(counter, interval_us)`"
    );
}

#[test]
fn the_top_labels_are_those_with_the_largest_sums() {
    let of = |rows: &str, n: &str| {
        line(six_seconds(), &format!("select top_n(v, l, {n}) as x from (values {rows}) as t(v, l)"))
    };
    assert_eq!(
        of("(1, 'a'), (5, 'b'), (3, 'a'), (2, 'c')", "2"),
        "[{label: b, value: 5.0}, {label: a, value: 4.0}]"
    );
    assert_eq!(
        of("(1, 'b'), (1, 'a')", "5"),
        "[{label: a, value: 1.0}, {label: b, value: 1.0}]",
        "as many as there are"
    );
    assert_eq!(of("(-1, 'a'), (-5, 'b')", "1"), "[{label: a, value: -1.0}]");
    assert_eq!(of("(null, 'a'), (1, null)", "3"), "[{label: NULL, value: 1.0}]", "unknown is not 0");
    assert_eq!(of("(cast(null as int), 'a')", "3"), "NULL");
    assert_eq!(line(six_seconds(), "select top_n(tick, host, 3) as x from system where tick > 99"), "NULL");
    // In several parts, and in groups.
    let rows = (1..=3000).map(|n| (n, running(n)));
    let shelf =
        Shelf::new().segment("system", "web1", &batch(rows.clone())).tail("system", "web2", batch(rows));
    let sql = "select tick % 2 as odd, top_n(runnable, host || (tick % 3), 2)[1]['value'] as x from system group by 1 order by 1";
    assert_eq!(line(shelf, sql), "0 751500.0, 1 751000.0");
    assert_eq!(line(six_seconds(), "select top_n(tick, tick, 1)[1]['label'] as x from system"), "6");
    let usage = "write it as `top_n(value, label, 5)`";
    assert_eq!(wrong("top_n(tick, host)"), format!("`top_n` takes 3 arguments, not 2; {usage}"));
    let numbers = format!("`top_n` gives 1 to 1000 labels, a number written out; {usage}");
    for n in ["0", "-1", "1001", "tick", "2.5", "null"] {
        assert_eq!(wrong(&format!("top_n(tick, host, {n})")), numbers, "{n}");
    }
    assert_eq!(
        wrong("top_n(host, host, 1)"),
        format!("the first argument of `top_n` is a number, not a text; {usage}")
    );
}

#[test]
fn a_histogram_counts_each_value_once() {
    let of = |rows: &str, n: &str| {
        line(six_seconds(), &format!("select histogram(v, {n}) as x from (values {rows}) as t(v)"))
    };
    assert_eq!(
        of("(0), (1), (4), (5), (9), (10)", "2"),
        "[{from: 0.0, to: 5.0, count: 3}, {from: 5.0, to: 10.0, count: 3}]"
    );
    assert_eq!(
        of("(-10), (null), (10)", "2"),
        "[{from: -10.0, to: 0.0, count: 1}, {from: 0.0, to: 10.0, count: 1}]"
    );
    assert_eq!(of("(7)", "5"), "[{from: 7.0, to: 7.0, count: 1}]", "one row");
    assert_eq!(of("(cast(null as int))", "5"), "NULL");
    assert_eq!(line(six_seconds(), "select histogram(tick, 3) as x from system where tick > 99"), "NULL");
    assert_eq!(of("(0.0), ('nan'::double), (1.0)", "1"), "[{from: 0.0, to: 1.0, count: 2}]");
    let shelf = Shelf::new().segment("system", "web1", &batch((1..=3000).map(|n| (n, running(n % 100)))));
    let sql = "select sum(b['count']) as n, count(*) as buckets from (select unnest(histogram(runnable, 7)) as b from system)";
    assert_eq!(line(shelf, sql), "3000 7");
    let usage = "write it as `histogram(x, 10)`";
    assert_eq!(wrong("histogram(tick)"), format!("`histogram` takes 2 arguments, not 1; {usage}"));
    for n in ["0", "1001", "tick"] {
        let said = format!("`histogram` has 1 to 1000 buckets, a number written out; {usage}");
        assert_eq!(wrong(&format!("histogram(tick, {n})")), said, "{n}");
    }
}

#[test]
fn a_sparkline_shows_the_course_in_the_order_asked_for() {
    assert_eq!(line(six_seconds(), "select sparkline(runnable order by ts) as x from system"), "▁▂▄▅▇█");
    assert_eq!(line(six_seconds(), "select sparkline(runnable order by ts desc) as x from system"), "█▇▅▄▂▁");
    let of = |rows: &str| {
        line(six_seconds(), &format!("select sparkline(v order by t) as x from (values {rows}) as t(t, v)"))
    };
    assert_eq!(of("(2, 8), (1, -8), (3, 0)"), "▁█▅");
    assert_eq!(of("(1, 5)"), "▁", "one row");
    assert_eq!(of("(1, 5), (2, 5)"), "▁▁", "what stays is low");
    assert_eq!(of("(1, 1), (2, null), (3, 2)"), "▁ █", "unknown is a blank");
    assert_eq!(of("(1, cast(null as int))"), "NULL");
    assert_eq!(
        line(six_seconds(), "select sparkline(runnable order by ts) as x from system where tick > 99"),
        "NULL"
    );
    // A spike among many is seen.
    let rows = (1..=3000).map(|n| (n, running(if n == 1500 { 100 } else { 0 })));
    let spike = || Shelf::new().segment("system", "web1", &batch(rows.clone()));
    let expected = format!("{}█{}", "▁".repeat(19), "▁".repeat(20));
    assert_eq!(line(spike(), "select sparkline(runnable order by ts) as x from system"), expected);
    assert_eq!(line(spike(), "select sparkline(runnable, 4 order by ts) as x from system"), "▁█▁▁");
    // Groups of more than one partition of the plan.
    let shelf = spike().tail("system", "web2", batch((1..=8).map(|n| (n, running(n)))));
    let sql = "select host, sparkline(runnable, 8 order by ts) as x from system group by host order by host";
    assert_eq!(line(shelf, sql), "web1 ▁▁▁█▁▁▁▁, web2 ▁▂▃▄▅▆▇█");
    let usage = "write it as `sparkline(x order by ts)` or `sparkline(x, 60 order by ts)`";
    assert_eq!(
        wrong("sparkline(host)"),
        format!("the first argument of `sparkline` is a number, not a text; {usage}")
    );
    assert_eq!(
        wrong("sparkline(tick, 0)"),
        format!("`sparkline` has 1 to 1000 cells, a number written out; {usage}")
    );
}

#[test]
fn bytes_are_told_as_people_say_them() {
    for (bytes, said) in [
        ("0", "0 B"),
        ("1", "1 B"),
        ("1023", "1023 B"),
        ("1024", "1 KiB"),
        ("1536", "1.5 KiB"),
        ("10188", "9.95 KiB"),
        ("1048575", "1 MiB"),
        ("1610612736", "1.5 GiB"),
        ("-2048", "-2 KiB"),
        ("9223372036854775807", "8 EiB"),
        ("0.4", "0 B"),
        ("null", "NULL"),
        ("cast('inf' as double)", "NULL"),
    ] {
        assert_eq!(cell(&format!("human_bytes({bytes})")), said, "{bytes}");
    }
    assert_eq!(
        line(
            six_seconds(),
            "select human_bytes(runnable * 1024) as x from system where tick < 3 order by ts"
        ),
        "1 KiB, 2 KiB"
    );
    assert_eq!(
        wrong("human_bytes(host)"),
        "the argument of `human_bytes` is a number, not a text; write it as `human_bytes(bytes)`"
    );
    assert_eq!(
        wrong("human_bytes(1, 2)"),
        "`human_bytes` takes 1 argument, not 2; write it as `human_bytes(bytes)`"
    );
}

fn process(pid: i64, comm: &str) -> Process {
    Process { pid, start_time: at(0), comm: Some(comm.into()), ..Process::default() }
}

#[test]
fn at_an_instant_stand_the_rows_of_the_last_tick_before_it() {
    let shelf = || {
        let first = batch([(1, process(1, "init")), (1, process(7, "cc")), (2, process(1, "init"))]);
        Shelf::new()
            .segment("process", "web1", &first)
            .tail("process", "web1", batch([(5, process(1, "init")), (5, process(9, "ld"))]))
            .tail("process", "web2", batch([(3, process(2, "late"))]))
            .tail("system", "web1", batch([(1, busy(1, 2)), (2, busy(2, 2))]))
    };
    let at = |at: &str| line(shelf(), &format!("select host, pid from at('{at}') order by host, pid"));
    assert_eq!(at("+1"), "web1 1, web1 7");
    assert_eq!(at("+2"), "web1 1");
    assert_eq!(at("+4"), "web1 1, web2 2", "two intervals are not too old");
    assert_eq!(at("+5"), "web1 1, web1 9, web2 2");
    assert_eq!(at("+6"), "web1 1, web1 9");
    assert_eq!(at("+8"), "");
    assert_eq!(at("+0"), "");
    assert_eq!(line(Shelf::new(), "select count(*) from at('+1')"), "0");
    // Filters, expressions and aggregates go on top, and any table has its instants.
    assert_eq!(line(shelf(), "select max(pid) from at('+5') where comm <> 'ld' and host = 'web1'"), "1");
    assert_eq!(line(shelf(), "select cpu from at('+2', 'system')"), "100.0");
    assert_eq!(
        line(
            shelf(),
            "select a.pid from at('+1') a left join at('+2') b on a.pid = b.pid where b.pid is null"
        ),
        "7"
    );
    assert_eq!(line(shelf(), "select count(*) from at(timestamp '2026-11-22 14:00:01')"), "2");
    assert_eq!(ask(shelf(), "select * from at('noon')"), "error: 'noon' in `at`: write it as +SECONDS");
    assert_eq!(
        ask(shelf(), "select * from at('+1', 'proces')"),
        "error: no table `proces`; did you mean `process` or `process_exit`?"
    );
    let usage = "write it as `at('14:05')` or `at('yesterday 14:05', 'disk')`";
    assert_eq!(
        ask(shelf(), "select * from at()"),
        format!("error: `at` takes 1 to 2 arguments, not 0; {usage}")
    );
    assert_eq!(
        ask(shelf(), "select * from at(5)"),
        format!("error: `at` takes a time that is known beforehand; {usage}")
    );
}

/// A host that is read every ten minutes stands beside one that is read each second.
#[test]
fn at_an_instant_each_host_is_asked_by_its_own_interval() {
    let slow = {
        let mut rows = batch([(0, process(3, "slow"))]);
        let intervals = std::sync::Arc::new(datafusion::arrow::array::Int64Array::from(vec![600_000_000]));
        let mut columns = rows.columns().to_vec();
        columns[2] = intervals;
        rows = datafusion::arrow::array::RecordBatch::try_new(rows.schema(), columns).unwrap();
        rows
    };
    let shelf = || {
        Shelf::new().tail("process", "slow", slow.clone()).tail(
            "process",
            "web1",
            batch([(900, process(1, "init"))]),
        )
    };
    let at = |at: &str| line(shelf(), &format!("select host, pid from at('{at}') order by host"));
    assert_eq!(at("+900"), "slow 3, web1 1");
    assert_eq!(at("+1200"), "slow 3");
    assert_eq!(at("+1201"), "");
}

#[test]
fn a_mistyped_function_is_met_with_near_ones() {
    assert_eq!(
        ask(six_seconds(), "select time_buckt('1s', ts) from system"),
        "error: no function `time_buckt`; did you mean `time_bucket`?"
    );
    assert_eq!(
        ask(six_seconds(), "select * from gapfil('1s')"),
        "error: no table `gapfil`; did you mean `gapfill`?"
    );
}
