//! A host that records into a store and maintains it, tick by tick and without a thread, so that the
//! n-th operation is the same one each time; and what has to be true of its store whatever happened.
//!
//! It goes on after a failure as the recorder does: a frame is tried again, a part that cannot be
//! written is given up for a new one, a maintenance that failed comes again after the next part.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};
use sysray::schema::Micros;
use sysray::store::{
    Catalog, Compression, Encoder, Error, Folder, Identity, Lock, PartFile, PartName, Policy, Told, maintain,
    occupied,
};

use crate::made::{HOUR, SECOND, START, files, hourly, tick, ticks};

const HOST: &str = "web1";

/// Hours are files. Nothing is compressed: it is not what is tested, and takes most of the time.
pub fn hours() -> Policy {
    Policy { compression: Compression::None, ..hourly() }
}

/// The same in a store so small that a run has to give something up.
pub fn small() -> Policy {
    Policy { max_bytes: Some(224 << 10), ..hours() }
}

const PART: i64 = 600 * SECOND;

/// What a host knows of the ticks that it wrote.
#[derive(Clone, Default)]
pub struct Known {
    /// Those that were tried.
    pub tried: BTreeSet<i64>,
    /// Those that the store took.
    pub taken: BTreeSet<i64>,
    /// Those before this one may have been given up for room.
    pub floor: i64,
}

/// What a host does.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// A part of three ticks, so many ten minutes after the start.
    Record {
        at: i64,
        is_killed: bool,
    },
    Maintain {
        at: i64,
    },
}

/// Two hours: parts are sealed and merged, and in the middle the recorder is killed.
pub const RUN: [Step; 10] = [
    Step::Record { at: 0, is_killed: false },
    Step::Maintain { at: 1 },
    Step::Record { at: 1, is_killed: true },
    Step::Maintain { at: 2 },
    Step::Record { at: 6, is_killed: false },
    Step::Maintain { at: 7 },
    Step::Record { at: 7, is_killed: false },
    Step::Maintain { at: 8 },
    Step::Maintain { at: 12 },
    Step::Maintain { at: 12 },
];

/// A host with its store.
pub struct Host {
    folder: Folder,
    policy: Policy,
    next: u64,
    running: Option<Lock>,
    pub known: Arc<Mutex<Known>>,
    /// When each tick was synced, in operations of the disk, where the power may go.
    pub synced: Vec<(usize, i64)>,
    /// How many operations there were when each maintenance ended, and the oldest tick then.
    pub maintained: Vec<(usize, i64)>,
    operations: Box<dyn Fn() -> usize + Send + Sync>,
}

impl Host {
    pub fn new(folder: &Folder, policy: Policy) -> Self {
        Host {
            folder: folder.clone(),
            policy,
            next: 1,
            running: None,
            known: Arc::default(),
            synced: vec![],
            maintained: vec![],
            operations: Box::new(|| 0),
        }
    }

    /// A host whose store has a past.
    pub fn knowing(folder: &Folder, policy: Policy, known: Known) -> Self {
        Host { known: Arc::new(Mutex::new(known)), ..Host::new(folder, policy) }
    }

    /// One that notes by a disk's operations when what was done.
    pub fn timed(
        folder: &Folder,
        policy: Policy,
        operations: impl Fn() -> usize + Send + Sync + 'static,
    ) -> Self {
        Host { operations: Box::new(operations), ..Host::new(folder, policy) }
    }

    /// Begins to record if it does not: as `record` does, and `false` where that fails.
    fn is_running(&mut self) -> bool {
        if self.running.is_none() {
            self.running = self.start().ok();
        }
        self.running.is_some()
    }

    fn start(&mut self) -> Result<Lock, Error> {
        let mut identity = Identity::read_or_create(&self.folder)?;
        let lock = Lock::recorder(&self.folder)?;
        identity.label(&self.folder, "machine", HOST)?;
        self.next = Catalog::open(self.folder.root())?.last_seq(HOST)? + 1;
        Ok(lock)
    }

    /// Records a part of so many ticks, each synced. Killed, it does not come to end it.
    pub fn record(&mut self, from: i64, count: i64, is_killed: bool) {
        if !self.is_running() {
            return;
        }
        let mut part: Option<(PartFile, Encoder)> = None;
        let mut unsynced = Vec::new();
        for n in 1..=count {
            let (moment, tables) = tick(self.next, from + n * 10 * SECOND);
            self.known.lock().unwrap().tried.insert(self.next as i64);
            let name = PartName { host: HOST.into(), first_seq: self.next, from: Micros(from) };
            self.next += 1;
            if part.is_none() {
                let begin = || PartFile::begin(&self.folder, &name, "boot", self.policy.part_bytes());
                part = begin().or_else(|_| begin()).ok().map(|part| (part, Encoder::new()));
            }
            let Some((file, encoder)) = &mut part else { continue };
            let told: Vec<Told> = tables.iter().map(Told::from).collect();
            let frame = encoder.encode(moment, &told, &[]).unwrap();
            if file.append(&frame).or_else(|_| file.append(&frame)).is_err() {
                part = None;
                continue;
            }
            self.known.lock().unwrap().taken.insert(moment.seq as i64);
            // Every other tick: one that waits for its sync may be lost to a power cut, and only that.
            unsynced.push(moment.seq as i64);
            if n % 2 == 0 && file.sync().is_ok() {
                self.note_synced(&mut unsynced);
            }
        }
        if let Some((file, _)) = part.filter(|_| !is_killed)
            && file.end().is_ok()
        {
            self.note_synced(&mut unsynced);
        }
        if is_killed {
            self.running = None;
        }
    }

    fn note_synced(&mut self, ticks: &mut Vec<i64>) {
        let now = (self.operations)();
        self.synced.extend(ticks.drain(..).map(|tick| (now, tick)));
    }

    pub fn maintain(&mut self, now: i64) -> Result<(), Error> {
        // The recorder calls for it, once it records.
        Identity::read(self.folder.root())?;
        let done = maintain(&self.folder, HOST, &self.policy, Micros(now)).map(|_| ());
        let oldest = |table| ticks(self.folder.root(), table).ok()?.into_iter().min();
        let oldest = oldest("cpu").max(oldest("process")).unwrap_or(0);
        self.maintained.push(((self.operations)(), oldest));
        done
    }

    /// One step of a run. A failure is no reason not to take the next.
    pub fn take(&mut self, step: Step) {
        match step {
            Step::Record { at, is_killed } => self.record(START + at * PART, 3, is_killed),
            Step::Maintain { at } => drop(self.maintain(START + at * PART + SECOND)),
        }
    }

    /// The next hour on a disk that works: what was left undone is done.
    pub fn go_on(&mut self) {
        let from = START + 3 * HOUR;
        let before = self.known.lock().unwrap().taken.len();
        self.record(from, 2, false);
        let taken = self.known.lock().unwrap().taken.len();
        let refused = self.running.is_none().then(|| self.start().err().map(|e| e.to_string()));
        assert_eq!(taken, before + 2, "it records again, or says why not: {refused:?}");
        self.running = None;
        for _ in 0..2 {
            self.maintain(from + HOUR + SECOND).unwrap();
        }
    }
}

/// Each tick that was taken is read once, and none that was never tried nor any twice; where a store
/// has a bound, the oldest may have been given up.
pub fn check_ticks(root: &Path, known: &Known, is_bounded: bool, what: &str) {
    for (table, rows) in [("cpu", 1), ("process", 2)] {
        let mut read: BTreeMap<i64, usize> = BTreeMap::new();
        let found = ticks(root, table).unwrap_or_else(|e| panic!("{what}: {table} cannot be read: {e}"));
        found.into_iter().for_each(|tick| *read.entry(tick).or_default() += 1);
        let wrong: Vec<_> = read.iter().filter(|(_, times)| **times != rows).collect();
        assert!(wrong.is_empty(), "{what}: {table} has (tick, rows) {wrong:?}");
        assert!(read.keys().all(|tick| known.tried.contains(tick)), "{what}: {table} has {read:?}");
        let oldest = if is_bounded { read.keys().next().copied().unwrap_or(i64::MAX) } else { 0 };
        let kept = known.taken.iter().filter(|tick| **tick > oldest.max(known.floor - 1));
        let lost: Vec<_> = kept.filter(|tick| !read.contains_key(tick)).collect();
        assert!(lost.is_empty(), "{what}: {table} has lost {lost:?}, and has {:?}", read.keys());
    }
}

/// Nothing is left that was begun and not finished, and the sums are those of the files.
pub fn check_files(root: &Path, what: &str) {
    let unfinished: Vec<_> =
        files(root, "").into_iter().filter(|path| path.to_string_lossy().contains("/.tmp-")).collect();
    assert!(unfinished.is_empty(), "{what}: {unfinished:?}");
    assert!(files(root, ".part").is_empty(), "{what}: a part was not sealed");
    let mut noted: BTreeMap<String, String> = BTreeMap::new();
    for file in files(root, ".sha256") {
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let (sum, path) = line.split_once("  ").unwrap();
            noted.insert(path.into(), sum.into());
        }
    }
    let sum = |path: &Path| {
        let sum = Sha256::digest(std::fs::read(path).unwrap());
        sum.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let name = |path: &Path| path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
    let real: BTreeMap<String, String> =
        files(root, ".parquet").iter().map(|path| (name(path), sum(path))).collect();
    assert_eq!(noted, real, "{what}: the sums that are noted, and those of the files");
}

/// A store is never larger than it may be.
pub fn check_size(root: &Path, policy: &Policy, what: &str) {
    if let Some(max) = policy.max_bytes {
        let bytes = occupied(root);
        assert!(bytes <= max, "{what}: {bytes} bytes of {max}");
    }
}
