//! What tests do with the host that they run on, and what they ask of a recording of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sysray::store::Part;

use super::super::cli::{Sysray, wait_until};
use super::started::epoch;

/// How far at most the time of a tick lies from when it began, in seconds: it may be that at which it was due.
const PUNCTUAL: f64 = 0.01;

/// What is undone when the test ends, however it ends.
pub struct Undo<F: FnMut()>(pub F);

impl<F: FnMut()> Drop for Undo<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

pub fn rest(seconds: f64) {
    std::thread::sleep(Duration::from_secs_f64(seconds));
}

/// Waits until three ticks that begin behind this moment are written, however long a busy host takes for them. The
/// first has all that is read in a tick. What other threads of the recorder hear of, ends of processes and what a
/// process runs, may come with a later one.
pub fn pass(store: &Path) {
    for _ in 0..3 {
        let from = epoch() + PUNCTUAL;
        wait_until(|| last_tick(store) > from);
    }
}

/// When the last tick in the journal was, in seconds since 1970. Where its part has been sealed meanwhile that is 0 until
/// the next one has a tick.
fn last_tick(store: &Path) -> f64 {
    let last = |path: &PathBuf| {
        let part = Part::parse(path, fs::read(path).ok()?).ok()?;
        let moment = part.frames().last()?.moment;
        Some(moment.wall.0 as f64 / 1e6)
    };
    crate::made::files(store, ".part").iter().filter_map(last).fold(0.0, f64::max)
}

/// Says what a host does not let a test do.
pub fn skip(what: &str, why: &dyn std::fmt::Display) {
    println!("left out: {what}: {why}");
}

/// Makes a control group for some purpose, of version 2 where there is one: processes are told by that.
pub fn group(of: &str) -> Result<PathBuf, &'static str> {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    let mounts: Vec<Vec<&str>> = mounts.lines().map(|line| line.split(' ').collect()).collect();
    let second = mounts.iter().filter(|words| words[2] == "cgroup2");
    let first = mounts.iter().filter(|words| words[3].contains("name=systemd"));
    let name = format!("sysray-interop-{of}-{}", std::process::id());
    let mut made = second.chain(first).map(|words| Path::new(words[1]).join(&name));
    made.find(|path| fs::create_dir(path).is_ok()).ok_or("no group can be made")
}

/// Rows that an SQL question has, the first column of each.
pub fn column(store: &Path, sql: &str) -> Vec<Option<f64>> {
    let csv = Sysray::new(&["query", "--format", "csv", sql]).store(store).prints();
    csv.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().ok()).collect()
}

/// The one number that it has.
pub fn one(store: &Path, sql: &str) -> f64 {
    column(store, sql)[0].unwrap_or_else(|| panic!("nothing is known: {sql}"))
}
