//! Files that live as long as what they are about, kept open from tick to tick: reading one again costs
//! the kernel a half to a quarter of opening it anew.
//!
//! Only the kernel's own files are kept, since those of a captured tree are replaced. It knows no path.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A file that was not there is looked for again after this.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Descriptors that are not for keeping: the recorder's own, and those that are open for a moment.
#[cfg(target_os = "linux")]
const OWN: u64 = 64;

/// How many descriptors may be kept, by all who share it.
///
/// Each costs the kernel 4 to 6 KiB, most of it the buffer that the file's text is made in.
#[derive(Clone, Debug)]
pub struct Room {
    taken: Arc<AtomicUsize>,
    most: usize,
}

/// The room of one descriptor, given back when it is dropped.
#[derive(Debug)]
pub struct Place(Arc<AtomicUsize>);

impl Room {
    /// Room for so many.
    pub fn new(most: usize) -> Self {
        Room { taken: Arc::default(), most }
    }

    /// Room for `most`, and no more than one part in so many of the descriptors that the process may have beside its own
    /// ones. Who runs out of them reads nothing at all.
    #[cfg(target_os = "linux")]
    pub fn within_limit(part: u64, most: usize) -> Self {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let part = limit.map_or(u64::MAX, |limit| part_of(limit, part));
        Room::new(usize::try_from(part).map_or(most, |part| part.min(most)))
    }

    /// Room for one more, where there is.
    pub fn take(&self) -> Option<Place> {
        let more = |taken: usize| (taken < self.most).then_some(taken + 1);
        let done = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        done.is_ok().then(|| Place(self.taken.clone()))
    }

    /// How many are kept.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

/// One part in so many of what may be kept where so many descriptors may be open.
#[cfg(target_os = "linux")]
pub fn part_of(limit: u64, part: u64) -> u64 {
    limit.saturating_sub(OWN) / part
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One file that is read again and again.
#[derive(Debug, Default)]
pub enum Kept {
    /// It was not looked for yet, or could not be kept.
    #[default]
    Unknown,
    /// It is open.
    Open(File, Place),
    /// It was not there, and is looked for again from then on.
    Absent(Duration),
}

impl Kept {
    /// Whether it is kept open now.
    pub fn is_open(&self) -> bool {
        matches!(self, Kept::Open(..))
    }

    /// Lets go of it, if it is open.
    pub fn close(&mut self) {
        if self.is_open() {
            *self = Kept::Unknown;
        }
    }

    /// Fills `buffer` with what the file says now; hands out how many bytes that are.
    ///
    /// `open` is called where it is not open, which includes that what it was about is gone; without
    /// `room` it is opened and closed each time. `now` is the monotonic clock.
    pub fn read(
        &mut self,
        room: Option<&Room>,
        now: Duration,
        buffer: &mut Vec<u8>,
        open: impl FnOnce() -> io::Result<File>,
    ) -> io::Result<usize> {
        match self {
            Kept::Open(file, _) => match fill(file, buffer) {
                Ok(length) => return Ok(length),
                Err(_) => *self = Kept::Unknown,
            },
            Kept::Absent(until) if now < *until => return Err(ErrorKind::NotFound.into()),
            _ => {}
        }
        let file = match open() {
            Err(error) if error.kind() == ErrorKind::NotFound && room.is_some() => {
                *self = Kept::Absent(now + LOOK_AGAIN);
                return Err(error);
            }
            other => other?,
        };
        let length = fill(&file, buffer)?;
        if let Some(place) = room.and_then(Room::take) {
            *self = Kept::Open(file, place);
        }
        Ok(length)
    }
}

/// Reads a file from its beginning to its end; the buffer grows where it is too small.
#[cfg(unix)]
pub fn fill(file: &File, buffer: &mut Vec<u8>) -> io::Result<usize> {
    use std::os::unix::fs::FileExt;
    let mut length = 0;
    loop {
        if buffer.len() < length + LEAST_ROOM {
            buffer.resize((2 * buffer.len()).max(FIRST_ROOM), 0);
        }
        match file.read_at(&mut buffer[length..], length as u64) {
            Ok(0) => return Ok(length),
            Ok(more) => length += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads a file that was just opened to its end.
#[cfg(not(unix))]
pub fn fill(mut file: &File, buffer: &mut Vec<u8>) -> io::Result<usize> {
    use std::io::Read;
    buffer.clear();
    file.read_to_end(buffer)
}

/// The kernel makes these texts a page at a time.
#[cfg(unix)]
const LEAST_ROOM: usize = 4 << 10;
#[cfg(unix)]
const FIRST_ROOM: usize = 16 << 10;
