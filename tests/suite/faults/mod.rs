//! Faults put in on purpose: a disk that fails, a power that goes, bytes that rot, strangers' files.
//! What a store says it keeps it keeps.

mod bytes;
mod rubbish;
mod seeds;
