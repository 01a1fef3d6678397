//! All integration tests, one binary. A module a boundary, each with one helper of its own.

/// Collectors over captured trees of `/proc` and `/sys`.
mod collect;
/// The tick loop under a clock that the test turns.
mod record;
/// Frames, parts, segments, and that each tick is read exactly once.
mod store;
