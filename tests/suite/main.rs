//! All integration tests, one binary. A module a boundary, each with one helper of its own.

/// Collectors over captured trees of `/proc` and `/sys`.
mod collect;

/// Reports over a recording made up row by row.
#[cfg(feature = "desk")]
mod report;
