//! Rows ↔ disk: one folder, a journal of frames that becomes Parquet segments.
//!
//! Writers: the recorder appends to the journal's last part and does nothing else; `maintain` seals
//! parts, merges spans and retires old ones. Readers go through [`Catalog`] and need no lock.
//! This room knows no host and asks no clock.

mod catalog;
mod chunk;
mod cut;
mod disk;
mod entity;
mod error;
mod extent;
mod gather;
mod identity;
mod journal;
mod layout;
mod lock;
mod lone;
mod maintain;
mod merge;
mod notes;
mod outlook;
mod policy;
mod recover;
mod retain;
mod runs;
mod seal;
mod segment;
mod status;
mod sums;
mod tier;
mod usage;
mod verify;

pub use catalog::{Catalog, Segment, Selection, Tail};
pub use cut::{Cut, CutOut, Treatment, cut, treatment as redaction_of};
pub use disk::{Bounded, Disk, DiskFile, Folder, RealDisk, read_exact_at};
pub use error::Error;
pub use extent::Extents;
pub use identity::Identity;
pub use journal::{
    Again, Content, Damage, Encoder, Frame, Moment, Part, PartFile, TableReader, Tables, Told, Writer,
    keep_last, part_header, read_last,
};
pub use layout::{PartName, SegmentName, bucket, host_names, is_far, uncovered};
pub use lock::{Lock, Recording, recorder};
pub use lone::Lone;
pub use maintain::{Done, maintain, prune};
pub use merge::settled;
pub use notes::{NOTE_BYTES, Note, waiting as waiting_notes};
pub use outlook::{Bound, Outlook, Reach, outlook, reaches};
pub use policy::{Class, Compression, Keep, LEAST_MAX_BYTES, PART_BYTES, PART_ROWS, Policy, Rotation};
pub use recover::{Recovered, recover};
pub use retain::{Retired, Why, plan as retirement, plan_behind as retirement_behind};
pub use segment::rises;
pub use status::{Status, TableStatus, status};
pub use sums::{Sums, hex, of_file as sum_of_file};
pub use usage::{Space, journal as journal_bytes, occupied, sealed as sealed_bytes};
pub use verify::{Finding, Looked, Proof, Proved, Unproved, Verified, prove, verify};
