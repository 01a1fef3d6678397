//! What the recorder may do for itself, and which doors of the kernel are open to it.

use super::rights::{IPC_LOCK, NET_ADMIN, SYS_NICE, SYS_RESOURCE, SYSLOG};
use super::{Asking, Finding, known, partly};
use crate::collect::exits::is_enough;
use crate::collect::kept::part_of;

/// Descriptors with which the files of some 500 processes can be held open: two each, in half of what may be kept.
const ENOUGH_DESCRIPTORS: u64 = 2048;
/// The nice value a recorder asks for, as RLIMIT_NICE counts: 20 less the value.
const NICE_CEILING: u64 = 30;
/// Memory that a recorder locks at most.
const LOCKED_BYTES: u64 = 64 << 20;

pub(super) fn findings(asking: &mut Asking) -> Vec<Finding> {
    vec![
        descriptors(asking),
        nice(asking),
        oom(asking),
        locked(asking),
        taskstats(asking),
        kernel_log(asking),
    ]
}

fn descriptors(asking: &mut Asking) -> Finding {
    const WHAT: &str = "descriptors (RLIMIT_NOFILE)";
    match asking.rights.limit("Max open files") {
        Some(Some(limit)) if limit < ENOUGH_DESCRIPTORS => partly(
            WHAT,
            format!(
                "at most {limit}: files of {} processes are held open, others opened anew each tick",
                part_of(limit, 4)
            ),
            format!("ulimit -n {ENOUGH_DESCRIPTORS}; LimitNOFILE= for a service"),
        ),
        _ => known(WHAT),
    }
}

fn nice(asking: &mut Asking) -> Finding {
    const WHAT: &str = "precedence at the CPU (nice -10)";
    let ceiling = asking.rights.limit("Max nice priority");
    let may = asking.rights.has(&SYS_NICE)
        || ceiling.is_none_or(|ceiling| ceiling.is_none_or(|ceiling| ceiling >= NICE_CEILING));
    if may {
        return known(WHAT);
    }
    let way = asking.rights.way_to(&[&SYS_NICE]);
    partly(WHAT, "ticks are late on a busy host", format!("{way}; or LimitNICE=-10 for a service"))
}

fn oom(asking: &mut Asking) -> Finding {
    const WHAT: &str = "being ended last (OOM score -900)";
    if asking.rights.limit("Max open files").is_none() || asking.rights.has(&SYS_RESOURCE) {
        return known(WHAT);
    }
    let way = asking.rights.way_to(&[&SYS_RESOURCE]);
    let remedy = format!("{way}; or OOMScoreAdjust=-900 for a service");
    partly(WHAT, "where memory runs out the recorder may be ended like any other", remedy)
}

fn locked(asking: &mut Asking) -> Finding {
    const WHAT: &str = "locked memory (RLIMIT_MEMLOCK)";
    match asking.rights.limit("Max locked memory") {
        Some(Some(bytes)) if bytes < LOCKED_BYTES && !asking.rights.has(&IPC_LOCK) => partly(
            WHAT,
            format!("at most {} KiB: the recorder may be paged out when it is needed most", bytes >> 10),
            format!("{}; or LimitMEMLOCK=64M for a service", asking.rights.way_to(&[&IPC_LOCK])),
        ),
        _ => known(WHAT),
    }
}

fn taskstats(asking: &mut Asking) -> Finding {
    const WHAT: &str = "taskstats: process_exit, and what threads did together";
    match asking.asked.taskstats {
        Some(false) => {
            partly(WHAT, "the kernel has no taskstats, or a sandbox shuts netlink off", "CONFIG_TASKSTATS")
        }
        Some(true) if !asking.rights.has(&NET_ADMIN) => {
            partly(WHAT, "it answers administrators of the network", asking.rights.way_to(&[&NET_ADMIN]))
        }
        _ => match asking.asked.taskstats_version.map(is_enough) {
            Some(Err(why)) => partly(WHAT, why + ": process_exit has no rows", "Linux 5.19"),
            _ => known(WHAT),
        },
    }
}

fn kernel_log(asking: &mut Asking) -> Finding {
    const WHAT: &str = "the kernel's log, for events";
    match asking.asked.kernel_log {
        Some(false) => {
            let way = asking.rights.way_to(&[&SYSLOG]);
            let or = if way.is_empty() {
                "a container that has the device"
            } else {
                "or sysctl kernel.dmesg_restrict=0"
            };
            partly(
                WHAT,
                "/dev/kmsg cannot be read",
                if way.is_empty() { or.into() } else { format!("{way}; {or}") },
            )
        }
        _ => known(WHAT),
    }
}
