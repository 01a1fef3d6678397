//! SQL over hand-written rows: what people type, and what they are told.
//!
//! `ask` is the one helper: it puts a question to a shelf of rows, and prints the answer a row a
//! line, or the error.

#![allow(clippy::unwrap_used, reason = "a test stops where its own ground gives way")]

use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use sysray::query::{Engine, Options, ReadTime};
use sysray::schema::rows::{Cpu, CpuCore, System};
use sysray::schema::{Micros, TABLES};
use sysray::time::Range;

mod buckets;
mod cookbook;
mod courses;
mod errors;
mod first;
mod functions;
mod hostile;
pub mod house;
mod instants;
mod limits;
mod meta;
mod named;
mod order;
mod places;
mod plans;
pub mod pushed;
mod runs;
pub mod shelf;
mod watched;
mod written;

use shelf::{Shelf, at, batch};

/// A grammar of time with one form: seconds after the shelf's start, as `+5`.
fn plus_seconds() -> ReadTime {
    Arc::new(|text: &str| {
        let seconds = text.strip_prefix('+').and_then(|digits| digits.parse().ok());
        seconds.map(at).ok_or_else(|| "write it as +SECONDS".to_string())
    })
}

pub fn options() -> Options {
    Options { threads: 2, ..Options::new(plus_seconds()) }
}

fn engine(shelf: Shelf, options: Options) -> Engine {
    Engine::over(vec![Arc::new(shelf)], options).unwrap()
}

/// The answer's column names, then its rows, a line each.
fn ask(shelf: Shelf, sql: &str) -> String {
    told(&engine(shelf, options()), sql)
}

fn told(engine: &Engine, sql: &str) -> String {
    match engine.run(sql) {
        Ok((schema, batches)) => {
            let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            let mut lines = vec![names.join(" ")];
            lines.extend(batches.iter().flat_map(lines_of));
            lines.join("\n")
        }
        Err(error) => format!("error: {error}"),
    }
}

fn lines_of(batch: &RecordBatch) -> Vec<String> {
    let shown = FormatOptions::new().with_null("NULL").with_timestamp_format(Some("%H:%M:%S%.f"));
    let shown = shown.with_timestamp_tz_format(Some("%H:%M:%S%.f"));
    let columns: Vec<ArrayFormatter> =
        batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &shown).unwrap()).collect();
    let line = |row| columns.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join(" ");
    (0..batch.num_rows()).map(line).collect()
}

fn busy(cpu_busy_us: i64, cpu_capacity_us: i64) -> System {
    System { cpu_busy_us: Some(cpu_busy_us), cpu_capacity_us: Some(cpu_capacity_us), ..System::default() }
}

fn running(runnable: i64) -> System {
    System { runnable: Some(runnable), ..System::default() }
}

/// Seconds 1 to 6 of one host, `runnable` being the second, half sealed and half in the journal.
fn six_seconds() -> Shelf {
    let rows =
        |seconds: std::ops::RangeInclusive<i64>| batch(seconds.map(|second| (second, running(second))));
    Shelf::new().segment("system", "web1", &rows(1..=2)).segment("system", "web1", &rows(3..=4)).tail(
        "system",
        "web1",
        rows(5..=6),
    )
}

#[test]
fn newcomers_first_two_questions_are_answered() {
    let shelf = || {
        let core = Cpu { user_us: Some(30), idle_us: Some(70), ..Cpu::default() };
        let cpu = Cpu {
            nice_us: Some(0),
            system_us: Some(0),
            iowait_us: Some(0),
            irq_us: Some(0),
            softirq_us: Some(0),
            steal_us: Some(0),
            ..core
        };
        Shelf::new().segment("system", "web1", &batch([(1, busy(50, 200)), (2, busy(150, 200))])).segment(
            "cpu",
            "web1",
            &batch([(1, cpu)]),
        )
    };
    assert_eq!(ask(shelf(), "select max(cpu) from system"), "max(cpu)\n75.0");
    assert_eq!(ask(shelf(), "select max(cpu) from cpu"), "max(cpu)\n30.0");
    assert_eq!(ask(shelf(), "SELECT Max(Cpu) FROM System;"), "max(cpu)\n75.0");
}

#[test]
fn division_is_true_and_by_zero_unknown() {
    let shelf = || Shelf::new().tail("system", "web1", batch([(1, busy(7, 2)), (2, busy(7, 0))]));
    let sql = "select cpu_busy_us / cpu_capacity_us from system order by ts";
    assert_eq!(ask(shelf(), sql), "cpu_busy_us / cpu_capacity_us\n3.5\nNULL");
    let sql = "select sum(cpu_busy_us) / count(*) as mean from system";
    assert_eq!(ask(shelf(), sql), "mean\n7.0");
    let sql = "select 1 / 2 + 7 % 4 as a, 1.0 / 0 as b, -1 / 4 as c, 6 / 4 / 2 as d";
    assert_eq!(ask(shelf(), sql), "a b c d\n3.5 NULL -0.25 0.75");
    // The same quotient is recognised wherever a question repeats it.
    let sql =
        "select tick / 2, count(*) from system group by tick / 2 having tick / 2 > 0.5 order by tick / 2";
    assert_eq!(ask(shelf(), sql), "tick / 2 count(*)\n1.0 1");
}

#[test]
fn derived_columns_are_what_their_definition_says() {
    let system = System { disk_reads: Some(3), load1: Some(1.5), ..busy(1, 3) };
    let shelf = Shelf::new().segment(
        "system",
        "web1",
        &batch([(1, system), (2, busy(1, 0)), (3, System::default())]),
    );
    let sql = "select cpu, iowait_pct, disk_reads_per_s, cpu_busy_pct from system order by ts";
    let third = 100.0 / 3.0;
    let expected = format!(
        "cpu iowait_pct disk_reads_per_s cpu_busy_pct\n{third} NULL 3.0 0.0001\nNULL NULL NULL 0.0001\nNULL NULL NULL NULL"
    );
    assert_eq!(ask(shelf, sql), expected);
}

#[test]
fn every_table_shows_what_is_stored_first_and_derived_last() {
    let engine = engine(Shelf::new(), options());
    for table in &TABLES {
        let (schema, rows) = engine.run(&format!("select * from {}", table.name)).unwrap();
        assert!(rows.iter().all(|batch| batch.num_rows() == 0));
        let shown: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let stored = table.columns.iter().map(|column| column.name);
        let derived = table.derived.iter().map(|column| column.name);
        let declared: Vec<&str> =
            ["ts", "tick", "interval_us"].into_iter().chain(stored).chain(["host"]).chain(derived).collect();
        assert_eq!(shown, declared, "{}", table.name);
    }
}

#[test]
fn unknown_never_heads_a_ranking() {
    let shelf = Shelf::new().tail(
        "system",
        "web1",
        batch([(1, System::default()), (2, running(3)), (3, running(9))]),
    );
    let sql = "select runnable from system order by runnable desc";
    assert_eq!(ask(shelf, sql), "runnable\n9\n3\nNULL");
}

#[test]
fn times_are_read_as_people_write_them() {
    let where_is = |condition: &str| {
        let sql = format!(
            "select string_agg(cast(tick as varchar), ',' order by tick) as ticks from system where {condition}"
        );
        ask(six_seconds(), &sql).replace("ticks\n", "")
    };
    assert_eq!(where_is("ts = '+3'"), "3");
    assert_eq!(where_is("ts <> '+3'"), "1,2,4,5,6");
    assert_eq!(where_is("ts > '+3' and ts <= '+5'"), "4,5");
    assert_eq!(where_is("'+3' > ts"), "1,2");
    assert_eq!(where_is("ts between '+2' and '+5'"), "2,3,4,5");
    assert_eq!(where_is("ts not between '+2' and '+5'"), "1,6");
    assert_eq!(where_is("ts in ('+1', '+6')"), "1,6");
    assert_eq!(where_is("ts >= (select max(ts) from system where ts < '+4')"), "3,4,5,6");
    assert_eq!(where_is("ts - interval '1 second' = '+1'"), "2");
    assert_eq!(where_is("ts > timestamp '2026-11-22 14:00:04'"), "5,6");
    assert_eq!(where_is("ts > '+3' or host = '+1'"), "4,5,6");
    let sql = "select host, max(ts) as last from system group by host having max(ts) > '+5'";
    assert_eq!(ask(six_seconds(), sql), "host last\nweb1 14:00:06");
    let sql = "select ts > '+5' from system where ts = '+6'";
    assert_eq!(ask(six_seconds(), sql), "ts > '+5'\ntrue");
}

#[test]
fn a_range_leaves_its_beginning_out_and_takes_its_end_in() {
    let between = |from: Option<i64>, to: Option<i64>| {
        let range = Range { from: from.map(Micros), to: to.map(Micros) };
        let engine = engine(six_seconds(), Options { range, ..options() });
        told(&engine, "select count(*) as n, min(tick) as first, max(tick) as last from system")
    };
    let second = |n: i64| Some(at(n).0);
    assert_eq!(between(None, None), "n first last\n6 1 6");
    assert_eq!(between(second(2), second(5)), "n first last\n3 3 5");
    assert_eq!(between(second(2).map(|ts| ts - 1), second(5).map(|ts| ts - 1)), "n first last\n3 2 4");
    assert_eq!(between(second(4), None), "n first last\n2 5 6");
    assert_eq!(between(None, second(1)), "n first last\n1 1 1");
    assert_eq!(between(second(6), None), "n first last\n0 NULL NULL");
}

#[test]
fn rows_of_segments_and_of_the_journal_are_seen_once_each() {
    let expected = "tick runnable host\n1 1 web1\n2 2 web1\n3 3 web1\n4 4 web1\n5 5 web1\n6 6 web1";
    assert_eq!(ask(six_seconds(), "select tick, runnable, host from system order by tick"), expected);
    assert_eq!(ask(six_seconds(), "select tick from system order by ts desc limit 2"), "tick\n6\n5");
}

#[test]
fn hosts_are_told_apart() {
    let shelf = || {
        let other = batch([(2, running(20)), (3, running(30))]);
        six_seconds().segment("system", "db1", &other).tail("system", "db1", batch([(7, running(70))]))
    };
    let sql = "select host, count(*) as n, max(runnable) as most from system group by host order by host";
    assert_eq!(ask(shelf(), sql), "host n most\ndb1 3 70\nweb1 6 6");
    assert_eq!(ask(shelf(), "select tick from system where host = 'db1' order by ts"), "tick\n2\n3\n7");
    let two = vec![Arc::new(shelf()) as Arc<dyn sysray::query::Source>, Arc::new(Shelf::new())];
    let engine = Engine::over(two, options()).unwrap();
    assert_eq!(told(&engine, "select count(*) as n from system"), "n\n9");
}

#[test]
fn a_column_that_an_older_file_lacks_is_unknown_there() {
    let new = batch([(2, running(2))]);
    let old = batch([(1, running(1))]);
    let columns: Vec<usize> =
        (0..old.num_columns()).filter(|index| old.schema().field(*index).name() != "runnable").collect();
    let shelf = || {
        let old = old.project(&columns).unwrap();
        Shelf::new().segment("system", "web1", &old).segment("system", "web1", &new)
    };
    assert_eq!(ask(shelf(), "select tick, runnable from system order by tick"), "tick runnable\n1 NULL\n2 2");
    assert_eq!(ask(shelf(), "select tick from system where runnable is null"), "tick\n1");
    assert_eq!(ask(shelf(), "select tick from system where runnable = 2"), "tick\n2");
}

#[cfg(unix)]
#[test]
fn a_segment_that_was_merged_away_is_read_to_its_end() {
    let shelf = six_seconds();
    for path in shelf.paths() {
        std::fs::remove_file(path).unwrap();
    }
    assert_eq!(ask(shelf, "select sum(runnable) as sum from system"), "sum\n21");
}

#[test]
fn an_explained_question_shows_what_is_read() {
    let plan =
        ask(six_seconds(), "explain select cpu from system where ts > '+3' and ts <= '+4' and runnable > 1");
    let scan = plan.lines().find(|line| line.contains("DataSourceExec")).unwrap();
    assert!(scan.contains("system-web1-1.parquet") && !scan.contains("system-web1-0.parquet"), "{plan}");
    assert!(scan.contains("predicate=ts@0 > ") && scan.contains("runnable@"), "{plan}");
    assert!(scan.contains("cpu_busy_us") && !scan.contains("disk_reads"), "{plan}");
    assert!(!plan.contains("UnionExec") && !plan.contains("FilterExec"), "{plan}");
    // The engine's own range prunes in the same way, and the journal is read where it has rows.
    let range = Range { from: Some(at(4)), to: None };
    let engine = engine(six_seconds(), Options { range, ..options() });
    let plan = told(&engine, "explain select max(runnable) from system");
    assert!(!plan.contains(".parquet") && plan.contains("partition_sizes"), "{plan}");
    // `now` is an instant by the time a scan is planned, so that it prunes too.
    let plan = ask(six_seconds(), "explain select tick from system where ts > now() - interval '10 minutes'");
    assert!(plan.contains("system.ts > TimestampMicrosecond("), "{plan}");
    assert!(!plan.contains(".parquet") || plan.contains("predicate=ts@0 > "), "{plan}");
}

#[test]
fn what_a_footer_knows_is_not_scanned_for() {
    let shelf = Shelf::new().segment("system", "web1", &batch((1..=3000).map(|n| (n, running(n)))));
    let engine = engine(shelf, options());
    let sql = "select count(*) as n, min(ts) as first, max(ts) as last from system";
    assert_eq!(told(&engine, sql), "n first last\n3000 14:00:01 14:50:00");
    let plan = told(&engine, &format!("explain {sql}"));
    assert!(!plan.contains("DataSourceExec"), "{plan}");
}

#[test]
fn an_answer_comes_in_parts_and_may_be_broken_off() {
    let shelf =
        Shelf::new().segment("cpu_core", "web1", &batch((1..=20_000).map(|n| (n, CpuCore::default()))));
    let engine = engine(shelf, options());
    let (mut parts, mut rows) = (0, 0);
    let schema = engine.stream("select tick from cpu_core", |batch| {
        parts += 1;
        rows += batch.num_rows();
        if parts == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(schema.unwrap().field(0).name(), "tick");
    assert!(parts == 2 && rows < 20_000, "{parts} parts, {rows} rows");
}
