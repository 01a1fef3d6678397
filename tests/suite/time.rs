//! Instants, lengths and ranges as users write them.
//!
//! `read` is the helper: it reads a text on the afternoon of a Sunday in Berlin, and shows what it
//! means there.

use std::time::Duration;

use jiff::tz::TimeZone;
use sysray::time::{
    Context, Micros, Range, TimeError, parse, parse_duration, range, show, show_duration, zone,
};

/// Berlin without the database of time zones.
fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

fn at(text: &str) -> Micros {
    Micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

/// 2026-11-22 14:30 in Berlin, nothing recorded.
fn now() -> Context {
    Context { now: at("2026-11-22T13:30:00Z"), zone: berlin(), start: None, end: None, live: true }
}

/// The same moment, over a recording that has ended.
fn over(start: &str, end: &str) -> Context {
    Context { start: Some(at(start)), end: Some(at(end)), live: false, ..now() }
}

fn read(text: &str, context: &Context) -> String {
    match parse(text, context) {
        Ok(instant) => show(instant, &context.zone),
        Err(error) => error.to_string(),
    }
}

fn check(context: &Context, table: &[(&str, &str)]) {
    for (text, meant) in table {
        assert_eq!(read(text, context), *meant, "{text:?}");
    }
}

#[test]
fn instants() {
    check(
        &now(),
        &[
            ("now", "2026-11-22 14:30:00+01:00"),
            (" NOW ", "2026-11-22 14:30:00+01:00"),
            ("now-90s", "2026-11-22 14:28:30+01:00"),
            ("today", "2026-11-22 00:00:00+01:00"),
            ("today 9:05", "2026-11-22 09:05:00+01:00"),
            ("today+2h", "2026-11-22 02:00:00+01:00"),
            ("yesterday", "2026-11-21 00:00:00+01:00"),
            ("Yesterday 14:05", "2026-11-21 14:05:00+01:00"),
            ("yesterday 14:05:30.5", "2026-11-21 14:05:30.500+01:00"),
            ("10m", "2026-11-22 14:20:00+01:00"),
            ("3d2h", "2026-11-19 12:30:00+01:00"),
            ("3d 2h", "2026-11-19 12:30:00+01:00"),
            ("10 min ago", "2026-11-22 14:20:00+01:00"),
            ("1 hour 30 minutes ago", "2026-11-22 13:00:00+01:00"),
            ("1.5h", "2026-11-22 13:00:00+01:00"),
            ("-15m", "2026-11-22 14:15:00+01:00"),
            ("0s", "2026-11-22 14:30:00+01:00"),
            ("14:05", "2026-11-22 14:05:00+01:00"),
            ("23:59:59", "2026-11-22 23:59:59+01:00"),
            ("00:00", "2026-11-22 00:00:00+01:00"),
            ("end", "2026-11-22 14:30:00+01:00"),
            ("2026-11-22", "2026-11-22 00:00:00+01:00"),
            ("2026-11-22 14:05", "2026-11-22 14:05:00+01:00"),
            ("2026-11-22T14:05", "2026-11-22 14:05:00+01:00"),
            ("2026-11-22 14:05:30", "2026-11-22 14:05:30+01:00"),
            ("2026-11-22 14:05:30.123456", "2026-11-22 14:05:30.123456+01:00"),
            ("2026-11-22T14:05:30Z", "2026-11-22 15:05:30+01:00"),
            ("2026-11-22t14:05:30z", "2026-11-22 15:05:30+01:00"),
            ("2026-11-22T14:05:30.25+05:30", "2026-11-22 09:35:30.250+01:00"),
            ("2026-11-22 14:05:30 +0100", "2026-11-22 14:05:30+01:00"),
            ("2026-11-22 14:05:30-00:00", "2026-11-22 15:05:30+01:00"),
            ("2026-11-22 14:05:30 UTC", "2026-11-22 15:05:30+01:00"),
            ("2026-11-22 14:05:30 CET", "2026-11-22 14:05:30+01:00"),
            ("Sun 2026-11-22 14:05:30 UTC", "2026-11-22 15:05:30+01:00"),
            ("Wed 2026-07-01 14:05:30 CEST", "2026-07-01 14:05:30+02:00"),
            ("saturday 2026-11-21 14:05", "2026-11-21 14:05:00+01:00"),
            ("SAT 2026-11-21", "2026-11-21 00:00:00+01:00"),
            ("tomorrow", "2026-11-23 00:00:00+01:00"),
            ("tomorrow 9:05", "2026-11-23 09:05:00+01:00"),
            ("1405", "2026-11-22 14:05:00+01:00"),
            ("140530", "2026-11-22 14:05:30+01:00"),
            ("20261121", "2026-11-21 00:00:00+01:00"),
            ("202611211405", "2026-11-21 14:05:00+01:00"),
            ("20261121140530", "2026-11-21 14:05:30+01:00"),
            ("20261121 1405", "2026-11-21 14:05:00+01:00"),
            ("20261121 14:05", "2026-11-21 14:05:00+01:00"),
            ("20261121T140530Z", "2026-11-21 15:05:30+01:00"),
            ("2024-02-29", "2024-02-29 00:00:00+01:00"),
            ("2024-02-29 23:59:59.999999", "2024-02-29 23:59:59.999999+01:00"),
            ("1969-12-31T23:59:59.5Z", "1970-01-01 00:59:59.500+01:00"),
            ("@0", "1970-01-01 01:00:00+01:00"),
            ("@-0.5", "1970-01-01 00:59:59.500+01:00"),
            ("@1795363911", "2026-11-22 17:11:51+01:00"),
            ("@1795363911.1234567", "2026-11-22 17:11:51.123456+01:00"),
        ],
    );
}

#[test]
fn a_zone_in_brackets_is_looked_up() {
    if TimeZone::get("America/New_York").is_err() {
        eprintln!("no database of time zones here");
        return;
    }
    check(
        &now(),
        &[
            ("2026-11-22 14:05[America/New_York]", "2026-11-22 20:05:00+01:00"),
            ("2026-07-01T08:00-04:00[America/New_York]", "2026-07-01 14:00:00+02:00"),
        ],
    );
    for contradiction in ["2026-11-22 14:05+03:00[America/New_York]", "2026-11-22 14:05[Europe/Nowhere]"] {
        assert!(matches!(parse(contradiction, &now()), Err(TimeError::NoSuchTime(_))), "{contradiction}");
    }
}

#[test]
fn a_zone_is_a_name_or_hours_from_utc() {
    let at = |name: &str| zone(name).map(|zone| show(at("2026-11-22T14:05:00Z"), &zone));
    let table = [
        ("+02:00", "2026-11-22 16:05:00+02:00"),
        ("-0330", "2026-11-22 10:35:00-03:30"),
        ("+2", "2026-11-22 16:05:00+02:00"),
        ("+05:45", "2026-11-22 19:50:00+05:45"),
    ];
    for (name, shown) in table {
        assert_eq!(at(name).as_deref(), Some(shown), "{name}");
    }
    for hour in ["2026-03-29 02:30 CET", "2026-03-29 02:30 CEST"] {
        assert!(matches!(parse(hour, &now()), Err(TimeError::NoSuchTime(_))), "{hour} does not come");
    }
    for name in
        ["", "+", "+x", "+2:0", "+02:60", "+15:00", "+-2", "+100", "+02:00:00", "+é", "Europe/Nowhere"]
    {
        assert_eq!(at(name), None, "{name}");
    }
}

#[test]
fn nights_on_which_clocks_change() {
    check(
        &now(),
        &[
            // 02:30 comes twice: the earlier.
            ("2026-10-25 02:30", "2026-10-25 02:30:00+02:00"),
            ("2026-10-25 03:00", "2026-10-25 03:00:00+01:00"),
            ("2026-10-25 02:30+01:00", "2026-10-25 02:30:00+01:00"),
            ("2026-10-25 02:30 CEST", "2026-10-25 02:30:00+02:00"),
            ("2026-10-25 02:30 CET", "2026-10-25 02:30:00+01:00"),
            // 02:30 does not come: the moment of the change.
            ("2026-03-29 01:59:59", "2026-03-29 01:59:59+01:00"),
            ("2026-03-29 02:00", "2026-03-29 03:00:00+02:00"),
            ("2026-03-29 02:30", "2026-03-29 03:00:00+02:00"),
            ("2026-03-29 03:00", "2026-03-29 03:00:00+02:00"),
        ],
    );
    // A day is 24 hours where it is a length, and a date where it is a word.
    let monday = Context { now: at("2026-10-26T08:00:00Z"), ..now() };
    check(
        &monday,
        &[
            ("1d", "2026-10-25 09:00:00+01:00"),
            ("2d", "2026-10-24 10:00:00+02:00"),
            ("yesterday", "2026-10-25 00:00:00+02:00"),
            ("yesterday 02:30", "2026-10-25 02:30:00+02:00"),
        ],
    );
    // Midnight itself is skipped where clocks go forward then.
    let skips_midnight = TimeZone::posix("AST4ADT,M3.2.0/0,M11.1.0/0").unwrap();
    let context = Context { zone: skips_midnight, ..now() };
    check(&context, &[("2026-03-08", "2026-03-08 01:00:00-03:00")]);
}

#[test]
fn times_of_a_recording() {
    // Three days.
    let long = over("2026-11-10T08:00:00Z", "2026-11-13T11:00:00Z");
    check(
        &long,
        &[
            ("start", "2026-11-10 09:00:00+01:00"),
            ("start+5m", "2026-11-10 09:05:00+01:00"),
            ("start + 5 min", "2026-11-10 09:05:00+01:00"),
            ("end", "2026-11-13 12:00:00+01:00"),
            ("End-5m", "2026-11-13 11:55:00+01:00"),
            ("12:00", "2026-11-13 12:00:00+01:00"),
            ("12:00:01", "2026-11-12 12:00:01+01:00"),
            ("14:05", "2026-11-12 14:05:00+01:00"),
            // Before now, whatever is read.
            ("10m", "2026-11-22 14:20:00+01:00"),
            ("today", "2026-11-22 00:00:00+01:00"),
        ],
    );
    // While it goes on, times of day are today's.
    let live = Context { live: true, ..over("2026-11-10T08:00:00Z", "2026-11-22T13:29:59Z") };
    check(&live, &[("14:05", "2026-11-22 14:05:00+01:00"), ("23:00", "2026-11-22 23:00:00+01:00")]);
    // Two hours: what is not in it is the nearest to it.
    let short = over("2026-11-13T09:00:00Z", "2026-11-13T11:00:00Z");
    check(
        &short,
        &[
            ("11:00", "2026-11-13 11:00:00+01:00"),
            ("09:00", "2026-11-13 09:00:00+01:00"),
            ("14:05", "2026-11-13 14:05:00+01:00"),
        ],
    );
    let over_midnight = over("2026-11-12T21:00:00Z", "2026-11-13T01:00:00Z");
    check(
        &over_midnight,
        &[
            ("21:00", "2026-11-12 21:00:00+01:00"),
            ("23:00", "2026-11-12 23:00:00+01:00"),
            ("01:00", "2026-11-13 01:00:00+01:00"),
            ("03:00", "2026-11-13 03:00:00+01:00"),
        ],
    );
}

#[test]
fn what_is_no_instant() {
    let shown = |text: &str| read(text, &now());
    insta::assert_snapshot!(shown("tomorow"), @r#""tomorow" is no time; write it like 14:05, '2026-11-22 14:05' or '10 min ago'"#);
    insta::assert_snapshot!(shown("2026-02-29"), @r#""2026-02-29" is no date and time that exist; write them like 2026-11-22, 2026-11-22T14:05:30Z or '2026-11-22 14:05[Europe/Berlin]'"#);
    insta::assert_snapshot!(shown("Mon 2026-11-22 14:05"), @r#""Mon 2026-11-22 14:05" is no date and time that exist; write them like 2026-11-22, 2026-11-22T14:05:30Z or '2026-11-22 14:05[Europe/Berlin]'"#);
    insta::assert_snapshot!(shown("2026-11-22 14:05 CEST"), @r#""2026-11-22 14:05 CEST" is no date and time that exist; write them like 2026-11-22, 2026-11-22T14:05:30Z or '2026-11-22 14:05[Europe/Berlin]'"#);
    insta::assert_snapshot!(shown("start+5m"), @r#""start+5m" counts from a recording, and there is none here; write it like now, 14:05 or 10m"#);
    insta::assert_snapshot!(shown("+5m"), @r#""+5m" counts from a begin, so only an end can be written so; write it like 10m, now or start+5m"#);
    insta::assert_snapshot!(shown("999999w"), @r#""999999w" lies outside the years 0 to 9999; write it like yesterday, 3d2h or @1795363911"#);
    insta::assert_snapshot!(shown("\u{1b}[2J\n"), @r#""\u{1b}[2J\n" is no time; write it like 14:05, '2026-11-22 14:05' or '10 min ago'"#);
    let long = "1".repeat(10_000);
    assert!(shown(&long).len() < 200);
}

#[test]
fn nothing_panics_and_nothing_is_guessed() {
    let nines = "9".repeat(40);
    let huge = [
        "".to_string(),
        " ".into(),
        "10".into(),
        "1795363911".into(),
        "2561".into(),
        "20261322".into(),
        "2026112214".into(),
        "202611222505".into(),
        "m".into(),
        "ago".into(),
        "10 ago".into(),
        "10 parsecs ago".into(),
        "10m5".into(),
        "-15m ago".into(),
        "--5m".into(),
        "-".into(),
        "+".into(),
        "@".into(),
        "@-".into(),
        "@1e9".into(),
        "@.5".into(),
        "@5.".into(),
        "@1:00".into(),
        format!("@{nines}"),
        format!("@-{nines}"),
        format!("{nines}s"),
        format!("{nines}w ago"),
        format!("-{}d", u64::MAX),
        format!("0.{nines}{nines}s5"),
        "now-".into(),
        "now 5m".into(),
        "now14:05".into(),
        "today14:05".into(),
        "yesterday 25:00".into(),
        "yesterday -".into(),
        "14:5".into(),
        "14:60".into(),
        "24:00".into(),
        "14:05:61".into(),
        "14:05.5".into(),
        "14:05:30.".into(),
        "14:05:30.1234567890".into(),
        "14:05:30:1".into(),
        "014:05".into(),
        "14:05Z".into(),
        ":".into(),
        "-1:00".into(),
        "2026-11".into(),
        "2026-13-01".into(),
        "2026-11-31".into(),
        "2026-11-22 ".repeat(4),
        "2026-11-22 14:05 14:05".into(),
        "2026-11-22 25:00".into(),
        "2026-11-22Z".into(),
        "2026-11-22 14:05+99:00".into(),
        "2026-11-22 14:05[".into(),
        "2026-11-22 14:05[]".into(),
        "0000-".into(),
        "９:３０".into(),
        "10\u{a0}m\u{301}".into(),
        "ß".into(),
        "10µ".into(),
    ];
    for text in &huge {
        let found = parse(text, &now());
        assert!(found.is_err(), "{text:?} is {found:?}");
        assert!(!found.unwrap_err().to_string().contains('\n'), "{text:?}");
    }
    // Neither where the clock itself stands outside of every calendar.
    for odd in [i64::MIN, i64::MAX, 0] {
        let edge = Some(Micros(odd));
        let context = Context { now: Micros(odd), zone: berlin(), start: edge, end: edge, live: false };
        let unordered = Context { end: Some(Micros(0)), ..context.clone() };
        for text in
            ["now", "10m", "14:05", "today", "yesterday 14:05", "start", "end", "start-5m", "end+5m", "@5"]
        {
            for context in [&context, &unordered] {
                let _ = parse(text, context);
                let _ = range(Some(text), Some("+5m"), context);
                let _ = range(Some("00:00"), Some(text), context);
            }
        }
    }
}

#[test]
fn what_is_shown_is_read_back() {
    for zone in [berlin(), TimeZone::UTC, TimeZone::posix("<-0330>3:30").unwrap()] {
        let context = Context { zone: zone.clone(), ..now() };
        for micros in [
            0,
            -1,
            1,
            1_795_363_911_123_456,
            1_774_745_999_999_999,
            1_792_891_800_000_000,
            -62_000_000_000_000_000,
        ] {
            let shown = show(Micros(micros), &zone);
            assert_eq!(parse(&shown, &context), Ok(Micros(micros)), "{shown}");
        }
    }
    assert_eq!(show(at("2026-11-22T14:05:30Z"), &TimeZone::UTC), "2026-11-22 14:05:30Z");
    assert_eq!(show(Micros(i64::MAX), &TimeZone::UTC), "@9223372036854.775807");
    assert_eq!(show(Micros(i64::MIN), &berlin()), "@-9223372036854.775808");
}

#[test]
fn lengths() {
    let table = [
        ("0", 0, "0s"),
        ("0s", 0, "0s"),
        ("250us", 250, "250us"),
        ("500ms", 500_000, "500ms"),
        ("1s", 1_000_000, "1s"),
        ("90", 90_000_000, "1m30s"),
        ("1.5", 1_500_000, "1.5s"),
        ("0.25 s", 250_000, "250ms"),
        ("10m", 600_000_000, "10m"),
        ("1h30m", 5_400_000_000, "1h30m"),
        ("1h 30m 0.5s", 5_400_500_000, "1h30m0.5s"),
        (" 10 minutes ", 600_000_000, "10m"),
        ("14d", 1_209_600_000_000, "14d"),
        ("2w", 1_209_600_000_000, "14d"),
        ("36h", 129_600_000_000, "1d12h"),
    ];
    for (text, micros, shown) in table {
        let length = parse_duration(text).unwrap();
        assert_eq!(length, Duration::from_micros(micros), "{text:?}");
        assert_eq!(show_duration(length), shown);
        assert_eq!(parse_duration(shown), Ok(length), "{shown}");
    }
    let nines = "9".repeat(40);
    for garbage in [
        "",
        "m",
        "-5m",
        "5 m s",
        "10M",
        "1y",
        "1h30",
        "1.m",
        ".5s",
        "1e3",
        "1,5s",
        "∞",
        &nines,
        &format!("{nines}w"),
    ] {
        assert!(matches!(parse_duration(garbage), Err(TimeError::NoDuration(_))), "{garbage:?}");
    }
    let longest = show_duration(Duration::MAX);
    assert_eq!(longest, "213503982334601d7h15.999999s");
    insta::assert_snapshot!(parse_duration("10M").unwrap_err(), @r#""10M" is no length of time; write it like 500ms, 10m or 1h30m"#);
}

#[test]
fn ranges() {
    let shown = |begin: Option<&str>, end: Option<&str>, context: &Context| match range(begin, end, context) {
        Ok(Range { from, to }) => {
            let edge = |at: Option<Micros>| at.map_or("open".into(), |at| show(at, &context.zone));
            format!("({}, {}]", edge(from), edge(to))
        }
        Err(error) => error.to_string(),
    };
    let live = now();
    assert_eq!(range(None, None, &live), Ok(Range::ALL));
    insta::assert_snapshot!(shown(Some("1h"), None, &live), @"(2026-11-22 13:30:00+01:00, open]");
    insta::assert_snapshot!(shown(Some("1h"), Some("10m"), &live), @"(2026-11-22 13:30:00+01:00, 2026-11-22 14:20:00+01:00]");
    insta::assert_snapshot!(shown(Some("14:05"), Some("+5m"), &live), @"(2026-11-22 14:05:00+01:00, 2026-11-22 14:10:00+01:00]");
    insta::assert_snapshot!(shown(None, Some("yesterday"), &live), @"(open, 2026-11-21 00:00:00+01:00]");
    // Over midnight.
    insta::assert_snapshot!(shown(Some("23:00"), Some("01:00"), &live), @"(2026-11-21 23:00:00+01:00, 2026-11-22 01:00:00+01:00]");
    insta::assert_snapshot!(shown(Some("22:00"), Some("2026-11-20 06:00"), &live), @"(2026-11-19 22:00:00+01:00, 2026-11-20 06:00:00+01:00]");
    // Nothing is changed silently where a day was named.
    insta::assert_snapshot!(shown(Some("2026-11-22 23:00"), Some("01:00"), &live), @r#"the range begins at 2026-11-22 23:00:00+01:00 ("2026-11-22 23:00"), after it ends at 2026-11-22 01:00:00+01:00 ("01:00"); write it like -b 14:05 -e 14:30, -b 10m or -b start -e start+5m"#);
    insta::assert_snapshot!(shown(None, Some("+5m"), &live), @r#""+5m" counts from a recording, and there is none here; write it like now, 14:05 or 10m"#);

    let recording = over("2026-11-13T09:00:00Z", "2026-11-13T11:00:00Z");
    insta::assert_snapshot!(shown(Some("start"), Some("+5m"), &recording), @"(open, 2026-11-13 10:05:00+01:00]");
    insta::assert_snapshot!(shown(None, Some("+5m"), &recording), @"(open, 2026-11-13 10:05:00+01:00]");
    insta::assert_snapshot!(shown(Some("end-5m"), Some("end"), &recording), @"(2026-11-13 11:55:00+01:00, 2026-11-13 12:00:00+01:00]");
    insta::assert_snapshot!(shown(Some("11:00"), Some("14:05"), &recording), @"(2026-11-13 11:00:00+01:00, 2026-11-13 14:05:00+01:00]");
    insta::assert_snapshot!(shown(Some("+5m"), None, &recording), @r#""+5m" counts from a begin, so only an end can be written so; write it like 10m, now or start+5m"#);
    let first = range(Some("start"), None, &recording).unwrap();
    assert!(first.contains(recording.start.unwrap()), "the first row belongs to it");
}
