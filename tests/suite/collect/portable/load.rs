//! A host with something going on: a process that burns a CPU and has written, one that holds memory, one
//! that has ended and is not waited for. They end with the test.
#![allow(clippy::unwrap_used)]

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Bytes that the one writes.
pub const WRITTEN: f64 = 8.0 * 1024.0 * 1024.0;
/// Bytes that the other holds at least.
pub const HELD: f64 = 24.0 * 1024.0 * 1024.0;

/// What goes on.
pub struct Load {
    pub busy: Child,
    pub holding: Child,
    pub ended: Child,
    _folder: TempDir,
}

/// Starts it, and waits until it has written, holds and has ended.
pub fn load() -> Load {
    let folder = TempDir::new().unwrap();
    let shell = |script: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).current_dir(folder.path()).process_group(0);
        shell.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    };
    let busy = shell("head -c 8388608 /dev/zero > some; sync some; touch done; while :; do :; done");
    let holding = shell("(head -c 33554432 /dev/zero; touch held; sleep 600) | tail -c 33554432");
    let ended = shell("exit 3");
    let load = Load { busy, holding, ended, _folder: folder };
    let until = Instant::now() + Duration::from_secs(30);
    let stat = format!("/proc/{}/stat", load.ended.id());
    let has_ended = || std::fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") Z "));
    while !["done", "held"].iter().all(|file| load._folder.path().join(file).exists()) || !has_ended() {
        assert!(Instant::now() < until, "the load did not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    load
}

impl Drop for Load {
    fn drop(&mut self) {
        for child in [&mut self.busy, &mut self.holding, &mut self.ended] {
            if let Some(group) = rustix::process::Pid::from_raw(child.id() as i32) {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            let _ = child.wait();
        }
    }
}
