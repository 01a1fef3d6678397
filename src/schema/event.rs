//! An event in the making.

use super::rows::Event;

impl Event {
    /// What [`Event::severity`] may be: worth knowing,
    pub const INFO: &str = "info";
    /// something to look at,
    pub const WARNING: &str = "warning";
    /// or something that is broken.
    pub const CRITICAL: &str = "critical";

    /// An event of a kind: how bad it is, what it happened to, and a line for people.
    pub fn about(kind: &str, severity: &str, subject: &str, message: &str) -> Event {
        Event {
            kind: Some(kind.into()),
            severity: Some(severity.into()),
            subject: Some(subject).filter(|subject| !subject.is_empty()).map(Into::into),
            message: Some(message.into()),
            ..Event::default()
        }
    }
}
