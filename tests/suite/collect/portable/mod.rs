//! The portable collectors, on the machine that runs the tests: by themselves, and where the kernel's own
//! collectors know the same, held against those column by column.

#[cfg(target_os = "linux")]
mod against;
mod alone;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod look;
#[cfg(target_os = "linux")]
mod rules;
