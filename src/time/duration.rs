//! Lengths of time as users write them: `500ms`, `10m`, `1h30m`, `14d`.
//!
//! A day is 24 hours and a week seven days, whatever the calendar does; months and years, which
//! have no length, are not accepted.

use std::time::Duration;

use super::TimeError;
use super::error::quoted;

const NANOS: u128 = 1_000_000_000;

/// Reads a length of time: numbers with units, added up, or a bare number of seconds.
///
/// Units are `us`, `ms`, `s`, `m`, `h`, `d`, `w` and their names in full (`10 minutes`); numbers may
/// have a decimal point. Zero is a length; callers that need more refuse it.
///
/// # Errors
/// [`TimeError::NoDuration`] for anything else, and for more than a [`Duration`] holds.
pub fn parse_duration(text: &str) -> Result<Duration, TimeError> {
    let bare = match number(text.trim()) {
        Some((seconds, "")) => seconds.times(NANOS),
        _ => None,
    };
    bare.or_else(|| spelled(text)).ok_or_else(|| TimeError::NoDuration(quoted(text)))
}

/// Numbers with units, added up; `None` where anything else stands between them.
pub(super) fn spelled(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut sum = None;
    while !rest.is_empty() {
        let (count, after) = number(rest)?;
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let length = count.times(nanos_of(unit)?)?;
        sum = Some(sum.unwrap_or(Duration::ZERO).checked_add(length)?);
        rest = next.trim_start();
    }
    sum
}

/// A decimal number: its whole part, and what follows the point in billionths.
struct Decimal {
    whole: u64,
    billionths: u32,
}

impl Decimal {
    fn times(&self, unit_nanos: u128) -> Option<Duration> {
        let nanos = u128::from(self.whole) * unit_nanos + u128::from(self.billionths) * unit_nanos / NANOS;
        Some(Duration::new(u64::try_from(nanos / NANOS).ok()?, (nanos % NANOS) as u32))
    }
}

/// The number at the beginning, and what follows it. Digits after the ninth decimal are dropped.
fn number(text: &str) -> Option<(Decimal, &str)> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (whole, rest) = text.split_at(digits(text));
    let whole = whole.parse().ok()?;
    let Some(decimals) = rest.strip_prefix('.') else {
        return Some((Decimal { whole, billionths: 0 }, rest));
    };
    let (decimals, rest) = decimals.split_at(digits(decimals));
    let kept = &decimals[..decimals.len().min(9)];
    let billionths = kept.parse::<u32>().ok()? * 10_u32.pow(9 - kept.len() as u32);
    Some((Decimal { whole, billionths }, rest))
}

fn nanos_of(unit: &str) -> Option<u128> {
    Some(match unit {
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" | "sec" | "secs" | "second" | "seconds" => NANOS,
        "m" | "min" | "mins" | "minute" | "minutes" => 60 * NANOS,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600 * NANOS,
        "d" | "day" | "days" => 86_400 * NANOS,
        "w" | "week" | "weeks" => 604_800 * NANOS,
        _ => return None,
    })
}

/// The same the other way round, to the microsecond: `1h30m`, `1.5s`, `500ms`, `0s`.
pub fn show_duration(length: Duration) -> String {
    let (mut seconds, micros) = (length.as_secs(), length.subsec_micros());
    if seconds == 0 && micros > 0 {
        return match micros % 1_000 {
            0 => format!("{}ms", micros / 1_000),
            _ => format!("{micros}us"),
        };
    }
    let mut shown = String::new();
    for (unit, size) in [("d", 86_400), ("h", 3_600), ("m", 60)] {
        if seconds >= size {
            shown += &format!("{}{unit}", seconds / size);
            seconds %= size;
        }
    }
    if micros > 0 {
        let decimals = format!("{micros:06}");
        shown += &format!("{seconds}.{}s", decimals.trim_end_matches('0'));
    } else if seconds > 0 || shown.is_empty() {
        shown += &format!("{seconds}s");
    }
    shown
}
