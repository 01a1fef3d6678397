//! `now()`, and what two times differ by.

use super::shelf::Shelf;
use super::{ask, six_seconds};

#[test]
fn now_is_counted_as_what_is_recorded_is() {
    let hear = |sql: &str| ask(six_seconds(), sql);
    let types = "select arrow_typeof(now()) = arrow_typeof(ts) as same, arrow_typeof(now() - ts) = arrow_typeof(ts - ts) as differ, \
                 now() = current_timestamp as once from system limit 1";
    assert_eq!(hear(types), "same differ once\ntrue true true");
    assert_eq!(hear("select count(*) as n from system where ts < now() + interval '1000 years'"), "n\n6");
    // Days of some thousand rows in nanoseconds leave a whole number's range.
    let mean = "select avg(now() - (now() - interval '5 days')) > interval '1 day' as old from generate_series(1, 30000)";
    assert_eq!(hear(mean), "old\ntrue");
    assert_eq!(hear("select date_bin(interval '1 minute', now()) <= now() as before"), "before\ntrue");
    assert_eq!(hear("select time_bucket('1 minute', now()) < now() as before"), "before\ntrue");
}

/// Days and seconds were compared one after the other: five days in seconds were less than one day.
#[test]
fn what_times_differ_by_is_compared_by_its_length() {
    let span = "timestamp '2026-11-22 14:00:00' - timestamp '2026-11-17 14:00:00'";
    let table = [
        (format!("{span} > interval '1 day'"), "true"),
        (format!("{span} = interval '5 days'"), "true"),
        (format!("{span} < interval '121 hours'"), "true"),
        (format!("interval '4 days 23 hours' < {span}"), "true"),
        (format!("{span} between interval '4 days' and interval '6 days'"), "true"),
        (format!("{span} between interval '6 days' and interval '7 days'"), "false"),
    ];
    for (condition, answer) in table {
        assert_eq!(
            ask(Shelf::new(), &format!("select {condition} as it")),
            format!("it\n{answer}"),
            "{condition}"
        );
    }
    let rows = "select count(*) as n from system a cross join (select min(ts) as first from system) f \
                where a.ts - f.first >= interval '4 seconds'";
    assert_eq!(ask(six_seconds(), rows), "n\n2");
}
