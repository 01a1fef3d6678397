//! The portable collectors by themselves: what holds of their rows on any system.
#![allow(clippy::unwrap_used)]

use std::sync::Mutex;
use std::time::Duration;

use sysray::collect::{
    Cmdline, Collector, Host, PortableCpu, PortableFilesystem, PortableMemory, PortableNetwork,
    PortableProcess, PortableSystem, Settings, portable_collectors,
};
use sysray::schema::rows::Process;
use sysray::schema::{Micros, Rows, Sample};
use sysray::time::Clock;

fn once(mut collector: impl Collector) -> Sample {
    let mut sample = Sample::default();
    collector.collect(&mut Host::here(), &mut sample).unwrap();
    sample
}

#[test]
fn each_table_has_one_collector() {
    let mut tables: Vec<&str> =
        portable_collectors(&Settings::default()).iter().flat_map(|c| c.tables().iter().copied()).collect();
    tables.sort_unstable();
    assert_eq!(tables, ["cpu", "cpu_core", "disk", "filesystem", "memory", "network", "process", "system"]);
}

#[test]
fn memory_and_uptime_are_there() {
    let memory = once(PortableMemory::default()).memory.remove(0);
    assert!(memory.total_bytes > memory.available_bytes && memory.available_bytes > Some(0));
    assert!(memory.swap_total_bytes >= memory.swap_free_bytes);
    assert_eq!(memory.buffers_bytes, None, "sysinfo does not tell");
    assert!(once(PortableSystem).system[0].uptime_us > Some(0));
}

#[test]
fn idle_time_is_a_share_of_the_time_that_passed() {
    let clock = Stepped::default();
    let mut cpu = PortableCpu::new(&clock);
    let mut collect = || {
        let mut sample = Sample::default();
        cpu.collect(&mut Host::here(), &mut sample).unwrap();
        let cores: i64 = sample.cpu_core.iter().map(|core| core.idle_us.unwrap()).sum();
        (sample.cpu.remove(0), cores)
    };
    let (first, _) = collect();
    let online = first.online.unwrap();
    assert_eq!((first.idle_us, first.user_us), (Some(0), None));
    clock.step(Duration::from_millis(50));
    assert_eq!(collect().0.idle_us, Some(0), "too soon to ask again");
    std::thread::sleep(sysinfo_interval());
    clock.step(Duration::from_secs(10));
    let (later, cores) = collect();
    let idle_us = later.idle_us.unwrap();
    assert!((0..=online * 10_050_000).contains(&idle_us), "{idle_us}");
    assert!((idle_us - cores).abs() <= online, "the host's is the sum of its cores'");
}

/// What sysinfo needs between two looks, with room.
fn sysinfo_interval() -> Duration {
    Duration::from_millis(300)
}

#[test]
fn this_process_is_there_with_its_numbers() {
    let own = i64::from(std::process::id());
    let mut collector = PortableProcess::default();
    let mut look = || {
        let mut sample = Sample::default();
        collector.collect(&mut Host::here(), &mut sample).unwrap();
        sample.process
    };
    let first = look();
    let me = first.iter().find(|row| row.pid == own).unwrap();
    assert!(me.rss_bytes > Some(1 << 20) && me.virtual_bytes >= me.rss_bytes);
    assert!(me.memory_pct > Some(0.0) && me.cmdline.is_some());
    assert_eq!(me.exe.as_deref(), std::env::current_exe().unwrap().to_str());
    assert!(me.start_time > Micros(1_600_000_000_000_000));
    assert!(first.iter().is_sorted_by(|a, b| a.pid < b.pid), "one row a process, in order");
    // Looking costs CPU time itself.
    let cpu_us = |rows: &Rows<Process>| rows.iter().find(|row| row.pid == own).unwrap().cpu_us.unwrap();
    let rises = (0..5000).any(|_| cpu_us(&look()) > cpu_us(&first));
    assert!(rises, "the CPU time of a process that works");
}

#[test]
fn interfaces_have_totals() {
    let sample = once(PortableNetwork::default());
    assert!(sample.network.iter().is_sorted_by(|a, b| a.interface < b.interface));
    assert!(sample.network.iter().all(|row| row.rx_bytes.is_some() && row.rx_dropped.is_none()));
}

#[test]
fn a_file_system_has_no_more_available_than_it_is_large() {
    let mut host = Host::here();
    host.patience = Duration::from_secs(20);
    let mut sample = Sample::default();
    PortableFilesystem::default().collect(&mut host, &mut sample).unwrap();
    assert!(sample.filesystem.iter().all(|row| row.total_bytes >= row.available_bytes));
    assert!(sample.filesystem.iter().all(|row| row.total_bytes > Some(0) && row.free_bytes.is_none()));
    assert!(sample.filesystem.iter().is_sorted_by(|a, b| a.mount < b.mount));
}

// Whoever chose that no arguments be kept was not asked: they were kept where sysinfo was used.
#[test]
fn of_arguments_no_more_is_kept_than_was_chosen() {
    let own = i64::from(std::process::id());
    let kept = |cmdline: Cmdline| {
        let sample = once(PortableProcess::new(cmdline));
        sample.process.iter().find(|row| row.pid == own).unwrap().cmdline.clone()
    };
    let first = std::env::args().next().unwrap();
    let all = kept(Cmdline::Redacted).unwrap();
    assert!(all.starts_with(&first), "{all}");
    assert_eq!(kept(Cmdline::Program).as_deref(), Some(&*first));
    assert_eq!(kept(Cmdline::None), None);
}

// A shell that runs another program in its place kept the shell's name for ever.
#[cfg(unix)]
#[test]
fn a_process_that_runs_another_program_is_told_by_its_new_name() {
    use std::io::Write;
    use std::process::{Command, Stdio};

    let mut shell = Command::new("sh");
    let mut shell = shell.args(["-c", "read go; exec sleep 600"]).stdin(Stdio::piped()).spawn().unwrap();
    let pid = i64::from(shell.id());
    let mut collector = PortableProcess::default();
    let mut look = || {
        let mut sample = Sample::default();
        collector.collect(&mut Host::here(), &mut sample).unwrap();
        sample.process.iter().find(|row| row.pid == pid).unwrap().comm.clone().unwrap()
    };
    // Until that is what runs, it is a copy of us.
    while once(PortableProcess::default())
        .process
        .iter()
        .any(|row| row.pid == pid && row.comm.as_deref() != Some("sh"))
    {}
    assert_eq!(&*look(), "sh");
    shell.stdin.take().unwrap().write_all(b"go\n").unwrap();
    while once(PortableProcess::default())
        .process
        .iter()
        .any(|row| row.pid == pid && row.comm.as_deref() == Some("sh"))
    {}
    let named = (0..60).map(|_| look()).last().unwrap();
    shell.kill().unwrap();
    shell.wait().unwrap();
    assert_eq!(&*named, "sleep");
}

/// A clock that stands until it is told to go.
#[derive(Default)]
struct Stepped(Mutex<Duration>);

impl Stepped {
    fn step(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for &Stepped {
    fn wall(&self) -> Micros {
        Micros(0)
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}
