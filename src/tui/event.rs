//! What happens to the model: keys, the clock, and answers to what it asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::course::Course;
use super::keys::Key;
use super::model::{Found, LogLine, Mark};
use super::sheet::Sheet;
use crate::time::Micros;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// The mouse was pressed at this column and line.
    Click(u16, u16),
    /// It was moved there, pressed.
    Drag(u16, u16),
    /// The wheel was turned there by so many notches, down is more than 0.
    Wheel(u16, u16, i64),
    /// The terminal has so many columns and lines.
    Size(u16, u16),
    /// It is now so late.
    Clock(Micros),
    /// What the recording spans by now, and whether somebody records into it; `None` while nothing is
    /// recorded.
    Extent(Result<Option<Extent>, String>),
    /// Where the cursor went, and what was so then.
    Moment(Result<Moment, String>),
    /// The course of the headline numbers.
    Course(Result<Course, String>),
    /// The course of one process or cgroup.
    History(Result<(String, Course), String>),
    /// What happened later than an instant; what was known of later is told anew.
    Marks(Micros, Result<Vec<Mark>, String>),
    /// The answer to the typed question of that number.
    Answer(u64, Result<Sheet, String>),
    /// Where the typed condition of that number holds next; `None` where it does not.
    Until(u64, Result<Option<Micros>, String>),
    /// What was logged around the cursor.
    Logs(Vec<LogLine>),
    /// What the glossary has of the text that is searched.
    Words(Vec<Found>),
    /// Something was written, or could not be.
    Written(Result<String, String>),
}

/// What the recording spans.
#[derive(Clone, Debug, PartialEq)]
pub struct Extent {
    /// The first sample.
    pub from: Micros,
    /// The last.
    pub to: Micros,
    /// Whether somebody records.
    pub is_live: bool,
    /// Whether what was there is there no more, or in another form: files were merged or removed.
    pub has_changed: bool,
    /// The hosts that are in it.
    pub hosts: Vec<String>,
    /// The tables that there are, where it is no store but files by themselves.
    pub tables: Option<BTreeSet<String>>,
}

/// One sample: what was so at the cursor.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The sample's time.
    pub ts: Micros,
    /// Rows by the question that was asked for them.
    pub sheets: BTreeMap<&'static str, Sheet>,
}
