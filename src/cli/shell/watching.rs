//! `\watch`: the last question again and again, each answer in the place of the one before.

use std::io::{Write, stdout};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Shell;
use super::screen::Size;
use crate::cli::Interrupted;
use crate::query::Running;
use crate::time::show_duration;

/// Ctrl-C is noticed within this.
const NOTICED: Duration = Duration::from_millis(20);

/// From the top of a screen without anything on it.
const CLEAR: &str = "\x1b[H\x1b[2J\x1b[3J";

impl Shell {
    /// Asks until Ctrl-C, or until there is no answer.
    pub(super) fn watch(&self, every: Duration) -> Result<()> {
        let sql = self.last.as_deref().context("there is no question yet to ask again")?;
        let running = Running::default();
        let _cancels = self.interrupts.cancel(&running);
        while !running.is_cancelled() {
            let begun = Instant::now();
            let size = Size::now();
            let mut answer = Vec::new();
            match self.answer(sql, &running, self.format, size, &mut answer) {
                Err(error) if error.is::<Interrupted>() => break,
                answered => answered?,
            };
            let shown = cut(&String::from_utf8_lossy(&answer), size);
            let mut out = stdout().lock();
            write!(out, "{CLEAR}every {}, Ctrl-C ends it\n{shown}", show_duration(every))?;
            out.flush()?;
            drop(out);
            while begun.elapsed() < every && !running.is_cancelled() {
                std::thread::sleep(NOTICED.min(every.saturating_sub(begun.elapsed())));
            }
        }
        println!();
        Ok(())
    }
}

/// As many of the first lines as fit with the line above and the prompt below.
fn cut(text: &str, size: Size) -> String {
    let mut room = size.lines.saturating_sub(3);
    let mut shown = String::new();
    for line in text.lines() {
        let taken = size.taken(line);
        if taken > room {
            return shown + "…\n";
        }
        room -= taken;
        shown += line;
        shown.push('\n');
    }
    shown
}
