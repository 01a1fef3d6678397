//! Programs in C (`tests/loads`) of which the kernel's files say something that is not so: each is recorded on the
//! kernel that runs here, and its rows are held against what it knows of itself. docs/numbers.md has the table.
//!
//! `Recording` is a recorder that is at work, `Load` one of those programs.

mod credited;
mod exits;
mod identity;
mod leader;
mod storm;
mod switches;
mod ticks;

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::super::cli::{Sysray, is_recording, wait_until};
use super::host::{one, pass};
use super::prints;
use super::started::Started;

/// How long a tick is.
const INTERVAL: &str = "250ms";

/// A recorder at work, and a folder in which the store, programs and what they write is.
struct Recording {
    folder: TempDir,
    recorders: Vec<(PathBuf, Started)>,
}

impl Recording {
    /// One that has taken its first ticks.
    fn start() -> Recording {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut recording = Recording { folder, recorders: Vec::new() };
        recording.add("store", &[]);
        recording
    }

    /// Another recorder of the same, under a program that takes something from it. Its store.
    fn add(&mut self, name: &str, under: &[&str]) -> PathBuf {
        let store = self.folder.path().join(name);
        let words = ["record", "-i", INTERVAL, "--budget", "none"];
        let plain = Sysray::new(&words).store(&store).into_command();
        let mut command = match under {
            [] => plain,
            [program, words @ ..] => {
                let mut command = Command::new(program);
                command.args(words).arg(plain.get_program()).args(plain.get_args());
                command.env("SYSRAY_CONFIG", "/dev/null");
                command
            }
        };
        self.recorders.push((store.clone(), Started::new(command.stdout(Stdio::null()))));
        wait_until(|| is_recording(&store));
        pass(&store);
        store
    }

    /// Another recorder that may not ask the kernel about groups of threads, nor hear of processes that end. Its store;
    /// why there is none where that right cannot be taken from it.
    fn add_without_right(&mut self) -> Result<PathBuf, &'static str> {
        // What is not in the bounding set is in none of a program that is executed.
        let bounded = "--bounding-set=-net_admin";
        let can_be =
            Command::new("setpriv").args([bounded, "true"]).status().is_ok_and(|said| said.success());
        let store = can_be.then(|| self.add("without", &["setpriv", bounded]));
        store.ok_or("setpriv cannot take the right to ask from it")
    }

    fn store(&self) -> &Path {
        &self.recorders[0].0
    }

    /// Builds a program of `tests/loads` and starts it, in a folder of its own.
    fn load(&self, name: &str, words: &[&str]) -> Load {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/loads").join(name).with_extension("c");
        let program = self.folder.path().join(name);
        if !program.exists() {
            prints(Command::new("cc").args(["-O1", "-pthread", "-o"]).arg(&program).arg(source));
        }
        let mut command = Command::new(&program);
        let mut started =
            Started::new(command.args(words).current_dir(self.folder.path()).stdout(Stdio::piped()));
        Load { lines: started.output().lines(), started }
    }

    /// Has more rows of everything, of what was done up to now.
    fn pass(&self) {
        self.recorders.iter().for_each(|(store, _)| pass(store));
    }

    /// The same, and no further ones.
    fn end(&mut self) {
        self.pass();
        for (_, recorder) in &mut self.recorders {
            recorder.end(Signal::INT);
        }
    }

    /// Whether the kernel tells of processes that end, and of groups of threads.
    fn is_told(&self) -> bool {
        let refused = "select count(*) from event where message like 'no process_exit%'";
        one(self.store(), refused) == 0.0
    }
}

/// One of the programs.
struct Load {
    started: Started,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Load {
    fn pid(&self) -> u32 {
        self.started.id()
    }

    /// The numbers of the next line that it says.
    fn says(&mut self) -> Vec<f64> {
        let line = self.lines.next().unwrap_or_else(|| panic!("it has ended")).unwrap();
        line.split(' ').map(|number| number.parse().unwrap()).collect()
    }

    /// Gives it the word to go on.
    fn go_on(&self) {
        let pid = Pid::from_raw(self.pid() as i32).unwrap();
        kill_process(pid, Signal::USR1).unwrap();
    }

    /// What one of its files in `/proc` says.
    fn file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.pid())).unwrap()
    }

    /// A line of `status` and the like.
    fn line(&self, file: &str, key: &str) -> f64 {
        let text = self.file(file);
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        let line = line.unwrap_or_else(|| panic!("no {key}: {text}"));
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Its threads, as folders of `/proc/PID`.
    fn threads(&self) -> Vec<String> {
        let folder = format!("/proc/{}/task", self.pid());
        let entries = fs::read_dir(folder).unwrap().flatten();
        entries.map(|entry| format!("task/{}", entry.file_name().into_string().unwrap())).collect()
    }

    /// The letter that `stat` has for what a thread does, or the main one where none is named.
    fn state(&self, thread: &str) -> Option<char> {
        let stat = self.file(&format!("{thread}/stat"));
        let (_, rest) = stat.rsplit_once(") ")?;
        rest.chars().next()
    }

    /// Waits until all its threads sleep: then what they did is booked, and no more is done.
    fn comes_to_rest(&self) {
        wait_until(|| self.threads().iter().all(|thread| self.state(thread) == Some('S')));
    }

    /// User and system time as its `stat` has them, in microseconds.
    fn ticks_us(&self) -> [f64; 2] {
        let stat = self.file("stat");
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let per_s = rustix::param::clock_ticks_per_second() as f64;
        [11, 12].map(|at| fields[at].parse::<f64>().unwrap() * 1e6 / per_s)
    }
}

/// Whether a number lies so near to what it should be: a share of that, and so much more.
fn is_near(number: f64, truth: f64, share: f64, more: f64) -> bool {
    (number - truth).abs() <= share * truth + more
}
