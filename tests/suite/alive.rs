//! A recorder on a host that is in trouble: ticks that are late, skipped or cannot be taken, and what
//! is told of it.
//!
//! `Watch` is the one helper: a recording under clocks that the test turns, and its events.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use sysray::collect::{Collector, Error, Host, Settings};
use sysray::record::{self, Maintenance, Options, Standing, Sync, schedule};
use sysray::schema::Micros;
use sysray::schema::rows::{Cpu, Process, ProcessExit, Sample};
use sysray::store::{Folder, Policy};
use sysray::time::Clock;
use tempfile::TempDir;

use crate::cli::{Sysray, wait_until};
use crate::record::{Inventory, Quiet, SECOND, START, numbers, rows, texts};

/// The clocks of a host that can be suspended.
#[derive(Default)]
struct Clocks {
    wall: AtomicI64,
    monotonic: AtomicI64,
    asleep: AtomicI64,
}

impl Clocks {
    fn pass(&self, us: i64) {
        self.wall.fetch_add(us, Relaxed);
        self.monotonic.fetch_add(us, Relaxed);
    }
}

impl Clock for Clocks {
    fn wall(&self) -> Micros {
        Micros(self.wall.load(Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.monotonic.load(Relaxed) as u64)
    }

    fn awake(&self) -> Duration {
        Duration::from_micros((self.monotonic.load(Relaxed) - self.asleep.load(Relaxed)) as u64)
    }
}

/// What a tick meets.
#[derive(Clone, Copy, Default)]
struct Tick {
    /// While it is waited for: the recorder is not run.
    stall: i64,
    /// The host is suspended.
    suspend: i64,
    /// The wall clock steps.
    step: i64,
    /// It takes so long to read the host.
    takes: i64,
    /// So many processes come and go before it.
    forks: i64,
    /// Of as many the kernel tells when they end.
    exits: i64,
}

struct Slow {
    clock: Arc<Clocks>,
    script: Vec<Tick>,
    at: Arc<AtomicI64>,
    forks: i64,
}

impl Collector for Slow {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "process", "process_exit"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        // The first reading comes before the first tick.
        let now = self.at.load(Relaxed).checked_sub(1).and_then(|at| self.script.get(at as usize));
        let tick = now.copied().unwrap_or_default();
        self.clock.pass(tick.takes);
        self.forks += tick.forks;
        sample.cpu.push(Cpu { forks: Some(self.forks), ..Cpu::default() });
        sample.process.push(Process { pid: 7, start_ticks: Some(1), ..Process::default() });
        if tick.exits > 0 {
            sample
                .process_exit
                .push(ProcessExit { threads_ended: Some(tick.exits), ..ProcessExit::default() });
        }
        Ok(())
    }
}

struct Watch {
    dir: TempDir,
}

impl Watch {
    /// Records a tick a second from 0.3 s after `START` on.
    fn of(script: &[Tick]) -> Watch {
        Watch::each(Duration::from_secs(1), script)
    }

    fn each(interval: Duration, script: &[Tick]) -> Watch {
        let dir = TempDir::new().unwrap();
        let clock = Arc::new(Clocks::default());
        clock.wall.store(START + 300_000, Relaxed);
        clock.monotonic.store(50 * SECOND, Relaxed);
        let at = Arc::<AtomicI64>::default();
        let slow = Slow { clock: clock.clone(), script: script.to_vec(), at: at.clone(), forks: 0 };
        let stop = |time: Duration| {
            let Some(tick) = script.get(at.fetch_add(1, Relaxed) as usize) else { return true };
            clock.asleep.fetch_add(tick.suspend, Relaxed);
            clock.pass(time.as_micros() as i64 + tick.stall + tick.suspend);
            clock.wall.fetch_add(tick.step, Relaxed);
            false
        };
        let options = Options {
            interval,
            count: None,
            folder: Folder::at(dir.path()),
            policy: Policy::default(),
            sync: Sync::Off,
            host: Host::at(dir.path()),
            collectors: vec![Box::new(slow)],
            inventory: Box::new(Inventory),
            settings: Settings::default(),
            budget_pct: None,
            standing: Standing { nice: None, oom_score_adj: None, lock_memory: false },
            alerts: vec![],
        };
        let maintenance = |_: &str| Maintenance::new(|| Command::new("true"));
        record::run(options, &*clock, &stop, maintenance, &mut Quiet::default()).unwrap();
        Watch { dir }
    }

    /// The kinds of its events, those between its start and its end.
    fn kinds(&self) -> Vec<String> {
        let kinds = texts(&rows(self.dir.path(), "event"), "kind");
        assert_eq!((&*kinds[0], &*kinds[kinds.len() - 1]), ("start", "stop"));
        kinds[1..kinds.len() - 1].to_vec()
    }

    /// A number in the details of all events of a kind.
    fn details(&self, kind: &str, name: &str) -> Vec<i64> {
        let events = rows(self.dir.path(), "event");
        let details = texts(&events, "kind").into_iter().zip(texts(&events, "detail"));
        let of_kind = details.filter(|(k, _)| k == kind);
        of_kind
            .map(|(_, d)| serde_json::from_str::<serde_json::Value>(&d).unwrap()[name].as_i64().unwrap())
            .collect()
    }

    /// What the recorder's row about the whole of it has in a column, tick by tick.
    fn own(&self, column: &str) -> Vec<i64> {
        let recorder = rows(self.dir.path(), "recorder");
        let whole = texts(&recorder, "collector").into_iter().zip(numbers(&recorder, column));
        whole.filter(|(name, _)| name == "recorder").map(|(_, n)| n.unwrap()).collect()
    }
}

const CALM: Tick = Tick { stall: 0, suspend: 0, step: 0, takes: 0, forks: 0, exits: 0 };

#[test]
fn no_two_ticks_begin_less_than_half_an_interval_apart_and_none_is_lost_count_of() {
    let interval = Duration::from_millis(100);
    let step = 100_000;
    let mut state = 7u64;
    let mut random = move |below: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as i64 % below
    };
    let mut due = schedule::next(Micros(START + 12_345), interval);
    let (first, mut began_before, mut passed, mut taken) = (due.0, None::<i64>, 0, 0);
    for _ in 0..20_000 {
        let late = [0, random(20_000), random(400_000)][random(3) as usize];
        let took = [500, random(90_000), random(350_000)][random(3) as usize];
        let began = due.0 + late;
        if let Some(before) = began_before {
            assert!(began - before >= step / 2, "{} µs apart", began - before);
        }
        assert_eq!(due.0 % step, 0);
        began_before = Some(began);
        taken += 1;
        let us = |us: i64| Duration::from_micros(us as u64);
        let (next, more) = schedule::following(due, Micros(began + took), us(late), us(took), interval);
        assert!(next.0 > began + took);
        assert!(more >= schedule::overdue(us(late), interval));
        passed += more;
        due = next;
    }
    assert_eq!((due.0 - first) / step, taken + passed);
}

#[test]
fn ticks_that_take_longer_than_the_interval_are_skipped_counted_and_told_once_a_minute() {
    // Each takes 2.5 s: of three that are due one is taken.
    let mut script = vec![Tick { takes: 2_500_000, ..CALM }; 30];
    script.extend([CALM; 15]);
    let watch = Watch::of(&script);
    assert_eq!(watch.kinds(), ["skipped"; 3]);
    assert_eq!(watch.own("skipped_ticks").iter().sum::<i64>(), 60);
    assert_eq!(watch.details("skipped", "skipped"), [2, 42, 60]);
    assert_eq!(watch.details("skipped", "longest_us"), [2_500_000; 3]);
    // From the first tick that took long up to the one behind the last hole.
    assert_eq!(watch.details("skipped", "from_us"), [START + SECOND; 3]);
    assert_eq!(watch.details("skipped", "to_us"), [4, 64, 91].map(|s| START + s * SECOND));
    // Every row spans what it says: none is bunched behind another.
    assert_eq!(
        numbers(&rows(watch.dir.path(), "cpu"), "ts")[..3],
        [SECOND, 4 * SECOND, 7 * SECOND].map(Some)
    );
}

#[test]
fn one_that_takes_long_once_is_told_once() {
    let mut script = vec![CALM; 30];
    script[5].takes = 1_500_000;
    let watch = Watch::of(&script);
    assert_eq!(watch.kinds(), ["skipped"]);
    assert_eq!(watch.own("skipped_ticks").iter().sum::<i64>(), 1);
    // The hole is behind it, and the event spans that.
    assert_eq!(watch.details("skipped", "from_us"), [START + 6 * SECOND]);
    assert_eq!(watch.details("skipped", "to_us"), [START + 8 * SECOND]);
}

#[test]
fn each_hole_lies_in_the_span_of_an_event() {
    // The skips behind a tick that took long were once told as if they lay before it.
    let mut script = vec![CALM; 2_000];
    let trouble =
        (100..1_900).step_by(150).zip([(0, 150_000), (150_000, 0), (160_000, 240_000), (60_000, 0)]);
    for (at, (stall, takes)) in trouble {
        // Alone, and as many one after the other.
        script[at] = Tick { stall, takes, ..CALM };
        script[at + 600..at + 605].fill(Tick { stall, takes, ..CALM });
    }
    let watch = Watch::each(Duration::from_millis(100), &script);
    let (from, to) = (watch.details("skipped", "from_us"), watch.details("skipped", "to_us"));
    let ticks = numbers(&rows(watch.dir.path(), "cpu"), "ts");
    let ticks: Vec<i64> = ticks.into_iter().map(|ts| START + ts.unwrap()).collect();
    let holes: Vec<&[i64]> = ticks.windows(2).filter(|pair| pair[1] - pair[0] > 150_000).collect();
    assert!(holes.len() > 15, "{holes:?}");
    for hole in holes {
        // One that came a little late has the hole behind it, and touches it.
        let told = from.iter().zip(&to).any(|(from, to)| *from <= hole[1] && hole[0] < *to);
        assert!(told, "{hole:?} of {from:?} {to:?}");
    }
}

#[test]
fn a_recorder_that_was_not_run_counts_the_ticks_in_the_row_that_spans_them() {
    let mut script = vec![CALM; 4];
    script[2].stall = 3_400_000;
    let watch = Watch::of(&script);
    assert_eq!(watch.kinds(), ["gap"]);
    assert_eq!(watch.own("skipped_ticks"), [0, 0, 3, 0]);
    assert_eq!(watch.own("late_us"), [0, 0, 3_400_000, 0]);
}

#[test]
fn a_host_that_slept_is_told_as_suspended_and_not_as_a_gap() {
    let mut script = vec![CALM; 5];
    script[2].suspend = 3600 * SECOND;
    let watch = Watch::of(&script);
    assert_eq!(watch.kinds(), ["suspend"]);
    assert_eq!(watch.details("suspend", "suspended_us"), [3600 * SECOND]);
    assert_eq!(watch.details("suspend", "from_us"), [START + 2 * SECOND]);
    assert_eq!(watch.own("skipped_ticks"), [0, 0, 3600, 0, 0]);
    assert_eq!(numbers(&rows(watch.dir.path(), "cpu"), "interval_us")[2], Some(3601 * SECOND));
}

#[test]
fn a_step_of_the_wall_clock_makes_no_tick_late_and_skips_none() {
    // Lateness was once read off the wall clock: two hours of it behind a step of two hours.
    for by in [-7200 * SECOND, 7200 * SECOND, 400_000] {
        let mut script = vec![CALM; 5];
        script[2].step = by;
        let watch = Watch::of(&script);
        assert_eq!(watch.kinds(), ["clock_step"], "{by}");
        assert_eq!(watch.own("late_us"), [0; 5], "{by}");
        assert_eq!(watch.own("skipped_ticks"), [0; 5], "{by}");
    }
}

#[test]
fn processes_that_come_and_go_unseen_in_their_thousands_are_told_of() {
    let mut script = vec![Tick { forks: 10_000, ..CALM }; 70];
    script[0] = CALM;
    script[20] = Tick { forks: 900, ..CALM };
    script.extend([CALM; 15]);
    let watch = Watch::of(&script);
    assert_eq!(watch.kinds(), ["fork_storm"; 3]);
    assert_eq!(watch.details("fork_storm", "unseen"), [10_000, 600_000, 680_000]);
    assert_eq!(watch.details("fork_storm", "most_per_s"), [10_000; 3]);
}

#[test]
fn those_whose_end_the_kernel_tells_of_are_a_storm_too_and_not_unseen() {
    let mut script = vec![Tick { forks: 10_000, exits: 9_000, ..CALM }; 3];
    script[0] = CALM;
    // Some come a tick late, of the storm's last one behind it; who ends later is another's.
    script[2].exits = 10_500;
    script.extend([Tick { exits: 400, ..CALM }, Tick { exits: 700, ..CALM }]);
    script.extend([CALM; 15]);
    let watch = Watch::of(&script);
    assert_eq!(watch.kinds(), ["fork_storm"; 2]);
    assert_eq!(watch.details("fork_storm", "short_lived"), [10_000, 20_000]);
    assert_eq!(watch.details("fork_storm", "unseen"), [1_000, 100]);
}

#[test]
fn what_a_tick_does_itself_never_walks_the_store() {
    // A folder on a server that does not answer would hold up every tick.
    for name in ["run", "recording", "journal", "ring", "maintenance", "timing", "episode", "storm"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/record/{name}.rs"));
        let text = fs::read_to_string(&path).unwrap();
        for call in ["fs::", "journal_bytes(root", "sealed_bytes(root", "occupied(", "Space::"] {
            assert!(!text.contains(call), "{name} has {call}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_recorder_stands_where_it_should_or_says_what_was_refused() {
    let dir = TempDir::new().unwrap();
    crate::cli::clear_of_an_edge(15);
    let mut recorder = Sysray::new(&["record", "-i", "50ms"]).store(dir.path()).start();
    wait_until(|| dir.path().join("journal").exists() && rows(dir.path(), "system").num_rows() > 3);
    let own = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", recorder.id())).unwrap();
    let tasks = fs::read_dir(format!("/proc/{}/task", recorder.id())).unwrap().flatten();
    let nice: Vec<String> = tasks
        // A thread may end while it is looked at.
        .filter_map(|task| fs::read_to_string(task.path().join("stat")).ok())
        .map(|stat| stat.rsplit_once(')').unwrap().1.split_ascii_whitespace().nth(16).unwrap().to_string())
        .collect();
    assert!(!nice.is_empty());
    let locked = own("status").lines().find(|line| line.starts_with("VmLck:")).unwrap().to_string();
    let stands = [
        ("nice value", nice.iter().all(|n| n == "-10")),
        ("OOM score", own("oom_score_adj").trim() == "-900"),
        ("memory", !locked.ends_with("\t       0 kB")),
    ];
    recorder.kill().unwrap();
    recorder.wait().unwrap();
    let events = rows(dir.path(), "event");
    let said: Vec<String> = texts(&events, "kind")
        .into_iter()
        .zip(texts(&events, "message"))
        .filter(|(kind, _)| kind == "standing")
        .map(|(_, message)| message)
        .collect();
    for (what, is_so) in stands {
        assert_ne!(
            is_so,
            said.iter().any(|line| line.contains(what)),
            "{what}: {said:?}, {nice:?}, {locked}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_recorder_that_is_stopped_for_two_seconds_notes_the_gap() {
    use rustix::process::{Pid, Signal, kill_process};
    let dir = TempDir::new().unwrap();
    crate::cli::clear_of_an_edge(25);
    let mut recorder = Sysray::new(&["record", "-i", "100ms"]).store(dir.path()).start();
    let pid = Pid::from_child(&recorder);
    let ticks =
        || if dir.path().join("journal").exists() { rows(dir.path(), "system").num_rows() } else { 0 };
    wait_until(|| ticks() > 3);
    kill_process(pid, Signal::STOP).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    kill_process(pid, Signal::CONT).unwrap();
    let stopped = ticks();
    wait_until(|| ticks() > stopped + 3);
    recorder.kill().unwrap();
    recorder.wait().unwrap();
    let kinds = texts(&rows(dir.path(), "event"), "kind");
    // Where it was stopped within a tick, that tick took so long.
    assert!(kinds.iter().any(|kind| kind == "gap" || kind == "skipped"), "{kinds:?}");
    let skipped: i64 = numbers(&rows(dir.path(), "recorder"), "skipped_ticks").into_iter().flatten().sum();
    assert!(skipped >= 18, "{skipped}");
}
