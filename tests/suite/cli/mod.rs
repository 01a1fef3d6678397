//! The program as a user meets it: what it prints, how it exits, what it leaves behind.
//!
//! `Sysray` is the one helper: a command line with a store of its own.

#[cfg(feature = "desk")]
mod asking;
#[cfg(feature = "desk")]
mod limits;
mod misuse;
mod recording;
mod showing;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

#[cfg(feature = "desk")]
use tempfile::TempDir;

pub struct Sysray {
    command: Command,
}

impl Sysray {
    pub fn new(words: &[&str]) -> Sysray {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sysray"));
        command.args(words).stdin(Stdio::null());
        // Of the configuration of the host that tests run on nothing is to be seen.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SYSRAY_"))
        {
            command.env_remove(name);
        }
        command.env("SYSRAY_CONFIG", "/dev/null");
        Sysray { command }
    }

    /// With one more word.
    pub fn arg(mut self, word: impl AsRef<std::ffi::OsStr>) -> Sysray {
        self.command.arg(word);
        self
    }

    /// With a variable of the environment.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Sysray {
        self.command.env(name, value);
        self
    }

    /// With further words, behind all others.
    #[cfg(feature = "desk")]
    pub fn with(mut self, words: &[&str]) -> Sysray {
        self.command.args(words);
        self
    }

    /// Started in that folder.
    pub fn within(mut self, folder: &Path) -> Sysray {
        self.command.current_dir(folder);
        self
    }

    pub fn store(mut self, root: &Path) -> Sysray {
        self.command.arg("--store").arg(root);
        self
    }

    /// As a user who may write nothing, where the test may choose.
    #[cfg(unix)]
    pub fn by_nobody(mut self) -> Sysray {
        if rustix::process::geteuid().is_root() {
            std::os::unix::process::CommandExt::gid(&mut self.command, 65_534);
            std::os::unix::process::CommandExt::uid(&mut self.command, 65_534);
        }
        self
    }

    pub fn run(mut self) -> Output {
        self.command.output().unwrap()
    }

    pub fn start(mut self) -> Child {
        self.command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The command line itself, for who starts it otherwise.
    #[cfg(any(feature = "desk", target_os = "linux"))]
    pub fn into_command(self) -> Command {
        self.command
    }

    /// What a run that must succeed prints.
    pub fn prints(self) -> String {
        let output = self.run();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The exit code and the one line of a run that must fail.
    pub fn fails(self) -> (i32, String) {
        let output = self.run();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
        (output.status.code().unwrap(), said)
    }
}

/// Fails with 1 and one line, which is returned.
fn one_line(command: Sysray) -> String {
    let (code, said) = command.fails();
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    said
}

/// A store with some ticks, a quarter of a second apart.
#[cfg(feature = "desk")]
pub fn recorded(count: u32) -> TempDir {
    let dir = TempDir::new().unwrap();
    Sysray::new(&["record", "-i", "250ms", "-c", &count.to_string()]).store(dir.path()).prints();
    dir
}

#[cfg(feature = "desk")]
fn query(root: &Path, sql: &str) -> String {
    Sysray::new(&["query", "--format", "csv", sql]).store(root).prints()
}

#[cfg(feature = "desk")]
fn number(csv: &str) -> i64 {
    csv.lines().nth(1).unwrap().parse().unwrap()
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    found
}

/// Waits for something that takes as long as the machine is busy, and not for ever.
pub fn wait_until(done: impl Fn() -> bool) {
    let patience = std::time::Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(std::time::Instant::now() < patience, "it does not come to pass");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a part of the journal is there, which a recorder begins with its first tick.
pub fn is_recording(root: &Path) -> bool {
    root.is_dir() && files(root).iter().any(|path| path.extension().is_some_and(|e| e == "part"))
}
