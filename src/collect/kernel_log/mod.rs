//! `event` from the kernel's log (`/dev/kmsg`, Documentation/ABI/testing/dev-kmsg): what it says of
//! processes it killed, of disks, links and locks. Messages from before the first look are left alone.

mod kinds;
mod limit;

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

use super::redact::{command_line, one_line};
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Event;
pub use kinds::Reader;
pub use limit::Limit;

/// The kernel hands out a message a read, and refuses where it does not fit.
const MESSAGE_BYTES: usize = 8192;
/// Messages in one tick at most; the rest waits in the kernel for the next.
const MOST_AT_ONCE: usize = 2000;
/// What is kept of one, in bytes.
const LONGEST: usize = 400;

/// Reads the log.
#[derive(Default)]
pub struct KernelLogCollector {
    log: Option<File>,
    is_tried: bool,
    reader: Reader,
    limit: Limit,
}

impl Collector for KernelLogCollector {
    fn name(&self) -> &'static str {
        "kernel_log"
    }

    fn tables(&self) -> &'static [&'static str] {
        // Events are nobody's own, and of no interval.
        &[]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        if !self.is_tried {
            self.is_tried = true;
            self.log = open(host);
        }
        let Some(log) = &mut self.log else { return Ok(()) };
        let mut buffer = [0; MESSAGE_BYTES];
        host.count_read();
        for _ in 0..MOST_AT_ONCE {
            match log.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => {
                    let told = self.reader.message(&buffer[..length]);
                    sample.event.extend(told.filter(|event| self.limit.lets_pass(event, host.now)).map(kept));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // Those that were not read in time were overwritten; the next is there.
                Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::Interrupted) => {}
                Err(_) => {
                    self.log = None;
                    break;
                }
            }
        }
        sample.event.extend(self.limit.left_out(host.now));
        Ok(())
    }
}

/// The log, behind what is in it; `None` where there is none, or not for us.
fn open(host: &Host) -> Option<File> {
    let path = host.root_path("dev/kmsg");
    // So that nobody waits for a message, nor for somebody who writes into a pipe of that name.
    let nonblock = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    let mut log = OpenOptions::new().read(true).custom_flags(nonblock).open(path).ok()?;
    log.seek(SeekFrom::End(0)).ok()?;
    Some(log)
}

/// An event as it is kept: on one line, without secrets, and not too long.
fn kept(mut event: Event) -> Event {
    let clean = |text: &str| {
        let mut line = command_line(one_line(text.as_bytes()).as_bytes().split(|byte| *byte == b' '));
        line.truncate(line.floor_char_boundary(LONGEST));
        line
    };
    event.message = event.message.map(|message| clean(&message).as_str().into());
    event
}
