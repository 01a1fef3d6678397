//! The child that seals, merges and retires, so that the recorder's memory stays what it is.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A maintenance that takes longer than this is ended.
const DEADLINE: Duration = Duration::from_secs(900);
/// After a failure the next one waits so long, and twice as long each time up to an hour.
const BACK_OFF: Duration = Duration::from_secs(30);

/// Runs a command as a child, one at a time.
pub struct Maintenance {
    command: Box<dyn FnMut() -> Command>,
    child: Option<(Child, Duration)>,
    wanted: bool,
    failures: u32,
    not_before: Duration,
}

impl Maintenance {
    /// `command` makes the command that maintains the store.
    pub fn new(command: impl FnMut() -> Command + 'static) -> Self {
        Maintenance {
            command: Box::new(command),
            child: None,
            wanted: false,
            failures: 0,
            not_before: Duration::ZERO,
        }
    }

    /// Asks for a maintenance as soon as none is running.
    pub fn want(&mut self) {
        self.wanted = true;
    }

    /// Looks after the child; `now` is the monotonic clock. True where one has just ended. The error
    /// is for the user to read.
    pub fn tend(&mut self, now: Duration) -> Result<bool, String> {
        let mut outcome = Ok(false);
        if let Some((child, began)) = &mut self.child {
            if now > *began + DEADLINE {
                let _ = child.kill();
            }
            match child.try_wait() {
                Ok(None) => return Ok(false),
                Ok(Some(status)) if status.success() => (self.failures, outcome) = (0, Ok(true)),
                Ok(Some(status)) => outcome = Err(complaint(child, &status.to_string())),
                Err(error) => outcome = Err(error.to_string()),
            }
            self.child = None;
        }
        if outcome.is_ok() && self.wanted && now >= self.not_before {
            match self.spawn() {
                Ok(child) => {
                    self.wanted = false;
                    self.child = Some((child, now));
                }
                Err(error) => outcome = Err(error.to_string()),
            }
        }
        if outcome.is_err() {
            self.wanted = true;
            self.not_before = now + BACK_OFF * 2u32.pow(self.failures.min(7));
            self.failures += 1;
        }
        outcome
    }

    /// Waits for a child that runs, then runs a last one to its end.
    pub fn finish(&mut self) -> Result<(), String> {
        if let Some((mut child, _)) = self.child.take() {
            let _ = child.wait();
        }
        let mut child = self.spawn().map_err(|e| e.to_string())?;
        match child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(complaint(&mut child, &status.to_string())),
            Err(error) => Err(error.to_string()),
        }
    }

    fn spawn(&mut self) -> std::io::Result<Child> {
        (self.command)().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
    }
}

/// What the child said on its way out.
fn complaint(child: &mut Child, status: &str) -> String {
    let mut text = String::new();
    if let Some(stderr) = &mut child.stderr {
        let _ = stderr.take(4096).read_to_string(&mut text);
    }
    match text.trim() {
        "" => format!("maintenance of the store failed: {status}"),
        said => said.lines().last().unwrap_or(said).trim_start_matches("sysray: ").into(),
    }
}
