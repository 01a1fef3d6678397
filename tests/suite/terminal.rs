//! `Terminal`: the program on a terminal of its own (`script` of util-linux makes it), keys that go in and what is
//! seen of it.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

pub struct Terminal {
    child: Child,
    keys: ChildStdin,
    said: Arc<Mutex<String>>,
    /// What lies before it has been seen.
    seen: usize,
}

impl Terminal {
    /// The program with these words; 24 lines of 80 columns; `home` is where it may leave things.
    pub fn start(words: &str, home: &Path, more: &[(&str, &str)]) -> Terminal {
        Terminal::runs(&format!("exec {} {words}", env!("CARGO_BIN_EXE_sysray")), home, more)
    }

    /// What a shell does.
    pub fn runs(line: &str, home: &Path, more: &[(&str, &str)]) -> Terminal {
        let line = format!("stty rows 24 cols 80; {line}");
        let mut command = Command::new("script");
        command.args(["-qfec", &line, "/dev/null"]);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SYSRAY_"))
        {
            command.env_remove(name);
        }
        let variables =
            [("SYSRAY_CONFIG", "/dev/null"), ("SHELL", "/bin/sh"), ("TERM", "xterm"), ("LC_ALL", "C")];
        command.envs(variables).envs(more.iter().copied());
        command
            .current_dir(if home.is_dir() { home } else { Path::new("/") })
            .env("XDG_STATE_HOME", home)
            .env("TMPDIR", home)
            .env("TZ", "UTC");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        let said = Arc::<Mutex<String>>::default();
        let written = said.clone();
        std::thread::spawn(move || {
            let (mut bytes, mut all) = ([0; 4096], Vec::new());
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                all.extend_from_slice(&bytes[..length]);
                *written.lock().unwrap() = String::from_utf8_lossy(&all).into_owned();
            }
        });
        Terminal { keys: child.stdin.take().unwrap(), child, said, seen: 0 }
    }

    pub fn types(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    /// A line, and Enter.
    pub fn line(&mut self, text: &str) -> &mut Self {
        self.types(text).types("\r")
    }

    /// Waits for a text, and hands out what was written up to its end.
    pub fn sees(&mut self, text: &str) -> String {
        let (said, seen) = (self.said.clone(), self.seen);
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            let all = said.lock().unwrap().clone();
            if let Some(at) = all[seen..].find(text) {
                self.seen = seen + at + text.len();
                return all[seen..self.seen].to_string();
            }
            assert!(std::time::Instant::now() < patience, "{text:?} does not come in {:?}", &all[seen..]);
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// All that was written so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Leaves by these keys; the exit code.
    pub fn leaves(mut self, keys: &str) -> i32 {
        self.types(keys);
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap();
            }
            assert!(std::time::Instant::now() < patience, "it does not leave by {keys:?}: {}", self.said());
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
