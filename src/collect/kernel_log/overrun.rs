//! Messages that the kernel overwrote before they were read.

use std::time::Duration;

use crate::schema::rows::Event;

/// How often it is told at most.
const EVERY: Duration = Duration::from_secs(60);

/// What was lost, and is not told yet.
#[derive(Default)]
pub struct Overrun {
    /// The number of the last message that was read before some were lost; nothing is known of it where none was.
    since: Option<Option<i64>>,
    /// How many are lost, and whether there are others nobody counted.
    lost: i64,
    is_more: bool,
    told: Option<Duration>,
}

impl Overrun {
    /// The kernel says that some were lost behind that one.
    pub fn begin(&mut self, number: Option<i64>) {
        self.since.get_or_insert(number);
    }

    /// The next message was read: the numbers say how many there were between.
    pub fn end(&mut self, number: Option<i64>) {
        let Some(since) = self.since.take() else { return };
        match since.zip(number).map(|(since, number)| number - since - 1) {
            Some(lost) if lost >= 0 => self.lost += lost,
            _ => self.is_more = true,
        }
    }

    /// What is to be told of it now.
    pub fn news(&mut self, now: Duration) -> Option<Event> {
        let is_due = self.told.is_none_or(|told| now.saturating_sub(told) >= EVERY);
        if !is_due || (self.lost == 0 && !self.is_more) {
            return None;
        }
        self.told = Some(now);
        let (lost, is_more) = (std::mem::take(&mut self.lost), std::mem::take(&mut self.is_more));
        let count = match (lost, is_more) {
            (0, _) => "messages".into(),
            (lost, true) => format!("at least {lost} messages"),
            (lost, false) => format!("{lost} messages"),
        };
        let message = format!("{count} of the kernel were overwritten before they were read");
        let detail = serde_json::json!({ "lost": (lost > 0).then_some(lost), "is_all": !is_more });
        Some(Event {
            detail: Some(detail.to_string().into()),
            ..Event::about("left_out", Event::WARNING, "kernel_log", &message)
        })
    }
}
