//! All integration tests, one binary. A module a boundary, each with one helper of its own.

/// Collectors over captured trees of `/proc` and `/sys`.
mod collect;
/// SQL over hand-written rows.
#[cfg(feature = "desk")]
mod query;
