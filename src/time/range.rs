//! Ranges of time as recordings have them: a row is stamped with the *end* of its interval, so a
//! range leaves its beginning out and takes its end in.

use super::Micros;

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
