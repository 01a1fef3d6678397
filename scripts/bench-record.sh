#!/usr/bin/env bash
# What recording costs on this host: CPU a sample (sealing child included), memory, bytes a sample.
# Usage: scripts/bench-record.sh [SAMPLES] [IDLE PROCESSES]
# SYSRAY names the recorder that is measured, ASK the sysray that is asked for the figures it noted.
set -euo pipefail
cd "$(dirname "$0")/.."

samples=${1:-60}
idle=${2:-300}
sysray=${SYSRAY:-target/release/sysray}
desk=${ASK:-$sysray}
[ -x "$sysray" ] || { echo "there is no $sysray: cargo build --release first, or name one in SYSRAY" >&2; exit 1; }

work=$(mktemp -d)
load=()
finish() {
    [ ${#load[@]} = 0 ] || kill "${load[@]}" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

for _ in $(seq "$idle"); do sleep 3600 & load+=($!); done
(while :; do :; done) & load+=($!)
(while :; do dd if=/dev/zero of="$work/written" bs=1M count=4 conv=fsync 2>/dev/null; sleep 0.5; done) & load+=($!)
sleep 1

TIMEFORMAT='%U %S'
# `time` counts the children that were waited for: the sealing child is one.
used=$( { time "$sysray" record -c "$samples" --store "$work/store" >/dev/null; } 2>&1 | tail -n 1)
ask() { "$desk" query --format csv --store "$work/store" "$1" | tail -n 1; }

cpu_ms=$(awk -v n="$samples" '{printf "%.2f", ($1 + $2) * 1000 / n}' <<<"$used")
sealed=$(find "$work/store" -name '*.parquet' -printf '%s\n' | awk '{s += $1} END {print s}')
journal=$(ask "select cast(sum(written_bytes) as bigint) from recorder where collector = 'recorder'")
rss=$(ask "select cast(max(rss_bytes) / 1048576 as decimal(9,1)) from recorder where collector = 'recorder'")
rows=$(ask "select count(*) from process")
process=$(find "$work/store/process" -name '*.parquet' -printf '%s\n' | awk '{s += $1} END {print s}')

echo "$(date +%F), $(uname -sr), $(nproc) CPUs, $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)"
printf '| %s | %s |\n' "figure" "value" "---" "---" \
    "samples, one a second" "$samples" \
    "processes a sample" "$((rows / samples))" \
    "CPU a sample, children included" "$cpu_ms ms" \
    "resident memory of the recorder" "$rss MiB" \
    "sealed bytes a sample" "$((sealed / samples))" \
    "journal bytes a sample" "$((journal / samples))" \
    "sealed bytes a process row" "$(awk -v b="$process" -v r="$rows" 'BEGIN {printf "%.2f", b / r}')"
