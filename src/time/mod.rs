//! Time: the clock, passed in; ranges of it; the grammar in which users write it.
//!
//! Instants are [`Micros`]: microseconds since 1970 in UTC. Nothing here reads a file of the host.

mod clock;
mod range;

pub use crate::schema::Micros;
pub use clock::{Clock, SystemClock};
pub use range::Range;
