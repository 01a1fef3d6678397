//! A host to be recorded: idle processes beside a burner and a writer, few that are lively, or many that
//! do not live long.
//! It says `ready` once all of it runs; who ends it ends all of it.

use std::fs::{self, File};
use std::io::{Error, Read, Seek, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, Stdio, exit};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

const USAGE: &str = "\
usage: load idle PROCESSES FILE    that many asleep, one that burns a CPU, one that writes 4 MiB each half second
       load churn PROCESSES PER_S  that many asleep, and so many started a second that live for up to 0.2 s
       load lively PER_S WORK_US [CGROUPS...]
                                   60 processes of 20 threads that wake PER_S times a second; in 30 % of the
                                   processes a wake-up works for WORK_US; the n-th joins CGROUPS/n; each says
                                   how many per cent of the wake-ups it had";

const PROCESSES: u32 = 60;
const ACTIVE: u32 = 18;
const THREADS: u32 = 20;
/// What a process has settled after, and how long its wake-ups are counted then.
const SETTLED: Duration = Duration::from_secs(2);
const COUNTED: Duration = Duration::from_secs(4);

static WAKE_UPS: AtomicU64 = AtomicU64::new(0);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["idle", processes, file] => {
            (0..number(processes)).for_each(|_| drop(start(&["asleep"])));
            start(&["burner"]);
            start(&["writer", file]);
            ready()
        }
        ["churn", processes, per_s] => {
            (0..number(processes)).for_each(|_| drop(start(&["asleep"])));
            println!("ready");
            churn(Duration::from_secs(1) / number(per_s).max(1))
        }
        ["lively", per_s, work_us, ref cgroups @ ..] => {
            let mut waiting = Vec::new();
            for nth in 0..PROCESSES {
                let work_us = if nth < ACTIVE { work_us } else { "0" };
                let folders: Vec<String> = cgroups.iter().map(|root| format!("{root}/{nth}")).collect();
                let mut words = vec!["waking", per_s, work_us];
                words.extend(folders.iter().map(String::as_str));
                waiting.push(start(&words).stdin.take());
            }
            // All begin when the last is there: those that wake already would starve those that start.
            drop(waiting);
            sleep(SETTLED + COUNTED + Duration::from_secs(1));
            ready()
        }
        ["asleep"] => asleep(),
        ["brief", ms] => {
            sleep(Duration::from_millis(number(ms).into()));
            ExitCode::SUCCESS
        }
        ["burner"] => loop {
            std::hint::spin_loop();
        },
        ["writer", file] => writer(file),
        ["waking", per_s, work_us, ref cgroups @ ..] => {
            waking(number(per_s), Duration::from_micros(number(work_us).into()), cgroups)
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn number(word: &str) -> u32 {
    word.parse().unwrap_or_else(|_| fail(&format!("{word:?} is no number")))
}

fn fail(what: &str) -> ! {
    eprintln!("load: {what}");
    exit(1)
}

/// Another process of this program, which ends with this one.
fn start(words: &[&str]) -> Child {
    unsafe extern "C" {
        fn prctl(option: i32, ...) -> i32;
    }
    const PR_SET_PDEATHSIG: i32 = 1;
    const SIGKILL: u64 = 9;
    let mut command = Command::new("/proc/self/exe");
    command.args(words).stdin(Stdio::piped());
    // SAFETY: between fork and exec nothing is called but one system call.
    unsafe {
        command.pre_exec(|| match prctl(PR_SET_PDEATHSIG, SIGKILL) {
            0 => Ok(()),
            _ => Err(Error::last_os_error()),
        });
    }
    command.spawn().unwrap_or_else(|error| fail(&format!("{words:?} cannot be started: {error}")))
}

fn ready() -> ! {
    println!("ready");
    asleep()
}

fn asleep() -> ! {
    loop {
        sleep(Duration::from_secs(3600));
    }
}

fn churn(period: Duration) -> ! {
    let mut alive: Vec<Child> = Vec::new();
    let mut due = Instant::now();
    for nth in 0_u32.. {
        // Some are there at no tick, some at one, some at two.
        alive.push(start(&["brief", &(nth * 37 % 200).to_string()]));
        alive.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        due += period;
        sleep(due.saturating_duration_since(Instant::now()));
    }
    fail("no more can be counted")
}

fn writer(path: &str) -> ! {
    let block = vec![0x5a; 4 << 20];
    let mut file = File::create(path).unwrap_or_else(|error| fail(&format!("{path}: {error}")));
    loop {
        let written = file.rewind().and_then(|()| file.write_all(&block)).and_then(|()| file.sync_all());
        written.unwrap_or_else(|error| fail(&format!("{path}: {error}")));
        sleep(Duration::from_millis(500));
    }
}

fn waking(per_s: u32, work: Duration, cgroups: &[&str]) -> ! {
    let mut nothing = [0; 1];
    // The pipe ends when all are told to begin.
    let _ = std::io::stdin().read(&mut nothing);
    for cgroup in cgroups {
        let joined = fs::write(format!("{cgroup}/cgroup.procs"), std::process::id().to_string());
        joined.unwrap_or_else(|error| fail(&format!("{cgroup}: {error}")));
    }
    let period = Duration::from_secs(1) / per_s.max(1);
    let began = Instant::now();
    for nth in 0..THREADS {
        // Spread over the period, as threads that know nothing of each other are.
        let first = began + period * nth / THREADS;
        let spawned = thread::Builder::new().stack_size(64 << 10).spawn(move || wake(first, period, work));
        spawned.unwrap_or_else(|error| fail(&format!("a thread cannot be started: {error}")));
    }
    sleep(SETTLED);
    let (before, since) = (WAKE_UPS.load(Relaxed), Instant::now());
    sleep(COUNTED);
    let had = (WAKE_UPS.load(Relaxed) - before) as f64;
    let due = since.elapsed().as_secs_f64() * f64::from(per_s * THREADS);
    println!("had {:.0}", had * 100.0 / due);
    asleep()
}

fn wake(first: Instant, period: Duration, work: Duration) {
    let mut due = first;
    loop {
        sleep(due.saturating_duration_since(Instant::now()));
        WAKE_UPS.fetch_add(1, Relaxed);
        let woke = Instant::now();
        while woke.elapsed() < work {
            std::hint::spin_loop();
        }
        // A host too busy to keep up has fewer wake-ups, not a queue of them.
        due = (due + period).max(Instant::now());
    }
}
