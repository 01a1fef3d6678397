//! What people are told: each error one line, without the engine's own noise.

use sysray::query::Options;

use super::shelf::{Shelf, batch};
use super::{ask, engine, options, running, six_seconds, told};

#[test]
fn mistyped_names_are_met_with_near_ones() {
    let hear = |sql: &str| ask(Shelf::new(), sql);
    assert_eq!(hear("select cpu from sytem"), "error: no table `sytem`; did you mean `system`?");
    assert_eq!(
        hear("select * from cpus c join system s using (tick)"),
        "error: no table `cpus`; did you mean `cpu`?"
    );
    let listed = hear("select 1 from zzzz");
    assert!(listed.starts_with("error: no table `zzzz`; there are system, cpu, cpu_core, "), "{listed}");
    assert_eq!(
        hear("select max(iowait) from system"),
        "error: no column `iowait` in system; did you mean `iowait_pct`, `cpu_iowait_us` or `cpu_iowait_pct`? `sysray schema system` lists them"
    );
    assert_eq!(
        hear("select max(disk_reads_per_s) from cpu"),
        "error: no column `disk_reads_per_s` in cpu; there is one in `system`; `sysray schema cpu` lists them"
    );
    assert_eq!(
        hear("select s.frequency_hz from system s join cpu c on c.tick = s.tick"),
        "error: no column `frequency_hz` in s; there is one in `cpu_core`; `show columns from TABLE` lists them"
    );
    assert_eq!(hear("select maxx(cpu) from system"), "error: no function `maxx`; did you mean `max`?");
    assert_eq!(
        hear("select tick from cpu join system using (host)"),
        "error: `tick` is in more than one table of the question; write `TABLE.tick`"
    );
}

#[test]
fn what_is_no_sql_is_pointed_at() {
    let hear = |sql: &str| ask(Shelf::new(), sql);
    assert_eq!(hear(" "), "error: the question is empty; try `select max(cpu) from system`");
    assert_eq!(hear("select 1; select 2"), "error: this is more than one question; ask them one at a time");
    for sql in ["select max(cpu from system", "select * form system", "select", "selec 1", "select 'a"] {
        let error = hear(sql);
        assert!(
            error.starts_with("error: cannot read the question: ") && error.lines().count() == 1,
            "{error}"
        );
    }
}

#[test]
fn nothing_but_questions_is_run() {
    let told_off = "error: only questions are allowed: begin with `select`, `with`, `show`, `describe` or `explain`; nothing in a store is changed by SQL";
    let orders = [
        "create table x as select * from system",
        "create view x as select * from system",
        "create external table x stored as parquet location '/etc/passwd'",
        "drop table system",
        "insert into system select * from system",
        "delete from system",
        "update system set tick = 1",
        "copy system to '/tmp/x.parquet'",
        "copy (select 1) to '/tmp/x.csv'",
        "set datafusion.execution.batch_size = 1",
        "prepare x as select 1",
        "explain insert into system select * from system",
        "select * into x from system",
    ];
    for order in orders {
        assert_eq!(ask(six_seconds(), order), told_off, "{order}");
    }
    assert!(ask(six_seconds(), "select * from '/etc/passwd'").starts_with("error: no table `/etc/passwd`"));
    for question in ["show tables", "describe cpu", "explain analyze select max(cpu) from system"] {
        assert!(!ask(six_seconds(), question).starts_with("error"), "{question}");
    }
}

#[test]
fn an_unreadable_time_is_named() {
    let error = "error: '14h' is compared with a time: write it as +SECONDS";
    assert_eq!(ask(six_seconds(), "select * from system where ts > '14h'"), error);
    assert_eq!(ask(six_seconds(), "select * from system where ts between '+1' and '14h'"), error);
    assert_eq!(
        ask(
            six_seconds(),
            "select count(*) from system where tick in (select tick from cpu where '14h' < ts)"
        ),
        error
    );
}

#[test]
fn a_cut_segment_is_named() {
    let path = |shelf: &Shelf| shelf.paths().last().unwrap().display().to_string();
    for bytes in [0, 3, 700] {
        let shelf = six_seconds().cut(bytes);
        let path = path(&shelf);
        let error = ask(shelf, "select * from system");
        assert!(error.starts_with(&format!("error: {path}: ")) && error.lines().count() == 1, "{error}");
    }
    // Where the footer is whole, damage shows when the rows are decoded.
    let rows = batch((1..=5000).map(|n| (n, running(n))));
    let error = ask(Shelf::new().segment("system", "web1", &rows).spoil(), "select sum(tick) from system");
    assert!(error.starts_with("error: a segment is damaged (") && error.lines().count() == 1, "{error}");
    assert!(error.ends_with("ask for a range without it with -b and -e"), "{error}");
}

#[test]
fn a_segment_that_ends_too_soon_under_a_reader_is_named() {
    let rows = batch((1..=5000).map(|n| (n, running(n))));
    let shelf = Shelf::new().segment("system", "web1", &rows);
    let path = shelf.paths().remove(0);
    let engine = engine(shelf, options());
    assert_eq!(told(&engine, "select max(runnable) from system"), "max(runnable)\n5000");
    std::fs::File::options().write(true).open(&path).unwrap().set_len(500).unwrap();
    let error = told(&engine, "select max(runnable) from system");
    assert!(error.starts_with("error: ") && error.contains(&path.display().to_string()), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn a_question_that_does_not_fit_its_columns_is_told_why() {
    let hear = |sql: &str| ask(six_seconds(), sql);
    assert_eq!(
        hear("select runnable, max(load1) from system"),
        "error: `runnable` has many values a group; add it to `group by`, or take `max(runnable)` or the like"
    );
    assert_eq!(
        hear("select sum(host) from system"),
        "error: `sum` does not take arguments of these types; `describe TABLE` shows a column's"
    );
    assert_eq!(
        hear("select tick from system where host = 1"),
        "error: Cannot cast string 'web1' to value of Int64 type"
    );
    assert_eq!(
        hear("select tick from system where host = \"web1\""),
        "error: no column `web1` in system; text stands in single quotes: 'web1'"
    );
    assert_eq!(hear("select s.tick from system"), "error: no table `s`; the question is about `system`");
}

#[test]
fn a_question_that_needs_too_much_memory_says_so() {
    let rows = batch((1..=30_000).map(|n| (n, running(n))));
    let shelf = Shelf::new().segment("system", "web1", &rows);
    let engine = engine(shelf, Options { memory_bytes: 1 << 20, ..options() });
    let error = told(&engine, "select max(a.load1 + b.load1) from system a join system b using (tick, host)");
    assert_eq!(
        error,
        "error: the question needs more than 1 MiB of memory; narrow its range, select fewer columns or allow it more with --memory"
    );
    // What can be done in parts is done: a sort goes to disk.
    assert_eq!(
        told(&engine, "select count(*) as n from (select tick, host from system order by runnable desc)"),
        "n\n30000"
    );
}

#[test]
fn functions_in_the_wrong_place_are_told_where_they_belong() {
    let hear = |sql: &str| ask(six_seconds(), sql);
    assert_eq!(
        hear("select at('14:05')"),
        "error: `at` makes a table and no value: `select * from at('14:05')`"
    );
    assert_eq!(
        hear("select gapfill('1 minute') from system"),
        "error: `gapfill` makes a table and no value: `select * from gapfill('1 minute')`"
    );
    for (sql, way) in [
        ("select locf(cpu) from system", "`locf(x) over (order by ts)`"),
        ("select interpolate(cpu, ts) from system", "`interpolate(x, ts) over (order by ts)`"),
        ("select row_number() from system", "`row_number() over (order by ts)`"),
        ("select lag(cpu) from system", "`lag(x) over (order by ts)`"),
    ] {
        let said = hear(sql);
        assert!(
            said.contains("looks at the rows around each, in an order: ") && said.ends_with(way),
            "{said}"
        );
    }
}

#[test]
fn a_parameter_without_a_value_is_told_how_to_get_one() {
    let hear = |sql: &str| ask(six_seconds(), sql);
    assert_eq!(
        hear("select count(*) from system where tick = :tick"),
        "error: the parameter `:tick` has no value; give it one with --param tick=VALUE, in the shell with \\set tick VALUE"
    );
    for sql in
        ["select 1 limit :n", "select * from at(:n)", "explain select :n", "select ':n' from (select :n)"]
    {
        let said = hear(sql);
        assert!(said.contains("--param n=VALUE"), "{sql}: {said}");
    }
    for (sql, name) in [("select '?' as mark, $1", "`$1`"), ("select ts::date, ? from system", "`?`")] {
        let said = hear(sql);
        assert!(
            said.starts_with(&format!("error: {name} is no parameter: those are written `:name`")),
            "{said}"
        );
    }
    assert_eq!(hear("select ':n' as text -- :n"), "text\n:n");
}
