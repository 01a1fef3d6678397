//! Every path in a store is built and parsed here: the directory is the manifest.
//!
//! `<store>/<table>/host=<host>/date=<YYYY-MM-DD>/<from>-<to>.<first_seq>-<last_seq>.<generation>.parquet`

use std::path::PathBuf;

use crate::schema::Micros;

/// What a segment's path says of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SegmentName {
    /// The table it holds.
    pub table: String,
    /// The host it is of.
    pub host: String,
    /// The end of its first interval, rounded down to a second.
    pub from: Micros,
    /// The end of its last interval, rounded up to a second.
    pub to: Micros,
    /// The first frame it holds.
    pub first_seq: u64,
    /// The last frame it holds.
    pub last_seq: u64,
    /// How often its rows were merged: a part sealed is 0.
    pub generation: u32,
}

/// Where a segment lies, from the store's root.
pub fn segment_path(_name: &SegmentName) -> PathBuf {
    PathBuf::new()
}
