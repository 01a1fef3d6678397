//! However the desk ends, the terminal is as it was before: what was switched on is off, and a shell behind it sees a
//! line as it is typed.
//!
//! What cannot be had of the program by typing is had of this binary: those tests that are ignored are the programs, and
//! run on a terminal by the others.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use jiff::tz::TimeZone;
use rustix::process::{Pid, Signal, kill_process};
use sysray::query::Running;
use sysray::time::{Clock, Micros, SystemClock};
use sysray::tui::desk::{Desk, Hooks};
use sysray::tui::effect::Export;
use sysray::tui::guard::TerminalGuard;
use sysray::tui::model::{Model, Settings};
use sysray::tui::terminal;
use sysray::tui::words::Lang;
use tempfile::TempDir;

use super::typed::options;
use crate::cli::recorded;
use crate::terminal::Terminal;

/// On and off: the other screen, the hidden cursor, the mouse.
const SWITCHES: [(&str, &str); 3] =
    [("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[?25l", "\x1b[?25h"), ("\x1b[?1000h", "\x1b[?1000l")];

/// A shell that runs a program, and says how the terminal is then.
fn around(program: &str, home: &Path) -> Terminal {
    Terminal::runs(&format!("{program}; echo FINISHED=$?; stty -a; echo over"), home, &[])
}

/// One of the programs below.
fn child(name: &str, home: &Path) -> Terminal {
    let this = std::env::current_exe().unwrap();
    around(&format!("{} --exact tui::ended::{name} --ignored --nocapture", this.display()), home)
}

/// All is switched off again behind the last time that it was on, before the shell goes on.
fn is_given_back(mut terminal: Terminal) -> String {
    let written = terminal.sees("FINISHED=");
    let code = terminal.sees("\n");
    let modes = terminal.sees("over");
    let said = terminal.said();
    let desk = &said[..said.find("FINISHED=").unwrap()];
    for (on, off) in SWITCHES {
        let (on, off) = (desk.rfind(on).unwrap(), desk.rfind(off).unwrap_or(0));
        assert!(off > on, "{off:?} does not follow {on:?} in {written:?}");
    }
    for mode in ["icanon", "echo", "isig"] {
        assert!(modes.split_whitespace().any(|word| word == mode), "{mode}: {modes}");
    }
    code.trim().to_string()
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let (store, home) = (recorded(3), TempDir::new().unwrap());
    let program = env!("CARGO_BIN_EXE_sysray");
    let line = format!("sh -c 'echo \"pid $$\"; exec {program} replay {}'", store.path().display());
    for signal in [Signal::TERM, Signal::INT] {
        let mut desk = around(&line, home.path());
        desk.sees("pid ");
        let pid = desk.sees("\n").trim().parse().unwrap();
        desk.sees("Processes");
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
        assert_eq!(is_given_back(desk), "0", "{signal:?}");
    }
}

#[test]
fn a_panic_while_it_draws_gives_the_terminal_back_and_is_told() {
    let home = TempDir::new().unwrap();
    let mut desk = child("panics_as_it_draws", home.path());
    desk.sees(SWITCHES[0].0);
    assert_eq!(is_given_back(desk), "101");
}

#[test]
fn a_panic_of_a_thread_gives_the_terminal_back_and_ends_the_program() {
    let home = TempDir::new().unwrap();
    let mut desk = child("panics_on_a_thread", home.path());
    desk.sees("COMMAND");
    desk.types("R").sees("the report fails");
    assert_eq!(is_given_back(desk), "101", "it says that it failed");
}

#[test]
fn an_error_gives_the_terminal_back() {
    let home = TempDir::new().unwrap();
    let desk = child("fails", home.path());
    assert_eq!(is_given_back(desk), "101");
}

/// A clock that is looked at so often.
struct Stops(AtomicUsize);

impl Clock for Stops {
    fn wall(&self) -> Micros {
        assert!(self.0.fetch_sub(1, Ordering::SeqCst) > 1, "the clock fails");
        SystemClock::default().wall()
    }

    fn monotonic(&self) -> Duration {
        SystemClock::default().monotonic()
    }
}

/// Somebody who cannot write.
struct Fails;

impl Hooks for Fails {
    fn export(&self, _: &Export, _: &Running) -> Result<String, String> {
        panic!("the export fails")
    }

    fn report(&self, _: &str, _: (Micros, Micros), _: Lang, _: &Running) -> Result<String, String> {
        panic!("the report fails")
    }
}

/// The desk over a recording, until it ends.
fn desk(clock: &dyn Clock) -> std::io::Result<()> {
    let store = recorded(3);
    let desk = Desk::open(&[store.path().to_path_buf()], None, options(), Box::new(Fails)).unwrap();
    let model = Model::new("here".into(), TimeZone::UTC, Settings::default());
    let (_stops, stop) = mpsc::channel();
    terminal::run(model, desk, clock, &stop)
}

#[test]
#[ignore = "is run on a terminal by another test"]
fn panics_as_it_draws() {
    if terminal::is_there() {
        desk(&Stops(AtomicUsize::new(5))).unwrap();
    }
}

#[test]
#[ignore = "is run on a terminal by another test"]
fn panics_on_a_thread() {
    if terminal::is_there() {
        desk(&SystemClock::default()).unwrap();
    }
}

#[test]
#[ignore = "is run on a terminal by another test"]
fn fails() {
    fn drawn() -> std::io::Result<()> {
        let mut screen = TerminalGuard::take()?;
        screen.draw(|_| {})?;
        Err(std::io::Error::other("what was to be shown cannot be"))
    }
    if terminal::is_there() {
        drawn().unwrap();
    }
}
