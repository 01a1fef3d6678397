//! `event` from the kernel's log (`/dev/kmsg`, Documentation/ABI/testing/dev-kmsg): what it says of
//! processes it killed, of disks, links and locks. Messages from before the first look are left alone.

mod kinds;
mod limit;
mod oom;
mod overrun;
mod reading;

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Event;
pub use kinds::Reader;
pub use limit::Limit;
pub use reading::Messages;

/// Reads the log.
#[derive(Default)]
pub struct KernelLogCollector {
    log: Option<File>,
    is_tried: bool,
    messages: Messages,
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
            match open(host) {
                Ok(log) => self.log = Some(log),
                Err(error) => sample.event.push(refused(&error)),
            }
        }
        let Some(log) = &mut self.log else { return Ok(()) };
        host.count_read();
        if !self.messages.take(log, host.now, |event| sample.event.push(event)) {
            self.log = None;
        }
        Ok(())
    }
}

/// The log, behind what is in it.
fn open(host: &Host) -> io::Result<File> {
    let path = host.root_path("dev/kmsg");
    // So that nobody waits for a message, nor for somebody who writes into a pipe of that name.
    let nonblock = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    let mut log = OpenOptions::new().read(true).custom_flags(nonblock).open(path)?;
    log.seek(SeekFrom::End(0))?;
    Ok(log)
}

/// That nothing of the log will be told, once.
fn refused(error: &io::Error) -> Event {
    let message = format!("/dev/kmsg cannot be read, so that no event tells what the kernel logs: {error}");
    Event::about("standing", Event::INFO, "kernel_log", &message)
}
