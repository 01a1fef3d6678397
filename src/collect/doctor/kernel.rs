//! What this kernel and this machine do not tell anybody.

use super::{Asking, Finding, known, partly, unknown};
use crate::collect::parse::int;

const WAITING: [&str; 5] = [
    "system.cpu_some_us",
    "system.memory_some_us",
    "system.memory_full_us",
    "system.io_some_us",
    "system.io_full_us",
];

const DISK_COUNTERS: [&str; 11] = [
    "disk.in_flight",
    "disk.reads",
    "disk.reads_merged",
    "disk.read_bytes",
    "disk.read_us",
    "disk.writes",
    "disk.writes_merged",
    "disk.write_bytes",
    "disk.write_us",
    "disk.busy_us",
    "disk.queue_us",
];

const TCP_STATES: [&str; 9] = [
    "socket.tcp_syn_sent",
    "socket.tcp_syn_received",
    "socket.tcp_fin_wait1",
    "socket.tcp_fin_wait2",
    "socket.tcp_close",
    "socket.tcp_close_wait",
    "socket.tcp_last_ack",
    "socket.tcp_closing",
    "socket.tcp_listen",
];

const NUMA_COUNTERS: [&str; 6] = [
    "numa.numa_hit",
    "numa.numa_miss",
    "numa.numa_foreign",
    "numa.interleave_hit",
    "numa.local_node",
    "numa.other_node",
];

pub(super) fn findings(asking: &mut Asking) -> Vec<Finding> {
    vec![
        pressure(asking),
        asking.columns(
            "memory that is available",
            &["memory.available_bytes", "system.memory_available_bytes", "system.memory_used_pct"],
            |_| ("/proc/meminfo has no MemAvailable".into(), "Linux 3.14".into()),
        ),
        asking.columns("clock rates", &["cpu_core.frequency_hz", "host.governor"], |_| {
            let why = "there is no cpufreq driver, as in most virtual machines";
            (why.into(), "nothing in a virtual machine; else the driver of the processor".into())
        }),
        asking.columns("thermal throttling", &["cpu_core.thermal_throttles"], |_| {
            let why = "there is no thermal_throttle below /sys/devices/system/cpu/cpuN";
            (why.into(), "nothing in a virtual machine; only x86 processors count it".into())
        }),
        asking.columns("sequence numbers of disks", &["disk.disk_seq"], |_| {
            ("/sys/class/block/DEVICE/diskseq is missing".into(), "Linux 5.15".into())
        }),
        disk_counters(asking),
        asking.columns(
            "discards of disks",
            &["disk.discards", "disk.discards_merged", "disk.discard_bytes", "disk.discard_us"],
            |_| ("/proc/diskstats has no such fields, or a queue does not count".into(), "Linux 4.18".into()),
        ),
        asking.columns("flushes of disks", &["disk.flushes", "disk.flush_us"], |_| {
            let why = "/proc/diskstats has no such fields, or who counts none: a queue, a partition, dm, md and zram";
            (why.into(), "Linux 5.5".into())
        }),
        asking.columns(
            "space of file systems",
            &["filesystem.total_bytes", "filesystem.free_bytes", "filesystem.available_bytes"],
            |_| {
                let why =
                    "a server or FUSE program did not answer, or the way to a mount is shut for this user";
                (why.into(), "that what is mounted answers; run as root".into())
            },
        ),
        tcp_states(asking),
        asking.columns(
            "tracked connections",
            &["system.conntrack_entries", "system.conntrack_limit"],
            |_| ("the packet filter tracks none".into(), "modprobe nf_conntrack".into()),
        ),
        asking.columns("packets that wait at CPUs", &["softnet.backlog"], |_| {
            ("/proc/net/softnet_stat has no such field".into(), "Linux 5.10".into())
        }),
        asking.columns("packets dropped for fairness (flow limit)", &["softnet.flow_limit_dropped"], |_| {
            let why = "/proc/net/softnet_stat has no such field";
            (why.into(), "Linux 3.11 built with CONFIG_NET_FLOW_LIMIT".into())
        }),
        interrupts(asking),
        numa(asking),
    ]
}

fn interrupts(asking: &mut Asking) -> Finding {
    const WHAT: &str = "interrupts by source";
    if asking.evidence.has_rows("interrupt") {
        return known(WHAT);
    }
    let columns = vec!["interrupt".to_string()];
    match asking.host.proc_if_any("interrupts") {
        Ok(Some(text)) if text.trim().is_empty() => unknown(
            WHAT,
            columns,
            "/proc/interrupts is hidden, as container runtimes do",
            "record outside of the container, or start it with --security-opt systempaths=unconfined",
        ),
        _ => unknown(WHAT, columns, "there is no /proc/interrupts to read for this user", ""),
    }
}

/// Nodes' memory, and where their pages came from.
fn numa(asking: &mut Asking) -> Finding {
    const WHAT: &str = "memory of NUMA nodes";
    if !asking.evidence.has_rows("numa") {
        let why = "/sys/devices/system/node has no nodes: sysfs is not there, or the kernel is built without CONFIG_NUMA";
        return unknown(WHAT, vec!["numa".into()], why, "");
    }
    asking.columns(WHAT, &NUMA_COUNTERS, |asking| {
        match asking.host.proc_if_any("sys/vm/numa_stat").ok().flatten().and_then(int) {
            Some(0) => {
                ("counting where pages come from is switched off".into(), "sysctl vm.numa_stat=1".into())
            }
            _ => ("/sys/devices/system/node/nodeN/numastat does not tell".into(), String::new()),
        }
    })
}

fn pressure(asking: &mut Asking) -> Finding {
    const WHAT: &str = "pressure (PSI)";
    if asking.evidence.has_rows("pressure") {
        return known(WHAT);
    }
    let (why, remedy) = match asking.host.proc("pressure/cpu") {
        Err(error) if is_missing(&error) => {
            ("this kernel has no /proc/pressure", "Linux 4.20 built with CONFIG_PSI")
        }
        Err(error) if is_forbidden(&error) => ("/proc/pressure is not shown to this user", "run as root"),
        _ => ("pressure is compiled in and switched off", "boot with psi=1"),
    };
    let lacking = WAITING.iter().filter(|column| asking.evidence.is_unknown(column)).map(ToString::to_string);
    let columns = ["pressure".to_string()].into_iter().chain(lacking).collect();
    unknown(WHAT, columns, why, remedy)
}

fn is_missing(error: &crate::collect::Error) -> bool {
    kind(error) == Some(std::io::ErrorKind::NotFound)
}

fn is_forbidden(error: &crate::collect::Error) -> bool {
    kind(error) == Some(std::io::ErrorKind::PermissionDenied)
}

fn kind(error: &crate::collect::Error) -> Option<std::io::ErrorKind> {
    match error {
        crate::collect::Error::Read { source, .. } => Some(source.kind()),
        crate::collect::Error::Parse { .. } => None,
    }
}

/// Disks whose queues keep no statistics.
fn disk_counters(asking: &mut Asking) -> Finding {
    asking.columns("counters of disks", &DISK_COUNTERS, |asking| {
        let folder = asking.host.sys_path("class/block");
        let devices = asking.host.names(&folder).unwrap_or_default();
        let mut quiet = Vec::new();
        for device in devices {
            let path = format!("class/block/{device}/queue/iostats");
            if asking.host.sys_if_any(&path).ok().flatten().and_then(int) == Some(0) {
                quiet.push(device);
            }
        }
        match quiet.first() {
            Some(first) => (
                format!("statistics are off in the queue of {}", quiet.join(", ")),
                format!("echo 1 > /sys/class/block/{first}/queue/iostats"),
            ),
            None => ("/proc/diskstats does not tell them".into(), String::new()),
        }
    })
}

/// TCP states are read in some ticks only, so their rows prove nothing: whoever tells them is asked.
fn tcp_states(asking: &mut Asking) -> Finding {
    const WHAT: &str = "TCP states";
    let refused = asking.asked.sock_diag == Some(false);
    let has_file = asking.host.proc_if_any("net/tcp").ok().flatten().is_some();
    match (refused, has_file) {
        (false, _) if has_file || asking.asked.sock_diag == Some(true) => known(WHAT),
        (_, true) => partly(
            WHAT,
            "the kernel or a sandbox refuses sock_diag: /proc/net/tcp is read below 20,000 sockets, and listen has no rows",
            "AF_NETLINK for the service (RestrictAddressFamilies=), and the module tcp_diag",
        ),
        (_, false) => unknown(
            WHAT,
            TCP_STATES.iter().map(ToString::to_string).collect(),
            "neither sock_diag nor /proc/net/tcp tells them",
            "AF_NETLINK for the service, and the module tcp_diag",
        ),
    }
}
