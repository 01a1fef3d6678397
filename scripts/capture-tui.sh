#!/usr/bin/env bash
# Starts the terminal desk on a recording of a known load, walks to the spike with the keys a user would press, and
# looks for its process in the frame. Frames go to a folder; the last two are what the README shows.
#
# usage: capture-tui.sh [SYSRAY [FOLDER]]     needs tmux and stress-ng
set -euo pipefail
cd "$(dirname "$0")/.."
sysray=$(realpath "${1:-target/debug/sysray}")
frames=${2:-target/frames}
work=$(mktemp -d)
session=sysray-capture-$$
trap 'tmux kill-session -t "$session" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$frames"

# A minute of calm with ten seconds of burning CPUs in it.
"$sysray" record --store "$work/store" --duration 60s 2>/dev/null &
recorder=$!
sleep 40
stress-ng --cpu 2 --timeout 8 --quiet
wait "$recorder"

tmux new-session -d -s "$session" -x 110 -y 32 "LANG=C '$sysray' replay '$work/store'"
keys() { for key in "$@"; do tmux send-keys -t "$session" "$key"; sleep 0.5; done; }
frame() { sleep 1; tmux capture-pane -p -t "$session" > "$frames/$1.txt"; }
sleep 3
frame start
# To the first anomaly, and where it is not the CPU's to the next.
for _ in 1 2 3; do
    keys n
    frame spike
    grep -q stress-ng "$frames/spike.txt" && break
done
# Its process among all others of that second, and its own course.
keys / s t r e s s Enter
keys Enter
frame process
keys Escape Escape 5
frame pressure
keys '?'
frame help
keys Escape q
grep -q 'stress-ng' "$frames/spike.txt" || { echo "the spike's process is not in $frames/spike.txt" >&2; exit 1; }
grep -q 'stress-ng' "$frames/process.txt" || { echo "its course is not in $frames/process.txt" >&2; exit 1; }
echo "found: $(grep -m1 stress-ng "$frames/spike.txt" | tr -s ' ')"
