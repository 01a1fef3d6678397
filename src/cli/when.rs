//! The range that `-b` and `-e` mean, for a store.

use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::tz::TimeZone;

use super::args::RangeArgs;
use super::{Misused, NothingRecorded, place};
use crate::schema::Micros;
use crate::store::{self, Catalog};
use crate::time::{self, Clock, Context, Range, SystemClock, show};

/// What a command that reads needs to know of time.
pub struct When {
    /// What times are read and shown against.
    pub context: Context,
    /// The range that was asked for.
    pub range: Range,
    /// Where it begins if that is the recording's start, which the range leaves open.
    start: Option<Micros>,
}

impl When {
    /// The range in words.
    pub fn words(&self) -> String {
        let shown = Range { from: self.range.from.or(self.start), to: self.range.to };
        if shown == Range::ALL { "all that is recorded".into() } else { words(&shown, &self.context.zone) }
    }

    fn is_asked(&self) -> bool {
        self.range != Range::ALL || self.start.is_some()
    }
}

#[cfg(feature = "desk")]
impl When {
    /// Of a range that was not typed.
    pub fn of(context: Context, range: Range) -> When {
        When { context, range, start: None }
    }

    /// What reads a text that a question compares with a time.
    pub fn read_time(&self) -> crate::query::ReadTime {
        let context = self.context.clone();
        std::sync::Arc::new(move |text: &str| time::parse(text, &context).map_err(|error| error.to_string()))
    }
}

/// Reads the range; says on stderr how it was understood. An error where nothing lies in it.
pub fn when(root: &Path, args: &RangeArgs) -> Result<When> {
    said(over(&[root.to_path_buf()], Catalog::open(root)?.extent()?, args)?)
}

/// The range as it was understood, which is said.
pub fn said(when: When) -> Result<When> {
    if when.is_asked() {
        eprintln!("range: {}", when.words());
    }
    Ok(when)
}

/// The same of several stores whose first and last instants are known, without a word.
pub fn over(roots: &[PathBuf], extent: Option<(Micros, Micros)>, args: &RangeArgs) -> Result<When> {
    let place = place::named(roots);
    let Some((start, end)) = extent else {
        let advice = format!("record into it with `sysray record --store {place}`");
        return Err(NothingRecorded(format!("nothing is recorded in {place} yet; {advice}")).into());
    };
    let context = Context {
        now: SystemClock::default().wall(),
        zone: zone(args)?,
        start: Some(start),
        end: Some(end),
        live: roots.iter().any(|root| store::recorder(root).is_live()),
    };
    let range = time::range(args.begin.as_deref(), args.end.as_deref(), &context)?;
    let said = words(&range, &context.zone);
    if !range.touches(start, end) {
        let (start, end) = (show(start, &context.zone), show(end, &context.zone));
        let nothing = format!("nothing is recorded {said}; {place} has {start} to {end}");
        return Err(NothingRecorded(nothing).into());
    }
    let start = args.begin.as_ref().and(context.start);
    Ok(When { context, range, start })
}

fn zone(args: &RangeArgs) -> Result<TimeZone> {
    match &args.tz {
        _ if args.utc => Ok(TimeZone::UTC),
        None => Ok(TimeZone::system()),
        Some(name) => time::zone(name).ok_or_else(|| {
            Misused(format!("no time zone is called '{name}'; write it as Europe/Berlin or +02:00")).into()
        }),
    }
}

fn words(range: &Range, zone: &TimeZone) -> String {
    match (range.from, range.to) {
        (Some(from), Some(to)) => format!("from {} to {}", show(from, zone), show(to, zone)),
        (Some(from), None) => format!("since {}", show(from, zone)),
        (None, Some(to)) => format!("until {}", show(to, zone)),
        (None, None) => "at all".into(),
    }
}
