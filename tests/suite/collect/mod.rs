//! Collectors over the trees in `tests/hosts`: what each kernel's files come out as.
//!
//! `put` writes a file of a tree that a test makes up. `show` is the other helper: it runs a collector over a tree and prints the rows it found, a row a
//! line and unknown columns left out, so that a snapshot reads like the table.

use std::path::Path;
use std::time::Duration;

use sysray::collect::{Collector, Host};
use sysray::schema::{Row, Rows, Sample, Value};

#[cfg(target_os = "linux")]
mod allocations;
#[cfg(target_os = "linux")]
mod cgroup;
#[cfg(target_os = "linux")]
mod container;
#[cfg(target_os = "linux")]
mod container_name;
mod cpu;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod exits;
#[cfg(target_os = "linux")]
mod filesystem;
mod interrupt;
#[cfg(target_os = "linux")]
mod inventory;
#[cfg(target_os = "linux")]
mod kernel_log;
#[cfg(target_os = "linux")]
mod kernels;
#[cfg(target_os = "linux")]
mod listen;
#[cfg(target_os = "linux")]
mod many_groups;
mod memory;
#[cfg(target_os = "linux")]
mod netns;
mod network;
mod numa;
mod portable;
#[cfg(target_os = "linux")]
mod power;
mod pressure;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod process;
mod protocol;
mod redact;
#[cfg(target_os = "linux")]
mod runtime;
#[cfg(target_os = "linux")]
mod sensor;
mod socket;
mod softnet;
mod system;
#[cfg(target_os = "linux")]
mod taskstats;
mod thread;
#[cfg(target_os = "linux")]
mod threads;
#[cfg(target_os = "linux")]
mod unknown;

/// Writes a file of a tree, and the folders it lies in.
pub fn put(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The trees: what each stands for is told in `tests/hosts/README.md`.
pub const HOSTS: [&str; 5] = ["this-kernel", "large", "old-kernel", "container", "broken"];

/// Collects once from the tree `host`.
pub fn collect(host: &str, mut collector: impl Collector) -> Result<Sample, String> {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hosts").join(host);
    let (mut host, mut sample) = (Host::at(&tree), Sample::default());
    // As long as it takes: a busy machine is no other host.
    host.patience = Duration::from_secs(20);
    match collector.collect(&mut host, &mut sample) {
        Ok(()) => Ok(sample),
        Err(error) => Err(error.to_string().replace(&tree.display().to_string(), "")),
    }
}

/// The rows of one table, a row a line, without what is unknown.
pub fn show<R: Row>(rows: &Rows<R>) -> String {
    let line = |row: &R| {
        let values = row.values();
        let known = R::table().columns.iter().zip(&values).filter(|(_, v)| **v != Value::Unknown);
        known.map(|(c, v)| format!("{}={v}", c.name)).collect::<Vec<_>>().join(" ")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
