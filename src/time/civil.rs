//! Wall-clock dates and times ↔ instants.
//!
//! Where clocks go back, a time of day that comes twice is the earlier one. Where they go forward,
//! a time of day that does not come is the next instant that does: the moment of the change.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::Micros;

/// The instant at which clocks of the zone show `at`; `None` outside the calendar.
pub(super) fn instant(at: DateTime, zone: &TimeZone) -> Option<Micros> {
    let ambiguous = zone.to_ambiguous_timestamp(at);
    let change = match ambiguous.offset() {
        AmbiguousOffset::Gap { after, .. } => {
            let before_it = after.to_timestamp(at).ok()?;
            zone.following(before_it).next().map(|change| change.timestamp())
        }
        _ => None,
    };
    let timestamp = match change {
        Some(change) => change,
        None => ambiguous.compatible().ok()?,
    };
    Some(Micros(timestamp.as_microsecond()))
}

/// The instant, if the calendar has it: the years 0 to 9999.
pub(super) fn calendar(at: Micros) -> Option<Micros> {
    let year = TimeZone::UTC.to_datetime(Timestamp::from_microsecond(at.0).ok()?).year();
    (year >= 0).then_some(at)
}

/// The day it is then in the zone; `None` outside the calendar.
pub(super) fn date_of(at: Micros, zone: &TimeZone) -> Option<Date> {
    Some(zone.to_datetime(Timestamp::from_microsecond(at.0).ok()?).date())
}

/// `1405`, `140530`, `20261122` and `202611221405` in the way of all others: `14:05`, `2026-11-22 14:05`. What is not
/// written in digits alone stays as it is, but for what follows a date of eight.
pub(super) fn with_marks(text: &str) -> Cow<'_, str> {
    let clock = |digits: &str| match digits.len() {
        4 => Some(format!("{}:{}", &digits[..2], &digits[2..])),
        6 => Some(format!("{}:{}:{}", &digits[..2], &digits[2..4], &digits[4..])),
        _ => None,
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let run = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let marked = match run {
        4 | 6 if run == text.len() => clock(text),
        8 | 12 | 14 => {
            let (date, rest) = text.split_at(8);
            let date = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]);
            let behind = rest.strip_prefix([' ', 'T']).unwrap_or(rest);
            match () {
                () if rest.is_empty() => Some(date),
                () if is_digits(behind) => clock(behind).map(|clock| format!("{date} {clock}")),
                () if rest.len() > behind.len() && behind.starts_with(|c: char| c.is_ascii_digit()) => {
                    Some(format!("{date}{rest}"))
                }
                () => None,
            }
        }
        _ => None,
    };
    marked.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// `14:05`, `14:05:30` or `14:05:30.5`; `None` for anything else.
pub(super) fn time_of_day(text: &str) -> Option<Time> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut fields = clock.split(':');
    let mut field = |digits: std::ops::RangeInclusive<usize>| {
        let field = fields.next().filter(|f| digits.contains(&f.len()))?;
        field.bytes().all(|b| b.is_ascii_digit()).then(|| field.parse::<i8>().ok())?
    };
    let (hour, minute, second) = (field(1..=2)?, field(2..=2)?, field(2..=2));
    let whole = fields.next().is_none() && clock.matches(':').count() == 1 + usize::from(second.is_some());
    let decimals = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|b| b.is_ascii_digit());
    if !whole || !decimals || (second.is_none() && clock.len() < text.len()) {
        return None;
    }
    let nanos = fraction.parse::<i32>().ok()? * 10_i32.pow(9 - fraction.len() as u32);
    Time::new(hour, minute, second.unwrap_or(0), nanos).ok()
}

/// Whether a text is meant as a date: `2026-11-22` and perhaps more.
pub(super) fn looks_dated(text: &str) -> bool {
    let shape = text.bytes().take(5).map(|b| if b.is_ascii_digit() { b'0' } else { b });
    shape.eq(*b"0000-")
}

/// What stands behind a day of the week, as systemd writes dates: `Sun 2026-11-22 14:05:30 CET`. The inner `None`
/// where that date is another day; the outer where no such day and date stand there.
pub(super) fn without_weekday(text: &str) -> Option<Option<&str>> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let (word, rest) = text.split_once(char::is_whitespace)?;
    let (word, rest) = (word.to_ascii_lowercase(), rest.trim_start());
    let day = DAYS.iter().position(|day| *day == word || day[..3] == word).filter(|_| looks_dated(rest))?;
    let date = rest.get(..10).and_then(|date| date.parse::<Date>().ok());
    Some(date.filter(|date| date.weekday().to_monday_zero_offset() == day as i8).map(|_| rest))
}

/// The instant at which clocks of the zone show `at`, where that is called so then: of an hour that comes twice,
/// `CEST` is the first and `CET` the second.
fn called(at: DateTime, name: &str, zone: &TimeZone) -> Option<Micros> {
    let offsets = match zone.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { offset } => [offset, offset],
        AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => [before, after],
    };
    // An hour that is left out is shown at neither.
    let is_called_so = |offset: Offset, at: Timestamp| {
        let then = zone.to_offset_info(at);
        then.offset() == offset && then.abbreviation() == name
    };
    let mut instants = offsets.into_iter().filter_map(|offset| Some((offset, offset.to_timestamp(at).ok()?)));
    let (_, timestamp) = instants.find(|(offset, at)| is_called_so(*offset, *at))?;
    Some(Micros(timestamp.as_microsecond()))
}

/// A date, perhaps with a time of day (else midnight), an offset and a zone in brackets (else
/// `zone`); `None` where there is no such date or zone, or where offset and zone contradict.
pub(super) fn dated(text: &str, zone: &TimeZone) -> Option<Micros> {
    // The standard leaves no blank before the offset; `date` and git do, and systemd names the zone.
    let written = match text.split_whitespace().collect::<Vec<_>>()[..] {
        [date, time, "UTC" | "utc" | "Z" | "z"] => format!("{date} {time}Z"),
        [date, time, name] if name.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            let unnamed = format!("{date} {time}");
            let at = Pieces::parse(&unnamed).ok().filter(|at| at.to_numeric_offset().is_none())?;
            return called(at.date().to_datetime(at.time()?), name, zone);
        }
        [date, time, offset] => format!("{date} {time}{offset}"),
        [date, time] => format!("{date} {time}"),
        [one] => one.to_string(),
        _ => return None,
    };
    let pieces = Pieces::parse(&written).ok()?;
    let at = pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight()));
    let named = pieces.to_time_zone().ok()?.filter(|_| pieces.time_zone_annotation().is_some());
    match pieces.to_numeric_offset() {
        None => instant(at, named.as_ref().unwrap_or(zone)),
        Some(offset) => {
            let timestamp = offset.to_timestamp(at).ok()?;
            let agrees = named.is_none_or(|zone| zone.to_offset(timestamp) == offset);
            agrees.then(|| Micros(timestamp.as_microsecond()))
        }
    }
}

/// An instant as people read it, and as the grammar reads it back: `2026-11-22 14:05:30+01:00`, in
/// UTC `2026-11-22 13:05:30Z`. Decimals of the second only where there are any; `@` and the seconds
/// since 1970 where the calendar ends.
pub fn show(at: Micros, zone: &TimeZone) -> String {
    let known = calendar(at).and_then(|at| Timestamp::from_microsecond(at.0).ok());
    let Some(timestamp) = known else {
        let sign = if at.0 < 0 { "-" } else { "" };
        let micros = at.0.unsigned_abs();
        return format!("@{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    };
    let local = zone.to_datetime(timestamp);
    let micros = local.subsec_nanosecond() / 1_000;
    let decimals = match micros {
        0 => String::new(),
        _ if micros % 1_000 == 0 => format!(".{:03}", micros / 1_000),
        _ => format!(".{micros:06}"),
    };
    let offset = if *zone == TimeZone::UTC { "Z".into() } else { shown_offset(zone, timestamp) };
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}{decimals}{offset}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

fn shown_offset(zone: &TimeZone, timestamp: Timestamp) -> String {
    let offset = zone.to_offset(timestamp).seconds();
    let sign = if offset < 0 { '-' } else { '+' };
    let (minutes, seconds) = (offset.abs() / 60, offset.abs() % 60);
    let odd = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
    format!("{sign}{:02}:{:02}{odd}", minutes / 60, minutes % 60)
}
