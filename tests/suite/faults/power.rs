//! A disk that is written to a real folder, and that can tell what may be left of it had the power
//! gone after any of its operations.
//!
//! The rules, harsher than those of ext4 and XFS:
//! - A file's bytes and length are sure as of its last completed sync. Of what was written since,
//!   each write is kept, lost, torn (a prefix of it is there) or zeroed (its length is there), in any
//!   order; so is a change of length.
//! - A name made, given or removed is sure once the folder it stands in was synced behind that. Until
//!   then each such change is there or not, whatever became of the others: of a file that was
//!   renamed either name may be there. One that takes the place of another leaves one of the two.
//! - Syncing a file does not make its name sure, and syncing a folder makes sure neither the bytes of
//!   the files in it nor its own name: a file that was renamed before it was synced may be empty, and
//!   in a folder whose own name was not synced everything is lost.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use sysray::store::{Disk, DiskFile, RealDisk};

/// One operation, by paths from the root.
#[derive(Clone, Debug)]
enum Done {
    MakeFolder(PathBuf),
    Create(PathBuf, usize),
    Write { file: usize, offset: usize, bytes: Vec<u8> },
    SetLen { file: usize, length: usize },
    Sync(usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    SyncFolder(PathBuf),
}

#[derive(Default)]
struct Log {
    done: Vec<Done>,
    files: usize,
}

/// The disk; a copy of it is the same disk.
#[derive(Clone)]
pub struct PowerCut {
    root: PathBuf,
    log: Arc<Mutex<Log>>,
}

impl PowerCut {
    /// A disk whose root is a folder that is there for sure.
    pub fn new(root: &Path) -> Self {
        PowerCut { root: root.into(), log: Arc::default() }
    }

    /// How many operations were done.
    pub fn operations(&self) -> usize {
        self.log.lock().unwrap().done.len()
    }

    /// Goes through what may be left: [`Images::cut`] after each step.
    pub fn images(&self) -> Images {
        Images {
            done: self.log.lock().unwrap().done.clone(),
            at: 0,
            folders: vec![Folder::default()],
            files: vec![],
        }
    }

    fn below_root(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).expect("nothing is written outside the root").into()
    }

    fn log(&self, operation: Done) {
        self.log.lock().unwrap().done.push(operation);
    }

    fn file(&self, file: Box<dyn DiskFile>, path: &Path, is_new: bool) -> Box<dyn DiskFile> {
        let mut log = self.log.lock().unwrap();
        let number = log.files;
        log.files += 1;
        if is_new {
            log.done.push(Done::Create(self.below_root(path), number));
        }
        Box::new(CutFile { disk: self.clone(), file, number, is_new })
    }
}

impl Disk for PowerCut {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        let mut missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
        missing.reverse();
        RealDisk.make_folder(path)?;
        missing.into_iter().for_each(|folder| self.log(Done::MakeFolder(self.below_root(folder))));
        Ok(())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.file(RealDisk.create(path)?, path, true))
    }

    /// What stands in a lock's file nobody relies on: only its name is followed.
    fn open_lock(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        if !path.exists() {
            drop(self.create(path)?);
        }
        Ok(self.file(RealDisk.open_lock(path)?, path, false))
    }

    fn publish(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.publish(from, to)?;
        self.log(Done::Rename(self.below_root(from), self.below_root(to)));
        Ok(())
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.replace(from, to)?;
        self.log(Done::Rename(self.below_root(from), self.below_root(to)));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)?;
        self.log(Done::Remove(self.below_root(path)));
        Ok(())
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_folder(path)?;
        self.log(Done::Remove(self.below_root(path)));
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        assert!(path.is_dir(), "{} is synced and not there", path.display());
        if path.starts_with(&self.root) {
            self.log(Done::SyncFolder(self.below_root(path)));
        }
        Ok(())
    }
}

struct CutFile {
    disk: PowerCut,
    file: Box<dyn DiskFile>,
    number: usize,
    is_new: bool,
}

impl CutFile {
    fn log(&self, operation: Done) {
        if self.is_new {
            self.disk.log(operation);
        }
    }
}

impl DiskFile for CutFile {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let written = self.file.write_at(bytes, offset)?;
        let (file, offset, bytes) = (self.number, offset as usize, bytes[..written].to_vec());
        self.log(Done::Write { file, offset, bytes });
        Ok(written)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.log(Done::Sync(self.number));
        Ok(())
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.log(Done::SetLen { file: self.number, length: length as usize });
        Ok(())
    }

    fn reserve(&mut self, _up_to: u64) -> io::Result<()> {
        Ok(())
    }

    fn file(&self) -> &File {
        self.file.file()
    }
}

/// What may be left after one operation and the next.
pub struct Images {
    done: Vec<Done>,
    at: usize,
    /// By number; 0 is the root.
    folders: Vec<Folder>,
    files: Vec<Bytes>,
}

#[derive(Clone, Copy)]
enum Node {
    Folder(usize),
    File(usize),
}

#[derive(Default)]
struct Folder {
    now: BTreeMap<String, Node>,
    sure: BTreeMap<String, Node>,
    unsure: Vec<Change>,
}

enum Change {
    Set(String, Node),
    Gone(String),
    Moved(String, String, Node),
}

#[derive(Default)]
struct Bytes {
    now: Vec<u8>,
    sure: Vec<u8>,
    unsure: Vec<Done>,
}

impl Images {
    /// Goes on by one operation; false where there was none left. Hands out whether it was a sync.
    pub fn step(&mut self) -> Option<bool> {
        let done = self.done.get(self.at)?.clone();
        self.at += 1;
        let is_sync = matches!(done, Done::Sync(_) | Done::SyncFolder(_));
        match done {
            Done::MakeFolder(path) => {
                self.folders.push(Folder::default());
                let (folder, name) = self.place(&path);
                let node = Node::Folder(self.folders.len() - 1);
                self.folders[folder].change(Change::Set(name, node));
            }
            Done::Create(path, number) => {
                self.files.resize_with(self.files.len().max(number + 1), Bytes::default);
                let (folder, name) = self.place(&path);
                self.folders[folder].change(Change::Set(name, Node::File(number)));
            }
            Done::Write { file, .. } | Done::SetLen { file, .. } => {
                write(&mut self.files[file].now, &done);
                self.files[file].unsure.push(done);
            }
            Done::Sync(file) => {
                let file = &mut self.files[file];
                file.sure.clone_from(&file.now);
                file.unsure.clear();
            }
            Done::Rename(from, to) => {
                let ((folder, from), (same, to)) = (self.place(&from), self.place(&to));
                assert_eq!(folder, same, "a file never leaves its folder");
                let node = self.folders[folder].now[&from];
                self.folders[folder].change(Change::Moved(from, to, node));
            }
            Done::Remove(path) => {
                let (folder, name) = self.place(&path);
                self.folders[folder].change(Change::Gone(name));
            }
            Done::SyncFolder(path) => {
                let folder = self.folder(&path);
                let folder = &mut self.folders[folder];
                folder.sure.clone_from(&folder.now);
                folder.unsure.clear();
            }
        }
        Some(is_sync)
    }

    /// How many operations it has gone through.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Makes of an empty folder what may be there if the power goes now. Of what is not sure 0 leaves
    /// nothing, 1 everything, and each other seed something else.
    pub fn cut(&self, seed: u64, into: &Path) {
        let mut chance = Chance { seed, state: seed ^ (self.at as u64) << 32 };
        self.write_folder(0, into, &mut chance);
    }

    fn write_folder(&self, number: usize, into: &Path, chance: &mut Chance) {
        let folder = &self.folders[number];
        let mut names = folder.sure.clone();
        folder.unsure.iter().filter(|_| chance.of(2) == 1).for_each(|change| apply(&mut names, change));
        for (name, node) in names {
            let path = into.join(name);
            match node {
                Node::Folder(number) => {
                    fs::create_dir(&path).unwrap();
                    self.write_folder(number, &path, chance);
                }
                Node::File(number) => fs::write(path, self.files[number].left(chance)).unwrap(),
            }
        }
    }

    fn place(&self, path: &Path) -> (usize, String) {
        let name = path.file_name().unwrap().to_str().unwrap();
        (self.folder(path.parent().unwrap()), name.into())
    }

    fn folder(&self, path: &Path) -> usize {
        path.iter().fold(0, |folder, name| match self.folders[folder].now[name.to_str().unwrap()] {
            Node::Folder(inner) => inner,
            Node::File(_) => panic!("{} is no folder", path.display()),
        })
    }
}

impl Folder {
    fn change(&mut self, change: Change) {
        apply(&mut self.now, &change);
        self.unsure.push(change);
    }
}

fn apply(names: &mut BTreeMap<String, Node>, change: &Change) {
    match change {
        Change::Set(name, node) => {
            names.insert(name.clone(), *node);
        }
        Change::Gone(name) => {
            names.remove(name);
        }
        Change::Moved(from, to, node) => {
            names.remove(from);
            names.insert(to.clone(), *node);
        }
    }
}

impl Bytes {
    fn left(&self, chance: &mut Chance) -> Vec<u8> {
        let mut left = self.sure.clone();
        let mut unsure: Vec<&Done> = self.unsure.iter().collect();
        if chance.seed > 1 {
            (1..unsure.len()).for_each(|at| unsure.swap(at, chance.of(at as u64 + 1) as usize));
        }
        for done in unsure {
            match (chance.of(4), done) {
                (0, _) => {}
                (2, Done::Write { file, offset, bytes }) => {
                    let torn = bytes[..chance.of(bytes.len() as u64 + 1) as usize].to_vec();
                    write(&mut left, &Done::Write { file: *file, offset: *offset, bytes: torn });
                }
                (3, Done::Write { file, offset, bytes }) => {
                    let zeroed = vec![0; bytes.len()];
                    write(&mut left, &Done::Write { file: *file, offset: *offset, bytes: zeroed });
                }
                _ => write(&mut left, done),
            }
        }
        left
    }
}

fn write(to: &mut Vec<u8>, done: &Done) {
    match done {
        Done::Write { offset, bytes, .. } => {
            to.resize(to.len().max(offset + bytes.len()), 0);
            to[*offset..offset + bytes.len()].copy_from_slice(bytes);
        }
        Done::SetLen { length, .. } => to.resize(*length, 0),
        _ => {}
    }
}

/// Numbers that look random, the same for the same seed.
struct Chance {
    seed: u64,
    state: u64,
}

impl Chance {
    /// One below `n`: 0 for seed 0, 1 for seed 1.
    fn of(&mut self, n: u64) -> u64 {
        if self.seed < 2 {
            return self.seed;
        }
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) % n
    }
}
