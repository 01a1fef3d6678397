//! The `sysray` program.

fn main() {}
