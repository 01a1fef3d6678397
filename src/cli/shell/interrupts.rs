//! Ctrl-C: it ends the question that is being answered, and never the shell.
//!
//! At the prompt the terminal hands it on as a key; this is for the time between. A question that is not ended
//! by it after a while, since it does not come up for air, takes the shell with it at the next one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::query::Running;

/// How long a question may take to end.
const PATIENCE: Duration = Duration::from_secs(3);
/// The exit code of what Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// What Ctrl-C is for at the moment.
#[derive(Clone, Default)]
pub struct Interrupts(Arc<Mutex<Option<Running>>>);

impl Interrupts {
    /// From here on Ctrl-C no longer ends the program. To be called before there is a second thread.
    pub fn catch() -> Result<Interrupts> {
        let interrupts = Interrupts::default();
        let told = interrupts.clone();
        let mut since: Option<Instant> = None;
        wait_for_each(move || {
            let current = told.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let Some(running) = current else { return };
            match since.filter(|_| running.is_cancelled()) {
                Some(since) if since.elapsed() > PATIENCE => std::process::exit(INTERRUPTED),
                Some(_) => {}
                None => since = Some(Instant::now()),
            }
            running.cancel();
        })
        .context("signals cannot be waited for")?;
        Ok(interrupts)
    }

    /// Until what is returned is dropped, Ctrl-C cancels this question.
    pub fn cancel<'a>(&'a self, running: &Running) -> Cancels<'a> {
        self.set(Some(running.clone()));
        Cancels(self)
    }

    fn set(&self, running: Option<Running>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = running;
    }
}

/// While it lives, Ctrl-C cancels.
pub struct Cancels<'a>(&'a Interrupts);

impl Drop for Cancels<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

/// Calls for each Ctrl-C. The signal is held off in all threads, and one waits for it.
#[cfg(unix)]
fn wait_for_each(mut each: impl FnMut() + Send + 'static) -> std::io::Result<()> {
    let set = interrupt();
    set.thread_block()?;
    std::thread::Builder::new().name("interrupts".into()).spawn(move || {
        while set.wait().is_ok() {
            each();
        }
    })?;
    Ok(())
}

#[cfg(not(unix))]
fn wait_for_each(each: impl FnMut() + Send + 'static) -> std::io::Result<()> {
    ctrlc::set_handler(each).map_err(std::io::Error::other)
}

#[cfg(unix)]
fn interrupt() -> nix::sys::signal::SigSet {
    let mut set = nix::sys::signal::SigSet::empty();
    set.add(nix::sys::signal::Signal::SIGINT);
    set
}

/// Starts a program that is to notice Ctrl-C itself: it would inherit that the signal is held off.
pub fn start(command: &mut std::process::Command) -> std::io::Result<std::process::Child> {
    #[cfg(unix)]
    interrupt().thread_unblock()?;
    let child = command.spawn();
    #[cfg(unix)]
    interrupt().thread_block()?;
    child
}
