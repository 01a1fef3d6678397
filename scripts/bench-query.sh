#!/usr/bin/env bash
# How long questions take, ours and DuckDB's over the same files: makes a store of a busy host by way of
# our own writer, asks twenty questions of both in turns, compares the answers, and prints a Markdown table.
# What is measured, and how: docs/benchmarks.md. The questions are in scripts/bench/questions.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat <<'END_USAGE'
Usage: scripts/bench-query.sh [OPTIONS]

  --hours N        so many hours of the host, at least 2 [default: 2]
  --processes N    so many processes [default: 300]
  --interval S     seconds between two ticks [default: 1]
  --days N         beside it so many days of the tables without processes, a tick every ten seconds: how long such
                   a store takes to be opened [default: 0, none]
  --runs N         each question so often [default: 5]
  --store FOLDER   make the store here and keep it; one that is there is asked as it is
  --into FILE      put the table between the markers of this file instead of printing it
  --help

Environment:
  SYSRAY     who is asked [default: target/release/sysray]
  ASKER      who asks in a process that stays [default: cargo bench --bench desk --]
  GENERATOR  who makes the store [default: cargo bench --no-default-features --bench recorder --]
  PYTHON     a Python with duckdb [default: target/interop/bin/python, else python3]

A difference between two answers is an error. The store of the default is made in a minute or so; 24 hours, some 26
million rows of processes, take twelve times that, and thirty days of the small tables some ten minutes and a gigabyte.

Examples:
  scripts/bench-query.sh
  scripts/bench-query.sh --days 30
  scripts/bench-query.sh --hours 24 --store /var/tmp/busy --into docs/benchmarks.md
END_USAGE
}
misused() { echo "bench-query: $1 (--help has the options)" >&2; exit 2; }

hours=2 processes=300 interval=1 days=0 runs=5 store='' into=''
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --hours | --processes | --interval | --days | --runs | --store | --into)
            [ $# -gt 1 ] || misused "$1 wants a value"
            case $1 in
                --hours) hours=$2 ;;
                --processes) processes=$2 ;;
                --interval) interval=$2 ;;
                --days) days=$2 ;;
                --runs) runs=$2 ;;
                --store) store=$2 ;;
                --into) into=$2 ;;
            esac
            shift ;;
        *) misused "$1 is no option" ;;
    esac
    shift
done
for number in "$hours" "$processes" "$interval" "$runs"; do
    [[ $number =~ ^[1-9][0-9]*$ ]] || misused "$number is no number above zero"
done
[[ $days =~ ^[0-9]+$ ]] || misused "$days is no number of days"
[ "$hours" -ge 2 ] || misused "the questions are about the first two hours"
begin='<!-- bench-query: begin -->' end='<!-- bench-query: end -->'
if [ -n "$into" ]; then
    grep -qxF "$begin" "$into" && grep -qxF "$end" "$into" || misused "$into has no two lines $begin and $end"
fi
sysray=$(realpath -m "${SYSRAY:-target/release/sysray}")
[ -x "$sysray" ] || misused "there is no $sysray: build it with cargo build --release, or name another as SYSRAY"
python=${PYTHON:-}
if [ -z "$python" ]; then
    python=target/interop/bin/python
    [ -x "$python" ] || python=python3
fi
"$python" -c 'import duckdb' 2>/dev/null || misused "$python has no duckdb: name another as PYTHON"
read -ra asker <<<"${ASKER:-cargo bench --locked --bench desk --}"
read -ra generator <<<"${GENERATOR:-cargo bench --locked --no-default-features --bench recorder --}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -n "$store" ] || store=$work/store
store=$(realpath -m "$store")
span=$((hours * 3600))
if [ ! -e "$store" ]; then
    echo "making $hours h of $processes processes" >&2
    "${generator[@]}" store "$store" 0 "$span" "$processes" "$interval" sealed 2>"$work/said" ||
        { cat "$work/said" >&2; exit 1; }
fi
# The same store with ten minutes more in the journal.
cp -a --reflink=auto "$store" "$work/live"
"${generator[@]}" store "$work/live" "$span" 600 "$processes" "$interval" live 2>"$work/said" ||
    { cat "$work/said" >&2; exit 1; }

"$python" scripts/bench/query.py measure "$sysray" "$store" "$work/live" "$runs" "${asker[@]}" >"$work/table"
if [ "$days" -gt 0 ]; then
    echo "making $days days of the tables without processes" >&2
    "${generator[@]}" store "$work/days" 0 $((days * 86400)) 0 10 sealed 2>"$work/said" ||
        { cat "$work/said" >&2; exit 1; }
    read -r tables files first again < <("${asker[@]}" opens "$work/days" 20)
    printf '\nA store of %s days × %s tables in %s files is opened in %s ms, and again in %s (median of 19). Bound: 50 ms.\n' \
        "$days" "$tables" "$files" "$first" "$again" >>"$work/table"
fi
if [ -n "$into" ]; then
    awk -v table="$work/table" -v begin="$begin" -v end="$end" '
        $0 == begin { print; while ((getline line < table) > 0) print line; inside = 1 }
        $0 == end { inside = 0 }
        !inside { if ($0 != begin) print }' "$into" >"$work/page"
    cat "$work/page" >"$into"
    echo "the table is in $into" >&2
else
    cat "$work/table"
fi
