//! Faults put in on purpose: a disk that fails, a power that goes, bytes that rot, strangers' files.
//! What a store says it keeps it keeps.

mod bytes;
mod failing;
mod failing_runs;
mod host;
mod power;
mod power_runs;
mod recorder;
mod rubbish;
mod seeds;
