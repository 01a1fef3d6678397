//! The grammar of instants, as users type them after `-b` and `-e`, in SQL and at the timeline's
//! prompt.
//!
//! | written | meant |
//! |---|---|
//! | `now` `today` `yesterday` `tomorrow` | this moment; midnight in the user's zone |
//! | `yesterday 14:05` | that time on that day |
//! | `10m` `3d2h` `-15m` `10 min ago` | before now, also when an old recording is read |
//! | `start` `end` `start+5m` `end-5m` | from the recording's first or last instant |
//! | `14:05` `14:05:30` | today; in a recording, the latest such instant in it |
//! | `2026-11-22` `2026-11-22 14:05:30.5` | in the user's zone; a date alone is its midnight |
//! | `Sun 2026-11-22 14:05:30 CET` | as systemd writes it: the day it is, and what that zone calls its time |
//! | `2026-11-22T14:05Z` `…+01:00` `…[Europe/Berlin]` | in the zone named |
//! | `1405` `20261122` `202611221405` | the same without marks, as atop has them |
//! | `@1795363911.5` | seconds since 1970 |
//!
//! What clocks do twice or not at all is settled in `civil`.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::civil::{
    calendar, date_of, dated, instant, looks_dated, time_of_day, with_marks, without_weekday,
};
use super::duration::spelled;
use super::error::quoted;
use super::{Micros, TimeError};

/// What the meaning of a text depends on.
#[derive(Clone, Debug)]
pub struct Context {
    /// This moment.
    pub now: Micros,
    /// The zone of the user's clocks.
    pub zone: TimeZone,
    /// The first instant recorded; `None` where nothing is.
    pub start: Option<Micros>,
    /// The last instant recorded; `None` where nothing is.
    pub end: Option<Micros>,
    /// Whether the recording goes on: times of day are then today's.
    pub live: bool,
}

/// No text that means anything is longer.
const LONGEST: usize = 120;

/// The instant a text means.
///
/// # Errors
/// One line that quotes the text and shows three that are accepted: see [`TimeError`].
pub fn parse(text: &str, context: &Context) -> Result<Micros, TimeError> {
    let unreadable = || TimeError::Unreadable(quoted(text));
    let outside = || TimeError::OutOfRange(quoted(text));
    let marked = with_marks(text.trim());
    let written = marked.as_ref();
    if written.len() > LONGEST {
        return Err(unreadable());
    }
    if let Some(seconds) = written.strip_prefix('@') {
        return calendar(epoch(seconds).ok_or_else(unreadable)?).ok_or_else(outside);
    }
    if let Some(length) = written.strip_prefix('+') {
        return Err(match spelled(length) {
            Some(_) => TimeError::NoBegin(quoted(text)),
            None => unreadable(),
        });
    }
    if written.starts_with('-') {
        return shifted(context.now, written).ok_or_else(unreadable)?.ok_or_else(outside);
    }
    if let Some(date) = without_weekday(written) {
        let at = date.and_then(|date| dated(date, &context.zone));
        return at.ok_or_else(|| TimeError::NoSuchTime(quoted(text)));
    }
    if written.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return worded(text, context);
    }
    if looks_dated(written) {
        return dated(written, &context.zone).ok_or_else(|| TimeError::NoSuchTime(quoted(text)));
    }
    if written.contains(':') {
        let time = time_of_day(written).ok_or_else(|| TimeError::NoSuchTime(quoted(text)))?;
        return context.nearest(time).ok_or_else(outside);
    }
    let length = written.strip_suffix("ago").unwrap_or(written);
    shifted(context.now, &format!("-{length}")).ok_or_else(unreadable)?.ok_or_else(outside)
}

/// `base` and a length behind a sign; the outer `None` where that is not what stands there, the
/// inner where it leads out of the calendar.
pub(super) fn shifted(base: Micros, text: &str) -> Option<Option<Micros>> {
    let forward = text.starts_with('+');
    let length = spelled(text.strip_prefix(['+', '-'])?)?;
    let sum = i64::try_from(length.as_micros()).ok().and_then(|length| match forward {
        true => base.0.checked_add(length),
        false => base.0.checked_sub(length),
    });
    Some(sum.map(Micros).and_then(calendar))
}

/// What begins with a word: `now`, `yesterday 14:05`, `end-5m`.
fn worded(text: &str, context: &Context) -> Result<Micros, TimeError> {
    let unreadable = || TimeError::Unreadable(quoted(text));
    let outside = || TimeError::OutOfRange(quoted(text));
    let written = text.trim();
    let length = written.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(written.len());
    let (word, rest) = written.split_at(length);
    let spaced = rest.starts_with(char::is_whitespace);
    let (word, rest) = (word.to_ascii_lowercase(), rest.trim_start());
    let days_ago = match word.as_str() {
        "today" => Some(0),
        "yesterday" => Some(1),
        "tomorrow" => Some(-1),
        _ => None,
    };
    if let Some(days) = days_ago {
        let time = if spaced { time_of_day(rest) } else { None };
        let day = context.day(days, time.unwrap_or(Time::midnight())).ok_or_else(outside)?;
        return match time.is_some() || rest.is_empty() {
            true => Ok(day),
            false => shifted(day, rest).ok_or_else(unreadable)?.ok_or_else(outside),
        };
    }
    let recorded = |edge: Option<Micros>| edge.ok_or_else(|| TimeError::NoRecording(quoted(text)));
    let anchor = match word.as_str() {
        "now" => context.now,
        "start" => recorded(context.start)?,
        "end" => recorded(context.end.or(context.live.then_some(context.now)))?,
        _ => return Err(unreadable()),
    };
    match rest.is_empty() {
        true => Ok(anchor),
        false => shifted(anchor, rest).ok_or_else(unreadable)?.ok_or_else(outside),
    }
}

impl Context {
    /// A time of day so many days ago.
    fn day(&self, days_ago: i32, time: Time) -> Option<Micros> {
        self.on_day_of(self.now, -days_ago, time)
    }

    fn on_day_of(&self, at: Micros, days: i32, time: Time) -> Option<Micros> {
        let date = date_of(at, &self.zone)?;
        let date = date.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        instant(date.to_datetime(time), &self.zone)
    }

    /// The instant a time of day means: today's; of a recording, the latest in it, or where none is
    /// in it, the one nearest to it, so that `-b 10:00 -e 14:00` works where it stopped at 12:00.
    fn nearest(&self, time: Time) -> Option<Micros> {
        let Some(end) = self.end.filter(|_| !self.live) else { return self.day(0, time) };
        let latest = self.latest(end, time)?;
        let Some(start) = self.start.filter(|start| latest < *start) else { return Some(latest) };
        // None is in it, so it is shorter than a day or little more: `latest` is the last before it.
        match self.on_day_of(latest, 1, time) {
            Some(next) if next.0.saturating_sub(end.0) < start.0.saturating_sub(latest.0) => Some(next),
            _ => Some(latest),
        }
    }

    /// The latest instant not after `limit` with that time of day.
    pub(super) fn latest(&self, limit: Micros, time: Time) -> Option<Micros> {
        let candidates = (0..=1).filter_map(|days| self.on_day_of(limit, -days, time));
        candidates.filter(|at| *at <= limit).max()
    }
}

/// Seconds since 1970, with decimals; those after the sixth are dropped.
fn epoch(text: &str) -> Option<Micros> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (seconds, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let numeric = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !numeric(seconds) || !numeric(decimals) {
        return None;
    }
    let micros = format!("{:0<6.6}", decimals).parse::<i64>().ok()?;
    // More seconds than fit lead out of the calendar too.
    let whole = seconds.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(1_000_000).saturating_add(micros);
    Some(Micros(if negative { -whole } else { whole }))
}
