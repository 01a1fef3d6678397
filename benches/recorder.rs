//! Criterion benches of the recorder.

fn main() {}
