//! Rows ↔ disk: one folder, a journal of frames that becomes Parquet segments.

mod catalog;
mod error;
mod layout;

pub use catalog::{Catalog, Segment, Selection, Tail};
pub use error::Error;
pub use layout::SegmentName;
