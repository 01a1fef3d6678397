//! An answer on its way out, for as long as it is wanted.

use std::io::{self, Write};
use std::time::Instant;

use crate::query::Running;

/// Where an answer goes; refuses more of it once its question was cancelled or its time is over. How long
/// somebody takes to read what was written is not the question's time.
pub struct Heard<'a> {
    pub running: &'a Running,
    pub out: &'a mut dyn Write,
}

impl Write for Heard<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.running.check().map_err(io::Error::other)?;
        let begun = Instant::now();
        let written = self.out.write(bytes);
        self.running.waited(begun.elapsed());
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
