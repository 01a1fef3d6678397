#!/usr/bin/env bash
# Builds sysray, records twenty seconds of this host, asks three questions, and reports.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-20}
store=${2:-target/quickstart}
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n%s\n' "$*"; }

say "Building (minutes from nothing, seconds later on)"
cargo build
sysray=target/debug/sysray

say "Recording this host for $seconds s into $store"
"$sysray" record --duration "${seconds}s" --store "$store"

say "How busy was it?"
"$sysray" query --store "$store" "select max(cpu), avg(cpu), max(memory_used_pct) from system"

say "Which processes used the CPU?"
"$sysray" query --store "$store" "
  select pid, comm, username, sum(cpu_us) / 1e6 as cpu_s, max(rss_bytes) / 1048576 as rss_mib
  from process group by pid, start_time, comm, username order by cpu_s desc limit 5"

say "What did the disks do?"
"$sysray" query --store "$store" "
  select device, sum(reads) as reads, sum(writes) as writes, max(busy_pct) as busiest_pct, avg(latency_us) as latency_us
  from disk where counted group by device order by writes desc limit 5"

say "The report"
"$sysray" report --store "$store"

say "The files, readable by DuckDB, pandas, Spark as they are"
"$sysray" store status --store "$store"
find "$store" -name '*.parquet' | sort | head -n 5
