//! How much space a mount has: statvfs(3), of mounts that may hang aside of the tick.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::collect::Host;
use crate::collect::aside::{About, Answer};

/// How often a mount that may hang is asked.
const ASK_EVERY: Duration = Duration::from_secs(10);
/// How old its answer may be.
const GOOD_FOR: Duration = Duration::from_secs(60);

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

/// Asks about one mount, aside of the tick.
#[derive(Default)]
pub struct Asker {
    answer: Answer<Option<Space>>,
}

impl Asker {
    /// Whether it has not been answered yet.
    pub fn is_busy(&self) -> bool {
        self.answer.is_waited_for()
    }

    /// The newest answer that is still good; asks anew when that is due, and does not wait.
    pub fn newest(&mut self, host: &Host, space_of: &SpaceOf, path: &Path) -> Option<Space> {
        let (space_of, path) = (space_of.clone(), path.to_path_buf());
        let question = move || space_of(&path).ok();
        self.answer.renew(&host.aside, About::Mount, host.now, ASK_EVERY, question);
        let (space, age) = self.answer.newest(host.now)?;
        space.filter(|_| age <= GOOD_FOR)
    }
}
