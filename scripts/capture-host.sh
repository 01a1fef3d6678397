#!/bin/sh
# Copies the kernel files that sysray reads from this host into a folder, for a bug report or a
# test tree: scripts/capture-host.sh DIR
#
# Taken: counters and inventory below /proc and /sys, at most 60 processes and 200 control groups.
# Never taken: environments, arguments of commands, addresses of connections. The host's name, its
# machine and boot ids and its MAC addresses are replaced. Names of users' files show only as mount
# points, control groups and executables: look through DIR before you hand it on.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 DIR" >&2
    exit 2
fi
if [ -e "$1" ] && [ -n "$(ls -A "$1")" ]; then
    echo "$1 is not empty; name a new folder" >&2
    exit 1
fi
umask 077
mkdir -p "$1"
out=$(cd "$1" && pwd)
processes=60
groups=200

# take FILE…: copies files that exist and can be read, at most 1 MiB of each, with 2 s for each.
take() {
    for file in "$@"; do
        [ -f "$file" ] && [ -r "$file" ] || continue
        mkdir -p "$out${file%/*}"
        timeout 2 head -c 1048576 "$file" >"$out$file" 2>/dev/null || rm -f "$out$file"
    done
}

# put FILE TEXT: writes a replacement.
put() {
    mkdir -p "$out${1%/*}"
    printf '%s\n' "$2" >"$out$1"
}

# link LINK…: copies relative symbolic links as they are.
link() {
    for name in "$@"; do
        [ -L "$name" ] || continue
        mkdir -p "$out${name%/*}"
        ln -sfn "$(readlink "$name")" "$out$name"
    done
}

# The whole host.
for file in stat loadavg meminfo vmstat uptime diskstats cpuinfo filesystems version zoneinfo \
    pressure/cpu pressure/memory pressure/io pressure/irq spl/kstat/zfs/arcstats \
    net/dev net/snmp net/snmp6 net/netstat net/sockstat net/sockstat6 net/softnet_stat \
    sys/kernel/osrelease sys/kernel/arch sys/kernel/pid_max sys/kernel/threads-max sys/fs/file-nr \
    sys/vm/overcommit_memory sys/net/netfilter/nf_conntrack_count sys/net/netfilter/nf_conntrack_max \
    sys/kernel/task_delayacct sys/vm/numa_stat interrupts softirqs; do
    take "/proc/$file"
done
if [ -r /proc/1/mountinfo ]; then
    take /proc/1/mountinfo
else
    take /proc/self/mountinfo
fi
put /proc/sys/kernel/hostname host
put /proc/sys/kernel/random/boot_id 00000000-0000-4000-8000-000000000000
put /etc/machine-id 00000000000000000000000000000000
take /etc/os-release /etc/timezone /run/systemd/container /sys/hypervisor/type
if [ -L /etc/localtime ]; then
    zone=$(readlink /etc/localtime)
    ln -s "../usr/share/zoneinfo/${zone#*zoneinfo/}" "$out/etc/localtime"
fi
take /sys/kernel/mm/transparent_hugepage/enabled \
    /sys/devices/system/clocksource/clocksource0/available_clocksource \
    /sys/devices/system/clocksource/clocksource0/current_clocksource
for file in sys_vendor product_name board_vendor bios_vendor; do
    take "/sys/class/dmi/id/$file"
done

# Processors and memory nodes.
for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
    take "$cpu/topology/physical_package_id" "$cpu/topology/core_id" "$cpu/cpufreq/scaling_cur_freq" \
        "$cpu/cpufreq/scaling_governor" "$cpu/thermal_throttle/core_throttle_count"
done
take /sys/devices/system/cpu/online
for node in /sys/devices/system/node/node[0-9]*; do
    take "$node/cpulist" "$node/meminfo" "$node/numastat"
done

# Interfaces named after their address give their names to interrupts.
if [ -f "$out/proc/interrupts" ]; then
    sed -i 's/\(en\|wl\|ww\)x[0-9a-f]\{12\}/\1x020000000000/g' "$out/proc/interrupts"
fi

# Block devices.
for name in /sys/class/block/*; do
    link "$name"
done
for name in /sys/class/block/*; do
    [ -e "$name" ] || continue
    real=$(readlink -f "$name")
    for file in dev size ro hidden removable diskseq partition queue/rotational queue/iostats \
        device/model device/name device/vendor dm/name loop/backing_file md/level; do
        take "$real/$file"
    done
    link "$real"/slaves/* "$real"/holders/*
    # The controller of an NVMe namespace is a link.
    if [ -L "$real/device" ] && [ -d "$real/device" ]; then
        link "$real/device"
        take "$(readlink -f "$real/device")/model" "$(readlink -f "$real/device")/name"
    fi
done

# Network interfaces.
number=0
for name in /sys/class/net/*; do
    [ -e "$name" ] || continue
    link "$name"
    real=$(readlink -f "$name")
    for file in carrier carrier_changes dev_id duplex flags ifindex iflink mtu operstate speed tx_queue_len \
        type; do
        take "$real/$file"
    done
    take "$real"/statistics/*
    link "$real/master" "$real/device/driver" "$real"/lower_* "$real"/upper_*
    number=$((number + 1))
    put "$real/address" "$(printf '02:00:00:00:%02x:%02x' $((number / 256)) $((number % 256)))"
done

# Control groups, outer ones first.
grep -E ' - cgroup2? ' /proc/self/mountinfo | cut -d ' ' -f 5 | while read -r mount; do
    # `while` goes on where `head` has closed the pipe.
    { find "$mount" -type d 2>/dev/null || true; } | awk -F / '{ print NF, $0 }' | sort -n -k 1,1 |
        cut -d ' ' -f 2- | head -n "$groups" | while read -r group; do
        for file in cgroup.events cpu.stat cpu.max cpu.weight cpu.pressure memory.current memory.max memory.high \
            memory.swap.current memory.stat memory.events memory.pressure pids.current pids.max pids.events \
            io.stat io.pressure irq.pressure cpuacct.usage cpuacct.stat cpu.cfs_quota_us cpu.cfs_period_us \
            cpu.shares memory.usage_in_bytes memory.limit_in_bytes memory.failcnt memory.oom_control \
            blkio.throttle.io_serviced blkio.throttle.io_service_bytes \
            blkio.throttle.io_serviced_recursive blkio.throttle.io_service_bytes_recursive; do
            take "$group/$file"
        done
    done
done

# Processes: the first, then those that are there in order of their numbers.
count=0
for pid in $(ls /proc | grep -E '^[0-9]+$' | sort -n); do
    [ "$count" -lt "$processes" ] || break
    process=/proc/$pid
    [ -r "$process/stat" ] || continue
    take "$process/stat" "$process/statm" "$process/status" "$process/io" "$process/schedstat" \
        "$process/cgroup" "$process/comm" "$process/limits" "$process/oom_score" "$process/oom_score_adj" \
        "$process/wchan"
    # It may have ended meanwhile.
    [ -s "$out$process/stat" ] || { rm -rf "${out:?}$process"; continue; }
    # The executable alone: arguments may hold secrets, also where a program rewrites its title.
    { tr '\0 ' '\n\n' <"$process/cmdline" | head -n 1 | tr '\n' '\0' >"$out$process/cmdline"; } 2>/dev/null ||
        true
    if exe=$(readlink "$process/exe" 2>/dev/null); then
        ln -s "$exe" "$out$process/exe"
    fi
    if fds=$(ls "$process/fd" 2>/dev/null); then
        mkdir -p "$out$process/fd"
        for fd in $(printf '%s\n' "$fds" | head -n 64); do
            : >"$out$process/fd/$fd"
        done
    fi
    count=$((count + 1))
done

echo "$out: $(find "$out" -type f | wc -l) files; look through them before you hand them on"
