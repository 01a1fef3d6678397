//! What is read of devices that mostly answer at once, and sometimes take their time: it is asked aside of
//! the tick, and told with its age.

use std::time::{Duration, Instant};

use super::Host;
use super::aside::{About, Answer};

/// An answer is forgotten when the next was not there after this.
const SILENT_FOR: Duration = Duration::from_secs(60);

/// A question that is put again and again, and the newest answer to it.
pub struct Reading<T> {
    answer: Answer<Told<T>>,
    newest: Option<Told<T>>,
    /// When the last question was put.
    asked: Duration,
    /// The last answer took longer than a tick waits.
    is_slow: bool,
}

struct Told<T> {
    asked: Duration,
    took: Duration,
    answer: T,
}

impl<T> Default for Reading<T> {
    fn default() -> Self {
        Reading { answer: Answer::default(), newest: None, asked: Duration::ZERO, is_slow: false }
    }
}

impl<T: Send + 'static> Reading<T> {
    /// Puts the question, and hands out the newest answer and how old it is. The answer is waited for as
    /// long as the host has patience, unless the one before took longer than that.
    pub fn newest(
        &mut self,
        host: &Host,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Option<(&T, Duration)> {
        self.take(host, Duration::ZERO);
        let mut patience = if self.is_slow { Duration::ZERO } else { host.patience };
        if self.answer.is_waited_for() {
            patience = Duration::ZERO;
            if host.now.saturating_sub(self.asked) >= SILENT_FOR {
                self.newest = None;
            }
        } else {
            let asked = host.now;
            self.asked = asked;
            self.answer.renew(&host.aside, About::Other, asked, Duration::ZERO, move || {
                let began = Instant::now();
                let answer = question();
                Told { asked, took: began.elapsed(), answer }
            });
        }
        self.take(host, patience);
        self.newest.as_ref().map(|told| (&told.answer, host.now.saturating_sub(told.asked)))
    }

    fn take(&mut self, host: &Host, patience: Duration) {
        if let Some(told) = self.answer.take(patience) {
            self.is_slow = told.took > host.patience;
            self.newest = Some(told);
        }
    }
}
