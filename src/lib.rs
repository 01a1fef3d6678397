//! sysray, a flight recorder for hosts and the desk where its recordings are read.
//!
//! The floor plan, from the ground up. A room knows the rooms below it and none beside it:
//!
//! - [`schema`]: what is measured, as data: tables, columns, units. [`time`]: clocks, ranges, the
//!   grammar of time.
//! - [`collect`]: the machine → rows. [`store`]: rows ↔ disk. [`export`]: batches → bytes.
//! - [`record`]: the tick loop. `remote` (feature `s3`): stores in buckets.
//! - `query` (feature `desk`): SQL over what is recorded.
//! - `report` (feature `desk`): findings → paper. `tui` (feature `desk`): the terminal.
//! - [`cli`]: the command line.

pub mod cli;
pub mod collect;
pub mod export;
#[cfg(feature = "desk")]
pub mod query;
pub mod record;
#[cfg(feature = "s3")]
pub mod remote;
#[cfg(feature = "desk")]
pub mod report;
pub mod schema;
pub mod store;
pub mod time;
#[cfg(feature = "desk")]
pub mod tui;
