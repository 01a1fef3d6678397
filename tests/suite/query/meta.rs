//! What can be asked about the recording itself.

use sysray::query::EXAMPLES;
use sysray::query::{filled, parameters};
use sysray::schema::rows::Event;
use sysray::schema::{TABLES, all_tables};

use super::shelf::{Shelf, at, batch};
use super::{ask, six_seconds};

#[test]
fn tables_and_columns_are_told_as_they_are_declared() {
    let hear = |sql: &str| ask(Shelf::new(), sql);
    let recorded = TABLES.len();
    assert_eq!(hear("select count(*) as n from meta.tables where tier is null"), format!("n\n{recorded}"));
    assert_eq!(
        hear("select table_name, tier, made_of from meta.tables where made_of = 'disk' order by 1"),
        "table_name tier made_of\ndisk_1h 1h disk\ndisk_1m 1m disk"
    );
    assert_eq!(
        hear(
            "select kind, data_type, unit from meta.columns where table_name = 'disk' and column_name = 'read_bytes'"
        ),
        "kind data_type unit\ncounter Int64 bytes"
    );
    assert_eq!(
        hear(
            "select kind, expression from meta.columns where table_name = 'disk' and column_name = 'reads_per_s'"
        ),
        "kind expression\nderived 1000000 * reads / interval_us"
    );
    // As many as `select *` has, of every table, each with its prose.
    let columns: usize = all_tables().map(|t| t.schema().fields().len() + 1 + t.derived.len()).sum();
    assert_eq!(
        hear("select count(*) as n, count(about) as told from meta.columns"),
        format!("n told\n{columns} {columns}")
    );
}

/// What is promised of every table that is recorded.
#[test]
fn every_counter_has_a_rate_or_a_share() {
    let without = "select c.table_name, c.column_name
        from meta.columns c
        join meta.tables t on t.table_name = c.table_name and t.tier is null
        left join meta.columns d on d.table_name = c.table_name and d.kind = 'derived'
          and d.column_name = case when c.column_name like '%\\_us'
            then left(c.column_name, length(c.column_name) - 3) || '_pct'
            else c.column_name || '_per_s' end
        where c.kind = 'counter' and d.column_name is null
        order by 1, 2";
    // Energy a second is power, and is called so. A time in which others counted is what their rates are by.
    let expected = "table_name column_name\ncgroup stat_interval_us\npower energy_uj";
    assert_eq!(ask(Shelf::new(), without), expected);
}

#[test]
fn gaps_are_what_was_noted_of_them() {
    let event = |kind: &str, detail: Option<&str>, until| Event {
        kind: Some(kind.into()),
        severity: Some("warning".into()),
        message: Some("told".into()),
        detail: detail.map(Into::into),
        until_ts: until,
        ..Event::default()
    };
    let detail = format!(r#"{{"from_us":{},"to_us":{}}}"#, at(2).0, at(5).0);
    let events = [
        (5, event("gap", Some(&detail), None)),
        (6, event("note", None, None)),
        (7, event("lost", None, Some(at(9)))),
    ];
    let shelf = || Shelf::new().tail("event", "web1", batch(events.clone()));
    assert_eq!(
        ask(shelf(), "select from_ts, to_ts, seconds, kind, message from meta.gaps order by to_ts"),
        "from_ts to_ts seconds kind message\n14:00:02 14:00:05 3.0 gap told\nNULL 14:00:09 NULL lost told"
    );
    assert_eq!(ask(Shelf::new(), "select count(*) as n from meta.gaps"), "n\n0");
}

#[test]
fn meta_tables_are_listed_and_mistyped_ones_met() {
    assert_eq!(ask(six_seconds(), "select count(*) as n from meta.segments"), "n\n0", "a shelf is no store");
    assert_eq!(
        ask(
            six_seconds(),
            "select table_name from information_schema.tables where table_schema = 'meta' order by 1"
        ),
        "table_name\ncolumns\ngaps\nsegments\ntables"
    );
    let error = ask(six_seconds(), "select * from meta.colums");
    assert_eq!(error, "error: no table `meta.colums`; did you mean `meta.columns` or `meta.tables`?");
    let error = ask(six_seconds(), "select * from meta.zzz");
    assert_eq!(
        error,
        "error: no table `meta.zzz`; there are meta.tables, meta.columns, meta.segments, meta.gaps"
    );
}

#[test]
fn a_parameter_is_a_literal_and_nothing_else() {
    let sql = "-- What?\n-- :n = 10, how many\n-- :name = 'a, b', of what\nselect :n, :name, ':n', x::int, \"a:n\" -- :n\n";
    let filled = |given: &[(&str, &str)]| {
        let given: Vec<_> = given.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        filled(sql, &given)
            .map_or_else(|error| format!("error: {error}"), |sql| sql.lines().last().unwrap().into())
    };
    assert_eq!(filled(&[]), "select 10, 'a, b', ':n', x::int, \"a:n\" -- :n");
    assert_eq!(filled(&[("n", "3")]), "select 3, 'a, b', ':n', x::int, \"a:n\" -- :n");
    assert_eq!(filled(&[("n", "-2.5")]), "select (-2.5), 'a, b', ':n', x::int, \"a:n\" -- :n");
    assert_eq!(filled(&[("name", "5")]), "select 10, '5', ':n', x::int, \"a:n\" -- :n");
    assert_eq!(filled(&[("name", "'; drop")]), "select 10, '''; drop', ':n', x::int, \"a:n\" -- :n");
    assert_eq!(
        filled(&[("n", "1; select 2")]),
        "error: the parameter `n` is a number, such as 10; '1; select 2' is none"
    );
    assert_eq!(filled(&[("nam", "x")]), "error: the question has no parameter `nam`; did you mean `name`?");
    let declared: Vec<_> =
        parameters(sql).into_iter().map(|one| (one.name, one.default, one.about)).collect();
    let text = |text: &str| text.to_string();
    assert_eq!(
        declared,
        [(text("n"), text("10"), text("how many")), (text("name"), text("'a, b'"), text("of what"))]
    );
    // A question of one's own needs no head.
    let given = [(text("pid"), text("7")), (text("comm"), text("cc"))];
    assert_eq!(
        sysray::query::filled("select :pid, :comm, :other", &given).unwrap(),
        "select 7, 'cc', :other"
    );
}

#[test]
fn every_parameter_of_an_example_is_used_and_explained() {
    for example in EXAMPLES {
        for one in example.parameters() {
            assert!(!one.about.is_empty(), "{}: {}", example.name, one.name);
            let used = filled(example.sql, &[(one.name.clone(), "7".into())]);
            assert!(used.is_ok(), "{}: {used:?}", example.name);
        }
        assert!(
            !filled(example.sql, &[])
                .unwrap()
                .lines()
                .any(|line| !line.starts_with("--") && line.contains(" :"))
        );
    }
}
