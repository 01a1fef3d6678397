//! How far long work has come: a line on stderr that is written over, on a terminal only.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// How often it is written anew.
const EVERY: Duration = Duration::from_millis(200);

/// Shows how far something has come.
pub struct Percent {
    doing: &'static str,
    shown: Option<Instant>,
    is_terminal: bool,
    is_dirty: bool,
}

impl Percent {
    /// For work of that name.
    pub fn new(doing: &'static str) -> Self {
        Percent { doing, shown: None, is_terminal: stderr().is_terminal(), is_dirty: false }
    }

    /// Says how much of it is done.
    pub fn show(&mut self, done: u64, of: u64) {
        if !self.is_terminal || self.shown.is_some_and(|shown| shown.elapsed() < EVERY) {
            return;
        }
        // What is done at once needs no word.
        if self.shown.replace(Instant::now()).is_some() {
            self.is_dirty = true;
            let percent = if of == 0 { 100.0 } else { done as f64 * 100.0 / of as f64 };
            let _ = write!(stderr(), "\r\x1b[K{}: {percent:.0} %", self.doing);
        }
    }

    /// Takes the line away.
    pub fn done(&mut self) {
        if std::mem::take(&mut self.is_dirty) {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Percent {
    fn drop(&mut self) {
        self.done();
    }
}
