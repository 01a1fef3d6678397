#!/usr/bin/env bash
# What a store loses, measured on this host: a recorder and its maintenance killed at random, a disk
# that is filled by somebody else, a size that must not be passed. About ten minutes for 200 rounds.
# Usage: scripts/reliability.sh [ROUNDS]
# SYSRAY names the recorder, ASK the sysray that is asked (the same unless told), TMPDIR where it works.
# The second part mounts a tmpfs and is left out for who may not.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-200}
sysray=$(realpath "${SYSRAY:-target/release/sysray}")
desk=$(realpath "${ASK:-$sysray}")
[ -x "$sysray" ] || { echo "there is no $sysray: cargo build --release first, or name one in SYSRAY" >&2; exit 1; }

work=$(mktemp -d)
recorder=
finish() {
    [ -z "$recorder" ] || kill -9 "$recorder" 2>/dev/null || true
    mountpoint -q "$work/small" 2>/dev/null && umount "$work/small"
    rm -rf "$work"
}
trap finish EXIT
failures=0
fail() { echo "FAILED: $*" >&2; failures=$((failures + 1)); }
ask() { "$desk" query --store "$1" --format csv "$2" | tail -n 1; }
now_us() { echo $(($(date +%s%N) / 1000)); }
random() { echo $((RANDOM * 32768 + RANDOM)); }

echo "$(date +%F), $(uname -sr), $(nproc) CPUs, $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), $(stat -f -c %T "$work")"

# --- A recorder at 20 ms, killed with -9 at random moments, and its maintenance with it ------------
store=$work/killed
last_tick=0
more_than_one=0
largest_us=0
maintenance_killed=0
for round in $(seq "$rounds"); do
    # One reads all rows; here it is asked for speed with few collectors' worth of a small host.
    "$sysray" record --store "$store" -i 20ms --rotate 1m --sync off >/dev/null 2>"$work/said" &
    recorder=$!
    end=$(($(now_us) + 600000 + $(random) % 2400000))
    while [ "$(now_us)" -lt "$end" ]; do
        # The children of the recorder: a maintenance, now and then.
        if [ $(($(random) % 10)) = 0 ]; then
            for child in $(cat /proc/"$recorder"/task/*/children 2>/dev/null); do
                kill -9 "$child" 2>/dev/null && maintenance_killed=$((maintenance_killed + 1))
            done
        fi
        sleep 0.0$(($(random) % 10))
    done
    killed_at=$(now_us)
    kill -9 "$recorder" 2>/dev/null || fail "round $round: the recorder had ended by itself: $(cat "$work/said")"
    wait "$recorder" 2>/dev/null || true
    recorder=
    IFS=, read -r ticks distinct first last last_ts <<<"$(ask "$store" "
        select count(*), count(distinct tick), min(tick), max(tick), cast(arrow_cast(max(ts), 'Int64') as bigint)
        from system where tick > $last_tick")"
    [ "${ticks:-0}" -gt 0 ] || { fail "round $round: no tick was kept"; continue; }
    [ "$ticks" = "$distinct" ] || fail "round $round: $((ticks - distinct)) ticks are there twice"
    [ "$ticks" = $((last - first + 1)) ] || fail "round $round: $((last - first + 1 - ticks)) ticks are missing in the middle"
    # Between the last tick that was kept and the kill no more than one can have been in flight.
    behind=$((killed_at - last_ts))
    [ "$behind" -gt "$largest_us" ] && largest_us=$behind
    [ "$behind" -gt 40000 ] && more_than_one=$((more_than_one + 1))
    last_tick=$last
done
all=$(ask "$store" "select count(*) from system")
twice=$(ask "$store" "select count(*) - count(distinct tick) from system")
[ "$twice" = 0 ] || fail "$twice ticks are there twice"
"$sysray" record --store "$store" -c 1 --rotate 1m >/dev/null 2>&1
"$sysray" record --store "$store" -c 1 --rotate 1m >/dev/null 2>&1
left=$(find "$store" -name '.tmp-*' -o -name '*.part' -o -name '*.damaged' | wc -l)
[ "$left" = 0 ] || fail "$left files are left over"
"$desk" store verify --deep --store "$store" >"$work/verified" 2>&1 || { fail "verify --deep:"; cat "$work/verified" >&2; }
[ "$(ask "$store" "select count(*) from system where tick <= $last_tick")" = "$all" ] || fail "sealing changed the number of ticks"
echo "| killed with -9 | $rounds rounds, $maintenance_killed maintenances killed too, $all ticks kept, 0 twice, $left files left over |"
echo "| the last tick kept before a kill | at most $((largest_us / 1000)) ms old, more than two intervals in $more_than_one rounds |"

# --- A small disk, filled to the brim by somebody else and freed again ------------------------------
mkdir "$work/small"
if mount -t tmpfs -o size=64m tmpfs "$work/small" 2>/dev/null; then
    store=$work/small/store
    "$sysray" record --store "$store" -i 100ms >/dev/null 2>"$work/said" &
    recorder=$!
    sleep 3
    dd if=/dev/zero of="$work/small/filler" bs=64k 2>/dev/null || true
    full_at=$(now_us)
    # Longer than what was reserved for the journal lasts.
    sleep 45
    kept=$(ask "$store" "select count(*) from system")
    freed_at=$(now_us)
    rm "$work/small/filler"
    sleep 3
    kill -INT "$recorder"
    wait "$recorder" || fail "full disk: the recorder ended badly: $(tail -n 1 "$work/said")"
    recorder=
    lost=$(ask "$store" "select coalesce(sum(dropped_frames), 0) from recorder")
    holes=$(ask "$store" "select max(tick) - min(tick) + 1 - count(*) from system")
    first=$(ask "$store" "select cast(arrow_cast(min(ts), 'Int64') - $freed_at as bigint) from system where arrow_cast(ts, 'Int64') > $freed_at")
    [ "$first" -le 200000 ] || fail "full disk: the first tick behind it is $((first / 1000)) ms late"
    grep -q 'takes ticks again' "$work/said" || [ "$lost" = 0 ] || fail "full disk: nothing was said"
    echo "| disk full for $(((freed_at - full_at) / 1000000)) s | $kept ticks readable meanwhile, $lost dropped, $holes missing, recorded again $((first / 1000)) ms after it was freed (interval 100 ms) |"
    umount "$work/small"
else
    echo "| disk full | left out: no tmpfs can be mounted here |"
fi

# --- A store of 20 MB, recorded into at 10 ms ---------------------------------------------------------
store=$work/capped
# Uncompressed, so that it is full within the first minute.
"$sysray" record --store "$store" -i 10ms --max-size 20MB --min-free 0 --compress none >/dev/null 2>"$work/said" &
recorder=$!
largest=0
end=$(($(now_us) + ${CAPPED_S:-180} * 1000000))
while [ "$(now_us)" -lt "$end" ]; do
    size=$(du -s -B1 "$store" 2>/dev/null | cut -f1)
    [ "${size:-0}" -le "$largest" ] || largest=$size
    sleep 0.05
done
kill -INT "$recorder"
wait "$recorder" || fail "capped: the recorder ended badly: $(tail -n 1 "$work/said")"
recorder=
[ "$largest" -le 20000000 ] || fail "capped: du showed $largest bytes"
ticks=$(ask "$store" "select count(*) from system")
retired=$(ask "$store" "select coalesce(min(tick), 1) - 1 from process")
echo "| a size of 20 MB, a tick each 10 ms for ${CAPPED_S:-180} s | du showed at most $largest bytes, $ticks ticks kept, process rows of the first $retired ticks given up |"

[ "$failures" = 0 ] || { echo "$failures failures" >&2; exit 1; }
