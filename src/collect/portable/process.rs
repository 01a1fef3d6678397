//! `process` by sysinfo: identity, memory, CPU time in milliseconds, bytes read and written.
//!
//! `start_time` is good to a second, and there are no `start_ticks`.

use std::collections::HashMap;

use sysinfo::{
    Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, ThreadKind, Uid, UpdateKind,
};

use super::told::{known, text, text_if_any, whole};
use super::users::UserNames;
use crate::collect::redact::{command_line, program};
use crate::collect::settings::Cmdline;
use crate::collect::{Collector, Error, Host};
use crate::schema::rows::Process;
use crate::schema::{Micros, Sample, Text};

/// Ticks after which names, command lines and programs are read again.
const STRING_TICKS: i64 = 60;

/// Fills what is told of each process.
#[derive(Default)]
pub struct PortableProcess {
    cmdline: Cmdline,
    system: System,
    users: UserNames,
    tick: i64,
    /// When the host booted, as it was first told: from second to second sysinfo may tell another.
    boot: Option<Micros>,
    /// By pid and start: strings are made once, and again when they are read again.
    strings: HashMap<(Pid, u64), Strings>,
}

#[derive(Clone)]
struct Strings {
    comm: Option<Text>,
    cmdline: Option<Text>,
    exe: Option<Text>,
}

impl PortableProcess {
    /// Keeps so much of a process's arguments.
    pub fn new(cmdline: Cmdline) -> Self {
        PortableProcess { cmdline, ..PortableProcess::default() }
    }
}

impl Collector for PortableProcess {
    fn name(&self) -> &'static str {
        "process"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["process"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let is_anew = self.tick % STRING_TICKS == 0;
        self.refresh(is_anew);
        self.users.refresh(host);
        let boot =
            host.boot.or(self.boot).unwrap_or_else(|| seconds(System::boot_time()).unwrap_or_default());
        self.boot = Some(boot);
        let names = if is_anew && self.tick > 0 { names() } else { System::new() };
        self.tick += 1;
        let all = self.system.processes();
        self.strings.retain(|(pid, start), _| {
            !is_anew && all.get(pid).is_some_and(|process| process.start_time() == *start)
        });
        let memory = self.system.total_memory();
        for process in all.values().filter(|p| p.thread_kind() != Some(ThreadKind::Userland)) {
            let key = (process.pid(), process.start_time());
            let strings = self.strings.entry(key).or_insert_with(|| {
                // Of who runs another program by now sysinfo still tells the first one's name.
                let newer = names.process(process.pid()).filter(|p| p.start_time() == process.start_time());
                strings(process, newer.unwrap_or(process), self.cmdline)
            });
            let mut row = row(process, strings.clone(), memory, boot);
            row.username = owner(process).and_then(|user| self.users.name(user));
            sample.process.push(row);
        }
        sample.process.sort_by_key(|row| row.pid);
        Ok(())
    }
}

impl PortableProcess {
    fn refresh(&mut self, is_anew: bool) {
        let when = if is_anew { UpdateKind::Always } else { UpdateKind::OnlyIfNotSet };
        let wanted = ProcessRefreshKind::nothing().with_cpu().with_disk_usage().with_memory();
        let wanted = wanted.with_exe(when).with_user(when).without_tasks();
        let wanted = if self.cmdline == Cmdline::None { wanted } else { wanted.with_cmd(when) };
        self.system.refresh_processes_specifics(ProcessesToUpdate::All, true, wanted);
        self.system.refresh_memory();
    }
}

/// All processes with nothing but their names, which sysinfo looks at once a process.
fn names() -> System {
    let mut system = System::new();
    let wanted = ProcessRefreshKind::nothing().without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, wanted);
    system
}

fn strings(process: &sysinfo::Process, named: &sysinfo::Process, cmdline: Cmdline) -> Strings {
    let args = process.cmd().iter().map(|arg| arg.as_encoded_bytes());
    let line = match cmdline {
        Cmdline::Redacted => Some(command_line(args)),
        Cmdline::Program => args.take(1).next().map(program),
        Cmdline::None => None,
    };
    Strings {
        comm: text_if_any(named.name()),
        cmdline: line.filter(|line| !line.is_empty()).map(Text::from),
        exe: process.exe().map(|path| text(path.as_os_str())).filter(|exe| !exe.is_empty()),
    }
}

fn row(process: &sysinfo::Process, strings: Strings, memory: u64, boot: Micros) -> Process {
    let (rss, size) = (process.memory(), process.virtual_memory());
    // Outside of Linux a process without memory is one that we may not look at.
    let is_open = cfg!(target_os = "linux") || rss > 0 || size > 0;
    let told = |number: u64| is_open.then(|| whole(number));
    let io = process.disk_usage();
    // On Linux what it read and wrote is for fewer eyes than the rest, and a 0 for others'.
    let is_io_open =
        io.total_read_bytes > 0 || io.total_written_bytes > 0 || (is_open && !cfg!(target_os = "linux"));
    let bytes = |number: u64| is_io_open.then(|| whole(number));
    let (read, written) = (bytes(io.total_read_bytes), bytes(io.total_written_bytes));
    // Windows counts all reading and writing, not that of storage alone.
    let [on_disk, on_all] = if cfg!(windows) { [None, Some(())] } else { [Some(()), None] };
    let (uid, gid) = ids(process);
    Process {
        pid: i64::from(process.pid().as_u32()),
        start_time: seconds(process.start_time()).unwrap_or(boot),
        ppid: process.parent().map(|pid| i64::from(pid.as_u32())),
        comm: strings.comm,
        cmdline: strings.cmdline,
        exe: strings.exe,
        uid,
        gid,
        // What Windows calls so is a logon, and no process leads it.
        session: process.session_id().filter(|_| !cfg!(windows)).map(|pid| i64::from(pid.as_u32())),
        state: state(process.status()).map(Text::from),
        is_kernel: cfg!(target_os = "linux").then(|| process.thread_kind() == Some(ThreadKind::Kernel)),
        rss_bytes: told(rss),
        // On Windows it is what was promised to it alone.
        virtual_bytes: told(size).filter(|_| !cfg!(windows)),
        memory_pct: (is_open && memory > 0).then(|| 100.0 * rss as f64 / memory as f64),
        // Handles on Windows are of anything. Where nobody may look there are none, as for the kernel's own.
        open_files: process
            .open_files()
            .filter(|_| !cfg!(windows))
            .and_then(|files| known(u64::try_from(files).unwrap_or(u64::MAX))),
        cpu_us: told(process.accumulated_cpu_time()).map(|ms| ms.saturating_mul(1000)),
        read_bytes: on_disk.and(read),
        write_bytes: on_disk.and(written),
        read_chars: on_all.and(read),
        write_chars: on_all.and(written),
        ..Process::default()
    }
}

/// Seconds since 1970; `None` where sysinfo was not told and says 0, or on Windows wraps below it.
fn seconds(since: u64) -> Option<Micros> {
    let us = i64::try_from(since).ok()?.checked_mul(1_000_000)?;
    (us > 0).then_some(Micros(us))
}

/// The user whose rights it has.
fn owner(process: &sysinfo::Process) -> Option<&Uid> {
    process.effective_user_id().or_else(|| process.user_id())
}

/// The effective user and group.
#[cfg(unix)]
fn ids(process: &sysinfo::Process) -> (Option<i64>, Option<i64>) {
    let gid = process.effective_group_id().or_else(|| process.group_id());
    (owner(process).map(|uid| i64::from(**uid)), gid.map(|gid| i64::from(*gid)))
}

/// Other systems number neither.
#[cfg(not(unix))]
fn ids(_: &sysinfo::Process) -> (Option<i64>, Option<i64>) {
    (None, None)
}

/// The letter that Linux has for a state. Of Windows sysinfo says that all run, and of macOS of all that live
/// and do not stand: it asks for a thread of number 0. What waits uninterruptibly there it calls dead.
fn state(status: ProcessStatus) -> Option<&'static str> {
    let on_mac = cfg!(target_os = "macos");
    Some(match status {
        _ if cfg!(windows) => return None,
        ProcessStatus::Run if on_mac => return None,
        ProcessStatus::Dead if on_mac => "D",
        ProcessStatus::Run => "R",
        ProcessStatus::Sleep => "S",
        ProcessStatus::UninterruptibleDiskSleep => "D",
        ProcessStatus::Idle => "I",
        ProcessStatus::Stop => "T",
        ProcessStatus::Tracing => "t",
        ProcessStatus::Zombie => "Z",
        ProcessStatus::Dead => "X",
        ProcessStatus::Wakekill => "K",
        ProcessStatus::Waking => "W",
        ProcessStatus::Parked => "P",
        _ => return None,
    })
}
