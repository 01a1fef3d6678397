//! Ranges of time as recordings have them: a row is stamped with the *end* of its interval, so a
//! range leaves its beginning out and takes its end in.

use super::civil::{show, time_of_day, with_marks};
use super::error::quoted;
use super::grammar::{Context, parse, shifted};
use super::{Micros, TimeError};

/// `(from, to]`; an end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Rows later than this.
    pub from: Option<Micros>,
    /// Rows no later than this.
    pub to: Option<Micros>,
}

impl Range {
    /// All of time.
    pub const ALL: Range = Range { from: None, to: None };

    /// Whether a row of that instant lies in it.
    pub fn contains(&self, ts: Micros) -> bool {
        self.from.is_none_or(|from| ts > from) && self.to.is_none_or(|to| ts <= to)
    }

    /// Whether rows that are no earlier than `first` and no later than `last` can lie in it.
    pub fn touches(&self, first: Micros, last: Micros) -> bool {
        self.from.is_none_or(|from| last > from) && self.to.is_none_or(|to| first <= to)
    }
}

/// The range between a begin and an end as users write them; what is not given stays open.
///
/// An end of `+5m` counts from the begin, or without one from the recording's start. A begin that
/// is a time of day alone is the latest one before the end, so that `-b 23:00 -e 01:00` spans
/// midnight. A begin at the recording's start is left open, so that the very first row is in.
///
/// # Errors
/// What [`parse`] says of either text; [`TimeError::Reversed`] where the begin is after the end.
pub fn range(begin: Option<&str>, end: Option<&str>, context: &Context) -> Result<Range, TimeError> {
    let mut from = begin.map(|text| parse(text, context)).transpose()?;
    let to = match end {
        Some(text) if text.trim().starts_with('+') => {
            let base = from.or(context.start).ok_or_else(|| TimeError::NoRecording(quoted(text)))?;
            let end = shifted(base, text.trim()).ok_or_else(|| TimeError::Unreadable(quoted(text)))?;
            Some(end.ok_or_else(|| TimeError::OutOfRange(quoted(text)))?)
        }
        Some(text) => Some(parse(text, context)?),
        None => None,
    };
    if let (Some(text), Some(begins), Some(ends)) = (begin, from, to)
        && begins > ends
    {
        let earlier = time_of_day(&with_marks(text.trim())).and_then(|time| context.latest(ends, time));
        from = Some(earlier.ok_or_else(|| TimeError::Reversed {
            begin: quoted(text),
            from: show(begins, &context.zone),
            end: quoted(end.unwrap_or_default()),
            to: show(ends, &context.zone),
        })?);
    }
    Ok(Range { from: from.filter(|from| Some(*from) != context.start), to })
}
