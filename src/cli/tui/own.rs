//! A recorder of the desk's own, where nobody records.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::store::Catalog;

/// How long it may take to begin.
const PATIENCE: Duration = Duration::from_secs(10);

/// A recorder for as long as somebody looks.
pub struct Own {
    folder: TempDir,
    child: Child,
}

impl Own {
    /// Starts it, and waits until it records.
    pub fn start(stop: &Receiver<()>) -> Result<Own> {
        let folder = TempDir::with_prefix("sysray-").context("no folder for a recording meanwhile")?;
        let program = std::env::current_exe().context("the program's own file")?;
        let said = std::fs::File::create(folder.path().join("said"))?;
        let mut command = Command::new(program);
        command.arg("record").arg("--store").arg(folder.path().join("store")).args([
            "--max-size",
            "256MiB",
            "--with-parent",
            &std::process::id().to_string(),
        ]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
        // Ctrl-C on the terminal is for the desk, which then ends it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().context("a recorder cannot be started")?;
        let mut own = Own { folder, child };
        let begun = Instant::now();
        while !Catalog::is_store(&own.store()) {
            if stop.try_recv().is_ok() {
                return Err(super::super::Interrupted.into());
            }
            let ended = own.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(own.folder.path().join("said")).unwrap_or_default();
                bail!("the recorder did not begin: {}", said.trim());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(own)
    }

    /// Where it records.
    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(pid) = rustix::process::Pid::from_raw(self.child.id() as i32) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        #[cfg(not(unix))]
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
