//! Rows that a frame takes over from its keyframe: a reader finds all of them, as if each frame had its own.
//!
//! `recorded` is the one helper: it records a village of processes, most of which keep still.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};

use sysray::collect::{Collector, Error, Host};
use sysray::schema::Micros;
use sysray::schema::rows::{Process, Sample};
use sysray::store::{Catalog, Folder, Policy, maintain};
use tempfile::TempDir;

use super::made::ticks;
use super::record::{Meanwhile, SECOND, START, TestClock, numbers, record_on, rows, texts};

/// What a row says of a process: its pid, name, what it used in the interval, and its memory.
type Line = (i64, String, Option<i64>, Option<i64>);

/// Processes of which a few move in each tick, some go and others come.
#[derive(Default)]
struct Village {
    tick: i64,
    known: BTreeMap<i64, Arc<Process>>,
    /// What is to be found of each tick, the first sample left out.
    told: Arc<Mutex<Vec<Vec<Line>>>>,
}

impl Collector for Village {
    fn name(&self) -> &'static str {
        "process"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["process"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let tick = self.tick;
        let process = |pid: i64, used: i64| Process {
            pid,
            comm: Some(format!("worker-{pid}").into()),
            user_us: Some(used),
            rss_bytes: Some(pid * 1000 + used),
            ..Process::default()
        };
        let mut before = BTreeMap::new();
        if tick == 0 {
            self.known = (1..=100).map(|pid| (pid, Arc::new(process(pid, 0)))).collect();
        } else {
            before = self.known.clone();
            // Whole rows of neighbours go at once, so that what stands behind them is far from where it was.
            if tick % 25 == 0 {
                self.known.retain(|pid, _| !(tick..tick + 20).contains(pid));
                self.known.insert(1000 + tick, Arc::new(process(1000 + tick, 5)));
            }
            for (pid, row) in &mut self.known {
                if (pid * 7 + tick) % 13 == 0 {
                    *row = Arc::new(process(*pid, row.user_us.unwrap() + 10));
                }
            }
        }
        self.tick += 1;
        let line = |(pid, row): (&i64, &Arc<Process>)| {
            let used = before.get(pid).map(|before| row.user_us.unwrap() - before.user_us.unwrap());
            (*pid, format!("worker-{pid}"), used, row.rss_bytes)
        };
        if tick > 0 {
            self.told.lock().unwrap().push(self.known.iter().map(line).collect());
        }
        self.known.values().for_each(|row| sample.process.share(row.clone()));
        Ok(())
    }
}

/// Records so many ticks; what is to be found there.
fn recorded(ticks: usize) -> (TempDir, Vec<Vec<Line>>) {
    let dir = TempDir::new().unwrap();
    let village = Village::default();
    let told = village.told.clone();
    let clock = TestClock { wall: AtomicI64::new(START + 300_000), monotonic: AtomicI64::new(50 * SECOND) };
    let host = Host::at(dir.path());
    record_on(&Folder::at(dir.path()), host, &clock, village, &vec![Meanwhile::Nothing; ticks]);
    let told = told.lock().unwrap().clone();
    (dir, told)
}

#[test]
fn each_row_is_found_in_its_place_and_with_its_own_time() {
    let (dir, told) = recorded(130);
    let found = rows(dir.path(), "process");
    let (pids, ticks, times) = (numbers(&found, "pid"), numbers(&found, "tick"), numbers(&found, "ts"));
    let (used, memory) = (numbers(&found, "user_us"), numbers(&found, "rss_bytes"));
    let (names, intervals) = (texts(&found, "comm"), numbers(&found, "interval_us"));
    let mut at = 0;
    for (tick, lines) in (1..).zip(&told) {
        for line in lines {
            assert_eq!((ticks[at], times[at]), (Some(tick), Some(tick * SECOND)), "row {at}");
            assert_eq!(intervals[at], Some(if tick == 1 { 700_000 } else { SECOND }), "row {at}");
            let found = (pids[at].unwrap(), names[at].clone(), used[at], memory[at]);
            assert_eq!(&found, line, "tick {tick}");
            at += 1;
        }
    }
    assert_eq!(at, found.num_rows());
}

/// A process that keeps still costs a bit a frame.
#[test]
fn what_keeps_still_takes_no_room() {
    let (dir, told) = recorded(60);
    let journal: u64 =
        super::made::files(dir.path(), ".part").iter().map(|p| fs::metadata(p).unwrap().len()).sum();
    let rows: usize = told.iter().map(Vec::len).sum();
    assert!(journal > 0 && journal < 20 * rows as u64, "{journal} bytes of {rows} rows");
}

#[test]
fn sealing_writes_them_all_out() {
    let (dir, told) = recorded(130);
    let done = maintain(&Folder::at(dir.path()), "web1", &Policy::default(), Micros(START + 3600 * SECOND));
    assert_eq!(done.unwrap().unwrap().sealed, 1);
    let mut found = ticks(dir.path(), "process").unwrap();
    found.sort_unstable();
    let expected: Vec<i64> = (1..).zip(&told).flat_map(|(tick, lines)| vec![tick; lines.len()]).collect();
    assert_eq!(found, expected);
}

/// Where the keyframe's table cannot be unpacked, nor can what leans on it, and that is told.
#[test]
fn damage_to_a_keyframe_costs_what_leans_on_it_and_is_told() {
    let (dir, _) = recorded(130);
    let part = super::made::files(dir.path(), ".part").remove(0);
    let mut bytes = fs::read(&part).unwrap();
    let frames: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, word)| *word == b"SRF1").map(|(at, _)| at).collect();
    // Within the rows of the second keyframe.
    let (key, behind) = (frames[60], frames[61]);
    bytes[key + (behind - key) / 4] ^= 0xff;
    fs::write(&part, bytes).unwrap();
    let ticks: std::collections::BTreeSet<i64> =
        numbers(&rows(dir.path(), "process"), "tick").into_iter().flatten().collect();
    let expected: std::collections::BTreeSet<i64> = (1..=60).chain(121..=130).collect();
    assert_eq!(ticks, expected);
    let catalog = Catalog::open(dir.path()).unwrap();
    let lost: usize = catalog.tail().unwrap().iter().map(|(_, _, damage)| damage.lost_tables).sum();
    assert_eq!(lost, 60, "a keyframe and those that lean on it");
}
