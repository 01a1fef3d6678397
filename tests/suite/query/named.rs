//! Of a table a question sees what it names, and all of it where all is meant.

use super::{ask, six_seconds};

#[test]
fn what_is_named_in_any_way_is_there() {
    let same = [
        "select runnable from system order by ts",
        "select RUNNABLE from system order by ts",
        "select \"runnable\" from system order by ts",
        "select s.runnable from system s order by s.ts",
        "with s as (select * from system) select runnable from s order by ts",
        "select runnable from (select ts, runnable from system) order by ts",
        "select runnable from (select s.* from system s) order by ts",
        "select s.runnable from system s natural join (select tick from system) order by s.ts",
        "select runnable from system where exists (select * from system) order by ts",
        "select runnable from (select * from system where tick < 0 union all select * from system) order by ts",
        "select max(runnable) as runnable from system group by ts order by ts",
    ];
    let answer = ask(six_seconds(), same[0]);
    assert!(answer.lines().count() > 3 && !answer.contains("error"), "{answer}");
    for sql in same {
        assert_eq!(ask(six_seconds(), sql), answer, "{sql}");
    }
}

#[test]
fn rows_are_counted_where_no_column_is_named() {
    assert_eq!(ask(six_seconds(), "select count(*) as n from system"), "n\n6");
    assert_eq!(ask(six_seconds(), "select 1 as one from system limit 1"), "one\n1");
}

#[test]
fn what_tells_of_tables_tells_of_whole_ones() {
    let columns = |sql: &str| ask(six_seconds(), sql);
    let listed = columns(
        "select count(*) as n from information_schema.columns where table_name = 'system' and column_name in ('ts', 'runnable', 'load1')",
    );
    assert_eq!(listed, "n\n3");
    assert!(columns("describe system").contains("load1"));
    assert!(columns("show columns from system").contains("load1"));
}
