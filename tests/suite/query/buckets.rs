//! Buckets of time: where they begin and end, in which zone, also on days that clocks are set on.

use super::functions::{cell, line, wrong};
use super::six_seconds;

/// The beginning of the bucket of an instant in UTC, in UTC.
fn bucket(step: &str, at: &str, zone: &str) -> String {
    let zone = if zone.is_empty() { String::new() } else { format!(", '{zone}'") };
    cell(&format!("cast(time_bucket('{step}', timestamp '{at}'{zone}) as varchar)")).replace('Z', "")
}

#[test]
fn a_bucket_leaves_its_beginning_out_and_takes_its_end_in() {
    assert_eq!(bucket("1 minute", "2026-11-22 14:00:30", ""), "2026-11-22T14:00:00");
    assert_eq!(bucket("1 minute", "2026-11-22 14:01:00", ""), "2026-11-22T14:00:00");
    assert_eq!(bucket("1 minute", "2026-11-22 14:01:00.000001", ""), "2026-11-22T14:01:00");
    let sql = "select time_bucket('2s', ts) as bucket, count(*) as n, min(tick) as a, max(tick) as b
        from system group by 1 order by 1";
    assert_eq!(line(six_seconds(), sql), "14:00:00 2 1 2, 14:00:02 2 3 4, 14:00:04 2 5 6");
}

#[test]
fn steps_are_lengths_and_calendar_months() {
    let of = |step: &str| bucket(step, "2026-11-25 14:07:31", "");
    assert_eq!(of("5m"), "2026-11-25T14:05:00");
    assert_eq!(of("1h30m"), "2026-11-25T13:30:00");
    assert_eq!(of("1 day"), "2026-11-25T00:00:00");
    assert_eq!(of("1 week"), "2026-11-23T00:00:00", "a Monday");
    assert_eq!(of("1 month"), "2026-11-01T00:00:00");
    assert_eq!(of("3 months"), "2026-10-01T00:00:00");
    assert_eq!(of("1 year"), "2026-01-01T00:00:00");
    let of = |interval: &str| {
        cell(&format!("time_bucket(interval '{interval}', timestamp '2026-11-22 14:00:07')"))
    };
    assert_eq!((of("5 seconds"), of("1 day")), ("14:00:05".into(), "00:00:00".into()));
    // Before 1970 too.
    assert_eq!(bucket("1 day", "1969-12-31 23:59:59", ""), "1969-12-31T00:00:00");
}

#[test]
fn days_are_those_of_the_zone_also_when_its_clocks_are_set() {
    let berlin = |step: &str, at: &str| bucket(step, at, "Europe/Berlin");
    assert_eq!(berlin("1 day", "2026-11-22 22:30:00"), "2026-11-21T23:00:00");
    assert_eq!(berlin("1 day", "2026-11-22 23:30:00"), "2026-11-22T23:00:00");
    // 2026-10-25 has 25 hours: it begins at 22:00 UTC and ends at 23:00.
    assert_eq!(berlin("1 day", "2026-10-25 22:30:00"), "2026-10-24T22:00:00");
    assert_eq!(berlin("1 day", "2026-10-25 23:00:01"), "2026-10-25T23:00:00");
    // The hour from 2 to 3 is there twice, and is two hours.
    assert_eq!(berlin("1 hour", "2026-10-25 00:30:00"), "2026-10-25T00:00:00");
    assert_eq!(berlin("1 hour", "2026-10-25 01:30:00"), "2026-10-25T01:00:00");
    assert_eq!(berlin("6 hours", "2026-10-25 04:30:00"), "2026-10-24T22:00:00");
    // 2026-03-29 has 23, and none from 2 to 3.
    assert_eq!(berlin("1 day", "2026-03-29 21:30:00"), "2026-03-28T23:00:00");
    assert_eq!(berlin("1 hour", "2026-03-29 01:30:00"), "2026-03-29T01:00:00");
    assert_eq!(berlin("2 hours", "2026-03-29 01:30:00"), "2026-03-29T01:00:00");
    // A day that begins at 1, since midnight is left out.
    assert_eq!(bucket("1 day", "2018-11-04 12:00:00", "America/Sao_Paulo"), "2018-11-04T03:00:00");
    // Zones that are half an hour off.
    assert_eq!(bucket("1 hour", "2026-11-22 14:10:00", "Asia/Kolkata"), "2026-11-22T13:30:00");
}

/// A bucket is worked out once and kept for the rows that follow: so in whatever order rows come,
/// and wherever clocks are set, each must have the bucket that it has alone.
#[test]
fn buckets_never_go_back_and_cover_all_of_a_day_that_clocks_are_set_on() {
    for (from, step, zone) in [
        ("2026-10-24 20:00:00", "1 hour", "Europe/Berlin"),
        ("2026-10-24 20:00:00", "45m", "Europe/Berlin"),
        ("2026-10-24 20:00:00", "2h", "Europe/Berlin"),
        ("2026-03-28 20:00:00", "45m", "Europe/Berlin"),
        ("2026-03-28 20:00:00", "2h", "Europe/Berlin"),
        ("2026-04-04 10:00:00", "20m", "Australia/Lord_Howe"),
    ] {
        // Every seven minutes of a day and a half; one row at a time, and all together.
        let times = format!(
            "(select value as t from generate_series(timestamp '{from}', timestamp '{from}' + interval '35 hours', interval '7 minutes'))"
        );
        let sql = format!(
            "select count(*) as n, count(*) filter (where b >= t) as late, count(*) filter (where b < before) as back
             from (select t, b, lag(b) over (order by t) as before
                   from (select t, time_bucket('{step}', t, '{zone}') as b from {times}))"
        );
        assert_eq!(line(six_seconds(), &sql), "301 0 0", "{step} {zone} {from}");
        let sql = format!(
            "select count(*) as n from (select t, time_bucket('{step}', t, '{zone}') as b from {times} order by t desc) a
             join (select bucket, lead(bucket) over (order by bucket) as next
                   from gapfill('{step}', timestamp '{from}' - interval '1 day', timestamp '{from}' + interval '3 days', '{zone}')) g
             on g.bucket = a.b and a.t > g.bucket and a.t <= g.next"
        );
        assert_eq!(line(six_seconds(), &sql), "301", "{step} {zone} {from}");
    }
}

#[test]
fn unknown_steps_and_zones_are_told_as_such() {
    assert_eq!(cell("time_bucket('1 minute', null)"), "NULL");
    assert_eq!(cell("time_bucket(null, timestamp '2026-11-22 14:00:30')"), "NULL");
    let usage = "write it as `time_bucket('1 minute', ts)` or `time_bucket('1 day', ts, 'Europe/Berlin')`";
    for (given, said) in [
        ("time_bucket('1 fortnight', ts)", "'1 fortnight' is no length of time"),
        ("time_bucket('0s', ts)", "0s is no length of time above nothing"),
        ("time_bucket(interval '-5 minutes', ts)", "the interval is no length of time above nothing"),
        ("time_bucket('1 day', ts, 'Mars/Olympus')", "there is no time zone 'Mars/Olympus'"),
        ("time_bucket('1 day', tick)", "the second argument of `time_bucket` is a time, not a number"),
        ("time_bucket(60, ts)", "the first argument of `time_bucket` is a length of time"),
        ("time_bucket('1 day', ts, 1)", "the third argument of `time_bucket` is a time zone"),
        ("time_bucket(ts)", "`time_bucket` takes 2 to 3 arguments, not 1"),
        ("time_bucket()", "`time_bucket` takes 2 to 3 arguments, not 0"),
        (
            "time_bucket(cast(tick as varchar), ts)",
            "the step and the zone of `time_bucket` are the same for all rows",
        ),
    ] {
        assert_eq!(wrong(given), format!("{said}; {usage}"));
    }
}
