//! Which trees of control groups there are, and which controllers.

use super::{Asking, Finding, known, unknown};
use crate::collect::mount::parse_mountinfo;

/// What is told of groups, by the v2 controller that tells it, and v1's name of that.
const CONTROLLERS: [(&str, &str, &str, &[&str]); 4] = [
    (
        "CPU of control groups",
        "cpu",
        "cpuacct",
        &["cgroup.usage_us", "cgroup.user_us", "cgroup.system_us", "cgroup.weight"],
    ),
    (
        "memory of control groups",
        "memory",
        "memory",
        &["cgroup.memory_bytes", "cgroup.anon_bytes", "cgroup.file_bytes", "cgroup.oom_kills"],
    ),
    (
        "I/O of control groups",
        "io",
        "blkio",
        &["cgroup.reads", "cgroup.writes", "cgroup.read_bytes", "cgroup.write_bytes"],
    ),
    ("tasks of control groups", "pids", "pids", &["cgroup.pids"]),
];

/// What only a v2 tree tells.
const OF_V2: [&str; 8] = [
    "cgroup.cpu_some_us",
    "cgroup.memory_some_us",
    "cgroup.memory_full_us",
    "cgroup.io_some_us",
    "cgroup.io_full_us",
    "cgroup.slab_bytes",
    "cgroup.memory_high_events",
    "cgroup.memory_max_events",
];

/// The controllers of each tree that is mounted.
#[derive(Default)]
struct Trees {
    v2: Option<String>,
    v1: Vec<&'static str>,
}

pub(super) fn findings(asking: &mut Asking) -> Vec<Finding> {
    const WHAT: &str = "control groups";
    let trees = trees(asking);
    if !asking.evidence.has_rows("cgroup") {
        let why = match trees.v2.is_none() && trees.v1.is_empty() {
            true => "no tree of control groups is mounted",
            false => "the trees that are mounted have no groups with figures",
        };
        let remedy = "mount -t cgroup2 none /sys/fs/cgroup";
        return vec![unknown(WHAT, vec!["cgroup".into()], why, remedy)];
    }
    let mut findings = vec![known(WHAT)];
    for (what, controller, of_v1, columns) in CONTROLLERS {
        let finding = asking.columns(what, columns, |_| {
            let in_v2 = trees.v2.as_ref().is_some_and(|all| all.split_whitespace().any(|c| c == controller));
            match (in_v2, trees.v1.contains(&of_v1)) {
                (true, _) => (
                    format!("the controller {controller} is not on for every group"),
                    format!(
                        "+{controller} in cgroup.subtree_control above them; systemd: {}=yes",
                        accounting(controller)
                    ),
                ),
                (false, true) => (format!("the v1 tree of {of_v1} does not tell all of it"), UNIFIED.into()),
                (false, false) => (
                    format!("no tree has the controller {controller}"),
                    format!("cgroup_disable={controller} out of the boot line, a kernel built with it"),
                ),
            }
        });
        findings.push(finding);
    }
    findings.push(asking.columns("pressure and memory events of control groups", &OF_V2, |asking| {
        let has_pressure = asking.evidence.has_rows("pressure");
        match (&trees.v2, has_pressure) {
            (None, _) => ("only a v2 tree tells them, and none is mounted".into(), UNIFIED.into()),
            (Some(all), true) if all.trim().is_empty() => {
                ("the v2 tree has no controllers: they are in v1 trees".into(), UNIFIED.into())
            }
            (Some(_), true) => {
                let remedy = "the controllers in cgroup.subtree_control above them, and 1 in cgroup.pressure";
                ("not every group has the controllers, or pressure is off in it".into(), remedy.into())
            }
            (Some(_), false) => ("pressure is off on this host".into(), "boot with psi=1".into()),
        }
    }));
    findings
}

const UNIFIED: &str = "v2 alone: boot with systemd.unified_cgroup_hierarchy=1";

fn accounting(controller: &str) -> &'static str {
    match controller {
        "memory" => "MemoryAccounting",
        "io" => "IOAccounting",
        "pids" => "TasksAccounting",
        _ => "CPUWeight or Delegate",
    }
}

fn trees(asking: &mut Asking) -> Trees {
    let own = asking.host.proc_if_any("self/mountinfo").ok().flatten().map(str::to_string);
    let text = own.or_else(|| asking.host.proc("1/mountinfo").ok().map(str::to_string)).unwrap_or_default();
    let mut trees = Trees::default();
    for mount in parse_mountinfo(&text) {
        if mount.fstype == "cgroup2" && trees.v2.is_none() {
            let below_sys = mount.path.strip_prefix("/sys/").unwrap_or("fs/cgroup");
            let file = format!("{below_sys}/cgroup.controllers");
            trees.v2 = Some(asking.host.sys(&file).unwrap_or_default().into());
        } else if mount.fstype == "cgroup" {
            trees.v1.extend(CONTROLLERS.iter().map(|(_, _, of_v1, _)| *of_v1).filter(|name| mount.has(name)));
        }
    }
    trees
}
