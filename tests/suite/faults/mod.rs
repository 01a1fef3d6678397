//! Faults put in on purpose: a disk that fails, a power that goes, bytes that rot, strangers' files.
//! What a store says it keeps it keeps.

use std::path::Path;

use tempfile::TempDir;

mod bytes;
mod failing;
mod failing_runs;
mod host;
mod locked;
mod power;
mod power_runs;
mod recorder;
mod rubbish;
mod seeds;

/// A folder for one of thousands of stores: in memory, where the system has a place for that.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    TempDir::new_in(memory).or_else(|_| TempDir::new()).unwrap()
}
