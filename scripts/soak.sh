#!/usr/bin/env bash
# A recorder at 100 ms beside 300 idle processes and 50 new ones a second: its memory stays flat, its
# descriptors stay few, and no tick is missing that `event` does not tell of. Fails if that is not so.
# Usage: scripts/soak.sh [MINUTES]
# 30 minutes unless told. SYSRAY names the recorder, ASK the sysray that is asked (the same unless told; it
# needs `query`), PER_S another number of new processes a second, TMPDIR where it works.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-30}
[[ $minutes =~ ^[1-9][0-9]*$ ]] || { echo "soak: ${minutes@Q} is no number of minutes" >&2; exit 2; }
sysray=$(realpath -m "${SYSRAY:-target/release/sysray}")
desk=$(realpath -m "${ASK:-$sysray}")
[ -x "$sysray" ] || { echo "there is no $sysray: cargo build --release first, or name one in SYSRAY" >&2; exit 2; }
"$desk" query --help >/dev/null 2>&1 || { echo "$desk has no query: name a sysray in ASK that has" >&2; exit 2; }

work=$(mktemp -d)
load=
recorder=
finish() {
    [ -z "$load" ] || kill "$load" 2>/dev/null || true
    [ -z "$recorder" ] || { kill -INT "$recorder" 2>/dev/null && wait "$recorder"; } || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
failures=0
fail() { echo "FAILED: $*" >&2; failures=$((failures + 1)); }
# A figure of a file of /proc: of `Rss:  13200 kB` the 13200.
figure() { awk -v name="$2:" '$1 == name {print $2}' "/proc/$recorder/$1"; }
ask() { "$desk" query --store "$work/store" --format csv "$1" | tail -n +2; }

rustc -O --edition 2024 -o "$work/load" scripts/bench/load.rs
"$work/load" churn 300 "${PER_S:-50}" >"$work/load-says" &
load=$!
until grep -q ready "$work/load-says"; do
    kill -0 "$load" || { echo "the load cannot be had" >&2; exit 1; }
    sleep 0.2
done

"$sysray" record --store "$work/store" -i 100ms >/dev/null 2>"$work/said" &
recorder=$!
began=$SECONDS
while [ $((SECONDS - began)) -lt $((minutes * 60)) ]; do
    sleep 10
    kill -0 "$recorder" 2>/dev/null || { echo "the recorder ended: $(tail -n 1 "$work/said")" >&2; exit 1; }
    descriptors=("/proc/$recorder/fd"/*)
    journal=$(find "$work/store/journal" -type f -printf '%b\n' 2>/dev/null | awk '{s += $1 * 512} END {printf "%.0f", s}')
    printf '%s\t%s\t%s\t%s\t%s\n' "$((SECONDS - began))" "$(figure smaps_rollup Rss)" "$(figure smaps_rollup Anonymous)" \
        "${#descriptors[@]}" "$journal" >>"$work/looks"
    tail -n 1 "$work/looks" | awk -F'\t' '{
        printf "%4d s: RSS %.1f MiB, anonymous %.1f MiB, %d descriptors, journal %.1f MiB\n", \
            $1, $2 / 1024, $3 / 1024, $4, $5 / 1048576}' >&2
done
kill -0 "$load" || fail "the load ended before the recorder"
kill -INT "$recorder"
wait "$recorder" || fail "the recorder ended badly: $(tail -n 1 "$work/said")"
recorder=

# What the first two minutes need is there then: in a shorter soak, what its first third does.
IFS=$'\t' read -r rss_then rss_end rss_slope rss_most anonymous_then anonymous_end descriptors_then descriptors_end journal_most < <(
    awk -F'\t' -v total="$((minutes * 60))" '
        BEGIN { from = total / 3 < 120 ? total / 3 : 120 }
        $2 > most { most = $2 }
        $5 > journal { journal = $5 }
        $1 < from { next }
        { n++; s[n] = $1; rss[n] = $2; anonymous[n] = $3; fds[n] = $4; sx += $1; sy += $2; sxx += $1 * $1; sxy += $1 * $2 }
        END {
            # Of three looks the middle one: a look while a part is turned is no growth.
            slope = n > 1 ? 60 * (n * sxy - sx * sy) / (n * sxx - sx * sx) : 0
            printf "%d\t%d\t%.1f\t%d\t%d\t%d\t%d\t%d\t%.0f\n", middle(rss, 1), middle(rss, n - 2), slope, most, \
                middle(anonymous, 1), middle(anonymous, n - 2), fds[1], fds[n], journal
        }
        function middle(of, at,   a, b, c) {
            a = of[at]; b = of[at + 1]; c = of[at + 2]
            return a > b ? (b > c ? b : a > c ? c : a) : (a > c ? a : b > c ? c : b)
        }' "$work/looks")

# A hole is where two ticks are more than one and a half intervals apart. An event tells of it that stands
# at its end, or whose own time it lies in.
ask "select cast(arrow_cast(ts, 'Int64') as bigint) from system order by ts" >"$work/ticks"
ask "select cast(arrow_cast(ts, 'Int64') as bigint), coalesce(cast(arrow_cast(until_ts, 'Int64') as bigint), 0), kind,
        replace(coalesce(detail, ''), ',', ';')
    from event where kind in ('gap', 'skipped', 'suspend', 'clock_step', 'lost')" >"$work/events"
IFS=$'\t' read -r ticks holes missing unaccounted longest_us first_us < <(
    awk -F, -v interval=100000 '
        # Of "from_us":123 the 123, or else what it is otherwise.
        function noted(name, otherwise) {
            if (!match($4, name "[^0-9]*[0-9]+")) return otherwise + 0
            name = substr($4, RSTART, RLENGTH)
            gsub(/[^0-9]/, "", name)
            return name + 0
        }
        FILENAME ~ /events$/ {
            n++
            from[n] = noted("from_us", $1)
            end[n] = noted("to_us", $2 > $1 ? $2 : $1)
            next
        }
        {
            ticks++
            if (ticks > 1 && $1 - last > 1.5 * interval) {
                holes++
                missed = int(($1 - last) / interval + 0.5) - 1
                missing += missed
                if ($1 - last > longest) longest = $1 - last
                told = 0
                for (i = 1; i <= n && !told; i++) told = from[i] <= $1 && end[i] > last
                if (!told) { unaccounted += missed; if (!first) first = last }
            }
            last = $1
        }
        END { printf "%d\t%d\t%d\t%d\t%.0f\t%.0f\n", ticks, holes, missing, unaccounted, longest, first }' "$work/events" "$work/ticks")
skipped=$(ask "select coalesce(sum(skipped_ticks), 0) from recorder")
dropped=$(ask "select coalesce(sum(dropped_frames), 0) from recorder")

mib() { awk -v kib="$1" 'BEGIN {printf "%.2f", kib / 1024}'; }
echo "$(date +%F), $(uname -sr), $(nproc) CPUs, $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), $("$sysray" --version)"
printf '| %s | %s |\n' "soak of $minutes min at 100 ms" "value" "---" "---" \
    "RSS when it had settled, at the end, at most" "$(mib "$rss_then"), $(mib "$rss_end"), $(mib "$rss_most") MiB" \
    "its slope since it had settled" "$rss_slope KiB a minute" \
    "anonymous memory when it had settled, at the end" "$(mib "$anonymous_then"), $(mib "$anonymous_end") MiB" \
    "descriptors then, at the end" "$descriptors_then, $descriptors_end" \
    "journal at most" "$(awk -v b="$journal_most" 'BEGIN {printf "%.1f", b / 1048576}') MiB" \
    "ticks recorded" "$ticks" \
    "ticks missing, in holes, the longest" "$missing, $holes, $((longest_us / 1000)) ms" \
    "of them not told of in event" "$unaccounted" \
    "skipped, dropped by the recorder's own count" "$skipped, $dropped"

[ "$ticks" -gt 1 ] || fail "nothing was recorded"
[ $((rss_end - rss_then)) -le 1024 ] || fail "resident memory grew by $(mib $((rss_end - rss_then))) MiB"
[ "$unaccounted" = 0 ] || fail "$unaccounted ticks are missing and not told of, the first behind $(date -u -d "@$((first_us / 1000000))" +%T) UTC"
[ "$failures" = 0 ] || exit 1
echo "flat, and no tick missing that is not told of"
