//! What a recording says on stderr, said by a thread of its own: a terminal that is held (Ctrl-S), a pipe that
//! nobody reads, a log on a file system that hangs keep that thread waiting, and no tick.

use std::io::{Write, stderr};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

/// Texts that wait at most; what comes on top is left out, and counted.
const MOST_WAITING: usize = 64;
/// At the end, as long is waited until all is said.
const PATIENCE: Duration = Duration::from_secs(1);
const STACK_BYTES: usize = 64 << 10;

/// Hands texts to the thread.
pub struct Talk {
    texts: Option<SyncSender<String>>,
    /// Closed by the thread when it has ended.
    ended: Receiver<()>,
    left_out: usize,
}

impl Talk {
    /// Begins the thread. Where the system has none to give, nothing is said.
    pub fn new() -> Self {
        let (texts, waiting) = sync_channel::<String>(MOST_WAITING);
        let (end, ended) = sync_channel(0);
        let spawned = thread::Builder::new().name("talk".into()).stack_size(STACK_BYTES).spawn(move || {
            let _end: SyncSender<()> = end;
            for text in waiting {
                // A terminal that is gone is no reason to stop recording.
                let mut stderr = stderr().lock();
                let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
            }
        });
        Talk { texts: spawned.is_ok().then_some(texts), ended, left_out: 0 }
    }

    /// Has a text said as it is, in its turn.
    pub fn say(&mut self, text: String) {
        let Some(texts) = &self.texts else { return };
        let text = match self.left_out {
            0 => text,
            lines => format!("sysray: {lines} lines could not be said in time\n{text}"),
        };
        match texts.try_send(text) {
            Err(TrySendError::Full(_)) => self.left_out += 1,
            Ok(()) | Err(TrySendError::Disconnected(_)) => self.left_out = 0,
        }
    }
}

impl Drop for Talk {
    /// Waits a moment until what waits is said.
    fn drop(&mut self) {
        self.texts = None;
        let _: Result<(), RecvTimeoutError> = self.ended.recv_timeout(PATIENCE);
    }
}
