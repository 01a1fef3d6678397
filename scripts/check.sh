#!/usr/bin/env bash
# Everything a change must pass: format, lints on both feature sets, tests, generated docs.
# CI runs this and nothing less.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --check
cargo clippy --all-targets --no-default-features -- -D warnings
# The lints of all the rest come with the build that the tests need anyway, as `cargo clippy` would
# have them: to lint apart from it is a second pass through DataFusion.
RUSTC_WORKSPACE_WRAPPER="$(rustc --print sysroot)/bin/clippy-driver"
export RUSTC_WORKSPACE_WRAPPER CLIPPY_ARGS="-Dwarnings__CLIPPY_HACKERY__"
cargo build --bins --tests --benches
# The suite also compares docs/schema.md with the schema and holds the rooms to their floors.
cargo test
