//! `process` from `/proc/PID`: every process, every tick: proc(5).
//!
//! The price is kept down by asking first what is cheap: a process whose `stat` and `schedstat`
//! are what they were has not run, and then its other files have nothing new to say. These two are
//! held open, and strings kept, from tick to tick. Nothing here works out what happened in an interval.

mod cpu_time;
mod details;
mod folder;
mod known;
mod stat;
mod users;
mod words;

use std::collections::HashMap;

use super::parse::{int, ints, pairs};
use super::{Collector, Error, Host};
use crate::schema::{Micros, Sample};
use folder::{Folder, Miss, proc_folder};
use known::{Change, Known, Now};
use stat::parse_stat;
use users::Users;
use words::Words;

/// Ticks after which the size of the host's memory is read again: it may be plugged in.
const MEMORY_TICKS: i64 = 60;

/// Processes whose files are held open at most.
const MOST_HELD: usize = 512;

/// Reads all processes.
///
/// A process is known by its pid and start ticks, and forgotten in the tick in which it is no
/// longer there. `start_ticks` of each row is on the boot clock (`CLOCK_BOOTTIME` in clock
/// ticks), so that the caller can tell whether a process is younger than the tick before.
#[derive(Default)]
pub struct ProcessCollector {
    boot: Option<Micros>,
    wants_pss: bool,
    folder: Option<Folder>,
    pids: Vec<i64>,
    known: HashMap<i64, Known>,
    users: Users,
    words: Words,
    memory_bytes: Option<i64>,
    tick: i64,
}

impl ProcessCollector {
    /// With the boot time that start times are reckoned from.
    ///
    /// The kernel's own (`btime` in `/proc/stat`) moves when the wall clock is set. Without this the
    /// host's ([`Host::boot`]) is used, else `btime` is read once, at the first tick.
    pub fn since_boot(boot: Micros) -> Self {
        ProcessCollector { boot: Some(boot), ..ProcessCollector::default() }
    }

    /// Has `pss_bytes` read too, for which the kernel walks all of a process's memory.
    pub fn with_pss(self) -> Self {
        ProcessCollector { wants_pss: true, ..self }
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
        if self.tick % MEMORY_TICKS == 0 {
            self.memory_bytes = host.proc_if_any("meminfo")?.and_then(parse_memory);
        }
        let has_block_delay = host.proc_if_any("sys/kernel/task_delayacct")?.and_then(int) == Some(1);
        self.users.refresh(host);
        self.tick += 1;
        let path = proc_folder(host);
        let mut folder = match self.folder.take().filter(|folder| folder.path() == path) {
            Some(folder) => folder,
            None => Folder::open(&path)?,
        };
        folder.pids(&mut self.pids)?;
        let mut now = Now {
            units: host.units,
            boot,
            memory_bytes: self.memory_bytes,
            has_block_delay,
            wants_pss: self.wants_pss,
            users: &self.users,
            words: &mut self.words,
            room: room().saturating_sub(self.known.values().filter(|known| known.holds()).count()),
        };
        for pid in &self.pids {
            match row(&mut self.known, &mut folder, *pid, &mut now) {
                Ok(Some(known)) => {
                    known.tick = self.tick;
                    sample.process.push(known.row.clone());
                }
                Ok(None) | Err(Miss::Gone) => {}
                Err(Miss::Failed(error)) => return Err(error),
            }
        }
        self.known.retain(|_, known| known.tick == self.tick);
        host.count_reads(folder.take_reads());
        self.folder = Some(folder);
        Ok(())
    }
}

/// One process as it is now; `None` where its `stat` cannot be read or made out.
fn row<'a>(
    all: &'a mut HashMap<i64, Known>,
    folder: &mut Folder,
    pid: i64,
    now: &mut Now,
) -> Result<Option<&'a mut Known>, Miss> {
    let known = all.entry(pid).or_default();
    let Some(line) = known.read_stat(folder, pid, now)? else { return Ok(None) };
    let change = if known.has_line(line) {
        Change::Nothing
    } else {
        let Some(stat) = parse_stat(line) else { return Ok(None) };
        known.take_stat(pid, line, &stat, now)
    };
    known.read(folder, now, change)?;
    Ok(Some(known))
}

/// How many processes may have their two files held open: half of the descriptors that we may
/// have, and no more than would cost the kernel a few MiB of buffers.
fn room() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.map_or(MOST_HELD, |limit| (limit / 4) as usize).min(MOST_HELD)
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
