#!/usr/bin/env bash
# What recording costs on this host, ours and others' one after the other: CPU and memory with all
# children, bytes, and what somebody else on the host notices of it. A Markdown table on stdout.
# What is measured, and how: docs/benchmarks.md. The parts are in scripts/bench.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat <<'END'
Usage: scripts/bench-record.sh [OPTIONS]

  --quick             300 idle processes and none, 20 samples: some six minutes instead of 75
  --only NAMES        of the recorders only these: ours,atop,sadc,pidstat,nmon,collectl,below,sysray-0.5.11
  --loads "LOADS"     of the loads only these: none idle lively
  --counts "NUMBERS"  so many idle processes, one after the other [default: 100 300 1000 3000]
  --into FILE         put the tables between the markers of this file instead of printing them
  --help

Environment:
  SYSRAY        our recorder [default: target/release/sysray]
  ASK           the sysray that is asked what was recorded [default: the same]; one without `query` is not
  PEERS         where `cargo install --root` put below and sysray 0.5.11 [default: target/peers]
  SAMPLES       ours beside 300 idle processes and beside the lively load [default: 600]
  SHORT_SAMPLES ours beside the others [default: 60]
  PEER_SAMPLES  everybody else's [default: 60]
  VICTIM_S      seconds somebody else is watched, beside 300 and the lively load [default: 30; 0: not at all]
  WORK_US       what a wake-up of an active process takes in the lively load [default: 50]
  TMPDIR        the disk that is recorded to

Cgroups, the lively load and some of what is recorded take root; without, it says what is left out.

Examples:
  scripts/bench-record.sh --quick
  scripts/bench-record.sh --only ours,atop --counts "300 3000" --loads idle
  ASK=target/debug/sysray scripts/bench-record.sh --into docs/benchmarks.md
END
}
misused() { echo "bench-record: $1 (--help has the options)" >&2; exit 2; }

recorders=(ours atop sadc pidstat nmon collectl below sysray-0.5.11)
loads=(none idle lively)
counts=(100 300 1000 3000)
samples=${SAMPLES:-600} short_samples=${SHORT_SAMPLES:-60} peer_samples=${PEER_SAMPLES:-60}
victim_s=${VICTIM_S:-30} work_us=${WORK_US:-50}
into=
while [ $# -gt 0 ]; do
    case $1 in
        --quick)
            loads=(none idle) counts=(300)
            samples=${SAMPLES:-20} short_samples=${SHORT_SAMPLES:-20} peer_samples=${PEER_SAMPLES:-20}
            victim_s=${VICTIM_S:-8} ;;
        --help | -h) usage; exit 0 ;;
        --only | --loads | --counts | --into)
            [ $# -gt 1 ] || misused "$1 wants a value"
            case $1 in
                --only) IFS=', ' read -ra recorders <<<"$2" ;;
                --loads) IFS=', ' read -ra loads <<<"$2" ;;
                --counts) IFS=', ' read -ra counts <<<"$2" ;;
                --into) into=$2 ;;
            esac
            shift ;;
        *) misused "$1 is no option" ;;
    esac
    shift
done
for load in "${loads[@]}"; do
    [[ $load =~ ^(none|idle|lively)$ ]] || misused "there is no load $load"
done
for count in "${counts[@]}" "$samples" "$short_samples" "$peer_samples" "$victim_s" "$work_us"; do
    [[ $count =~ ^[0-9]+$ ]] || misused "$count is no number"
done
for count in "$samples" "$short_samples" "$peer_samples"; do
    [ "$count" -ge 10 ] || misused "fewer than ten samples say nothing"
done

sysray=$(realpath -m "${SYSRAY:-target/release/sysray}")
desk=$(realpath -m "${ASK:-$sysray}")
peers=$(realpath -m "${PEERS:-target/peers}")
work=$(mktemp -d)
say() { echo "$(date +%T) $*" >&2; }

# shellcheck source=scripts/bench/cgroups.sh
source scripts/bench/cgroups.sh
# shellcheck source=scripts/bench/loads.sh
source scripts/bench/loads.sh
# shellcheck source=scripts/bench/recorders.sh
source scripts/bench/recorders.sh
# shellcheck source=scripts/bench/runs.sh
source scripts/bench/runs.sh
# shellcheck source=scripts/bench/tables.sh
source scripts/bench/tables.sh

finish() {
    trap - EXIT
    run_stop
    load_stop
    cgroups_remove
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ -z "$into" ] || markers_in "$into" || misused "$into has no two lines <!-- bench-record: begin/end -->"
ulimit -n "$(ulimit -Hn)"
for program in load victim floor meter; do
    rustc -O --edition 2024 -o "$work/$program" "scripts/bench/$program.rs"
done
cgroups_make
recorders_find

for load in "${loads[@]}"; do
    case $load in
        none) under_load none 0 ;;
        idle) for count in "${counts[@]}"; do under_load idle "$count"; done ;;
        lively) under_load lively 0 ;;
    esac
done
tables >"$work/tables"
if [ -n "$into" ]; then
    put_into "$into" "$work/tables"
    say "the tables are in $into"
else
    cat "$work/tables"
fi
