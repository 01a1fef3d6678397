//! Runs a recorder and says what it took, with every process it starts: in a cgroup of its own nothing
//! can leave the count, not a child that nobody waits for, nor one that goes on as a daemon. Without
//! cgroups it counts the children that were waited for.
//! One line, tab-separated, `-` for what cannot be had: exit status, seconds it ran, CPU ms in all, CPU ms
//! of the start, seconds of the start, CPU ms of the median second behind it, then in KiB the peaks of the
//! recorder's resident memory, of that of the largest other process it started, of all that was charged
//! to the cgroup, and of the anonymous and kernel memory in that.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Error, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::str::FromStr;
use std::time::{Duration, Instant};

const USAGE: &str = "\
usage: meter [--cpu CGROUP] [--memory CGROUP] [--stop-after S] [--limit S] [--out FILE] [--err FILE] -- COMMAND...";

/// What starting takes is told apart: in a short run it would weigh more than it does over months.
const START: Duration = Duration::from_millis(3500);
const LOOK: Duration = Duration::from_millis(50);
/// From being asked to end to being ended.
const GRACE: Duration = Duration::from_secs(10);

const SIGINT: i32 = 2;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;

unsafe extern "C" {
    fn kill(pid: i32, signal: i32) -> i32;
    fn prctl(option: i32, ...) -> i32;
    fn getrusage(who: i32, usage: *mut [i64; 18]) -> i32;
}

#[derive(Default)]
struct Options {
    cpu: Option<PathBuf>,
    memory: Option<PathBuf>,
    stop_after: Option<Duration>,
    limit: Option<Duration>,
    out: Option<PathBuf>,
    err: Option<PathBuf>,
    command: Vec<String>,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match start(&options).and_then(|child| Watch::new(options, child).run()) {
        Ok(line) => println!("{line}"),
        Err(error) => {
            eprintln!("meter: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn options(mut words: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options::default();
    loop {
        let word = words.next()?;
        if word == "--" {
            options.command = words.collect();
            return (!options.command.is_empty()).then_some(options);
        }
        let value = words.next()?;
        let seconds = || value.parse().ok().map(Duration::from_secs);
        match word.as_str() {
            "--cpu" => options.cpu = Some(value.into()),
            "--memory" => options.memory = Some(value.into()),
            "--out" => options.out = Some(value.into()),
            "--err" => options.err = Some(value.into()),
            "--stop-after" => options.stop_after = Some(seconds()?),
            "--limit" => options.limit = Some(seconds()?),
            _ => return None,
        }
    }
}

fn start(options: &Options) -> Result<Child, Error> {
    const PR_SET_PDEATHSIG: i32 = 1;
    let mut command = Command::new(&options.command[0]);
    command.args(&options.command[1..]);
    if let Some(path) = &options.out {
        command.stdout(File::create(path)?);
    }
    if let Some(path) = &options.err {
        command.stderr(File::create(path)?);
    }
    let join = |cgroup: &PathBuf| File::options().write(true).open(cgroup.join("cgroup.procs"));
    let cgroups: Vec<File> = options.cpu.iter().chain(&options.memory).map(join).collect::<Result<_, _>>()?;
    // SAFETY: between fork and exec nothing is called but system calls.
    unsafe {
        command.pre_exec(move || {
            prctl(PR_SET_PDEATHSIG, SIGTERM as u64);
            // Zero is whoever writes it. All it does from its first instruction on is counted.
            cgroups.iter().try_for_each(|mut procs| procs.write_all(b"0"))
        });
    }
    command.spawn().map_err(|error| Error::other(format!("{}: {error}", options.command[0])))
}

/// A process as it was seen.
#[derive(Default)]
struct Seen {
    looks: u64,
    peak_kib: u64,
}

struct Watch {
    options: Options,
    child: Child,
    began: Instant,
    status: Option<ExitStatus>,
    processes: BTreeMap<u32, Seen>,
    charged_kib: u64,
    own_kib: u64,
    start: Option<(Duration, u64)>,
    seconds: Vec<u64>,
}

impl Watch {
    fn new(options: Options, child: Child) -> Self {
        Watch {
            options,
            child,
            began: Instant::now(),
            status: None,
            processes: BTreeMap::new(),
            charged_kib: 0,
            own_kib: 0,
            start: None,
            seconds: Vec::new(),
        }
    }

    fn run(mut self) -> Result<String, Error> {
        let mut stop_at = self.options.stop_after;
        let mut limit = self.options.limit;
        let mut signal = SIGTERM;
        let mut last = (Duration::ZERO, 0);
        loop {
            let pids = self.look();
            let ran = self.began.elapsed();
            if self.status.is_none() {
                self.status = self.child.try_wait()?;
            }
            if self.status.is_some() && pids.is_empty() {
                return Ok(self.line(ran));
            }
            if stop_at.is_some_and(|at| ran >= at) {
                stop_at = None;
                send(self.child.id(), SIGINT);
            }
            if limit.is_some_and(|at| ran >= at) {
                pids.iter().for_each(|pid| send(*pid, signal));
                limit = Some(ran + GRACE);
                signal = SIGKILL;
            }
            // A child tells what it took only when it has ended: then there is no start to be told apart.
            if self.options.cpu.is_some()
                && let Some(cpu_us) = self.cpu_us()
            {
                if self.start.is_none() && ran >= START {
                    self.start = Some((ran, cpu_us));
                    last = (ran, cpu_us);
                }
                if self.start.is_some() && ran >= last.0 + Duration::from_secs(1) {
                    self.seconds.push(cpu_us - last.1);
                    last = (last.0 + Duration::from_secs(1), cpu_us);
                }
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Notes the memory of all there is now, and returns who that is.
    fn look(&mut self) -> Vec<u32> {
        let cgroup = self.options.cpu.as_ref().or(self.options.memory.as_ref());
        let pids: Vec<u32> = match cgroup {
            Some(cgroup) => {
                let procs = fs::read_to_string(cgroup.join("cgroup.procs")).unwrap_or_default();
                procs.lines().filter_map(|line| line.parse().ok()).collect()
            }
            None if self.status.is_none() => vec![self.child.id()],
            None => Vec::new(),
        };
        for pid in &pids {
            let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            if let Some(peak) = entry::<u64>(&status, "VmHWM:") {
                let seen = self.processes.entry(*pid).or_default();
                seen.looks += 1;
                seen.peak_kib = seen.peak_kib.max(peak);
            }
        }
        if let Some(cgroup) = &self.options.memory {
            let charged = number(&cgroup.join("memory.max_usage_in_bytes"))
                .or_else(|| number(&cgroup.join("memory.peak")))
                .or_else(|| number(&cgroup.join("memory.current")));
            self.charged_kib = self.charged_kib.max(charged.unwrap_or(0) / 1024);
            self.own_kib = self.own_kib.max(own_bytes(cgroup).unwrap_or(0) / 1024);
        }
        pids
    }

    /// Without a cgroup it is known only when the children have been waited for.
    fn cpu_us(&self) -> Option<u64> {
        if let Some(cgroup) = &self.options.cpu {
            let version_1 =
                number::<u64>(&cgroup.join("cpuacct.usage")).map(|nanoseconds| nanoseconds / 1000);
            return version_1
                .or_else(|| entry(&fs::read_to_string(cgroup.join("cpu.stat")).ok()?, "usage_usec"));
        }
        self.status?;
        const RUSAGE_CHILDREN: i32 = -1;
        let mut usage = [0; 18];
        // SAFETY: on 64-bit Linux the struct is 18 words: seconds and microseconds of user, then of system.
        unsafe { getrusage(RUSAGE_CHILDREN, &mut usage) };
        Some(((usage[0] + usage[2]) * 1_000_000 + usage[1] + usage[3]).unsigned_abs())
    }

    fn line(&self, ran: Duration) -> String {
        let ms = |us: u64| format!("{:.3}", us as f64 / 1000.0);
        let known = |kib: u64| if kib > 0 { kib.to_string() } else { "-".into() };
        let status =
            self.status.map_or(-1, |status| status.code().unwrap_or(128 + status.signal().unwrap_or(0)));
        let mut seconds = self.seconds.clone();
        seconds.sort_unstable();
        // The one that is there all the time: a daemon's first process is gone at once.
        let recorder = self.processes.iter().max_by_key(|(_, seen)| seen.looks).map(|(pid, _)| *pid);
        let peak = |is_recorder: bool| {
            let of = self.processes.iter().filter(|(pid, _)| (Some(**pid) == recorder) == is_recorder);
            known(of.map(|(_, seen)| seen.peak_kib).max().unwrap_or(0))
        };
        [
            status.to_string(),
            format!("{:.3}", ran.as_secs_f64()),
            self.cpu_us().map_or("-".into(), ms),
            self.start.map_or("-".into(), |(_, us)| ms(us)),
            self.start.map_or("-".into(), |(time, _)| format!("{:.3}", time.as_secs_f64())),
            seconds.get(seconds.len() / 2).map_or("-".into(), |us| ms(*us)),
            peak(true),
            peak(false),
            known(self.charged_kib),
            known(self.own_kib),
        ]
        .join("\t")
    }
}

fn send(pid: u32, signal: i32) {
    // SAFETY: a system call without memory. One that has ended is not there to be told.
    unsafe { kill(pid.cast_signed(), signal) };
}

/// Anonymous memory and the kernel's own for these processes: what no pressure takes away.
fn own_bytes(cgroup: &Path) -> Option<u64> {
    let stat = fs::read_to_string(cgroup.join("memory.stat")).ok()?;
    match number::<u64>(&cgroup.join("memory.kmem.usage_in_bytes")) {
        Some(kernel) => Some(entry::<u64>(&stat, "total_rss")? + kernel),
        None => Some(entry::<u64>(&stat, "anon")? + entry::<u64>(&stat, "kernel")?),
    }
}

fn number<T: FromStr>(path: &Path) -> Option<T> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The number behind the name that begins a line.
fn entry<T: FromStr>(text: &str, name: &str) -> Option<T> {
    text.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        if words.next()? == name { words.next()?.parse().ok() } else { None }
    })
}
