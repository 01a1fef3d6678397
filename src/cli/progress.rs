//! What is said on a terminal while a question takes long: a line that is written over, and gone with the
//! first line of the answer.

use std::io::{IsTerminal, Write, stderr};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::query::Running;

/// What is answered sooner needs no word.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is written anew.
const EVERY: Duration = Duration::from_millis(250);

/// Says how far a question has come, until it is told to be quiet or dropped.
pub struct Progress(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_quiet: bool,
    is_shown: bool,
}

impl Progress {
    /// Of this question. Where stderr is no terminal nothing is ever said.
    pub fn of(running: &Running) -> Progress {
        let shared = Arc::new(Shared::default());
        if stderr().is_terminal() {
            let (shared, running) = (shared.clone(), running.clone());
            // Without the thread there is no line, and an answer all the same.
            let _ = std::thread::Builder::new().name("progress".into()).spawn(move || shared.show(&running));
        }
        Progress(shared)
    }

    /// Takes the line away, for good: what is written to the terminal after stands alone.
    pub fn quiet(&self) {
        let mut state = self.0.state();
        state.is_quiet = true;
        if std::mem::take(&mut state.is_shown) {
            let _ = write!(stderr(), "\r\x1b[K");
        }
        self.0.changed.notify_all();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.quiet();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, running: &Running) {
        let begun = Instant::now();
        let mut state = self.state();
        let mut wait = PATIENCE;
        loop {
            let waited = self.changed.wait_timeout_while(state, wait, |state| !state.is_quiet);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.is_quiet {
                return;
            }
            // Written while the state is held, so that nothing comes between it and the answer.
            state.is_shown = true;
            let (seconds, rows) = (begun.elapsed().as_secs(), grouped(running.rows_read()));
            let _ = write!(stderr(), "\r\x1b[K{seconds} s, {rows} rows read; Ctrl-C cancels");
            wait = EVERY;
        }
    }
}

/// `1,234,567`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Where the answer goes: with the first byte the line is gone.
pub struct Quieting<'a, W: Write> {
    pub progress: &'a Progress,
    pub out: W,
}

impl<W: Write> Write for Quieting<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.progress.quiet();
        self.out.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
