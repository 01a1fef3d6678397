//! sysray, a flight recorder for hosts and the desk where its recordings are read.
//!
//! The floor plan, from the ground up. A room knows the rooms below it and none beside it:
//!
//! - [`schema`]: what is measured, as data: tables, columns, units. [`time`]: clocks, ranges, the
//!   grammar of time.
//! - [`collect`]: the machine → rows. [`store`]: rows ↔ disk. [`export`]: batches → bytes.

pub mod collect;
pub mod record;
pub mod export;
//! - [`collect`]: the machine → rows. [`store`]: rows ↔ disk.
//! - `query` (feature `desk`): the reader: SQL over a store.

pub mod collect;
#[cfg(feature = "desk")]
pub mod query;
//! - [`collect`]: the machine → rows. [`store`]: rows ↔ disk.
//! - `report` (with the feature `desk`): findings → paper.

pub mod collect;
#[cfg(feature = "desk")]
pub mod report;
pub mod schema;
pub mod store;
pub mod time;
