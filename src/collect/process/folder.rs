//! `/proc` held open: its processes are listed and their files read relative to it, into one
//! buffer. It knows what an error of the kernel means, and nothing of what a file says.

use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, SeekFrom};
use rustix::io::Errno;

use crate::collect::Error;
use crate::collect::kept::{Place, Room};

/// The longest file that is read whole; of a longer one (only a command line can be) the beginning.
const LONGEST: usize = 32 << 10;
/// Of a list so much is looked through: some forty thousand mappings.
const LONGEST_LIST: usize = 4 << 20;

/// Why something about a process could not be read.
pub enum Miss {
    /// It has ended meanwhile.
    Gone,
    /// The recorder is out of descriptors or memory: nothing said of the process would be true.
    Failed(Error),
}

/// A file of a process that may be held open from tick to tick.
#[derive(Default)]
pub struct Held(Option<(OwnedFd, Place)>);

impl Held {
    /// Lets go of it.
    pub fn release(&mut self) {
        self.0 = None;
    }
}

/// An open `/proc`.
pub struct Folder {
    fd: OwnedFd,
    path: PathBuf,
    /// Whether the kernel answers, and not a captured tree.
    is_procfs: bool,
    /// Whether its pids are those of our own namespace.
    has_own_pids: bool,
    buffer: Vec<u8>,
    entries: Vec<u8>,
    name: String,
    reads: i64,
}

impl Folder {
    /// Opens the folder at `path`.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let fd = rustix::fs::open(path, FOLDER, Mode::empty()).map_err(read_error(path))?;
        let is_procfs = rustix::fs::fstatfs(&fd).is_ok_and(|fs| fs.f_type == rustix::fs::PROC_SUPER_MAGIC);
        let mut buffer = vec![0; LONGEST];
        let own = rustix::fs::readlinkat_raw(&fd, "self", &mut buffer[..]).ok();
        let own = own.and_then(|length| std::str::from_utf8(&buffer[..length]).ok()?.parse().ok());
        Ok(Folder {
            has_own_pids: is_procfs && own == Some(std::process::id()),
            fd,
            path: path.into(),
            is_procfs,
            buffer,
            entries: Vec::with_capacity(LONGEST),
            name: String::new(),
            reads: 0,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the kernel answers, and its pids are those that we have ourselves.
    pub fn has_own_pids(&self) -> bool {
        self.has_own_pids
    }

    /// How many files were read since the last call.
    pub fn take_reads(&mut self) -> i64 {
        std::mem::take(&mut self.reads)
    }

    /// Replaces `pids` by those of all processes, in order.
    pub fn pids(&mut self, pids: &mut Vec<i64>) -> Result<(), Error> {
        pids.clear();
        self.reads += 1;
        rustix::fs::seek(&self.fd, SeekFrom::Start(0)).map_err(read_error(&self.path))?;
        let mut entries = RawDir::new(&self.fd, spare(&mut self.entries));
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(read_error(&self.path))?;
            let name = entry.file_name().to_bytes();
            if name.first().is_some_and(u8::is_ascii_digit) {
                pids.extend(std::str::from_utf8(name).ok().and_then(|n| n.parse::<i64>().ok()));
            }
        }
        if !pids.is_sorted() {
            pids.sort_unstable();
        }
        Ok(())
    }

    /// Replaces `threads` by those of a process, in the order in which they started.
    pub fn threads(&mut self, pid: i64, threads: &mut Vec<i64>) -> Result<(), Miss> {
        threads.clear();
        self.name(pid, "task");
        self.reads += 1;
        let folder = match rustix::fs::openat(&self.fd, &*self.name, FOLDER, Mode::empty()) {
            Ok(folder) => folder,
            Err(errno) => return self.miss(pid, errno),
        };
        let mut entries = RawDir::new(&folder, spare(&mut self.entries));
        while let Some(Ok(entry)) = entries.next() {
            threads.extend(entry.file_name().to_str().ok().and_then(|name| name.parse::<i64>().ok()));
        }
        Ok(())
    }

    /// What a file of a process holds; `None` where the kernel has no such file or does not show it.
    pub fn read(&mut self, pid: i64, file: &str) -> Result<Option<&[u8]>, Miss> {
        self.name(pid, file);
        self.reads += 1;
        match self.open_named().and_then(|fd| self.fill_from(&fd)) {
            Ok(length) => Ok(Some(&self.buffer[..length])),
            Err(errno) => self.miss(pid, errno).map(|()| None),
        }
    }

    /// The same through a descriptor that is held open from tick to tick, at less than half the
    /// price, where there is `room`. One without a process behind it is let go of, and the name looked
    /// up anew: the pid may be another's by now. Only the kernel's files are held: those of a tree are
    /// replaced.
    pub fn read_held(
        &mut self,
        held: &mut Held,
        room: Option<&Room>,
        pid: i64,
        file: &str,
    ) -> Result<Option<&[u8]>, Miss> {
        if let Some(length) = held.0.as_ref().and_then(|(fd, _)| self.fill_from(fd).ok()) {
            self.reads += 1;
            return Ok(Some(&self.buffer[..length]));
        }
        held.release();
        let Some(place) = room.filter(|_| self.is_procfs).and_then(Room::take) else {
            return self.read(pid, file);
        };
        self.name(pid, file);
        self.reads += 1;
        match self.open_named().and_then(|fd| Ok((self.fill_from(&fd)?, fd))) {
            Ok((length, fd)) => {
                held.0 = Some((fd, place));
                Ok(Some(&self.buffer[..length]))
            }
            Err(errno) => self.miss(pid, errno).map(|()| None),
        }
    }

    /// Whether a file of a process has these bytes in it; `None` as with [`Folder::read`]. Read in pieces, since a
    /// list of mappings is as long as there are many, and of one beyond [`LONGEST_LIST`] not to the end.
    pub fn contains(&mut self, pid: i64, file: &str, bytes: &[u8]) -> Result<Option<bool>, Miss> {
        self.name(pid, file);
        self.reads += 1;
        match self.open_named().and_then(|fd| self.find_in(&fd, bytes)) {
            Ok(found) => Ok(Some(found)),
            Err(errno) => self.miss(pid, errno).map(|()| None),
        }
    }

    /// The same as [`Folder::read`] as text, of files that have no other bytes. Anything else is as good as no file.
    pub fn text(&mut self, pid: i64, file: &str) -> Result<Option<&str>, Miss> {
        Ok(self.read(pid, file)?.and_then(|bytes| std::str::from_utf8(bytes).ok()))
    }

    /// What a link of a process points to; `None` as with [`Folder::read`], and for kernel threads.
    pub fn link(&mut self, pid: i64, file: &str) -> Option<&[u8]> {
        self.name(pid, file);
        self.reads += 1;
        let length = rustix::fs::readlinkat_raw(&self.fd, &*self.name, &mut self.buffer[..]).ok()?;
        Some(&self.buffer[..length])
    }

    /// How many descriptors a process has open, where the kernel tells it at once: Linux 6.2 and later.
    pub fn open_files_at_once(&mut self, pid: i64) -> Option<i64> {
        if !self.is_procfs {
            return None;
        }
        self.name(pid, "fd");
        self.reads += 1;
        let stat = rustix::fs::statat(&self.fd, &*self.name, AtFlags::empty()).ok()?;
        (stat.st_size > 0).then_some(stat.st_size)
    }

    /// The same counted one by one.
    pub fn open_files_counted(&mut self, pid: i64) -> Result<Option<i64>, Miss> {
        self.name(pid, "fd");
        self.reads += 1;
        let folder = match rustix::fs::openat(&self.fd, &*self.name, FOLDER, Mode::empty()) {
            Ok(folder) => folder,
            Err(errno) => return self.miss(pid, errno).map(|()| None),
        };
        let mut entries = RawDir::new(&folder, spare(&mut self.entries));
        let mut count = 0;
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) => count += i64::from(entry.file_name().to_bytes()[0].is_ascii_digit()),
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(count))
    }

    fn name(&mut self, pid: i64, file: &str) {
        self.name.clear();
        self.name.push_str(itoa::Buffer::new().format(pid));
        self.name.push('/');
        self.name.push_str(file);
    }

    fn open_named(&self) -> Result<OwnedFd, Errno> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        rustix::fs::openat(&self.fd, &*self.name, flags, Mode::empty())
    }

    /// Reads a file from its beginning. The kernel hands out these files in one piece, so less than
    /// was asked for is all there is.
    fn fill_from(&mut self, file: &OwnedFd) -> Result<usize, Errno> {
        loop {
            match rustix::io::pread(file, &mut self.buffer[..], 0) {
                Err(Errno::INTR) => {}
                done => return done,
            }
        }
    }

    /// Looks for bytes in a file, those across two pieces included.
    fn find_in(&mut self, file: &OwnedFd, bytes: &[u8]) -> Result<bool, Errno> {
        let (mut kept, mut read) = (0, 0);
        while read < LONGEST_LIST {
            let length = match rustix::io::read(file, &mut self.buffer[kept..]) {
                Err(Errno::INTR) => continue,
                done => done?,
            };
            let end = kept + length;
            if self.buffer[..end].windows(bytes.len()).any(|window| window == bytes) {
                return Ok(true);
            }
            if length == 0 {
                break;
            }
            kept = end.min(bytes.len() - 1);
            self.buffer.copy_within(end - kept..end, 0);
            read += length;
        }
        Ok(false)
    }

    /// What an error says of a process: `Ok` is that it has no such file for us.
    fn miss(&self, pid: i64, errno: Errno) -> Result<(), Miss> {
        match errno {
            Errno::SRCH => Err(Miss::Gone),
            Errno::NOENT if !self.exists(pid) => Err(Miss::Gone),
            Errno::MFILE | Errno::NFILE | Errno::NOMEM => {
                Err(Miss::Failed(read_error(&self.path.join(&self.name))(errno)))
            }
            _ => Ok(()),
        }
    }

    fn exists(&self, pid: i64) -> bool {
        let folder = rustix::fs::statat(&self.fd, itoa::Buffer::new().format(pid), AtFlags::empty());
        folder.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
    }
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

fn spare(entries: &mut Vec<u8>) -> &mut [MaybeUninit<u8>] {
    entries.clear();
    entries.spare_capacity_mut()
}

fn read_error(path: &Path) -> impl FnOnce(Errno) -> Error + '_ {
    move |errno| Error::Read { path: path.into(), source: errno.into() }
}

/// The processes' folder by itself, without a trailing separator, so that it compares equal.
pub fn proc_folder(host: &crate::collect::Host) -> PathBuf {
    host.proc_path("").components().collect()
}
