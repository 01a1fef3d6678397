//! What is kept of one process between ticks: its row as last told, and what shows that reading
//! a file again would bring the same. It decides which files are read; what they say is parsed elsewhere.

mod reading;

use std::sync::Arc;
use std::time::Duration;

use super::super::parse::int;
use super::super::redact;
use super::cadence::{LIVELY_TICKS, share};
use super::commands::{Asked, Told};
use super::cpu_time::{CpuTime, Exact};
use super::delays::Booked;
use super::details::Schedule;
use super::folder::{Folder, Held, Miss};
use super::group::Groups;
use super::probe::Probe;
use super::stat::{Image, Stat, parse_stat};
use super::users::Users;
use super::words::{Words, set};
use crate::collect::host::Units;
use crate::collect::kept::Room;
use crate::collect::taskstats::Group;
use crate::schema::Micros;
use crate::schema::rows::Process;

/// What is the same for all processes of a tick.
pub struct Now<'a> {
    pub units: Units,
    /// The monotonic clock.
    pub at: Duration,
    /// The wall clock's time at which start ticks begin.
    pub boot: Micros,
    pub memory_bytes: Option<i64>,
    /// Of whom the kernel books block delays.
    pub block_delays: Booked,
    /// Whether the scheduler's numbers can be trusted to move with whoever runs.
    pub may_probe: bool,
    /// Whether `stat` of all is read: who is kept off the CPUs shows no sign of it elsewhere.
    pub reads_all: bool,
    /// How often one that shows no sign of having run is read all the same.
    pub idle: Duration,
    pub users: &'a mut Users,
    pub words: &'a mut Words,
    /// How many files may be held open.
    pub room: &'a Room,
    /// Whom to ask about all threads of a process.
    pub groups: &'a mut Groups,
}

/// How often what is dear to read, and hardly ever changes, is read again.
const RARELY: Duration = Duration::from_secs(60);

/// A managed runtime has threads of its own from its first moment, a Java virtual machine a dozen. Mappings of
/// others are not read.
const THREADS_OF_RUNTIME: i64 = 8;
/// How often a program's mappings are read in vain: when it is first seen, on the second tick and after the first
/// minute that it ran in.
const RUNTIME_LOOKS: u8 = 3;

/// One process.
#[derive(Default)]
pub struct Known {
    /// The row, counters as totals.
    pub row: Process,
    /// The row as it was last told; whether another one is to be made is found out when it was read.
    told: Arc<Process>,
    is_read: bool,
    /// Whether what it runs is to be asked for: that may keep one waiting.
    pub wants_command: bool,
    /// The thread whose files are read: the main one, or one that lives where that has ended.
    pub tid: i64,
    /// The main thread has ended.
    is_main_gone: bool,
    /// In how many ticks it was seen.
    ticks_seen: u32,
    /// In how many of the last ones it ran, up to [`LIVELY_TICKS`].
    ran_ticks: u32,
    /// It has run since what it runs was asked for.
    ran_since: bool,
    /// How often its mappings may be read still, until it runs something else.
    runtime_looks: u8,
    /// It has run since its open files were counted: nobody else opens or closes them.
    has_uncounted_files: bool,
    /// When it is read although it has not run, and when what hardly ever changes is.
    due: Duration,
    rarely_due: Duration,
    probe: Probe,
    line: Vec<u8>,
    comm: Vec<u8>,
    image: Image,
    schedule: Option<Schedule>,
    /// It has had more than one thread: its one thread does not speak for those that have ended.
    was_many: bool,
    /// What all threads did, where that can be had.
    group: Option<Group>,
    cpu: CpuTime,
    stat: Held,
    io: Held,
    status: Held,
}

/// What has changed since the last tick, as far as `stat` shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Nothing,
    Numbers,
    /// It is another process, runs another program or calls itself differently.
    Identity,
}

/// Why it is read.
#[derive(Clone, Copy)]
struct Reason {
    /// It has run, or may have.
    ran: bool,
    change: Change,
    /// It is time to, or it is new: what is done between a fork and the exec is seen by the second tick.
    is_due: bool,
    /// The same of what hardly ever changes.
    is_rarely_due: bool,
}

impl Known {
    /// Brings the row up to now, by as few files as show that it is. False where there is no such
    /// process, or no line of it that can be made out.
    pub fn look(&mut self, folder: &mut Folder, pid: i64, now: &mut Now) -> Result<bool, Miss> {
        let is_unmoved = self.probe.is_unmoved(folder, now.room, pid, "schedstat")?;
        let is_still = is_unmoved && now.may_probe && self.was_still();
        let is_due = self.ticks_seen < 2 || now.at >= self.due;
        if is_still && !is_due && !now.reads_all {
            self.ticks_seen += 1;
            return Ok(true);
        }
        self.examine(folder, pid, now, (is_still, is_due))
    }

    /// Has the row of one that showed no sign of having run say whether it waits for a CPU: by its `stat`,
    /// unless that was read in this tick. False where there is no such process any more.
    pub fn look_closer(&mut self, folder: &mut Folder, now: &mut Now) -> Result<bool, Miss> {
        if self.is_read { Ok(true) } else { self.examine(folder, self.row.pid, now, (true, false)) }
    }

    /// Reads `stat`, and what else that shows to be worth reading.
    fn examine(
        &mut self,
        folder: &mut Folder,
        pid: i64,
        now: &mut Now,
        (is_still, is_due): (bool, bool),
    ) -> Result<bool, Miss> {
        let Some(change) = self.read_stat(folder, pid, now)? else { return Ok(false) };
        self.find_living(folder, now)?;
        let new = self.ticks_seen == 0;
        let ran = new || !is_still || change != Change::Nothing;
        let is_rarely_due = new || now.at >= self.rarely_due;
        self.is_read = true;
        self.read(folder, now, Reason { ran, change, is_due: new || is_due, is_rarely_due })?;
        self.plan(now, is_rarely_due);
        self.ticks_seen = self.ticks_seen.saturating_add(1);
        Ok(true)
    }

    /// Whether it was looked at in this tick and is on a CPU or would be.
    pub fn is_found_running(&self) -> bool {
        self.is_read && self.row.state.as_deref() == Some("R")
    }

    /// The row. As long as nothing has changed it is the very one of the tick before.
    pub fn told(&mut self) -> Arc<Process> {
        if std::mem::take(&mut self.is_read) && *self.told != self.row {
            self.told = Arc::new(self.row.clone());
        }
        self.told.clone()
    }

    /// What it is asked about what it runs.
    pub fn asked(&self) -> Asked {
        let is_many = self.row.threads >= Some(THREADS_OF_RUNTIME);
        let wants_runtime = is_many && self.runtime_looks > 0 && self.row.runtime.is_none();
        Asked { pid: self.row.pid, tid: self.tid, start_ticks: self.row.start_ticks, wants_runtime }
    }

    /// Takes in what it was found to run.
    pub fn take_told(&mut self, asked: &Asked, told: &Told) {
        // One that ended before it was asked has no memory left that its arguments could stand in.
        if let Some(cmdline) = &told.cmdline {
            set(&mut self.row.cmdline, Some(cmdline));
        }
        self.row.pss_bytes = told.pss_bytes;
        if asked.wants_runtime {
            set(&mut self.row.runtime, told.runtime);
            self.runtime_looks = self.runtime_looks.saturating_sub(1);
        }
        self.is_read = true;
    }

    /// Whether nothing but the probe is needed to know that it has not run since.
    fn was_still(&self) -> bool {
        self.is_single() && self.schedule.is_some() && self.row.state.as_deref() != Some("R")
    }

    /// When it is read again whatever the probe says. Spread over the processes by their pids, so that no
    /// tick has to do it for all.
    fn plan(&mut self, now: &Now, is_rarely_due: bool) {
        if self.ticks_seen == 0 {
            self.due = now.at + share(now.idle, self.row.pid);
            self.rarely_due = now.at + share(RARELY, self.row.pid);
        }
        // What is read on the second tick of its life for another reason is due all the same.
        if self.ticks_seen > 0 && now.at >= self.due {
            self.due = now.at + now.idle;
        }
        if is_rarely_due && self.ticks_seen > 0 {
            self.rarely_due = now.at + RARELY;
        }
    }

    /// Reads its line of `stat`; `None` where there is none.
    fn read_stat(&mut self, folder: &mut Folder, pid: i64, now: &mut Now) -> Result<Option<Change>, Miss> {
        let room = self.is_lively().then_some(now.room);
        let Some(line) = folder.read_held(&mut self.stat, room, pid, "stat")? else { return Ok(None) };
        if self.row.pid == pid && self.line == line {
            return Ok(Some(Change::Nothing));
        }
        let Some(stat) = parse_stat(line) else { return Ok(None) };
        Ok(Some(self.take_stat(pid, line, &stat, now)))
    }

    /// A main thread that has ended while others live reads as a zombie without memory: its process is told
    /// by one of those.
    fn find_living(&mut self, folder: &mut Folder, now: &mut Now) -> Result<(), Miss> {
        let pid = self.row.pid;
        let before = std::mem::replace(&mut self.tid, pid);
        if self.is_main_gone {
            self.row.state = Some(now.words.get("Z"));
            let mut threads = Vec::new();
            if !self.is_single() {
                folder.threads(pid, &mut threads)?;
            }
            for tid in threads {
                let stat = folder.read(tid, "stat")?.and_then(parse_stat);
                if let Some(stat) = stat.filter(|stat| !stat.has_ended()) {
                    self.tid = tid;
                    self.take_state(&stat, now);
                    break;
                }
            }
        }
        if self.tid != before {
            self.io.release();
            self.status.release();
        }
        Ok(())
    }

    /// What is a thread's own, and not the process's.
    fn take_state(&mut self, stat: &Stat, now: &mut Now) {
        let row = &mut self.row;
        row.state = Some(now.words.get(stat.state.encode_utf8(&mut [0; 4])));
        row.policy = stat.policy().map(|policy| now.words.get(policy));
        (row.priority, row.nice) = (stat.field(18), stat.field(19));
        row.virtual_bytes = stat.field(23);
        row.rss_bytes = stat.field(24).map(|pages| pages.saturating_mul(now.units.page_bytes));
        row.processor = stat.field(39);
    }

    /// Takes over what a new line of `stat` says.
    fn take_stat(&mut self, pid: i64, line: &[u8], stat: &Stat, now: &mut Now) -> Change {
        if self.row.start_ticks != Some(stat.start_ticks) {
            // The probe has the numbers of the one that is there now.
            *self = Known { probe: std::mem::take(&mut self.probe), ..Known::default() };
        }
        let renamed = self.row.comm.is_none() || self.comm != stat.comm;
        let moved = stat.has_memory() && self.image != stat.image;
        if renamed {
            self.comm.clear();
            self.comm.extend_from_slice(stat.comm);
            set(&mut self.row.comm, Some(&redact::one_line(stat.comm)));
        }
        self.line.clear();
        self.line.extend_from_slice(line);
        if stat.has_memory() {
            self.image = stat.image;
        }
        let units = now.units;
        let us = |ticks: i64| units.ticks_to_us(ticks);
        let row = &mut self.row;
        row.pid = pid;
        row.start_ticks = Some(stat.start_ticks);
        row.start_time = Micros(now.boot.0.saturating_add(us(stat.start_ticks)));
        self.is_main_gone = stat.has_ended();
        row.is_kernel = stat.is_kernel();
        (row.ppid, row.session) = (stat.field(4), stat.field(6));
        (row.minor_faults, row.reaped_minor_faults) = (stat.field(10), stat.field(11));
        (row.major_faults, row.reaped_major_faults) = (stat.field(12), stat.field(13));
        (row.user_us, row.system_us) = (stat.field(14).map(us), stat.field(15).map(us));
        (row.reaped_user_us, row.reaped_system_us) = (stat.field(16).map(us), stat.field(17).map(us));
        row.threads = stat.field(20);
        self.take_state(stat, now);
        let is_booked = |ticks: &i64| now.block_delays.is_told(*ticks, stat.start_ticks);
        let delay = stat.field(42).filter(|_| self.is_single()).filter(is_booked);
        self.row.block_delay_us = delay.map(us);
        if moved {
            self.runtime_looks = RUNTIME_LOOKS;
            self.row.runtime = None;
        }
        if renamed || moved { Change::Identity } else { Change::Numbers }
    }

    /// Reads what else there is to be read of it in this tick.
    fn read(&mut self, folder: &mut Folder, now: &mut Now, why: Reason) -> Result<(), Miss> {
        let schedule = self.probe.schedule();
        // Of other threads the scheduler's numbers do not tell.
        let may_have_run = why.ran || !self.is_single();
        let ran = why.change != Change::Nothing || schedule.is_none() || schedule != self.schedule;
        self.schedule = schedule;
        self.ran_ticks = if may_have_run { (self.ran_ticks + 1).min(LIVELY_TICKS) } else { 0 };
        self.ran_since |= may_have_run;
        if !self.is_lively() {
            self.stat.release();
            self.io.release();
            self.status.release();
        }
        self.was_many |= !self.is_single();
        let group = self.was_many.then(|| now.groups.ask(self.row.pid)).flatten();
        let before = std::mem::replace(&mut self.group, group);
        self.advance_cpu(now.units.ticks_to_us(1), before);
        if may_have_run {
            self.read_io(folder, now)?;
        }
        // A directory of users may have answered meanwhile.
        if ran || why.is_rarely_due || (why.is_due && self.row.username.is_none()) {
            self.read_status(folder, now)?;
        }
        self.read_open_files(folder, may_have_run, why.is_due)?;
        self.read_wchan(folder)?;
        if why.is_rarely_due || (why.is_due && !self.is_kernel()) {
            self.read_cgroup(folder)?;
            self.row.oom_score = folder.text(self.tid, "oom_score")?.and_then(int);
        }
        if why.is_rarely_due {
            self.read_settings(folder)?;
        }
        let is_second = self.ticks_seen == 1;
        let may_differ = why.is_rarely_due && std::mem::take(&mut self.ran_since);
        if (why.change == Change::Identity || may_differ || is_second) && !self.has_ended() {
            self.read_identity(folder);
        }
        Ok(())
    }

    fn is_lively(&self) -> bool {
        self.ran_ticks >= LIVELY_TICKS
    }

    fn is_single(&self) -> bool {
        self.row.threads == Some(1)
    }

    /// Whether it is a kernel thread.
    pub fn is_kernel(&self) -> bool {
        self.row.is_kernel == Some(true)
    }

    fn has_ended(&self) -> bool {
        matches!(self.row.state.as_deref(), Some("Z" | "X"))
    }

    fn advance_cpu(&mut self, tick_us: i64, before: Option<Group>) {
        let schedule = self.schedule.filter(|_| self.is_single());
        let of_main = || schedule.map(|s| Exact::Main(s.ran_ns / 1000));
        let exact = self.group.map(|group| Exact::Group(group.ran_ns / 1000)).or_else(of_main);
        let ticks_us = self.row.user_us.zip(self.row.system_us).map(|(user, system)| user + system);
        self.row.cpu_us = ticks_us.map(|ticks_us| self.cpu.advance(ticks_us, exact, tick_us));
        let waited_ns = match (self.group, before) {
            (Some(group), None) if self.ticks_seen == 0 => Some(group.waited_ns),
            (Some(group), Some(_)) => Some(group.waited_ns),
            // What all have waited is no more of what the main thread had, nor the other way round.
            (Some(_), None) | (None, Some(_)) => None,
            (None, None) => schedule.map(|s| s.waited_ns),
        };
        self.row.run_delay_us = waited_ns.map(|ns| ns / 1000);
        if let Some(group) = self.group {
            (self.row.voluntary_switches, self.row.involuntary_switches) = group.switches.unzip();
        }
    }
}
