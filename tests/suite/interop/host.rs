//! What tests do with the host that they run on, and what they ask of a recording of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::cli::Sysray;

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
