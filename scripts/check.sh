#!/usr/bin/env bash
# Everything a change must pass: format, lints on both feature sets, tests, generated docs.
# CI runs this and nothing less.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --check
cargo clippy --all-targets -- -D warnings
cargo clippy --all-targets --no-default-features -- -D warnings
# The suite also compares docs/schema.md with the schema and holds the rooms to their floors.
cargo test
