#!/usr/bin/env bash
# Whether a recorder lives on a host that dies, measured on this one: a control group whose memory is
# filled until the kernel ends the filler, with 64 busy loops beside it, and the recorder in that very
# group; a filesystem that is frozen; a recorder that is stopped; processes that come and go by the
# thousand. About seven minutes, as root.
# Usage: scripts/alive.sh [burn] [freeze] [stop] [storm]      (all of them unless told)
# SYSRAY names the recorder, ASK the sysray that is asked (the same unless told), TMPDIR where it works,
# BURNERS how many busy loops there are.
# What cannot be had here (a control group, a loop device) is left out, and that is said.
set -euo pipefail
cd "$(dirname "$0")/.."

parts=${*:-burn freeze stop storm}
burners=${BURNERS:-64}
sysray=$(realpath "${SYSRAY:-target/release/sysray}")
desk=$(realpath "${ASK:-$sysray}")
[ -x "$sysray" ] || { echo "there is no $sysray: cargo build --release first, or name one in SYSRAY" >&2; exit 1; }

work=$(mktemp -d)
started=()
group=
frozen=
finish() {
    for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
    [ -z "$frozen" ] || fsfreeze -u "$frozen" 2>/dev/null || true
    wait 2>/dev/null || true
    ! mountpoint -q "$work/disk" 2>/dev/null || umount "$work/disk"
    [ -z "$group" ] || rmdir "$group" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
failures=0
fail() { echo "FAILED: $*" >&2; failures=$((failures + 1)); }
ask() { "$desk" query --store "$1" --format csv "$2" | tail -n 1; }
wants() { [[ " $parts " == *" $1 "* ]]; }

echo "$(date +%F), $(uname -sr), $(nproc) CPUs, $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), $(stat -f -c %T "$work")"

# A control group with so much memory, of whichever version is mounted.
make_group() {
    local root=/sys/fs/cgroup
    if [ -d $root/memory ]; then
        group=$root/memory/sysray-alive.$$
        mkdir "$group" && echo "$1" >"$group/memory.limit_in_bytes"
    else
        group=$root/sysray-alive.$$
        mkdir "$group" && echo "$1" >"$group/memory.max" && echo 0 >"$group/memory.swap.max"
    fi
}
oom_kills() {
    local file=$group/memory.events
    [ -e "$file" ] || file=$group/memory.oom_control
    awk '$1 == "oom_kill" {print $2}' "$file"
}

# Takes memory until it is ended; a second to let others see it coming, then again.
cat >"$work/filler" <<'PYTHON'
import os, sys, time
while True:
    child = os.fork()
    if child == 0:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")
        held = []
        while True:
            held.append(bytearray(os.urandom(4096)) * 4096)
    os.waitpid(child, 0)
    time.sleep(1)
PYTHON

burn() { # INTERVAL TICKS
    local store=$work/burnt-$1
    (echo "$BASHPID" >"$group/cgroup.procs"; exec "$sysray" record --store "$store" -i "$1" >/dev/null 2>"$work/said") &
    local recorder=$!
    started+=("$recorder")
    sleep 4
    local others=()
    for _ in $(seq "$burners"); do
        (echo "$BASHPID" >"$group/cgroup.procs"; while :; do :; done) &
        others+=($!)
    done
    # Before the busy loops, or they would keep it from filling anything.
    (echo "$BASHPID" >"$group/cgroup.procs"; exec nice -n -10 python3 "$work/filler") &
    others+=($!)
    started+=("${others[@]}")
    local before after
    before=$(oom_kills)
    sleep "$2"
    after=$(oom_kills)
    # The filler's child dies with its parent's group of processes only by its own id.
    local filler=${others[-1]} child
    for child in $(cat "/proc/$filler/task/$filler/children" 2>/dev/null); do kill -9 "$child" 2>/dev/null || true; done
    for pid in "${others[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
    for pid in "${others[@]}"; do wait "$pid" 2>/dev/null || true; done
    [ -e "/proc/$recorder" ] || { fail "burn $1: the recorder died: $(tail -n 1 "$work/said")"; return; }
    local rss locked
    rss=$(awk '/^VmRSS/ {print $2}' "/proc/$recorder/status")
    locked=$(awk '/^VmLck/ {print $2}' "/proc/$recorder/status")
    kill -INT "$recorder"
    wait "$recorder" || fail "burn $1: the recorder ended badly: $(tail -n 1 "$work/said")"
    local ticks skipped dropped latest interval_us took longest own
    IFS=, read -r ticks skipped dropped latest interval_us <<<"$(ask "$store" "
        select count(*), sum(skipped_ticks), sum(dropped_frames), max(late_us), approx_percentile_cont(interval_us, 0.5)
        from recorder where collector = 'recorder'")"
    IFS=, read -r took longest <<<"$(ask "$store" "
        select cast(median(us) / 1000 as bigint), cast(max(us) / 1000 as bigint)
        from (select tick, sum(elapsed_us) as us from recorder where collector != 'recorder' group by tick)")"
    own=$(ask "$store" "select cast(sum(cpu_us) / count(*) / 1000 as bigint) from recorder where collector = 'recorder'")
    [ "$((after - before))" -gt 0 ] || fail "burn $1: nobody was ended for want of memory"
    [ "${latest%.*}" -lt "${interval_us%.*}" ] || fail "burn $1: a tick was $latest µs late"
    [ "$dropped" = 0 ] || fail "burn $1: $dropped ticks were dropped"
    echo "| $burners busy loops, memory filled to $((after - before)) OOM kills in $2 s, a tick each $1 | $ticks ticks, $skipped skipped, $dropped dropped, the latest $((${latest%.*} / 1000)).$(printf %03d $((${latest%.*} % 1000))) ms late; reading the host took $took ms, $longest at most, a tick $own ms of CPU; $rss KiB resident, of $locked KiB that may be locked |"
}

if wants burn; then
    if make_group $((256 << 20)) 2>/dev/null; then
        burn 1s 65
        burn 100ms 25
    else
        echo "| busy loops and no memory | left out: no control group of memory can be made here |"
    fi
fi

if wants freeze; then
    mkdir "$work/disk"
    truncate -s 256M "$work/image"
    if mkfs.ext4 -q "$work/image" && mount -o loop "$work/image" "$work/disk" 2>/dev/null; then
        store=$work/disk/store
        "$sysray" record --store "$store" -i 1s >/dev/null 2>"$work/said" &
        recorder=$!
        started+=("$recorder")
        sleep 5
        frozen=$work/disk
        fsfreeze -f "$frozen"
        sleep "${FROZEN_S:-90}"
        fsfreeze -u "$frozen"
        frozen=
        sleep 5
        kill -INT "$recorder"
        wait "$recorder" || fail "freeze: the recorder ended badly: $(tail -n 1 "$work/said")"
        IFS=, read -r ticks holes latest dropped rows <<<"$(ask "$store" "
            select count(*), max(tick) - min(tick) + 1 - count(*), max(late_us), sum(dropped_frames), sum(dropped_rows)
            from recorder where collector = 'recorder'")"
        skipped=$(ask "$store" "select sum(skipped_ticks) from recorder")
        [ "$holes,$dropped,$rows,$skipped" = 0,0,0,0 ] || fail "freeze: $holes missing, $dropped dropped, $rows rows left out, $skipped skipped"
        echo "| ext4 frozen for ${FROZEN_S:-90} s, a tick each second | $ticks ticks, $holes missing, $dropped dropped, $rows rows left out, $skipped skipped; the latest $latest µs late |"
        umount "$work/disk"
    else
        echo "| a frozen filesystem | left out: no image can be mounted here |"
    fi
fi

if wants stop; then
    store=$work/stopped
    "$sysray" record --store "$store" -i 1s >/dev/null 2>"$work/said" &
    recorder=$!
    started+=("$recorder")
    sleep 4
    kill -STOP "$recorder"
    sleep 7
    kill -CONT "$recorder"
    sleep 3
    kill -INT "$recorder"
    wait "$recorder" || fail "stop: the recorder ended badly: $(tail -n 1 "$work/said")"
    said=$(ask "$store" "select string_agg(message, '; ') from event where kind in ('gap', 'skipped')")
    skipped=$(ask "$store" "select sum(skipped_ticks) from recorder")
    [ "$skipped" -ge 6 ] || fail "stop: $skipped ticks were counted as skipped"
    echo "| stopped with SIGSTOP for 7 s | $skipped skipped; $said |"
fi

if wants storm; then
    if cc -O2 -x c -o "$work/storm" - 2>/dev/null <<'C'
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
    long count = 0;
    struct timespec begin, now;
    double seconds = argc > 1 ? atof(argv[1]) : 1;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        pid_t child = vfork();
        if (child == 0) _exit(0);
        if (child > 0) { waitpid(child, 0, 0); count++; }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - begin.tv_sec + (now.tv_nsec - begin.tv_nsec) / 1e9 < seconds);
    printf("%ld\n", count);
    return 0;
}
C
    then
        store=$work/stormy
        "$sysray" record --store "$store" -i 1s >/dev/null 2>"$work/said" &
        recorder=$!
        started+=("$recorder")
        sleep 3
        made=$("$work/storm" 20)
        sleep 12
        kill -INT "$recorder"
        wait "$recorder" || fail "storm: the recorder ended badly: $(tail -n 1 "$work/said")"
        IFS=, read -r counted most <<<"$(ask "$store" "select sum(forks), max(forks) from cpu")"
        told=$(ask "$store" "select count(*) from event where kind = 'fork_storm'")
        last=$(ask "$store" "select message from event where kind = 'fork_storm' order by tick")
        shown=$(ask "$store" "select coalesce(sum(processes), 0) from process_exit")
        # An event tells of those that no row shows: where the kernel tells of each that ends, all have their rows.
        [ "$told" -ge 1 ] || [ "$shown" -ge "$made" ] || fail "storm: $shown of $made have rows, and nothing was told"
        [ "$counted" -ge "$made" ] || fail "storm: $made were made and $counted counted"
        echo "| $made processes made in 20 s | $counted counted in cpu.forks, up to $most a second, $shown in process_exit; $told events, the last: $last |"
    else
        echo "| processes that come and go | left out: no C compiler |"
    fi
fi

[ "$failures" = 0 ] || { echo "$failures failures" >&2; exit 1; }
