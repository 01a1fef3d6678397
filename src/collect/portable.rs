//! The collectors for systems that have no collectors of their own, by way of `sysinfo`.
//!
//! They fill what it tells as totals or as it stands, and leave the rest unknown. Of CPU time it
//! tells no totals, only each core's busy share since it was asked before: `idle_us` is the sum of
//! (1 - share) × elapsed, as exact as the share (about a clock tick an interval on macOS, a sample
//! of the performance counters on Windows), and all other modes stay unknown. They need no file of
//! the host and ignore the one they are given.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::time::Duration;

use sysinfo::{
    CpuRefreshKind, MINIMUM_CPU_UPDATE_INTERVAL, Networks, Pid, ProcessRefreshKind, ProcessStatus,
    ProcessesToUpdate, System, ThreadKind, UpdateKind,
};

use super::redact::{command_line, one_line};
use super::{Collector, Error, Host};
use crate::schema::rows::{self, Cpu, CpuCore, Memory, Network, Process};
use crate::schema::{Micros, Sample, Text};
use crate::time::{Clock, SystemClock};

/// All of them.
pub fn portable_collectors() -> Vec<Box<dyn Collector>> {
    vec![
        Box::new(PortableSystem),
        Box::new(PortableCpu::new(SystemClock::default())),
        Box::new(PortableMemory::default()),
        Box::new(PortableNetwork::default()),
        Box::new(PortableProcess::default()),
    ]
}

/// Fills `system.uptime_us`; what else is in that row is put together from other tables.
pub struct PortableSystem;

impl Collector for PortableSystem {
    fn name(&self) -> &'static str {
        "system"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["system"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let uptime_us = Some(whole(System::uptime()).saturating_mul(1_000_000));
        sample.system.push(rows::System { uptime_us, ..rows::System::default() });
        Ok(())
    }
}

/// Fills `cpu` and `cpu_core`: load, online CPUs, clock rates, idle time.
pub struct PortableCpu<C: Clock> {
    clock: C,
    system: System,
    asked: Option<Duration>,
    idle_us: Vec<f64>,
}

impl<C: Clock> PortableCpu<C> {
    /// With the clock that measures how long the shares are about.
    pub fn new(clock: C) -> Self {
        PortableCpu { clock, system: System::new(), asked: None, idle_us: vec![] }
    }

    /// Adds each core's idle time since it was last asked. Asked too soon, sysinfo would tell the
    /// old share once more.
    fn advance(&mut self) {
        let now = self.clock.monotonic();
        let elapsed = self.asked.map(|asked| now.saturating_sub(asked));
        if elapsed.is_some_and(|elapsed| elapsed < MINIMUM_CPU_UPDATE_INTERVAL) {
            return;
        }
        self.system.refresh_cpu_specifics(CpuRefreshKind::everything());
        self.asked = Some(now);
        self.idle_us.resize(self.system.cpus().len(), 0.0);
        let elapsed_us = elapsed.map_or(0.0, |elapsed| elapsed.as_secs_f64() * 1e6);
        for (idle_us, cpu) in self.idle_us.iter_mut().zip(self.system.cpus()) {
            let busy = f64::from(cpu.cpu_usage()).clamp(0.0, 100.0) / 100.0;
            *idle_us += (1.0 - busy) * elapsed_us;
        }
    }
}

impl<C: Clock> Collector for PortableCpu<C> {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "cpu_core"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.advance();
        // Windows keeps no load.
        let load = |value: f64| (!cfg!(windows)).then_some(value);
        let of = System::load_average();
        sample.cpu.push(Cpu {
            online: Some(self.idle_us.len() as i64).filter(|online| *online > 0),
            idle_us: (!self.idle_us.is_empty()).then(|| self.idle_us.iter().sum::<f64>() as i64),
            load1: load(of.one),
            load5: load(of.five),
            load15: load(of.fifteen),
            ..Cpu::default()
        });
        for ((number, idle_us), cpu) in (0..).zip(&self.idle_us).zip(self.system.cpus()) {
            sample.cpu_core.push(CpuCore {
                cpu: number,
                frequency_hz: known(cpu.frequency()).map(|mhz| mhz.saturating_mul(1_000_000)),
                idle_us: Some(*idle_us as i64),
                ..CpuCore::default()
            });
        }
        Ok(())
    }
}

/// Fills `memory`: what there is, what is free and available, and swap.
#[derive(Default)]
pub struct PortableMemory {
    system: System,
}

impl Collector for PortableMemory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["memory"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.system.refresh_memory();
        let Some(total) = known(self.system.total_memory()) else { return Ok(()) };
        sample.memory.push(Memory {
            total_bytes: Some(total),
            free_bytes: Some(whole(self.system.free_memory())),
            available_bytes: Some(whole(self.system.available_memory())),
            swap_total_bytes: Some(whole(self.system.total_swap())),
            swap_free_bytes: Some(whole(self.system.free_swap())),
            ..Memory::default()
        });
        Ok(())
    }
}

/// Fills `network`: bytes, packets, errors, and what an interface is.
#[derive(Default)]
pub struct PortableNetwork {
    networks: Networks,
}

impl Collector for PortableNetwork {
    fn name(&self) -> &'static str {
        "network"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["network"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.networks.refresh(true);
        for (name, data) in self.networks.list() {
            let mac = data.mac_address();
            sample.network.push(Network {
                interface: name.as_str().into(),
                mac: (!mac.is_unspecified()).then(|| mac.to_string().into()),
                mtu: known(data.mtu()),
                rx_bytes: Some(whole(data.total_received())),
                rx_packets: Some(whole(data.total_packets_received())),
                rx_errors: Some(whole(data.total_errors_on_received())),
                tx_bytes: Some(whole(data.total_transmitted())),
                tx_packets: Some(whole(data.total_packets_transmitted())),
                tx_errors: Some(whole(data.total_errors_on_transmitted())),
                ..Network::default()
            });
        }
        sample.network.sort_by_key(|row| row.interface.clone());
        Ok(())
    }
}

/// Fills `process`: identity, memory, CPU time in milliseconds, bytes read and written.
///
/// `start_time` is good to a second, and there are no `start_ticks`.
#[derive(Default)]
pub struct PortableProcess {
    system: System,
    tick: i64,
    /// By pid and start: strings are made once, and again when they are read again.
    strings: HashMap<(Pid, u64), Strings>,
}

#[derive(Clone)]
struct Strings {
    comm: Text,
    cmdline: Option<Text>,
    exe: Option<Text>,
}

/// Ticks after which command lines and programs are read again.
const STRING_TICKS: i64 = 60;

impl Collector for PortableProcess {
    fn name(&self) -> &'static str {
        "process"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["process"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let is_anew = self.tick % STRING_TICKS == 0;
        self.tick += 1;
        let when = if is_anew { UpdateKind::Always } else { UpdateKind::OnlyIfNotSet };
        let wanted = ProcessRefreshKind::nothing().with_cpu().with_disk_usage().with_memory();
        let wanted = wanted.with_cmd(when).with_exe(when).with_user(when).without_tasks();
        self.system.refresh_processes_specifics(ProcessesToUpdate::All, true, wanted);
        self.system.refresh_memory();
        let total = self.system.total_memory();
        let all = self.system.processes();
        self.strings.retain(|(pid, start), _| {
            !is_anew && all.get(pid).is_some_and(|process| process.start_time() == *start)
        });
        for process in all.values().filter(|p| p.thread_kind() != Some(ThreadKind::Userland)) {
            let key = (process.pid(), process.start_time());
            let strings = self.strings.entry(key).or_insert_with(|| strings(process));
            sample.process.push(row(process, strings.clone(), total));
        }
        sample.process.sort_by_key(|row| row.pid);
        Ok(())
    }
}

fn strings(process: &sysinfo::Process) -> Strings {
    let args = process.cmd().iter().map(|arg| arg.as_encoded_bytes());
    let exe = process.exe().map(|path| text(path.as_os_str()));
    Strings {
        comm: text(process.name()),
        cmdline: (!process.cmd().is_empty()).then(|| command_line(args).into()),
        exe: exe.filter(|exe| !exe.is_empty()),
    }
}

fn row(process: &sysinfo::Process, strings: Strings, total: u64) -> Process {
    let (rss, size) = (process.memory(), process.virtual_memory());
    // Outside of Linux a process without memory is one that we may not look at.
    let is_open = cfg!(target_os = "linux") || rss > 0 || size > 0;
    let told = |number: u64| is_open.then(|| whole(number));
    let io = process.disk_usage();
    let (read, written) = (told(io.total_read_bytes), told(io.total_written_bytes));
    // Windows counts all reading and writing, not that of storage alone.
    let [on_disk, on_all] = if cfg!(windows) { [None, Some(())] } else { [Some(()), None] };
    let (uid, gid) = owner(process);
    Process {
        pid: i64::from(process.pid().as_u32()),
        start_time: Micros(whole(process.start_time()).saturating_mul(1_000_000)),
        ppid: process.parent().map(|pid| i64::from(pid.as_u32())),
        comm: Some(strings.comm),
        cmdline: strings.cmdline,
        exe: strings.exe,
        uid,
        gid,
        session: process.session_id().map(|pid| i64::from(pid.as_u32())),
        state: state(process.status()).filter(|_| !cfg!(windows)).map(Text::from),
        is_kernel: cfg!(target_os = "linux").then(|| process.thread_kind() == Some(ThreadKind::Kernel)),
        rss_bytes: told(rss),
        virtual_bytes: told(size),
        memory_pct: (is_open && total > 0).then(|| 100.0 * rss as f64 / total as f64),
        cpu_us: told(process.accumulated_cpu_time()).map(|ms| ms.saturating_mul(1000)),
        read_bytes: on_disk.and(read),
        write_bytes: on_disk.and(written),
        read_chars: on_all.and(read),
        write_chars: on_all.and(written),
        ..Process::default()
    }
}

/// The effective user and group.
#[cfg(unix)]
fn owner(process: &sysinfo::Process) -> (Option<i64>, Option<i64>) {
    let uid = process.effective_user_id().or_else(|| process.user_id());
    let gid = process.effective_group_id().or_else(|| process.group_id());
    (uid.map(|uid| i64::from(**uid)), gid.map(|gid| i64::from(*gid)))
}

/// Other systems number neither.
#[cfg(not(unix))]
fn owner(_: &sysinfo::Process) -> (Option<i64>, Option<i64>) {
    (None, None)
}

/// The letter that Linux has for a state.
fn state(status: ProcessStatus) -> Option<&'static str> {
    Some(match status {
        ProcessStatus::Run => "R",
        ProcessStatus::Sleep => "S",
        ProcessStatus::UninterruptibleDiskSleep => "D",
        ProcessStatus::Idle => "I",
        ProcessStatus::Stop => "T",
        ProcessStatus::Tracing => "t",
        ProcessStatus::Zombie => "Z",
        ProcessStatus::Dead => "X",
        _ => return None,
    })
}

fn text(name: &OsStr) -> Text {
    one_line(name.as_encoded_bytes()).into()
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What sysinfo tells as 0 where it does not know.
fn known(number: u64) -> Option<i64> {
    (number > 0).then(|| whole(number))
}
