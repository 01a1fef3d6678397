//! What is kept of one process between ticks: its row as last told, and what shows that reading
//! a file again would bring the same. It decides which files are read; what they say is parsed elsewhere.

use rustix::fd::OwnedFd;

use super::super::container::container_of;
use super::super::parse::int;
use super::super::redact;
use super::cpu_time::CpuTime;
use super::details::{
    Schedule, Status, parse_cgroup, parse_io, parse_namespace, parse_open_files_limit, parse_pss,
    parse_schedule, parse_shared_pages, parse_status,
};
use super::folder::{Folder, Miss};
use super::stat::{Image, Stat};
use super::users::Users;
use super::words::{Words, set};
use crate::collect::host::Units;
use crate::schema::rows::Process;
use crate::schema::{Micros, Text};

/// What is the same for all processes of a tick.
pub struct Now<'a> {
    pub units: Units,
    /// The wall clock's time at which start ticks begin.
    pub boot: Micros,
    pub memory_bytes: Option<i64>,
    /// Whether the kernel keeps block delays.
    pub has_block_delay: bool,
    /// Whether proportional sizes are wanted.
    pub wants_pss: bool,
    pub users: &'a Users,
    pub words: &'a mut Words,
    /// How many more processes may have their files held open.
    pub room: usize,
}

/// Ticks after which what is dear to read, and seldom changes, is read again; spread over the
/// processes by their pids, so that no tick has to do it for all.
const SELDOM: i64 = 10;
const RARELY: i64 = 60;

/// One process.
#[derive(Default)]
pub struct Known {
    /// The row, counters as totals.
    pub row: Process,
    /// The tick in which it was last seen.
    pub tick: i64,
    ticks_seen: i64,
    /// It has run since what depends on that was read.
    ran_lately: bool,
    line: Vec<u8>,
    comm: Vec<u8>,
    image: Image,
    schedule: Option<Schedule>,
    cpu: CpuTime,
    held: Held,
}

/// The two files that are read in every tick, held open where there is room.
#[derive(Default)]
struct Held {
    stat: Option<OwnedFd>,
    schedstat: Option<OwnedFd>,
}

/// What has changed since the last tick, as far as `stat` shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Nothing,
    Numbers,
    /// It is another process, runs another program or calls itself differently.
    Identity,
}

impl Known {
    /// Whether its files are held open.
    pub fn holds(&self) -> bool {
        self.held.stat.is_some()
    }

    /// Reads its line of `stat`; `None` where there is none. What lives for a tick only is not held.
    pub fn read_stat<'f>(
        &mut self,
        folder: &'f mut Folder,
        pid: i64,
        now: &mut Now,
    ) -> Result<Option<&'f [u8]>, Miss> {
        let held = self.holds();
        let may_hold = held || (now.room > 0 && self.ticks_seen > 0);
        let line = folder.read_held(&mut self.held.stat, may_hold, pid, "stat")?;
        now.room -= usize::from(!held && self.held.stat.is_some());
        Ok(line)
    }

    /// Whether this is the line of `stat` it had last.
    pub fn has_line(&self, line: &[u8]) -> bool {
        self.line == line
    }

    /// Takes over what a new line of `stat` says.
    pub fn take_stat(&mut self, pid: i64, line: &[u8], stat: &Stat, now: &mut Now) -> Change {
        if self.row.start_ticks != Some(stat.start_ticks) {
            let held = Held { stat: self.held.stat.take(), schedstat: None };
            *self = Known { held, ..Known::default() };
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
    pub fn read(&mut self, folder: &mut Folder, now: &mut Now, change: Change) -> Result<(), Miss> {
        let pid = self.row.pid;
        let may_hold = self.holds();
        let schedule = folder.read_held(&mut self.held.schedstat, may_hold, pid, "schedstat")?;
        let schedule = schedule.and_then(|s| std::str::from_utf8(s).ok()).and_then(parse_schedule);
        let ran = change != Change::Nothing || schedule.is_none() || schedule != self.schedule;
        self.schedule = schedule;
        // Of other threads the scheduler's numbers do not tell.
        let may_have_run = ran || !self.is_single();
        self.advance_cpu(now.units.ticks_to_us(1));
        self.ran_lately |= may_have_run;
        if may_have_run {
            self.read_io(folder)?;
        }
        if ran || self.is_due(RARELY) {
            self.read_status(folder, now)?;
        }
        self.read_open_files(folder, may_have_run)?;
        self.read_wchan(folder)?;
        // What is done between a fork and the exec is seen by the second tick.
        let is_second = self.ticks_seen == 1;
        if self.is_due(SELDOM) || is_second {
            self.read_cgroup(folder)?;
        }
        if self.is_due(SELDOM) && std::mem::take(&mut self.ran_lately) {
            let score = folder.text(self.row.pid, "oom_score")?;
            self.row.oom_score = score.and_then(int);
        }
        if self.is_due(RARELY) {
            self.read_settings(folder, now.wants_pss)?;
        }
        if (change == Change::Identity || self.is_due(RARELY) || is_second) && !self.has_ended() {
            self.read_identity(folder)?;
        }
        self.ticks_seen += 1;
        Ok(())
    }

    fn is_single(&self) -> bool {
        self.row.threads == Some(1)
    }

    fn is_kernel(&self) -> bool {
        self.row.is_kernel == Some(true)
    }

    fn has_ended(&self) -> bool {
        matches!(self.row.state.as_deref(), Some("Z" | "X"))
    }

    fn is_due(&self, ticks: i64) -> bool {
        self.ticks_seen == 0 || (self.ticks_seen + self.row.pid) % ticks == 0
    }

    fn advance_cpu(&mut self, tick_us: i64) {
        let schedule = self.schedule.filter(|_| self.is_single());
        let ticks_us = self.row.user_us.zip(self.row.system_us).map(|(user, system)| user + system);
        let exact_us = schedule.map(|s| s.ran_ns / 1000);
        self.row.cpu_us = ticks_us.map(|ticks_us| self.cpu.advance(ticks_us, exact_us, tick_us));
        self.row.run_delay_us = schedule.map(|s| s.waited_ns / 1000);
    }

    fn read_io(&mut self, folder: &mut Folder) -> Result<(), Miss> {
        let io = folder.text(self.row.pid, "io")?.map(parse_io).unwrap_or_default();
        let row = &mut self.row;
        (row.read_chars, row.write_chars) = (io.read_chars, io.write_chars);
        (row.read_calls, row.write_calls) = (io.read_calls, io.write_calls);
        (row.read_bytes, row.write_bytes) = (io.read_bytes, io.write_bytes);
        row.cancelled_write_bytes = io.cancelled_write_bytes;
        Ok(())
    }

    fn read_status(&mut self, folder: &mut Folder, now: &Now) -> Result<(), Miss> {
        let (pid, is_single) = (self.row.pid, self.is_single());
        // A name that is no UTF-8 stands in it, so it is read as bytes.
        let bytes = folder.read(pid, "status")?;
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

    fn read_open_files(&mut self, folder: &mut Folder, may_have_run: bool) -> Result<(), Miss> {
        if self.is_kernel() || self.has_ended() {
            self.row.open_files = None;
        } else if may_have_run || self.is_due(SELDOM) {
            let at_once = folder.open_files_at_once(self.row.pid);
            if at_once.is_some() {
                self.row.open_files = at_once;
            } else if self.is_due(SELDOM) {
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
    fn read_settings(&mut self, folder: &mut Folder, wants_pss: bool) -> Result<(), Miss> {
        let pid = self.row.pid;
        self.row.oom_score_adj = folder.text(pid, "oom_score_adj")?.and_then(int);
        self.row.open_files_limit = folder.text(pid, "limits")?.and_then(parse_open_files_limit);
        if wants_pss && !self.is_kernel() {
            self.row.pss_bytes = folder.text(pid, "smaps_rollup")?.and_then(parse_pss);
        }
        Ok(())
    }

    /// What it runs.
    fn read_identity(&mut self, folder: &mut Folder) -> Result<(), Miss> {
        let pid = self.row.pid;
        if !self.is_kernel() {
            let cmdline = folder.read(pid, "cmdline")?.and_then(redact::proc_cmdline);
            set(&mut self.row.cmdline, cmdline.as_deref());
            let exe = folder.link(pid, "exe").map(redact::one_line);
            set(&mut self.row.exe, exe.as_deref());
        }
        let namespace = folder.link(pid, "ns/net").and_then(|link| std::str::from_utf8(link).ok());
        self.row.netns = namespace.and_then(parse_namespace);
        Ok(())
    }
}
