//! `process`: what each kernel's files come out as, and what is kept between ticks.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use sysray::collect::{Collector, Host, ProcessCollector};
use sysray::schema::rows::Process;
use sysray::schema::{Micros, Sample};

use super::{HOSTS, collect, show};

pub const BOOT: Micros = Micros(1_700_000_000_000_000);

#[test]
fn processes_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, ProcessCollector::since_boot(BOOT).with_pss()) {
            Ok(mut sample) => {
                // Another file's business: /proc/meminfo.
                sample.process.iter_mut().for_each(|row| row.memory_pct = None);
                show(&sample.process).replace(" ppid=", "\n    ppid=").replace(" threads=", "\n    threads=")
            }
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("process-{host}"), shown);
    }
}

#[test]
fn processes_come_in_order_and_read_files_are_counted() {
    let tree = Tree::new();
    for pid in [300, 20, 1000] {
        tree.stat(pid, "sleep", 1, [0, 0], 77);
    }
    let mut host = tree.host();
    let mut sample = Sample::default();
    ProcessCollector::since_boot(BOOT).collect(&mut host, &mut sample).unwrap();
    assert_eq!(sample.process.iter().map(|row| row.pid).collect::<Vec<_>>(), [20, 300, 1000]);
    assert!(host.reads() > 3);
}

#[test]
fn start_times_do_not_move_with_the_wall_clock() {
    let tree = Tree::new();
    tree.stat(7, "sleep", 1, [0, 0], 250);
    tree.file("stat", "cpu 1 2 3 4\nbtime 1700000000\n");
    let mut ticks = tree.ticks(ProcessCollector::default());
    assert_eq!(ticks.one(7).start_time, Micros(1_700_000_002_500_000));
    tree.file("stat", "cpu 1 2 3 4\nbtime 1700003600\n");
    assert_eq!(ticks.one(7).start_time, Micros(1_700_000_002_500_000));
}

#[test]
fn without_a_boot_time_there_is_an_error_that_says_so() {
    let tree = Tree::new();
    tree.file("stat", "cpu 1 2 3 4\n");
    let error = ProcessCollector::default().collect(&mut tree.host(), &mut Sample::default()).unwrap_err();
    assert!(
        error.to_string().ends_with("proc/stat: no btime line, so no process has a start time"),
        "{error}"
    );
}

/// Ticks of 10 ms: one thread is told in nanoseconds, more in ticks, and the total only rises by
/// what was used, whatever the rest of the process's past holds.
#[test]
fn cpu_time_goes_on_when_its_source_changes() {
    let tree = Tree::new();
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    let mut cpu_us = |threads, [user, system]: [i64; 2], ran_ns: i64| {
        tree.stat(7, "worker", threads, [user, system], 250);
        tree.file("7/schedstat", &format!("{ran_ns} 5000 9\n"));
        ticks.one(7).cpu_us.unwrap()
    };
    assert_eq!(cpu_us(1, [1, 0], 19_000_000), 19_000, "the scheduler's, while there is one thread");
    assert_eq!(cpu_us(1, [2, 0], 29_123_000), 29_123);
    assert_eq!(cpu_us(3, [12, 5], 30_000_000), 29_123 + 150_000, "15 ticks since, whatever the thread of it");
    assert_eq!(cpu_us(3, [22, 5], 31_000_000), 29_123 + 250_000, "ticks, while there are more");
    assert_eq!(cpu_us(1, [23, 5], 32_000_000), 29_123 + 260_000, "one tick, in the one of the change");
    assert_eq!(cpu_us(1, [24, 6], 43_000_000), 29_123 + 271_000, "the scheduler's again");
    assert_eq!(cpu_us(1, [24, 6], 3_000_000), 29_123 + 271_000, "another thread's clock after an exec");
    assert_eq!(cpu_us(1, [25, 6], 5_000_000), 29_123 + 273_000);
}

/// A process that once had more threads has used more than its one thread's clock says.
#[test]
fn cpu_time_of_threads_that_ended_before_the_first_look_is_in_the_total() {
    let tree = Tree::new();
    tree.stat(7, "worker", 1, [500, 100], 250);
    tree.file("7/schedstat", "1000000000 0 9\n");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    assert_eq!(ticks.one(7).cpu_us, Some(6_000_000));
    tree.file("7/schedstat", "1000500000 0 10\n");
    assert_eq!(ticks.one(7).cpu_us, Some(6_000_500));
}

#[test]
fn a_kernel_that_keeps_no_scheduler_clock_is_told_in_ticks() {
    let tree = Tree::new();
    tree.stat(7, "worker", 1, [5, 1], 250);
    tree.file("7/schedstat", "0 0 0\n");
    let row = tree.ticks(ProcessCollector::since_boot(BOOT)).one(7);
    assert_eq!((row.cpu_us, row.run_delay_us), (Some(60_000), None));
}

#[test]
fn what_the_kernel_tells_of_the_main_thread_alone_is_unknown_above_one_thread() {
    let tree = Tree::new();
    tree.file("sys/kernel/task_delayacct", "1\n");
    tree.file("7/schedstat", "20000000 5000000 9\n");
    tree.file("7/status", "voluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t6\n");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    let mut told = |threads| {
        tree.stat(7, "worker", threads, [1, 1], 250);
        let row = ticks.one(7);
        [row.run_delay_us, row.block_delay_us, row.voluntary_switches, row.involuntary_switches]
    };
    assert_eq!(told(1), [Some(5000), Some(330_000), Some(5), Some(6)]);
    assert_eq!(told(2), [None; 4]);
    assert_eq!(told(1), [Some(5000), Some(330_000), Some(5), Some(6)]);
}

#[test]
fn block_delay_is_unknown_where_nobody_counts_it() {
    let tree = Tree::new();
    tree.stat(7, "worker", 1, [1, 1], 250);
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    assert_eq!(ticks.one(7).block_delay_us, None, "no such switch");
    tree.file("sys/kernel/task_delayacct", "0\n");
    tree.stat(7, "worker", 1, [2, 1], 250);
    assert_eq!(ticks.one(7).block_delay_us, None, "switched off");
}

#[test]
fn a_process_that_has_not_run_is_told_as_before_and_one_that_has_anew() {
    let tree = Tree::new();
    tree.stat(7, "worker", 1, [1, 1], 250);
    tree.file("7/schedstat", "20000000 5000000 9\n");
    tree.file("7/io", "rchar: 10\n");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    let first = ticks.one(7);
    assert_eq!(ticks.one(7), first);
    tree.file("7/io", "rchar: 11\n");
    tree.file("7/schedstat", "20900000 5000000 10\n");
    let after = ticks.one(7);
    assert_eq!((after.read_chars, after.cpu_us), (Some(11), Some(20_900)));
}

#[test]
fn identity_is_read_again_when_the_process_runs_something_else() {
    let tree = Tree::new();
    tree.stat(7, "sh", 1, [1, 1], 250);
    tree.file("7/cmdline", "sh\0-c\0exec nginx\0");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    let cmdline = |row: Process| row.cmdline.map(|text| text.to_string());
    assert_eq!(cmdline(ticks.one(7)).as_deref(), Some("sh -c exec nginx"));
    tree.file("7/cmdline", "nginx: master\0");
    assert_eq!(cmdline(ticks.one(7)).as_deref(), Some("nginx: master"), "the second tick of life");
    tree.file("7/cmdline", "nginx: worker\0");
    assert_eq!(cmdline(ticks.one(7)).as_deref(), Some("nginx: master"), "nothing shows a change");
    tree.stat(7, "nginx", 1, [1, 1], 250);
    assert_eq!(cmdline(ticks.one(7)).as_deref(), Some("nginx: worker"), "it has another name");
    tree.file("7/cmdline", "nginx: cache\0");
    let later =
        (0..60).map(|_| cmdline(ticks.one(7))).filter(|c| c.as_deref() == Some("nginx: cache")).count();
    assert!((1..60).contains(&later), "within a minute it is looked at anyway, not in each tick: {later}");
}

/// Between two looks at it a process may be asked what it runs, and end before the answer is read.
#[test]
fn one_that_ends_as_it_is_asked_keeps_its_command_line() {
    let tree = Tree::new();
    tree.stat(7, "worker", 1, [1, 1], 250);
    tree.file("7/cmdline", "worker\0--fast\0");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    assert_eq!(ticks.one(7).cmdline.as_deref(), Some("worker --fast"));
    tree.file("7/cmdline", "");
    tree.stat(7, "last words", 1, [1, 1], 250);
    assert_eq!(ticks.one(7).cmdline.as_deref(), Some("worker --fast"));
}

#[test]
fn a_zombie_keeps_the_name_it_had() {
    let tree = Tree::new();
    tree.stat(7, "worker", 1, [1, 1], 250);
    tree.file("7/cmdline", "worker\0--fast\0");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    ticks.one(7);
    tree.file("7/cmdline", "");
    tree.file("7/stat", "7 (worker) Z 1 1 1 0 -1 4194304 0 0 0 0 1 1 0 0 20 0 1 0 250 0 0\n");
    let row = ticks.one(7);
    assert_eq!((row.state.as_deref(), row.cmdline.as_deref()), (Some("Z"), Some("worker --fast")));
}

#[test]
fn a_pid_that_is_used_again_is_another_process() {
    let tree = Tree::new();
    tree.stat(7, "old", 2, [500, 500], 250);
    tree.file("7/cmdline", "old\0");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    ticks.one(7);
    ticks.one(7);
    tree.stat(7, "old", 2, [1, 0], 9000);
    tree.file("7/cmdline", "new\0");
    let row = ticks.one(7);
    assert_eq!(
        (row.cmdline.as_deref(), row.cpu_us, row.start_ticks),
        (Some("new"), Some(10_000), Some(9000))
    );
}

#[test]
fn a_process_that_has_ended_is_forgotten() {
    let tree = Tree::new();
    tree.stat(7, "worker", 1, [1, 1], 250);
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    ticks.one(7);
    fs::remove_dir_all(tree.0.path().join("proc/7")).unwrap();
    assert!(ticks.all().is_empty());
    // Between listing and reading: the folder is there and what is in it is not.
    fs::create_dir(tree.0.path().join("proc/7")).unwrap();
    assert!(ticks.all().is_empty());
}

#[test]
fn users_are_read_again_when_their_file_changes() {
    let tree = Tree::new();
    fs::create_dir(tree.0.path().join("etc")).unwrap();
    let passwd = tree.0.path().join("etc/passwd");
    fs::write(&passwd, "# all of them\nroot:x:0:0::/root:/bin/sh\n").unwrap();
    tree.stat(7, "worker", 1, [1, 1], 250);
    tree.file("7/status", "Uid:\t0\t1000\t0\t0\n");
    let mut ticks = tree.ticks(ProcessCollector::since_boot(BOOT));
    let row = ticks.one(7);
    assert_eq!((row.uid, row.username), (Some(1000), None));
    fs::write(&passwd, "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n").unwrap();
    // The file is looked at every five seconds.
    (0..5).for_each(|_| drop(ticks.one(7)));
    tree.stat(7, "worker", 1, [2, 1], 250);
    assert_eq!(ticks.one(7).username.as_deref(), Some("ann"));
}

#[test]
fn memory_is_a_share_of_the_hosts() {
    let tree = Tree::new();
    tree.file("meminfo", "MemTotal:  1000000 kB\n");
    tree.file("7/status", "VmRSS:\t  250000 kB\n");
    tree.stat(7, "worker", 1, [1, 1], 250);
    assert_eq!(tree.ticks(ProcessCollector::since_boot(BOOT)).one(7).memory_pct, Some(25.0));
}

#[test]
fn proportional_size_is_read_on_demand_only() {
    let large = collect("large", ProcessCollector::since_boot(BOOT)).unwrap();
    assert!(large.process.iter().all(|row| row.pss_bytes.is_none()));
}

/// This host: the recorder's own process, as it knows itself.
#[test]
fn this_process_knows_itself() {
    let mut sample = Sample::default();
    ProcessCollector::default().collect(&mut Host::here(), &mut sample).unwrap();
    let me = sample.process.iter().find(|row| row.pid == i64::from(std::process::id())).unwrap();
    let exe = std::env::current_exe().unwrap();
    assert_eq!(me.exe.as_deref(), exe.to_str());
    assert!(me.cpu_us.is_some() && me.rss_bytes > Some(1 << 20) && me.open_files > Some(2));
    assert_eq!(me.is_kernel, Some(false));
    let age_s = (std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros()
        as i64
        - me.start_time.0) as f64
        / 1e6;
    assert!((-2.0..3600.0).contains(&age_s), "started {age_s} s ago");
}

/// This host: a child from its birth to its end, with its files held open in between.
#[test]
fn a_child_is_followed_until_it_is_reaped() {
    let mut ticks = Ticks { host: Host::here(), collector: ProcessCollector::default(), own: None };
    let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    let pid = i64::from(child.id());
    let rows: Vec<Process> = (0..5).map(|_| ticks.one(pid)).collect();
    assert!(rows.iter().all(|row| row.start_time == rows[0].start_time));
    assert!(rows.is_sorted_by_key(|row| row.cpu_us));
    // What it runs is asked for aside, and on a busy host comes a little later.
    while ticks.one(pid).cmdline.is_none() {}
    child.kill().unwrap();
    while ticks.one(pid).state.as_deref() != Some("Z") {}
    let zombie = ticks.one(pid);
    assert_eq!((zombie.cmdline.as_deref(), zombie.open_files), (Some("sleep 60"), None));
    child.wait().unwrap();
    assert!(ticks.all().iter().all(|row| row.pid != pid));
}

#[test]
fn who_begins_or_ends_is_seen_in_the_next_tick_also_when_nobody_had_for_a_while() {
    let mut ticks = Ticks { host: Host::here(), collector: ProcessCollector::default(), own: None };
    for _ in 0..3 {
        for _ in 0..4 {
            ticks.all();
        }
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i64::from(child.id());
        for _ in 0..4 {
            assert!(ticks.all().iter().any(|row| row.pid == pid));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(ticks.all().iter().all(|row| row.pid != pid));
    }
}

/// A `/proc` in the making.
pub struct Tree(pub tempfile::TempDir);

impl Tree {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("proc")).unwrap();
        Tree(root)
    }

    pub fn host(&self) -> Host {
        Host::at(self.0.path())
    }

    pub fn file(&self, path: &str, text: &str) {
        let path = self.0.path().join("proc").join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(path, text).unwrap();
    }

    /// `stat` of a process with 33 ticks of block delay.
    pub fn stat(&self, pid: i64, comm: &str, threads: i64, [user, system]: [i64; 2], start: i64) {
        let zeros = "0 ".repeat(12);
        let tail = format!("0 {start} 4096000 100 0 1 2 3 {zeros}0 33 0 0 1 2 3 4 5 6 7 0");
        let line = format!(
            "{pid} ({comm}) S 1 1 1 0 -1 4194304 0 0 0 0 {user} {system} 0 0 20 0 {threads} {tail}\n"
        );
        self.file(&format!("{pid}/stat"), &line);
    }

    pub fn schedstat(&self, pid: i64, numbers: &str) {
        self.file(&format!("{pid}/schedstat"), &format!("{numbers}\n"));
    }

    /// The numbers of the thread that reads.
    pub fn own(&self, count: i64) {
        self.file("thread-self/schedstat", &format!("{count} 0 {count}\n"));
    }

    /// Changes `stat` as a page fault does, and nothing else.
    pub fn faults(&self, pid: i64, faults: i64) {
        let stat = self.0.path().join(format!("proc/{pid}/stat"));
        let text = fs::read_to_string(&stat).unwrap();
        let (head, rest) = text.split_once(" 4194304 ").unwrap();
        let (_, rest) = rest.split_once(' ').unwrap();
        fs::write(stat, format!("{head} 4194304 {faults} {rest}")).unwrap();
    }

    pub fn state(&self, pid: i64, state: char) {
        let stat = self.0.path().join(format!("proc/{pid}/stat"));
        let text = fs::read_to_string(&stat).unwrap();
        let at = text.rfind(") ").unwrap() + 2;
        fs::write(stat, format!("{}{state}{}", &text[..at], &text[at + 1..])).unwrap();
    }

    pub fn ticks(&self, collector: ProcessCollector) -> Ticks {
        let mut host = self.host();
        host.patience = Duration::from_secs(20);
        Ticks { host, collector, own: Some((self.0.path().join("proc"), 1)) }
    }
}

/// A collector that goes on from tick to tick.
pub struct Ticks {
    pub host: Host,
    pub collector: ProcessCollector,
    /// Where the numbers of the reading thread are made to move, and what they are.
    pub own: Option<(std::path::PathBuf, i64)>,
}

impl Ticks {
    /// A second later.
    pub fn all(&mut self) -> Vec<Process> {
        self.host.now += Duration::from_secs(1);
        if let Some((proc, count)) = self.own.as_mut().filter(|(proc, _)| proc.join("thread-self").exists()) {
            *count += 1;
            fs::write(proc.join("thread-self/schedstat"), format!("{count} 0 {count}\n")).unwrap();
        }
        let mut sample = Sample::default();
        self.collector.collect(&mut self.host, &mut sample).unwrap();
        sample.process.into_iter().collect()
    }

    pub fn one(&mut self, pid: i64) -> Process {
        self.all().into_iter().find(|row| row.pid == pid).unwrap()
    }
}
