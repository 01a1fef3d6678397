//! Time: the clock, passed in; ranges of it; the grammar in which users write it.
//!
//! Instants are [`Micros`]: microseconds since 1970 in UTC. Nothing here reads a file of the host,
//! the database of time zones apart.

mod civil;
mod clock;
mod duration;
mod error;
mod grammar;
mod range;
mod zone;

pub use crate::schema::Micros;
pub use civil::show;
pub use clock::{Clock, SystemClock};
pub use duration::{parse_duration, show_duration};
pub use error::TimeError;
pub use grammar::{Context, parse};
pub use range::{Range, range};
pub use zone::zone;
