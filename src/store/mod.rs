//! Rows ↔ disk: one folder, a journal of frames that becomes Parquet segments.
//!
//! Writers: the recorder appends to the journal's last part and does nothing else; `maintain` seals
//! parts, makes tiers, merges spans and retires old ones. Readers go through [`Catalog`] and need no lock.
//! This room knows no host and asks no clock.

mod catalog;
mod disk;
mod error;
mod frame;
mod identity;
mod journal;
mod layout;
mod lock;
mod maintain;
mod merge;
mod policy;
mod retain;
mod seal;
mod segment;
mod status;
mod tier;

pub use catalog::{Catalog, Segment, Selection, Tail};
pub use error::Error;
pub use frame::Moment;
pub use identity::Identity;
pub use journal::Writer;
pub use layout::{PartName, SegmentName, bucket};
pub use lock::{Lock, recorder};
pub use maintain::{Done, maintain};
pub use policy::{Compression, Policy, Rotation};
pub use retain::sizes;
pub use status::{Status, TableStatus, status};
