//! All integration tests, one binary. A module a boundary, each with one helper of its own.
#![allow(clippy::unwrap_used)]

/// Collectors over captured trees of `/proc` and `/sys`.
mod collect;
/// Batches as each format writes them.
mod export;
/// The Prometheus face of a sample.
mod prometheus;
/// The promises that every declaration keeps, and the page made of them.
mod schema;
/// The grammar of time.
mod time;
