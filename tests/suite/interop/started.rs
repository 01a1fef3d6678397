//! Programs that a test starts, each in a process group of its own, and when they said what they said.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process_group};

/// A program with all that it starts: they end with it, also where the test fails.
pub struct Started {
    child: Child,
}

impl Started {
    pub fn new(command: &mut Command) -> Started {
        let child = command.process_group(0).stdin(Stdio::null()).spawn();
        Started { child: child.unwrap_or_else(|e| panic!("{command:?}: {e}")) }
    }

    /// Its pid, which is its group's as well.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it prints, where the command has that piped.
    pub fn output(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.child.stdout.take().unwrap())
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Asks it to end, and waits until it has.
    pub fn end(&mut self, signal: Signal) {
        let patience = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait().unwrap().is_none() && Instant::now() < patience {
            let _ = kill_process_group(Pid::from_child(&self.child), signal);
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // The pid is its own until it was waited for.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.end(Signal::TERM);
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// A line, and when it came, in seconds since 1970.
pub type Line = (f64, String);

/// A tool that prints as it looks, and ends by itself.
pub struct Tool {
    name: &'static str,
    started: Started,
    reader: JoinHandle<Vec<Line>>,
}

impl Tool {
    /// It says each line when it has it, and times as they are written everywhere.
    pub fn start(name: &'static str, words: &[&str]) -> Tool {
        let mut command = Command::new("stdbuf");
        command.args(["-oL", name]).args(words).env("LC_ALL", "C").env("S_TIME_FORMAT", "ISO");
        let mut started = Started::new(command.stdout(Stdio::piped()));
        let out = started.output();
        let reader = std::thread::spawn(move || out.lines().map(|line| (epoch(), line.unwrap())).collect());
        Tool { name, started, reader }
    }

    /// All that it printed.
    pub fn said(mut self) -> Vec<Line> {
        let lines = self.reader.join().unwrap();
        let status = self.started.child.wait().unwrap();
        assert!(status.success(), "{}: {status}", self.name);
        lines
    }
}

/// This moment in seconds since 1970.
pub fn epoch() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

/// Waits until so much of a second of the wall clock has passed.
pub fn wait_for_second(behind: f64) {
    let next = (epoch() - behind).ceil() + behind;
    std::thread::sleep(Duration::from_secs_f64((next - epoch()).max(0.0)));
}
