//! What can be wrong with a time as a user wrote it: one line that names the text and shows what
//! is accepted instead.

/// Why a text is no instant, no length of time or no range.
///
/// Texts are quoted, cut to a readable length and free of control characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// It follows no rule of the grammar.
    #[error("{0} is no time; write it like 14:05, '2026-11-22 14:05' or '10 min ago'")]
    Unreadable(String),
    /// It has the shape of a date or a time of day, and there is no such day, time or time zone.
    #[error(
        "{0} is no date and time that exist; write them like 2026-11-22, 2026-11-22T14:05:30Z or '2026-11-22 14:05[Europe/Berlin]'"
    )]
    NoSuchTime(String),
    /// It is a sum that leads out of the calendar.
    #[error("{0} lies outside the years 0 to 9999; write it like yesterday, 3d2h or @1795363911")]
    OutOfRange(String),
    /// It counts from the recording, and nothing is recorded.
    #[error("{0} counts from a recording, and there is none here; write it like now, 14:05 or 10m")]
    NoRecording(String),
    /// It counts from a begin, where there is none.
    #[error("{0} counts from a begin, so only an end can be written so; write it like 10m, now or start+5m")]
    NoBegin(String),
    /// It is no length of time.
    #[error("{0} is no length of time; write it like 500ms, 10m or 1h30m")]
    NoDuration(String),
    /// The range runs backwards.
    #[error(
        "the range begins at {from} ({begin}), after it ends at {to} ({end}); write it like -b 14:05 -e 14:30, -b 10m or -b start -e start+5m"
    )]
    Reversed {
        /// The begin as written.
        begin: String,
        /// What it means.
        from: String,
        /// The end as written.
        end: String,
        /// What it means.
        to: String,
    },
}

/// A user's text as a message shows it.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{:?}…", &text[..cut]),
        None => format!("{text:?}"),
    }
}
