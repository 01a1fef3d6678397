//! From the open log to events: messages one after the other, as many as there are.

use std::io::{ErrorKind, Read};
use std::time::Duration;

use super::overrun::Overrun;
use super::{Limit, Reader};
use crate::collect::redact::{command_line, one_line};
use crate::schema::rows::Event;

/// The kernel hands out a message a read, and refuses where it does not fit.
const MESSAGE_BYTES: usize = 8192;
/// Messages in one tick at most; the rest waits in the kernel for the next.
const MOST_AT_ONCE: usize = 2000;
/// What is kept of one, in bytes.
const LONGEST: usize = 400;

/// What is known from message to message.
#[derive(Default)]
pub struct Messages {
    reader: Reader,
    limit: Limit,
    overrun: Overrun,
}

impl Messages {
    /// What the log tells since the last call; `now` is the monotonic clock. False where it can be read no more.
    pub fn take(&mut self, log: &mut impl Read, now: Duration, mut tell: impl FnMut(Event)) -> bool {
        let (mut buffer, mut is_readable) = ([0; MESSAGE_BYTES], true);
        for _ in 0..MOST_AT_ONCE {
            match log.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => {
                    let told = self.reader.message(&buffer[..length]);
                    self.overrun.end(self.reader.number());
                    told.filter(|event| self.limit.lets_pass(event, now))
                        .map(kept)
                        .into_iter()
                        .for_each(&mut tell);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Those that were not read in time were overwritten; the next is there.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                    self.overrun.begin(self.reader.number())
                }
                Err(_) => {
                    is_readable = false;
                    break;
                }
            }
        }
        self.overrun.news(now).into_iter().chain(self.limit.left_out(now)).for_each(tell);
        is_readable
    }
}

/// An event as it is kept: on one line, without secrets, and not too long.
fn kept(mut event: Event) -> Event {
    let clean = |text: &str| {
        let mut line = command_line([one_line(text.as_bytes()).as_bytes()]);
        line.truncate(line.floor_char_boundary(LONGEST));
        line
    };
    event.message = event.message.map(|message| clean(&message).as_str().into());
    event
}
