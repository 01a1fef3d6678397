//! All integration tests, one binary. A module a boundary, each with one helper of its own.
#![allow(clippy::unwrap_used)]

/// Rows that a frame takes over from its keyframe.
mod again;
/// Rules, and what they raise and clear.
mod alerts;
/// A recorder on a host that is in trouble.
mod alive;
/// Rooms stand on floors, and imports go downwards.
mod architecture;
/// What is given up to keep to a budget.
mod budget;
/// The program as a user meets it.
mod cli;
/// Collectors over captured trees of `/proc` and `/sys`.
mod collect;
/// Options, variables and the configuration file, and which of them holds.
mod config;
/// What a host does not tell, and why.
#[cfg(target_os = "linux")]
mod doctor;
/// Processes that ended, in the rows of the tick.
mod ended;
/// Batches as each format writes them.
mod export;
/// What a store in a bucket is made of, without one.
mod far;
/// Disks that fail and lose their power, and what is left of a store on them.
mod faults;
/// Words of the field and prose in both languages.
mod glossary;
/// CPUs that go offline and come back.
mod hotplug;
/// Other programs' answers to the same questions; ignored unless they are installed.
#[cfg(feature = "desk")]
mod interop;
/// A store made tick by tick, and what a reader finds in it.
mod made;
/// When the recorder's child is started, and what becomes of it.
mod maintenance;
/// What people note, in the recording once.
#[cfg(feature = "desk")]
mod notes;
/// The page on numbers, held to what it says.
mod numbers;
/// Rows that come in some ticks only, and totals that are smaller than before.
mod paced;
/// What no interval can hold, whatever a kernel does.
mod possible;
/// The Prometheus face of a sample.
mod prometheus;
/// SQL over hand-written rows.
#[cfg(feature = "desk")]
mod query;
/// What a parent is credited with for a child is told once.
mod reaped;
/// The tick loop under a clock that the test turns.
mod record;
/// Reports over a recording made up row by row.
#[cfg(feature = "desk")]
mod report;
/// The promises that every declaration keeps, and the page made of them.
mod schema;
/// What is sealed and merged is what was recorded, value by value.
mod sealed;
/// The shell, on a terminal.
#[cfg(all(feature = "desk", target_os = "linux"))]
mod shell;
/// Frames, parts, segments, and that each tick is read exactly once.
mod store;
/// The commands that look after a store.
mod store_commands;
/// Stores of every version that was ever settled.
mod stores;
/// A disk that takes nothing for a while.
mod stuck;
/// The program on a terminal of its own.
#[cfg(all(unix, feature = "desk"))]
mod terminal;
/// Rows of a minute and of an hour, against the rows they are made of.
#[cfg(feature = "desk")]
mod tiers;
/// The grammar of time.
mod time;
/// The terminal desk, mostly without a terminal.
#[cfg(feature = "desk")]
mod tui;
/// CPU time of processes without rows, of which their parents tell.
mod unseen;
/// Totals of 32 bits that wrap.
mod wrapped;
