//! A disk that fails at its n-th operation: full, broken, or after half of a write; once, for some
//! operations, or until it is freed. What it did before is really done, in a real folder.
//!
//! Every method of `Disk` and `DiskFile` that changes something is one operation, removing
//! included: a filesystem that copies on write needs room even for that. By itself it never syncs:
//! what is tested with it is a program that goes on, not a power cut.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use sysray::store::{Disk, DiskFile, RealDisk};

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    NoRoom,
    Io,
    /// Half of a write is done, and the operation behind it fails as on a full disk.
    Short,
}

pub const FAULTS: [Fault; 3] = [Fault::NoRoom, Fault::Io, Fault::Short];

impl Fault {
    fn error(self) -> io::Error {
        match self {
            Fault::Io => io::Error::other("the disk is broken"),
            Fault::NoRoom | Fault::Short => io::ErrorKind::StorageFull.into(),
        }
    }
}

/// Which operations fail, counted from 0.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub fault: Fault,
    pub from: u64,
    /// How many do.
    pub count: u64,
}

type Look = Box<dyn Fn(u64) + Send + Sync>;

#[derive(Default)]
struct Shared {
    /// Else the real disk, without its syncs.
    under: Option<Arc<dyn Disk>>,
    done: AtomicU64,
    kinds: Mutex<Vec<&'static str>>,
    plan: Mutex<Option<Plan>>,
    look: Mutex<Option<Look>>,
    hangs_from: AtomicU64,
    copies: Mutex<Option<Vec<File>>>,
}

/// The disk; a copy of it is the same disk.
#[derive(Clone, Default)]
pub struct FailingDisk(Arc<Shared>);

impl FailingDisk {
    /// A disk that fails as planned.
    pub fn new(plan: Plan) -> Self {
        let disk = FailingDisk::default();
        *disk.0.plan.lock().unwrap() = Some(plan);
        disk
    }

    /// A disk that fails as planned, and else does what another one does.
    pub fn over(under: Arc<dyn Disk>, plan: Option<Plan>) -> Self {
        let shared = Shared { under: Some(under), plan: Mutex::new(plan), ..Shared::default() };
        FailingDisk(Arc::new(shared))
    }

    /// What was asked of it so far, by the names of the methods.
    pub fn kinds(&self) -> Vec<&'static str> {
        self.0.kinds.lock().unwrap().clone()
    }

    fn under(&self) -> &dyn Disk {
        self.0.under.as_deref().unwrap_or(&RealDisk)
    }

    /// Has `look` called before each operation, with its number.
    pub fn watch(&self, look: impl Fn(u64) + Send + Sync + 'static) {
        *self.0.look.lock().unwrap() = Some(Box::new(look));
    }

    /// From that operation on it does not answer any more.
    pub fn hang_from(&self, operation: u64) {
        self.0.hangs_from.store(operation, Relaxed);
    }

    /// From now on it does what it is asked.
    pub fn free(&self) {
        *self.0.plan.lock().unwrap() = None;
    }

    /// From now on somebody else has each file that is opened as well, as a program has that is being started.
    pub fn keep_copies(&self) {
        *self.0.copies.lock().unwrap() = Some(Vec::new());
    }

    fn opened(&self, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        if let Some(copies) = &mut *self.0.copies.lock().unwrap() {
            copies.push(file.file().try_clone().unwrap());
        }
        Box::new(FailingFile { disk: self.clone(), file })
    }

    /// How many operations were asked of it.
    pub fn operations(&self) -> u64 {
        self.0.done.load(Relaxed)
    }

    /// Counts an operation; fails where it is its turn to.
    fn begin(&self, kind: &'static str) -> io::Result<()> {
        self.0.kinds.lock().unwrap().push(kind);
        let number = self.0.done.fetch_add(1, Relaxed);
        if let Some(look) = &*self.0.look.lock().unwrap() {
            look(number);
        }
        let hangs_from = self.0.hangs_from.load(Relaxed);
        if hangs_from > 0 && number >= hangs_from {
            loop {
                std::thread::park();
            }
        }
        let plan = *self.0.plan.lock().unwrap();
        match plan {
            Some(plan) if number >= plan.from && number - plan.from < plan.count => Err(plan.fault.error()),
            _ => Ok(()),
        }
    }

    /// Whether the next operation is the one of which half is to be done.
    fn is_half(&self) -> bool {
        let plan = *self.0.plan.lock().unwrap();
        plan.is_some_and(|plan| plan.fault == Fault::Short && plan.from == self.operations() + 1)
    }
}

impl Disk for FailingDisk {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.begin("make_folder")?;
        self.under().make_folder(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.begin("create")?;
        Ok(self.opened(self.under().create(path)?))
    }

    fn open_lock(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.begin("open_lock")?;
        Ok(self.opened(self.under().open_lock(path)?))
    }

    fn publish(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.begin("publish")?;
        self.under().publish(from, to)
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.begin("replace")?;
        self.under().replace(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.begin("remove")?;
        self.under().remove(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.begin("remove_folder")?;
        self.under().remove_folder(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.begin("sync_folder")?;
        self.0.under.as_ref().map_or(Ok(()), |disk| disk.sync_folder(path))
    }
}

struct FailingFile {
    disk: FailingDisk,
    file: Box<dyn DiskFile>,
}

impl DiskFile for FailingFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let is_half = self.disk.is_half() && bytes.len() > 1;
        self.disk.begin("write_at")?;
        self.file.write_at(if is_half { &bytes[..bytes.len() / 2] } else { bytes }, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.begin("sync")?;
        if self.disk.0.under.is_some() { self.file.sync() } else { Ok(()) }
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        self.disk.begin("set_len")?;
        self.file.set_len(length)
    }

    fn reserve(&mut self, up_to: u64) -> io::Result<()> {
        self.disk.begin("reserve")?;
        self.file.reserve(up_to)
    }

    fn file(&self) -> &File {
        self.file.file()
    }
}
