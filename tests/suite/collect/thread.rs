//! `thread`: whose threads are read, what is kept of them between ticks, and what this process's own say.
//!
//! `Watch` is the one helper: processes and their threads, tick by tick.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use sysray::collect::{Collector, Host, ProcessCollector, Settings, ThreadCollector, Whose};
use sysray::record::Sampler;
use sysray::schema::rows::{Event, Recorder, Thread};
use sysray::schema::{Micros, Sample};
use sysray::time::SystemClock;

use super::process::{BOOT, Tree};

fn settings(threads: &[Whose]) -> Settings {
    Settings { threads: threads.to_vec(), ..Settings::default() }
}

fn comm(name: &str) -> Whose {
    Whose::Comm(name.into())
}

/// Collectors over a tree, tick by tick.
struct Watch {
    host: Host,
    processes: ProcessCollector,
    threads: ThreadCollector,
    events: Vec<Event>,
}

impl Watch {
    fn new(tree: &Tree, wanted: &[Whose]) -> Watch {
        let mut host = tree.host();
        host.patience = Duration::from_secs(20);
        Watch {
            host,
            processes: ProcessCollector::since_boot(BOOT),
            threads: ThreadCollector::new(&settings(wanted)),
            events: vec![],
        }
    }

    /// The rows a second later, by thread.
    fn tick(&mut self) -> BTreeMap<i64, Arc<Thread>> {
        self.host.now += Duration::from_secs(1);
        let mut sample = Sample::default();
        self.processes.collect(&mut self.host, &mut sample).unwrap();
        self.of(sample)
    }

    /// The same in a tick that reads no processes.
    fn tick_without_processes(&mut self) -> BTreeMap<i64, Arc<Thread>> {
        self.host.now += Duration::from_secs(1);
        self.of(Sample::default())
    }

    fn of(&mut self, mut sample: Sample) -> BTreeMap<i64, Arc<Thread>> {
        self.threads.collect(&mut self.host, &mut sample).unwrap();
        self.events.extend(sample.event);
        sample.thread.shared().iter().map(|row| (row.tid, row.clone())).collect()
    }
}

/// A process of these threads: the first is the main one.
fn process(tree: &Tree, name: &str, tids: &[i64]) {
    tree.stat(tids[0], name, tids.len() as i64, [0, 0], 250);
    tids.iter().for_each(|tid| thread(tree, tids[0], *tid, name, [1, 2], 250));
}

/// A thread that ran for some clock ticks, in user mode and in the kernel.
fn thread(tree: &Tree, pid: i64, tid: i64, name: &str, ticks: [i64; 2], start: i64) {
    let file = |file: &str, text: &str| tree.file(&format!("{pid}/task/{tid}/{file}"), text);
    let [user, system] = ticks;
    let zeros = "0 ".repeat(10);
    let tail = format!("0 {start} 4096000 100 0 1 2 3 {zeros}3 50 1 33 0 0 1 2 3 4 5 6 7 0");
    file("stat", &format!("{tid} ({name}) S 1 1 1 0 -1 64 7 0 5 0 {user} {system} 0 0 -51 0 9 {tail}\n"));
    file("schedstat", &format!("{} 4000000 {user}\n", user * 10_123_456));
    file("status", "voluntary_ctxt_switches:\t11\nnonvoluntary_ctxt_switches:\t12\n");
    file("io", "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n");
}

fn tids(rows: &BTreeMap<i64, Arc<Thread>>) -> Vec<i64> {
    rows.keys().copied().collect()
}

#[test]
fn all_that_the_kernel_tells_of_a_thread_is_its_own() {
    let tree = Tree::new();
    tree.file("sys/kernel/task_delayacct", "1\n");
    tree.own(1);
    process(&tree, "server", &[7, 8]);
    thread(&tree, 7, 8, "wor\tker", [4, 2], 330);
    let rows = Watch::new(&tree, &[comm("server")]).tick();
    let expected = Thread {
        pid: 7,
        process_start_time: Micros(BOOT.0 + 2_500_000),
        tid: 8,
        start_time: Micros(BOOT.0 + 3_300_000),
        comm: rows[&8].comm.clone(),
        process_comm: Some("server".into()),
        state: Some("S".into()),
        wchan: None,
        nice: Some(0),
        priority: Some(-51),
        policy: Some("fifo".into()),
        processor: Some(3),
        start_ticks: Some(330),
        cpu_us: Some(40_493),
        user_us: Some(40_000),
        system_us: Some(20_000),
        run_delay_us: Some(4000),
        block_delay_us: Some(330_000),
        voluntary_switches: Some(11),
        involuntary_switches: Some(12),
        minor_faults: Some(7),
        major_faults: Some(5),
        read_bytes: Some(5),
        write_bytes: Some(6),
        read_chars: Some(1),
        write_chars: Some(2),
        read_calls: Some(3),
        write_calls: Some(4),
    };
    assert_eq!(*rows[&8], expected);
    assert!(!rows[&8].comm.as_deref().unwrap().contains('\t'));
}

#[test]
fn processes_are_asked_for_by_pid_or_exact_name_and_later_ones_too() {
    let tree = Tree::new();
    process(&tree, "server", &[7, 8]);
    process(&tree, "server2", &[20, 21]);
    process(&tree, "other", &[30, 31]);
    let mut watch = Watch::new(&tree, &[comm("server"), Whose::Pid(30)]);
    assert_eq!(tids(&watch.tick()), [7, 8, 30, 31]);
    process(&tree, "server", &[40, 41]);
    assert_eq!(tids(&watch.tick_without_processes()), [7, 8, 30, 31], "there is no row of it yet");
    assert_eq!(tids(&watch.tick()), [7, 8, 30, 31, 40, 41]);
    fs::remove_dir_all(tree.0.path().join("proc/7")).unwrap();
    fs::remove_dir_all(tree.0.path().join("proc/40/task/41")).unwrap();
    assert_eq!(tids(&watch.tick_without_processes()), [30, 31, 40], "who has ended has none");
    tree.stat(40, "renamed", 1, [0, 0], 250);
    assert_eq!(tids(&watch.tick()), [30, 31], "it is called otherwise now");
    // Another process has the pid, and nobody has looked at processes since.
    fs::remove_dir_all(tree.0.path().join("proc/30/task/31")).unwrap();
    thread(&tree, 30, 30, "other", [1, 2], 9999);
    assert_eq!(tids(&watch.tick_without_processes()), [0_i64; 0]);
}

#[test]
fn a_thread_that_has_not_run_is_told_as_before_and_one_that_has_anew() {
    let tree = Tree::new();
    tree.file("pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n");
    process(&tree, "server", &[7, 8]);
    let mut watch = Watch::new(&tree, &[comm("server")]);
    let mut own = 0;
    let mut tick = || {
        own += 1;
        tree.own(own);
        watch.tick()
    };
    let mut last = tick();
    for _ in 0..3 {
        let now = tick();
        assert!(
            last.iter().all(|(tid, row)| Arc::ptr_eq(row, &now[tid])),
            "the very rows of the tick before"
        );
        last = now;
    }
    // What the probe does not show is not read: its stat says that it ran, its schedstat that it has not.
    let stat = |user: i64| {
        let (file, zeros) = ("7/task/8/stat", "0 ".repeat(10));
        let tail = format!("0 250 4096000 100 0 1 2 3 {zeros}3 50 1 33 0 0 1 2 3 4 5 6 7 0");
        tree.file(file, &format!("8 (server) S 1 1 1 0 -1 64 7 0 5 0 {user} 2 0 0 -51 0 9 {tail}\n"));
    };
    stat(50);
    assert_eq!(tick()[&8].user_us, Some(10_000));
    tree.file("7/task/8/schedstat", "20000000 4000000 9\n");
    let now = tick();
    assert_eq!((now[&8].user_us, now[&8].cpu_us), (Some(500_000), Some(20_000)));
    assert!(Arc::ptr_eq(&last[&7], &now[&7]), "the other has not run");
    // Ten seconds later it is read all the same, and while CPUs are waited for each time.
    stat(60);
    let later = (0..10).map(|_| tick()[&8].user_us).collect::<Vec<_>>();
    assert!(later.contains(&Some(600_000)), "{later:?}");
    stat(70);
    tree.file("pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=900000\n");
    assert_eq!(tick()[&8].user_us, Some(700_000));
}

#[test]
fn a_kernel_that_keeps_no_scheduler_clock_tells_of_threads_in_ticks() {
    let tree = Tree::new();
    process(&tree, "server", &[7]);
    tree.file("7/task/7/schedstat", "0 0 0\n");
    let row = Watch::new(&tree, &[comm("server")]).tick()[&7].clone();
    assert_eq!((row.cpu_us, row.run_delay_us), (Some(30_000), None));
    // Where it keeps one, zeros are those of a thread that has not run yet.
    tree.own(5);
    let row = Watch::new(&tree, &[comm("server")]).tick()[&7].clone();
    assert_eq!((row.cpu_us, row.run_delay_us), (Some(0), Some(0)));
}

#[test]
fn an_id_that_is_given_again_is_another_thread() {
    let tree = Tree::new();
    process(&tree, "server", &[7, 8]);
    let mut watch = Watch::new(&tree, &[comm("server")]);
    let before = watch.tick()[&8].clone();
    thread(&tree, 7, 8, "server", [9, 9], 400);
    let now = watch.tick()[&8].clone();
    assert_eq!((before.start_ticks, now.start_ticks), (Some(250), Some(400)));
    assert_ne!(before.start_time, now.start_time);
}

#[test]
fn of_too_many_threads_the_first_are_read_and_that_is_said_once() {
    let tree = Tree::new();
    process(&tree, "server", &(1..=30).map(|n| 100 + n).collect::<Vec<_>>());
    process(&tree, "server", &[200, 201]);
    let mut watch = Watch::new(&tree, &[comm("server")]);
    watch.threads = ThreadCollector::new(&settings(&[comm("server")])).with_most(20);
    for _ in 0..3 {
        assert_eq!(watch.tick().len(), 20);
    }
    let told = |watch: &Watch| -> Vec<(String, String)> {
        let text = |text: &Option<sysray::schema::Text>| text.as_deref().unwrap().to_string();
        watch.events.iter().map(|event| (text(&event.severity), text(&event.message))).collect()
    };
    let message = "32 threads were asked for: the first 20 of them are read";
    assert_eq!(told(&watch), [("warning".to_string(), message.to_string())]);
    let end = |tids: std::ops::RangeInclusive<i64>| {
        tids.for_each(|tid| fs::remove_dir_all(tree.0.path().join(format!("proc/101/task/{tid}"))).unwrap());
    };
    end(118..=130);
    assert_eq!(watch.tick().len(), 19, "all of them, but nearly too many");
    assert_eq!(watch.events.len(), 1);
    end(117..=117);
    watch.tick();
    let message = "all 18 threads that were asked for are read again";
    assert_eq!(told(&watch)[1..], [("info".to_string(), message.to_string())]);
}

/// CPU time of the thread that asks.
fn own_cpu_us() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000 + time.tv_nsec / 1000
}

/// Id of the thread that asks.
fn own_tid() -> i64 {
    let link = fs::read_link("/proc/thread-self").unwrap();
    link.file_name().unwrap().to_str().unwrap().parse().unwrap()
}

/// This process's own threads, as the kernel tells of them and as they know it themselves.
#[test]
fn threads_of_this_process_are_told_as_they_know_it_themselves() {
    let clock = SystemClock::default();
    let pid = std::process::id();
    let wanted = settings(&[Whose::Pid(pid.into())]);
    let collectors: Vec<Box<dyn Collector>> =
        vec![Box::new(ProcessCollector::new(&wanted)), Box::new(ThreadCollector::new(&wanted))];
    let mut sampler = Sampler::new(Host::here(), &clock, collectors);
    sampler.prime(Recorder::default());
    let (goes_on, ends) = channel::<()>();
    let (said, hears) = channel();
    let work = move || {
        said.send(own_tid()).unwrap();
        while own_cpu_us() < 60_000 {
            std::hint::black_box(0);
        }
        said.send(own_cpu_us()).unwrap();
        // It sleeps until it is to end: to look now and then would be work as well.
        let _ = ends.recv();
    };
    let worker = std::thread::Builder::new().name("worked-60-ms".into()).spawn(work).unwrap();
    let (tid, knows) = (hears.recv().unwrap(), hears.recv().unwrap());
    // Helpers of other tests come and go.
    let listed = || fs::read_dir("/proc/self/task").unwrap().count();
    let before = listed();
    let rows = sampler.tick(Recorder::default(), false).rows;
    let after = listed();
    let of = |sample: &Sample| sample.thread.iter().find(|row| row.tid == tid).cloned();
    let row = of(&rows).expect("it lives");
    // It began since the tick before: all that it has done is the interval's.
    assert_eq!((row.pid, row.comm.as_deref()), (pid.into(), Some("worked-60-ms")));
    if fs::read_to_string("/proc/self/schedstat").is_ok_and(|text| !text.starts_with("0 0 0")) {
        let cpu_us = row.cpu_us.unwrap();
        assert!((knows..knows + 40_000).contains(&cpu_us), "{cpu_us} µs, and it knows of {knows}");
    }
    let process = rows.process.iter().find(|row| row.pid == i64::from(pid)).unwrap();
    assert_eq!((process.start_time, &process.comm), (row.process_start_time, &row.process_comm));
    assert!(row.voluntary_switches.is_some() && row.write_bytes.is_some(), "{row:?}");
    let (least, most) = (before.min(after).saturating_sub(20), before.max(after) + 20);
    assert!((least..most).contains(&rows.thread.len()), "{} of {before}, {after}", rows.thread.len());
    drop(goes_on);
    worker.join().unwrap();
    // Who waits for it hears of its end a moment before it is gone.
    crate::cli::wait_until(|| !std::path::Path::new(&format!("/proc/self/task/{tid}")).exists());
    assert_eq!(of(&sampler.tick(Recorder::default(), false).rows), None, "it has ended");
}

/// As of processes: who began before the kernel was told to book them reads 0, and is not known.
#[test]
fn block_delay_of_a_thread_that_began_before_it_was_switched_on_is_unknown() {
    let tree = Tree::new();
    tree.file("sys/kernel/task_delayacct", "1\n");
    tree.file("uptime", "100.00 1.00\n");
    tree.own(1);
    process(&tree, "server", &[7, 8, 9]);
    let never = |tid: i64, start: i64| {
        thread(&tree, 7, tid, "server", [1, 2], start);
        let path = tree.0.path().join(format!("proc/7/task/{tid}/stat"));
        let line = fs::read_to_string(&path).unwrap();
        fs::write(&path, line.replace(" 50 1 33 0 0 ", " 50 1 0 0 0 ")).unwrap();
    };
    never(8, 330);
    never(9, 10_050);
    let rows = Watch::new(&tree, &[comm("server")]).tick();
    let told = [7, 8, 9].map(|tid| rows[&tid].block_delay_us);
    assert_eq!(told, [Some(330_000), None, Some(0)]);
}
