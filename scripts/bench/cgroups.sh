# shellcheck shell=bash disable=SC2034,SC2154 # the parts share their names
# Cgroups of our own: one for the recorder that is measured, a hundred for the lively load. Version 1, 2 or
# both, as they are mounted here. All are in one folder a hierarchy, and nothing outside is touched.

cpu_cgroup=    # of the recorder, empty where there is none
memory_cgroup=
lively_roots=() # the folders that the hundred are in
hierarchies=()
enabled=        # what was switched on in the root of version 2, to be switched off again

cgroups_make() {
    local root name=sysray-bench-$$
    if [ "$(id -u)" != 0 ]; then
        say "no root: children are counted when waited for, memory is that of the process; no daemon can be followed"
        return
    fi
    for root in /sys/fs/cgroup /sys/fs/cgroup/{unified,cpuacct,cpu,memory,blkio,pids}; do
        # One that is mounted under two names is there already the second time.
        if [ ! -e "$root/cgroup.procs" ] || ! mkdir "$root/$name" 2>/dev/null; then continue; fi
        hierarchies+=("$root/$name")
        [ ! -e "$root/cgroup.controllers" ] || controllers_on "$root" "$name"
        mkdir "$root/$name/recorder"
        [ -z "$cpu_cgroup" ] && [ -e "$root/$name/recorder/cpuacct.usage" ] && cpu_cgroup=$root/$name/recorder
        [ -z "$memory_cgroup" ] && [ -e "$root/$name/recorder/memory.stat" ] && memory_cgroup=$root/$name/recorder
    done
    # Version 2 counts CPU time in every cgroup; version 1 is preferred where both are, as the finer.
    for root in ${hierarchies[@]+"${hierarchies[@]}"}; do
        [ -n "$cpu_cgroup" ] || ! grep -qs usage_usec "$root/recorder/cpu.stat" || cpu_cgroup=$root/recorder
    done
    [ -n "$cpu_cgroup" ] || say "no cgroup counts CPU time here: children are counted when waited for"
    [ -n "$memory_cgroup" ] || say "no cgroup counts memory here: it is that of the process alone"
}

controllers_on() { # ROOT NAME
    local controller
    for controller in cpu memory io pids; do
        grep -qw "$controller" "$1/cgroup.controllers" || continue
        if ! grep -qw "$controller" "$1/cgroup.subtree_control"; then
            { echo "+$controller" >"$1/cgroup.subtree_control"; } 2>/dev/null || continue
            enabled+="$controller "
        fi
        { echo "+$controller" >"$1/$2/cgroup.subtree_control"; } 2>/dev/null || true
    done
}

# A new cgroup has new peaks.
cgroups_fresh() {
    local cgroup
    for cgroup in $cpu_cgroup $memory_cgroup; do
        [ ! -d "$cgroup" ] || rmdir "$cgroup"
    done
    for cgroup in $cpu_cgroup $memory_cgroup; do
        mkdir -p "$cgroup"
    done
}

cgroups_for_lively() {
    local root
    lively_roots=()
    for root in ${hierarchies[@]+"${hierarchies[@]}"}; do
        mkdir "$root"/{0..99}
        lively_roots+=("$root")
    done
}

# Ends by id whoever is left in a cgroup of the recorder.
cgroups_empty() {
    local signal pids cgroup
    for signal in TERM KILL; do
        for _ in {1..30}; do
            pids=$(for cgroup in $cpu_cgroup $memory_cgroup; do cat "$cgroup/cgroup.procs" || true; done 2>/dev/null | sort -u)
            [ -n "$pids" ] || return 0
            # shellcheck disable=SC2086 # one word an id
            kill -"$signal" $pids 2>/dev/null || true
            sleep 0.2
        done
    done
}

cgroups_remove() {
    local root controller
    for root in ${hierarchies[@]+"${hierarchies[@]}"}; do
        for _ in {1..50}; do
            find "$root" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null || true
            rmdir "$root" 2>/dev/null && break
            sleep 0.1
        done
        [ ! -d "$root" ] || say "$root is left: it is not empty"
    done
    hierarchies=()
    for controller in $enabled; do
        { echo "-$controller" >/sys/fs/cgroup/cgroup.subtree_control; } 2>/dev/null || true
    done
    enabled=
}
