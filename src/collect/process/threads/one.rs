//! What is kept of one thread between ticks, and which of its files are read.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::Now;
use super::following::Followed;
use crate::collect::kept::Room;
use crate::collect::parse::lossy;
use crate::collect::process::cadence::{LIVELY_TICKS, share};
use crate::collect::process::details::{Schedule, Status, parse_io, parse_status};
use crate::collect::process::folder::{Folder, Held, Miss};
use crate::collect::process::probe::Probe;
use crate::collect::process::stat::{Stat, parse_stat};
use crate::collect::process::words::set;
use crate::collect::redact;
use crate::schema::Micros;
use crate::schema::rows::Thread;

/// One thread.
#[derive(Default)]
pub struct One {
    /// The row, counters as totals.
    row: Thread,
    /// The row as it was last told.
    told: Arc<Thread>,
    is_read: bool,
    is_known: bool,
    probe: Probe,
    line: Vec<u8>,
    comm: Vec<u8>,
    /// In how many of the last ticks it ran, up to [`LIVELY_TICKS`].
    ran_ticks: u32,
    /// When it is read although it has not run.
    due: Duration,
    stat: Held,
    status: Held,
    io: Held,
}

impl One {
    pub fn tid(&self) -> i64 {
        self.row.tid
    }

    pub fn start_ticks(&self) -> Option<i64> {
        self.row.start_ticks
    }

    /// Brings the row up to now; false where there is no such thread.
    pub fn look(
        &mut self,
        folder: &mut Folder,
        of: &Followed,
        tid: i64,
        now: &mut Now,
    ) -> Result<bool, Miss> {
        let (pid, file) = (of.pid, std::mem::take(&mut now.file));
        let mut file = Files { tid, name: file };
        let is_unmoved = self.probe.is_unmoved(folder, now.room, pid, file.named("schedstat"))?;
        let schedule = self.probe.schedule();
        let was_still = schedule.is_some() && self.row.state.as_deref() != Some("R");
        let is_still = self.is_known && is_unmoved && now.may_probe && was_still;
        let is_due = now.at >= self.due;
        let looked = match is_still && !is_due && !now.is_crowded {
            true => Ok(true),
            false => self.read(folder, of, &mut file, now, !is_still),
        };
        now.file = file.name;
        looked
    }

    /// The row. As long as nothing has changed it is the very one of the tick before.
    pub fn told(&mut self) -> Arc<Thread> {
        if std::mem::take(&mut self.is_read) && *self.told != self.row {
            self.told = Arc::new(self.row.clone());
        }
        self.told.clone()
    }

    fn read(
        &mut self,
        folder: &mut Folder,
        of: &Followed,
        file: &mut Files,
        now: &mut Now,
        may_have_run: bool,
    ) -> Result<bool, Miss> {
        let is_lively = self.ran_ticks >= LIVELY_TICKS;
        let room = is_lively.then_some(now.room);
        let line = folder.read_held(&mut self.stat, room, of.pid, file.named("stat"))?;
        let Some(line) = line.filter(|line| !line.is_empty()) else { return Ok(false) };
        if !self.is_known || self.line != line {
            let Some(stat) = parse_stat(line) else { return Ok(false) };
            self.take_stat(&stat, line, of, file.tid, now);
        }
        self.is_read = true;
        self.ran_ticks = if may_have_run { (self.ran_ticks + 1).min(LIVELY_TICKS) } else { 0 };
        if !may_have_run {
            (self.stat, self.status, self.io) = Default::default();
        }
        self.take_schedule(now);
        if may_have_run {
            self.read_status(folder, of.pid, file, room)?;
            self.read_io(folder, of.pid, file, room)?;
        }
        let is_waiting = self.row.state.as_deref() == Some("D");
        let wchan = if is_waiting { folder.text(of.pid, file.named("wchan"))?.map(str::trim) } else { None };
        set(&mut self.row.wchan, wchan.filter(|name| !name.is_empty() && *name != "0"));
        if !self.is_known {
            self.due = now.at + share(now.idle, file.tid);
        } else if now.at >= self.due {
            self.due = now.at + now.idle;
        }
        self.is_known = true;
        Ok(true)
    }

    fn take_stat(&mut self, stat: &Stat, line: &[u8], of: &Followed, tid: i64, now: &mut Now) {
        if self.is_known && self.row.start_ticks != Some(stat.start_ticks) {
            // The probe has the numbers of the one that is there now.
            *self = One { probe: std::mem::take(&mut self.probe), ..One::default() };
        }
        self.line.clear();
        self.line.extend_from_slice(line);
        let us = |ticks: i64| now.units.ticks_to_us(ticks);
        let row = &mut self.row;
        if row.comm.is_none() || self.comm != stat.comm {
            self.comm.clear();
            self.comm.extend_from_slice(stat.comm);
            set(&mut row.comm, Some(&redact::one_line(stat.comm)));
        }
        (row.pid, row.process_start_time, row.tid) = (of.pid, of.start_time, tid);
        row.process_comm = Some(of.comm.clone());
        row.start_ticks = Some(stat.start_ticks);
        row.start_time = Micros(of.boot(now).0.saturating_add(us(stat.start_ticks)));
        let is_booked = |ticks: &i64| now.block_delays.is_told(*ticks, stat.start_ticks);
        row.block_delay_us = stat.field(42).filter(is_booked).map(us);
        (row.minor_faults, row.major_faults) = (stat.field(10), stat.field(12));
        (row.user_us, row.system_us) = (stat.field(14).map(us), stat.field(15).map(us));
        (row.priority, row.nice, row.processor) = (stat.field(18), stat.field(19), stat.field(39));
        row.state = Some(now.words.get(stat.state.encode_utf8(&mut [0; 4])));
        row.policy = stat.policy().map(|policy| now.words.get(policy));
    }

    fn take_schedule(&mut self, now: &Now) {
        // Of a thread that has not run yet zeros are true, where the kernel counts at all.
        let zero = Schedule { ran_ns: 0, waited_ns: 0, slices: 0 };
        let schedule = self.probe.schedule().or(now.has_schedule.then_some(zero));
        let row = &mut self.row;
        let ticks = row.user_us.zip(row.system_us).map(|(user, system)| user + system);
        row.cpu_us = schedule.map(|schedule| schedule.ran_ns / 1000).or(ticks);
        row.run_delay_us = schedule.map(|schedule| schedule.waited_ns / 1000);
    }

    fn read_status(
        &mut self,
        folder: &mut Folder,
        pid: i64,
        file: &mut Files,
        room: Option<&Room>,
    ) -> Result<(), Miss> {
        let bytes = folder.read_held(&mut self.status, room, pid, file.named("status"))?;
        let status: Status = bytes.map(|b| parse_status(&lossy(b))).unwrap_or_default();
        self.row.voluntary_switches = status.voluntary_switches;
        self.row.involuntary_switches = status.involuntary_switches;
        Ok(())
    }

    fn read_io(
        &mut self,
        folder: &mut Folder,
        pid: i64,
        file: &mut Files,
        room: Option<&Room>,
    ) -> Result<(), Miss> {
        let bytes = folder.read_held(&mut self.io, room, pid, file.named("io"))?;
        let io = bytes.and_then(|b| std::str::from_utf8(b).ok()).map(parse_io).unwrap_or_default();
        let row = &mut self.row;
        (row.read_bytes, row.write_bytes) = (io.read_bytes, io.write_bytes);
        (row.read_chars, row.write_chars) = (io.read_chars, io.write_chars);
        (row.read_calls, row.write_calls) = (io.read_calls, io.write_calls);
        Ok(())
    }
}

/// The files of one thread, as they are named below its process.
struct Files {
    tid: i64,
    name: String,
}

impl Files {
    fn named(&mut self, file: &str) -> &str {
        self.name.clear();
        let _ = write!(self.name, "task/{}/{file}", self.tid);
        &self.name
    }
}
