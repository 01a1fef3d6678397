//! `process` from `/proc/PID`: every process, every tick: proc(5).
//!
//! The price is kept down by asking first what is cheap: a process that has not run since it was last
//! read (`probe`) has nothing new to say, and one that has is read through files that are held open.
//! Strings are kept from tick to tick. Nothing here works out what happened in an interval.

mod cadence;
mod commands;
mod cpu_time;
mod crowd;
mod delays;
mod details;
mod folder;
mod forks;
mod group;
mod known;
mod probe;
mod stat;
mod threads;
mod users;
mod words;

use std::time::Duration;

use super::kept::Room;
use super::parse::{int, ints, pairs};
use super::taskstats::Group;
use super::{Collector, Error, Host, Settings};
use crate::schema::{Micros, Sample};
use commands::{Asked, Commands, Wanted};
use crowd::Crowd;
use delays::Delays;
use details::Schedule;
pub use details::parse_namespace;
use folder::{Folder, Miss, proc_folder};
use forks::Forks;
use group::Groups;
use known::{Known, Now};
use probe::own_schedule;
pub use threads::ThreadCollector;
use users::Users;
pub use users::{Directory, by_name_services};
use words::Words;

/// How often the size of the host's memory is read: it may be plugged in.
const MEMORY_EVERY: Duration = Duration::from_secs(60);

/// Files of processes that are held open at most: one of each, and four of those that run. Each costs
/// the kernel 4 to 6 KiB.
const MOST_HELD: usize = 4096;

/// Reads all processes.
///
/// A process is known by its pid and start ticks, and forgotten in the tick in which it is no
/// longer there. `start_ticks` of each row is on the boot clock (`CLOCK_BOOTTIME` in clock
/// ticks), so that the caller can tell whether a process is younger than the tick before.
pub struct ProcessCollector {
    boot: Option<Micros>,
    settings: Settings,
    folder: Option<Folder>,
    room: Room,
    forks: Forks,
    groups: Groups,
    pids: Vec<i64>,
    /// In the order of their pids. In boxes, since they go from one list to the other in each tick.
    #[allow(clippy::vec_box)]
    known: Vec<Box<Known>>,
    /// Those of the tick before, while this one's are put together.
    #[allow(clippy::vec_box)]
    before: Vec<Box<Known>>,
    commands: Commands,
    users: Users,
    words: Words,
    crowd: Crowd,
    delays: Delays,
    memory: Option<(Duration, Option<i64>)>,
    /// The scheduler's numbers of the thread that reads.
    own: Option<Schedule>,
}

impl Default for ProcessCollector {
    fn default() -> Self {
        ProcessCollector::new(&Settings::default())
    }
}

impl ProcessCollector {
    /// One that works as the settings say.
    pub fn new(settings: &Settings) -> Self {
        ProcessCollector {
            boot: None,
            settings: settings.clone(),
            folder: None,
            room: Room::within_limit(2, MOST_HELD),
            forks: Forks::default(),
            groups: Groups::default(),
            pids: Vec::new(),
            known: Vec::new(),
            before: Vec::new(),
            commands: Commands::default(),
            users: Users::default(),
            words: Words::default(),
            crowd: Crowd::default(),
            delays: Delays::default(),
            memory: None,
            own: None,
        }
    }

    /// With the boot time that start times are reckoned from.
    ///
    /// The kernel's own (`btime` in `/proc/stat`) moves when the wall clock is set. Without this the
    /// host's ([`Host::boot`]) is used, else `btime` is read once, at the first tick.
    pub fn since_boot(boot: Micros) -> Self {
        ProcessCollector { boot: Some(boot), ..ProcessCollector::default() }
    }

    /// Has names of users that `/etc/passwd` does not have asked of a directory.
    pub fn with_directory(self, directory: Directory) -> Self {
        ProcessCollector { users: Users::with_directory(directory), ..self }
    }

    /// Has somebody else asked what all threads of a process did.
    pub fn with_groups(self, ask: impl FnMut(i64) -> Option<Group> + Send + 'static) -> Self {
        ProcessCollector { groups: Groups::Told(Box::new(ask)), ..self }
    }

    /// Has `pss_bytes` read too, for which the kernel walks all of a process's memory.
    pub fn with_pss(mut self) -> Self {
        self.settings.wants_pss = true;
        self
    }
}

impl Collector for ProcessCollector {
    fn name(&self) -> &'static str {
        "process"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["process"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let boot = match self.boot.or(host.boot) {
            Some(boot) => boot,
            None => boot_time(host)?,
        };
        self.boot = Some(boot);
        let memory_bytes = self.memory_bytes(host)?;
        let block_delays = self.delays.look(host)?;
        let may_probe = self.numbers_move(host)?;
        self.users.refresh(host);
        let path = proc_folder(host);
        let mut folder = match self.folder.take().filter(|folder| folder.path() == path) {
            Some(folder) => folder,
            None => Folder::open(&path)?,
        };
        if !folder.has_own_pids() {
            self.groups.close();
        }
        if !folder.has_own_pids() || self.forks.may_have_happened(host)? {
            folder.pids(&mut self.pids)?;
        }
        let mut now = Now {
            units: host.units,
            at: host.now,
            boot,
            memory_bytes,
            block_delays,
            may_probe,
            reads_all: host.is_throttled,
            idle: self.settings.idle_process,
            users: &mut self.users,
            words: &mut self.words,
            room: &self.room,
            groups: &mut self.groups,
        };
        std::mem::swap(&mut self.known, &mut self.before);
        let mut before = self.before.drain(..).peekable();
        let mut gone = Vec::new();
        for pid in &self.pids {
            while before.next_if(|known| known.row.pid < *pid).is_some() {}
            let mut known = before.next_if(|known| known.row.pid == *pid).unwrap_or_default();
            match known.look(&mut folder, *pid, &mut now) {
                Ok(true) => self.known.push(known),
                Ok(false) => {}
                Err(Miss::Gone) => gone.push(*pid),
                Err(Miss::Failed(error)) => return Err(error),
            }
        }
        drop(before);
        let running = self.known.iter().filter(|known| known.is_found_running()).count();
        if self.crowd.waits_unseen(host, running as i64)? {
            look_closer(&mut self.known, &mut folder, &mut now, &mut gone)?;
            gone.sort_unstable();
        }
        if !gone.is_empty() {
            self.pids.retain(|pid| gone.binary_search(pid).is_err());
        }
        self.ask_commands(host);
        sample.process.reserve(self.known.len());
        self.known.iter_mut().for_each(|known| sample.process.share(known.told()));
        host.count_reads(folder.take_reads());
        self.folder = Some(folder);
        Ok(())
    }
}

impl ProcessCollector {
    fn memory_bytes(&mut self, host: &mut Host) -> Result<Option<i64>, Error> {
        let (read, bytes) = match self.memory {
            Some((read, bytes)) if host.now.saturating_sub(read) < MEMORY_EVERY => (read, bytes),
            _ => (host.now, host.proc_if_any("meminfo")?.and_then(parse_memory)),
        };
        self.memory = Some((read, bytes));
        Ok(bytes)
    }

    /// Whether the scheduler's numbers of the thread that reads have moved since the tick before.
    fn numbers_move(&mut self, host: &mut Host) -> Result<bool, Error> {
        let now = own_schedule(host)?;
        let before = std::mem::replace(&mut self.own, now);
        Ok(now.is_some() && before.is_some() && now != before)
    }

    fn ask_commands(&mut self, host: &mut Host) {
        let wanted = self.known.iter_mut().filter(|known| known.wants_command);
        let mut asked = Vec::new();
        for known in wanted {
            let about = known.asked();
            if !self.commands.is_waited_for(&about) {
                known.wants_command = false;
                asked.push(about);
            }
        }
        host.count_reads(asked.len() as i64);
        let known = &mut self.known;
        let of = |known: &[Box<Known>], asked: Asked| {
            let at = known.binary_search_by_key(&asked.pid, |known| known.row.pid).ok()?;
            (known[at].row.start_ticks == asked.start_ticks).then_some(at)
        };
        let wanted = Wanted { cmdline: self.settings.cmdline, pss: self.settings.wants_pss };
        let again = self.commands.ask(host, asked, wanted, |asked, told| {
            if let Some(at) = of(known, asked) {
                known[at].take_told(&asked, &told);
            }
        });
        for asked in again {
            if let Some(at) = of(&self.known, asked) {
                self.known[at].wants_command = true;
            }
        }
    }
}

/// Reads `stat` of those that showed no sign of having run, and lets go of those that are `gone` by now.
#[allow(clippy::vec_box)]
fn look_closer(
    known: &mut Vec<Box<Known>>,
    folder: &mut Folder,
    now: &mut Now,
    gone: &mut Vec<i64>,
) -> Result<(), Error> {
    let mut failed = None;
    known.retain_mut(|known| match known.look_closer(folder, now) {
        Ok(is_there) => is_there,
        Err(Miss::Gone) => {
            gone.push(known.row.pid);
            false
        }
        Err(Miss::Failed(error)) => {
            failed = Some(error);
            true
        }
    });
    failed.map_or(Ok(()), Err)
}

/// When the host booted, by the wall clock as it is now.
fn boot_time(host: &mut Host) -> Result<Micros, Error> {
    let path = host.proc_path("stat");
    let seconds = pairs(host.proc("stat")?).find(|(key, _)| *key == "btime").and_then(|(_, rest)| int(rest));
    match seconds {
        Some(seconds) => Ok(Micros(seconds.saturating_mul(1_000_000))),
        None => Err(Error::Parse { path, what: "no btime line, so no process has a start time".into() }),
    }
}

/// The host's memory in bytes, of `/proc/meminfo`.
fn parse_memory(text: &str) -> Option<i64> {
    let (_, rest) = pairs(text).find(|(key, _)| *key == "MemTotal")?;
    Some(ints(rest).next()?.saturating_mul(1024))
}
