//! Buckets of time by a zone's calendar: which one an instant lies in, and which comes next.
//!
//! Buckets are cut on the zone's own clock, from Monday 2001-01-01 on, months and years from
//! January. An hour that the clock shows twice is two buckets of an hour; a day may have 23 or 25.

use datafusion::common::ScalarValue;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::time::parse_duration;

/// 2001-01-01 00:00:00, a Monday.
const ORIGIN_US: i64 = 978_307_200_000_000;
const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 86_400 * SECOND_US;

/// How long a bucket is on the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Micros(i64),
    Months(i64),
}

impl Step {
    /// `90s`, `5 minutes`, `1 day`, `1 week`, `1 month`, `1 year`.
    pub(super) fn read(text: &str) -> Result<Step, String> {
        let step = match months(text) {
            Some(months) => Step::Months(months),
            None => {
                let length = parse_duration(text).map_err(|_| format!("'{text}' is no length of time"))?;
                let micros = i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
                Step::Micros(micros)
            }
        };
        step.checked(text)
    }

    /// An SQL interval.
    pub(super) fn of(interval: &ScalarValue) -> Result<Step, String> {
        let step = match interval {
            ScalarValue::IntervalYearMonth(Some(months)) => Step::Months(i64::from(*months)),
            ScalarValue::IntervalDayTime(Some(length)) => {
                Step::Micros(i64::from(length.days) * DAY_US + i64::from(length.milliseconds) * 1000)
            }
            ScalarValue::IntervalMonthDayNano(Some(length)) => {
                let rest = i64::from(length.days) * DAY_US + length.nanoseconds / 1000;
                match (i64::from(length.months), rest) {
                    (0, rest) => Step::Micros(rest),
                    (months, 0) => Step::Months(months),
                    _ => return Err("a step is months or a length of time, not both together".into()),
                }
            }
            _ => return Err("a step is a length of time".into()),
        };
        step.checked("the interval")
    }

    fn checked(self, said: &str) -> Result<Step, String> {
        match self {
            Step::Micros(1..=MOST_US) | Step::Months(1..=12_000) => Ok(self),
            Step::Micros(..1) | Step::Months(..1) => {
                Err(format!("{said} is no length of time above nothing"))
            }
            _ => Err(format!("{said} is too long a step")),
        }
    }
}

/// A thousand years.
const MOST_US: i64 = 365_000 * DAY_US;

fn months(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let count: i64 = text[..digits].parse().ok()?;
    match text[digits..].trim_start() {
        "mo" | "month" | "months" => Some(count),
        "y" | "year" | "years" => count.checked_mul(12),
        _ => None,
    }
}

/// The buckets of one step in one zone.
#[derive(Clone)]
pub(super) struct Buckets {
    step: Step,
    /// `None`: UTC, where nothing is ambiguous.
    zone: Option<TimeZone>,
    /// The beginning of the bucket found last, and between which instants it is that of others too.
    last: Option<(i64, i64, i64)>,
}

impl Buckets {
    pub(super) fn new(step: Step, zone: Option<&str>) -> Result<Buckets, String> {
        let zone = match zone {
            None | Some("UTC") => None,
            Some(name) => Some(TimeZone::get(name).map_err(|_| format!("there is no time zone '{name}'"))?),
        };
        Ok(Buckets { step, zone, last: None })
    }

    /// The beginning of the bucket of a row that stands at `ts`; `None` off the calendar.
    pub(super) fn beginning(&mut self, ts: i64) -> Option<i64> {
        // The bucket takes its end in: the row is about what was before it.
        let instant = ts.checked_sub(1)?;
        if let Some((beginning, from, until)) = self.last
            && (from..until).contains(&instant)
        {
            return Some(beginning);
        }
        let (beginning, until) = match &self.zone {
            None => self.on_clock(instant)?,
            Some(zone) => self.zoned(instant, zone)?,
        };
        self.last = Some((beginning, instant, until));
        Some(beginning)
    }

    /// The beginning of the bucket that begins behind the one that begins there.
    pub(super) fn next(&mut self, beginning: i64) -> Option<i64> {
        let mut at = beginning.checked_add(1)?;
        // A bucket ends where an instant behind it begins another.
        loop {
            let found = self.beginning(at)?;
            if found > beginning {
                return Some(found);
            }
            let (_, _, until) = self.last?;
            at = until.checked_add(1)?;
        }
    }

    /// On one clock that never jumps: where the bucket begins, and where the next does.
    fn on_clock(&self, local: i64) -> Option<(i64, i64)> {
        match self.step {
            Step::Micros(step) => {
                let floor = local.checked_sub((local.checked_sub(ORIGIN_US)?).rem_euclid(step))?;
                Some((floor, floor.checked_add(step)?))
            }
            Step::Months(step) => {
                let day = civil(local)?.date();
                let month = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
                let floor = month - month.rem_euclid(step);
                Some((first_of(floor)?, first_of(floor + step)?))
            }
        }
    }

    fn zoned(&self, instant: i64, zone: &TimeZone) -> Option<(i64, i64)> {
        let timestamp = Timestamp::from_microsecond(instant).ok()?;
        let offset = |offset: Offset| i64::from(offset.seconds()) * SECOND_US;
        let local = instant.checked_add(offset(zone.to_offset(timestamp)))?;
        let (floor, next) = self.on_clock(local)?;
        // When the clock was set the last time.
        let set = zone.preceding(Timestamp::from_microsecond(instant.checked_add(1)?).ok()?).next();
        let set = set.map(|set| set.timestamp().as_microsecond());
        let mut beginning = match zone.to_ambiguous_timestamp(civil(floor)?).offset() {
            AmbiguousOffset::Unambiguous { offset: only } => floor - offset(only),
            // The clock showed it twice: the second time where that was before the row.
            AmbiguousOffset::Fold { before, after } => match floor - offset(after) {
                second if second <= instant => second,
                _ => floor - offset(before),
            },
            // The clock never showed it: what it showed instead.
            AmbiguousOffset::Gap { before, .. } => match floor - offset(before) {
                shown if shown <= instant => shown,
                _ => set?,
            },
        };
        // Set back into a bucket that had ended: that one does not begin again.
        if let (Step::Micros(..DAY_US), Some(set)) = (self.step, set)
            && beginning < set
            && self.zoned(set - 1, zone)?.0 > beginning
        {
            beginning = set;
        }
        // Until the clock is set the next time it runs like any other.
        let until = instant.checked_add(next - local)?;
        let set = zone.following(timestamp).next().map(|set| set.timestamp().as_microsecond());
        Some((beginning, set.map_or(until, |set| until.min(set))))
    }
}

/// What a clock shows so many microseconds after it showed 1970.
fn civil(local: i64) -> Option<DateTime> {
    Some(Offset::UTC.to_datetime(Timestamp::from_microsecond(local).ok()?))
}

/// The first of a month, counted from the year 0, on a clock.
fn first_of(month: i64) -> Option<i64> {
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    let date = Date::new(year, i8::try_from(month.rem_euclid(12) + 1).ok()?, 1).ok()?;
    Some(Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?.as_microsecond())
}
