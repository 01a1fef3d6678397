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

    pub fn start(mut self) -> Started {
        Started(self.command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
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

/// One that runs, and no longer than its test does, however that ends.
pub struct Started(pub Child);

impl std::ops::Deref for Started {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl std::ops::DerefMut for Started {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
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
    clear_of_an_edge(10);
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

/// All files below a folder.
fn files(root: &Path) -> Vec<PathBuf> {
    crate::made::files(root, "")
}

/// Parts end at each ten minutes: not within so many seconds from now.
pub fn clear_of_an_edge(seconds: u64) {
    const EDGES: u64 = 600;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let left = EDGES - now % EDGES;
    if left < seconds {
        std::thread::sleep(Duration::from_secs(left + 1));
    }
}

/// Waits for something that takes as long as the machine is busy, and not for ever.
pub fn wait_until(done: impl Fn() -> bool) {
    let patience = std::time::Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(std::time::Instant::now() < patience, "it does not come to pass");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a part of the journal has a tick. It is there a moment before its first one is.
pub fn is_recording(root: &Path) -> bool {
    let has_tick = |path: &PathBuf| {
        let part = fs::read(path).ok().and_then(|bytes| sysray::store::Part::parse(path, bytes).ok());
        part.is_some_and(|part| part.last_seq().is_some())
    };
    root.is_dir() && crate::made::files(root, ".part").iter().any(has_tick)
}
