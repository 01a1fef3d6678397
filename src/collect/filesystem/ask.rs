//! How much space a mount has: statvfs(3), and for mounts that may hang a thread that asks.
//!
//! Nothing here waits for such a thread. One that never comes back costs its stack and no more:
//! its mount gets no second.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::time::Clock;

/// How often a mount that may hang is asked.
const ASK_EVERY: Duration = Duration::from_secs(10);
/// How old its answer may be.
const GOOD_FOR: Duration = Duration::from_secs(60);
/// All that a thread which makes one system call needs.
const STACK_BYTES: usize = 128 << 10;

/// Tells the space of the file system at a path.
pub type SpaceOf = Arc<dyn Fn(&Path) -> io::Result<Space> + Send + Sync>;

/// The space of a file system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space {
    /// 0 where it has no blocks of its own.
    pub total_bytes: i64,
    pub free_bytes: i64,
    /// What is left for others than root.
    pub available_bytes: i64,
    /// 0 where it sets no limit.
    pub inodes: i64,
    pub inodes_free: i64,
}

impl Space {
    /// Asks this machine's kernel.
    pub fn of(path: &Path) -> io::Result<Space> {
        let told = rustix::fs::statvfs(path)?;
        let block = if told.f_frsize == 0 { told.f_bsize } else { told.f_frsize };
        let bytes = |blocks: u64| i64::try_from(blocks.saturating_mul(block)).unwrap_or(i64::MAX);
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        Ok(Space {
            total_bytes: bytes(told.f_blocks),
            free_bytes: bytes(told.f_bfree),
            available_bytes: bytes(told.f_bavail),
            inodes: count(told.f_files),
            inodes_free: count(told.f_ffree),
        })
    }
}

/// Asks about one mount, aside from the tick.
#[derive(Default)]
pub struct Asker {
    shared: Arc<Shared>,
    asked: Option<Duration>,
}

#[derive(Default)]
struct Shared {
    busy: AtomicBool,
    /// The newest answer, and when on the monotonic clock it came.
    answer: Mutex<Option<(Duration, Option<Space>)>>,
}

impl Asker {
    /// Whether its thread has not come back yet.
    pub fn is_busy(&self) -> bool {
        self.shared.busy.load(Ordering::Acquire)
    }

    /// The newest answer that is still good; asks anew when that is due, and does not wait.
    pub fn newest(&mut self, clock: &Arc<dyn Clock>, space_of: &SpaceOf, path: &Path) -> Option<Space> {
        let now = clock.monotonic();
        let answer = *self.shared.answer.lock().unwrap_or_else(PoisonError::into_inner);
        let due = self.asked.is_none_or(|asked| now.saturating_sub(asked) >= ASK_EVERY);
        if due && !self.is_busy() {
            self.asked = Some(now);
            self.ask(clock.clone(), space_of.clone(), path);
        }
        let (came, space) = answer?;
        space.filter(|_| now.saturating_sub(came) <= GOOD_FOR)
    }

    fn ask(&self, clock: Arc<dyn Clock>, space_of: SpaceOf, path: &Path) {
        let (shared, path) = (self.shared.clone(), path.to_path_buf());
        shared.busy.store(true, Ordering::Release);
        let thread = thread::Builder::new().name("statvfs".into()).stack_size(STACK_BYTES);
        let started = thread.spawn(move || {
            let space = space_of(&path).ok();
            *shared.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some((clock.monotonic(), space));
            shared.busy.store(false, Ordering::Release);
        });
        if started.is_err() {
            self.shared.busy.store(false, Ordering::Release);
        }
    }
}
