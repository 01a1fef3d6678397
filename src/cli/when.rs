//! The range that `-b` and `-e` mean, for a store.

use std::path::Path;

use anyhow::Result;
use jiff::tz::TimeZone;

use super::NothingRecorded;
use super::args::RangeArgs;
use crate::store::{self, Catalog};
use crate::time::{self, Clock, Context, Range, SystemClock, show};

/// What a command that reads needs to know of time.
pub struct When {
    /// What times are read and shown against.
    pub context: Context,
    /// The range that was asked for.
    pub range: Range,
}

/// Reads the range; says on stderr how it was understood. An error where nothing lies in it.
pub fn when(root: &Path, args: &RangeArgs) -> Result<When> {
    let when = understood(root, args)?;
    if when.range != Range::ALL {
        eprintln!("range: {}", words(&when.range, &when.context.zone));
    }
    Ok(when)
}

/// The same without a word.
pub fn understood(root: &Path, args: &RangeArgs) -> Result<When> {
    let extent = Catalog::open(root)?.extent()?;
    let Some((start, end)) = extent else {
        let advice = format!("record into it with `sysray record --store {}`", root.display());
        return Err(
            NothingRecorded(format!("nothing is recorded in {} yet; {advice}", root.display())).into()
        );
    };
    let context = Context {
        now: SystemClock::default().wall(),
        zone: TimeZone::system(),
        start: Some(start),
        end: Some(end),
        live: store::recorder(root).is_live(),
    };
    let range = time::range(args.begin.as_deref(), args.end.as_deref(), &context)?;
    let said = words(&range, &context.zone);
    if !range.touches(start, end) {
        let (start, end) = (show(start, &context.zone), show(end, &context.zone));
        let nothing = format!("nothing is recorded {said}; {} has {start} to {end}", root.display());
        return Err(NothingRecorded(nothing).into());
    }
    Ok(When { context, range })
}

fn words(range: &Range, zone: &TimeZone) -> String {
    match (range.from, range.to) {
        (Some(from), Some(to)) => format!("from {} to {}", show(from, zone), show(to, zone)),
        (Some(from), None) => format!("since {}", show(from, zone)),
        (None, Some(to)) => format!("until {}", show(to, zone)),
        (None, None) => "at all".into(),
    }
}
