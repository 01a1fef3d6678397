# shellcheck shell=bash disable=SC2034,SC2154 # the parts share their names
# What runs on the host while it is recorded.

load_pid=
load_name= # what it came to
veths=0

load_start() { # none | idle PROCESSES | lively
    local per_s had
    case $1 in
        none) load_name=none ;;
        idle)
            load_name="idle, $2 processes"
            load_run idle "$2" "$work/load-writes" ;;
        lively)
            cgroups_for_lively
            veths_make
            # One that keeps a host from all else says nothing of recorders: such a host gets less of it.
            for per_s in 50 25 12 6 3; do
                load_name="lively, $per_s wake-ups a second"
                load_run lively "$per_s" "$work_us" ${lively_roots[@]+"${lively_roots[@]}"} || return 1
                had=$(awk '$1 == "had" {s += $2; n++} END {printf "%d", n ? s / n : 0}' "$work/load-says")
                [ "$had" -lt 90 ] || break
                say "  of $per_s wake-ups a second this host gives $had %"
                load_end
            done
            [ -n "$load_pid" ] ;;
    esac
}

load_run() { # WORDS
    "$work/load" "$@" >"$work/load-says" &
    load_pid=$!
    until grep -q ready "$work/load-says"; do
        kill -0 "$load_pid" 2>/dev/null || return 1
        sleep 0.2
    done
    # What starting them left to do is over.
    sleep 3
}

load_end() {
    [ -n "$load_pid" ] || return 0
    kill "$load_pid" 2>/dev/null || true
    wait "$load_pid" 2>/dev/null || true
    load_pid=
    sleep 2
}

load_stop() {
    local nth root
    load_end
    if [ "$veths" -gt 0 ]; then
        for ((nth = 0; nth < veths; nth++)); do
            echo "link del srbench$nth"
        done | ip -force -batch - 2>/dev/null || true
    fi
    veths=0
    rm -f "$work/load-writes"
    for root in ${lively_roots[@]+"${lively_roots[@]}"}; do
        for _ in {1..50}; do
            rmdir "$root"/{0..99} 2>/dev/null || true
            [ -d "$root/0" ] || [ -d "$root/59" ] || break
            sleep 0.1
        done
    done
    lively_roots=()
}

veths_make() {
    if ! command -v ip >/dev/null || ! ip link add srbench0 type veth peer name srbench0p 2>/dev/null; then
        say "no veth pairs: it takes root, ip (iproute2), a kernel with veth, and none left of another run"
        return
    fi
    veths=50
    local nth
    {
        for ((nth = 1; nth < veths; nth++)); do
            echo "link add srbench$nth type veth peer name srbench${nth}p"
        done
        for ((nth = 0; nth < veths; nth++)); do
            printf 'link set %s up\n' "srbench$nth" "srbench${nth}p"
        done
    } | ip -batch - || say "not all veth pairs could be made"
}
