//! What is kept of one process between ticks: its row as last told, and what shows that reading
//! a file again would bring the same. It decides which files are read; what they say is parsed elsewhere.

use std::sync::Arc;
use std::time::Duration;

use super::super::container::container_of;
use super::super::parse::int;
use super::super::redact;
use super::commands::Told;
use super::cpu_time::CpuTime;
use super::details::{
    Schedule, Status, parse_cgroup, parse_io, parse_namespace, parse_open_files_limit, parse_shared_pages,
    parse_status,
};
use super::folder::{Folder, Held, Miss};
use super::probe::Probe;
use super::stat::{Image, Stat, parse_stat};
use super::users::Users;
use super::words::{Words, set};
use crate::collect::host::Units;
use crate::collect::kept::Room;
use crate::schema::rows::Process;
use crate::schema::{Micros, Text};

/// What is the same for all processes of a tick.
pub struct Now<'a> {
    pub units: Units,
    /// The monotonic clock.
    pub at: Duration,
    /// The wall clock's time at which start ticks begin.
    pub boot: Micros,
    pub memory_bytes: Option<i64>,
    /// Whether the kernel keeps block delays.
    pub has_block_delay: bool,
    /// Whether the scheduler's numbers can be trusted to move with whoever runs.
    pub may_probe: bool,
    /// Whether processes wait for a CPU, which only `stat` shows.
    pub is_crowded: bool,
    /// How often one that shows no sign of having run is read all the same.
    pub idle: Duration,
    pub users: &'a mut Users,
    pub words: &'a mut Words,
    /// How many files may be held open.
    pub room: &'a Room,
}

/// How often what is dear to read, and hardly ever changes, is read again.
const RARELY: Duration = Duration::from_secs(60);

/// One that ran in so many ticks one after the other has all its files held open.
const LIVELY_TICKS: u32 = 3;

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
    /// In how many ticks it was seen.
    ticks_seen: u32,
    /// In how many of the last ones it ran, up to [`LIVELY_TICKS`].
    ran_ticks: u32,
    /// It has run since what it runs was asked for.
    ran_since: bool,
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
        let is_unmoved = self.probe.is_unmoved(folder, now.room, pid)?;
        let is_still = is_unmoved && now.may_probe && self.was_still();
        let is_due = self.ticks_seen < 2 || now.at >= self.due;
        if is_still && !is_due && !now.is_crowded {
            self.ticks_seen += 1;
            return Ok(true);
        }
        let Some(change) = self.read_stat(folder, pid, now)? else { return Ok(false) };
        let new = self.ticks_seen == 0;
        let ran = new || !is_still || change != Change::Nothing;
        let is_rarely_due = new || now.at >= self.rarely_due;
        self.is_read = true;
        self.read(folder, now, Reason { ran, change, is_due: new || is_due, is_rarely_due })?;
        self.plan(now, is_due, is_rarely_due);
        self.ticks_seen = self.ticks_seen.saturating_add(1);
        Ok(true)
    }

    /// The row. As long as nothing has changed it is the very one of the tick before.
    pub fn told(&mut self) -> Arc<Process> {
        if std::mem::take(&mut self.is_read) && *self.told != self.row {
            self.told = Arc::new(self.row.clone());
        }
        self.told.clone()
    }

    /// Takes in what it was found to run.
    pub fn take_told(&mut self, told: &Told) {
        set(&mut self.row.cmdline, told.cmdline.as_deref());
        self.row.pss_bytes = told.pss_bytes;
        self.is_read = true;
    }

    /// Whether nothing but the probe is needed to know that it has not run since.
    fn was_still(&self) -> bool {
        self.is_single() && self.schedule.is_some() && self.row.state.as_deref() != Some("R")
    }

    /// When it is read again whatever the probe says. Spread over the processes by their pids, so that no
    /// tick has to do it for all.
    fn plan(&mut self, now: &Now, is_due: bool, is_rarely_due: bool) {
        let share = |every: Duration, pid: i64| every * (pid.unsigned_abs() * 37 % 101) as u32 / 101;
        if self.ticks_seen == 0 {
            self.due = now.at + share(now.idle, self.row.pid);
            self.rarely_due = now.at + share(RARELY, self.row.pid);
        }
        if is_due && self.ticks_seen > 0 {
            self.due = self.due.max(now.at) + now.idle;
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

    /// Takes over what a new line of `stat` says.
    fn take_stat(&mut self, pid: i64, line: &[u8], stat: &Stat, now: &mut Now) -> Change {
        if self.row.start_ticks != Some(stat.start_ticks) {
            // The probe has the numbers of the one that is there now.
            *self = Known { probe: std::mem::take(&mut self.probe), ..Known::default() };
        }
        let renamed = self.row.comm.is_none() || self.comm != stat.comm;
        let moved = self.image != stat.image;
        if renamed {
            self.comm.clear();
            self.comm.extend_from_slice(stat.comm);
            set(&mut self.row.comm, Some(&redact::one_line(stat.comm)));
        }
        self.line.clear();
        self.line.extend_from_slice(line);
        self.image = stat.image;
        let us = |ticks: i64| now.units.ticks_to_us(ticks);
        let row = &mut self.row;
        row.pid = pid;
        row.start_ticks = Some(stat.start_ticks);
        row.start_time = Micros(now.boot.0.saturating_add(us(stat.start_ticks)));
        row.state = Some(now.words.get(stat.state.encode_utf8(&mut [0; 4])));
        row.policy = stat.policy().map(|policy| now.words.get(policy));
        row.is_kernel = stat.is_kernel();
        (row.ppid, row.session) = (stat.field(4), stat.field(6));
        (row.minor_faults, row.reaped_minor_faults) = (stat.field(10), stat.field(11));
        (row.major_faults, row.reaped_major_faults) = (stat.field(12), stat.field(13));
        (row.user_us, row.system_us) = (stat.field(14).map(us), stat.field(15).map(us));
        (row.reaped_user_us, row.reaped_system_us) = (stat.field(16).map(us), stat.field(17).map(us));
        (row.priority, row.nice, row.threads) = (stat.field(18), stat.field(19), stat.field(20));
        row.virtual_bytes = stat.field(23);
        row.rss_bytes = stat.field(24).map(|pages| pages.saturating_mul(now.units.page_bytes));
        row.processor = stat.field(39);
        let tells_delay = now.has_block_delay && self.is_single();
        self.row.block_delay_us = stat.field(42).filter(|_| tells_delay).map(us);
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
        self.advance_cpu(now.units.ticks_to_us(1));
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
            self.row.oom_score = folder.text(self.row.pid, "oom_score")?.and_then(int);
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

    fn advance_cpu(&mut self, tick_us: i64) {
        let schedule = self.schedule.filter(|_| self.is_single());
        let ticks_us = self.row.user_us.zip(self.row.system_us).map(|(user, system)| user + system);
        let exact_us = schedule.map(|s| s.ran_ns / 1000);
        self.row.cpu_us = ticks_us.map(|ticks_us| self.cpu.advance(ticks_us, exact_us, tick_us));
        self.row.run_delay_us = schedule.map(|s| s.waited_ns / 1000);
    }

    fn read_io(&mut self, folder: &mut Folder, now: &Now) -> Result<(), Miss> {
        let room = self.is_lively().then_some(now.room);
        let bytes = folder.read_held(&mut self.io, room, self.row.pid, "io")?;
        let io = bytes.and_then(|b| std::str::from_utf8(b).ok()).map(parse_io).unwrap_or_default();
        let row = &mut self.row;
        (row.read_chars, row.write_chars) = (io.read_chars, io.write_chars);
        (row.read_calls, row.write_calls) = (io.read_calls, io.write_calls);
        (row.read_bytes, row.write_bytes) = (io.read_bytes, io.write_bytes);
        row.cancelled_write_bytes = io.cancelled_write_bytes;
        Ok(())
    }

    fn read_status(&mut self, folder: &mut Folder, now: &mut Now) -> Result<(), Miss> {
        let (pid, is_single) = (self.row.pid, self.is_single());
        // A name that is no UTF-8 stands in it, so it is read as bytes.
        let room = self.is_lively().then_some(now.room);
        let bytes = folder.read_held(&mut self.status, room, pid, "status")?;
        let status: Status = bytes.map(|b| parse_status(&String::from_utf8_lossy(b))).unwrap_or_default();
        let row = &mut self.row;
        row.username = status.uid.and_then(|uid| now.users.name(uid));
        (row.uid, row.gid) = (status.uid, status.gid);
        row.rss_bytes = status.rss.or(row.rss_bytes);
        (row.rss_anon_bytes, row.rss_peak_bytes) = (status.rss_anon, status.rss_peak);
        (row.rss_file_bytes, row.rss_shmem_bytes) = (status.rss_file, status.rss_shmem);
        row.swap_bytes = status.swap;
        row.voluntary_switches = status.voluntary_switches.filter(|_| is_single);
        row.involuntary_switches = status.involuntary_switches.filter(|_| is_single);
        row.shared_bytes = match (status.rss_file, status.rss_shmem) {
            (Some(file), Some(shmem)) => Some(file + shmem),
            // Linux before 4.5. What has no memory at all has no shared memory either.
            _ if status.rss.is_some() => folder
                .text(pid, "statm")?
                .and_then(parse_shared_pages)
                .map(|pages| pages.saturating_mul(now.units.page_bytes)),
            _ => None,
        };
        let total = now.memory_bytes.filter(|total| *total > 0);
        // As good as a page is of any host's memory; digits beyond that are noise that is paid for on disk.
        let share = |(rss, total): (i64, i64)| f64::from((100.0 * rss as f64 / total as f64) as f32);
        row.memory_pct = row.rss_bytes.zip(total).map(share);
        Ok(())
    }

    fn read_open_files(&mut self, folder: &mut Folder, may_have_run: bool, is_due: bool) -> Result<(), Miss> {
        if self.is_kernel() || self.has_ended() {
            self.row.open_files = None;
        } else if may_have_run || (is_due && self.has_uncounted_files) {
            let at_once = folder.open_files_at_once(self.row.pid);
            self.has_uncounted_files = at_once.is_none() && !is_due;
            if at_once.is_some() {
                self.row.open_files = at_once;
            } else if is_due {
                self.row.open_files = folder.open_files_counted(self.row.pid)?;
            }
        }
        Ok(())
    }

    fn read_wchan(&mut self, folder: &mut Folder) -> Result<(), Miss> {
        if self.row.state.as_deref() == Some("D") {
            let name = folder.text(self.row.pid, "wchan")?.map(str::trim);
            set(&mut self.row.wchan, name.filter(|name| !name.is_empty() && *name != "0"));
        } else {
            self.row.wchan = None;
        }
        Ok(())
    }

    fn read_cgroup(&mut self, folder: &mut Folder) -> Result<(), Miss> {
        let bytes = folder.read(self.row.pid, "cgroup")?;
        let text = bytes.map(String::from_utf8_lossy);
        let path = text.as_deref().and_then(parse_cgroup);
        if set(&mut self.row.cgroup, path) {
            self.row.container = path.and_then(container_of).and_then(|c| c.id).map(Text::from);
        }
        Ok(())
    }

    /// What it may do and is to be done to it.
    fn read_settings(&mut self, folder: &mut Folder) -> Result<(), Miss> {
        let pid = self.row.pid;
        self.row.oom_score_adj = folder.text(pid, "oom_score_adj")?.and_then(int);
        self.row.open_files_limit = folder.text(pid, "limits")?.and_then(parse_open_files_limit);
        Ok(())
    }

    /// What it runs, as far as that can be had at once.
    fn read_identity(&mut self, folder: &mut Folder) {
        let pid = self.row.pid;
        if !self.is_kernel() {
            self.wants_command = true;
            let exe = folder.link(pid, "exe").map(redact::one_line);
            set(&mut self.row.exe, exe.as_deref());
        }
        let namespace = folder.link(pid, "ns/net").and_then(|link| std::str::from_utf8(link).ok());
        self.row.netns = namespace.and_then(parse_namespace);
    }
}
