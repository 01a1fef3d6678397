//! What the kernel lets this process do: proc_pid_status(5), capabilities(7), getrlimit(2).

use super::super::parse::pairs;
use crate::collect::Host;

/// A capability, by the kernel's number and name.
pub struct Capability(u8, &'static str);

pub const DAC_READ_SEARCH: Capability = Capability(2, "CAP_DAC_READ_SEARCH");
pub const NET_ADMIN: Capability = Capability(12, "CAP_NET_ADMIN");
pub const IPC_LOCK: Capability = Capability(14, "CAP_IPC_LOCK");
pub const SYS_PTRACE: Capability = Capability(19, "CAP_SYS_PTRACE");
pub const SYS_ADMIN: Capability = Capability(21, "CAP_SYS_ADMIN");
pub const SYS_NICE: Capability = Capability(23, "CAP_SYS_NICE");
pub const SYS_RESOURCE: Capability = Capability(24, "CAP_SYS_RESOURCE");
pub const SYSLOG: Capability = Capability(34, "CAP_SYSLOG");

/// A process's rights. Where the kernel does not tell, it has none.
#[derive(Debug, Default)]
pub struct Rights {
    uid: Option<u32>,
    capabilities: u64,
    limits: Vec<(String, Option<u64>)>,
}

impl Rights {
    /// Those of this process.
    pub fn read(host: &mut Host) -> Rights {
        let mut rights = Rights::default();
        for (key, rest) in pairs(host.proc("self/status").unwrap_or_default()) {
            match key {
                "Uid" => rights.uid = rest.split_ascii_whitespace().nth(1).and_then(|uid| uid.parse().ok()),
                "CapEff" => rights.capabilities = u64::from_str_radix(rest, 16).unwrap_or(0),
                _ => {}
            }
        }
        let limits = host.proc("self/limits").unwrap_or_default();
        rights.limits = limits.lines().filter_map(parse_limit).collect();
        rights
    }

    /// Whether it has a capability.
    pub fn has(&self, capability: &Capability) -> bool {
        self.capabilities & (1 << capability.0) != 0
    }

    /// How it would get those of these capabilities that it lacks; empty where it has them.
    pub fn way_to(&self, capabilities: &[&Capability]) -> String {
        let lacking: Vec<&str> = capabilities.iter().filter(|c| !self.has(c)).map(|c| c.1).collect();
        match (lacking.is_empty(), self.uid) {
            (true, _) => String::new(),
            (false, Some(0)) => format!(
                "{}, which root lacks here (a container or service takes it away)",
                lacking.join(" and ")
            ),
            (false, _) => format!("run as root, or with {}", lacking.join(" and ")),
        }
    }

    /// A soft limit by its name in `limits`: inner `None` is unlimited, outer that nothing is told.
    pub fn limit(&self, name: &str) -> Option<Option<u64>> {
        self.limits.iter().find(|(known, _)| known == name).map(|(_, limit)| *limit)
    }
}

/// A line of `limits`: the name, which has spaces in it, ends at two of them.
fn parse_limit(line: &str) -> Option<(String, Option<u64>)> {
    let (name, rest) = line.split_once("  ")?;
    let soft = rest.split_ascii_whitespace().next()?;
    let limit = if soft == "unlimited" { None } else { Some(soft.parse().ok()?) };
    Some((name.into(), limit))
}
