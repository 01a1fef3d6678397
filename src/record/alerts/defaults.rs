//! Rules that are watched where nobody says otherwise: few, and each about something that somebody would
//! want to be told of on any host.

/// A rule as it would be written in a file.
#[derive(Clone, Copy, Debug)]
pub struct DefaultRule {
    pub name: &'static str,
    /// Why it is there, and why its numbers are what they are.
    pub reason: &'static str,
    /// What it says, by key.
    pub keys: &'static [(&'static str, &'static str)],
}

impl DefaultRule {
    /// What a key of it says.
    pub fn find(&self, key: &str) -> Option<&'static str> {
        self.keys.iter().find(|(name, _)| *name == key).map(|(_, text)| *text)
    }
}

/// All of them, in the order in which they are listed.
pub const DEFAULTS: [DefaultRule; 8] = [
    DefaultRule {
        name: "filesystem_full",
        reason: "What cannot be written fails. Five minutes let a large file come and go; read-only images are full by nature",
        keys: &[
            ("when", "filesystem.used_pct > 95"),
            ("where", "read_only != true"),
            ("for", "5m"),
            ("clear", "93"),
        ],
    },
    DefaultRule {
        name: "inodes_full",
        reason: "The same with space left: no file can be made any more",
        keys: &[
            ("when", "filesystem.inodes_used_pct > 95"),
            ("where", "read_only != true"),
            ("for", "5m"),
            ("clear", "93"),
        ],
    },
    DefaultRule {
        name: "memory_full",
        reason: "By what is available, so that page cache does not count. The kernel is near to killing",
        keys: &[("when", "system.memory_used_pct > 95"), ("for", "1m"), ("clear", "90")],
    },
    DefaultRule {
        name: "memory_stalled",
        reason: "A tenth of a minute in which nobody could work for want of memory: it goes in circles",
        keys: &[
            ("when", "pressure.full_avg60 > 10"),
            ("where", "resource = memory"),
            ("clear", "5"),
            ("severity", "critical"),
        ],
    },
    DefaultRule {
        name: "io_stalled",
        reason: "Everybody waited for disks for most of ten minutes, which a backup alone does not do beside other work",
        keys: &[
            ("when", "pressure.full_avg300 > 80"),
            ("where", "resource = io"),
            ("for", "5m"),
            ("clear", "50"),
        ],
    },
    DefaultRule {
        name: "cpu_stolen",
        reason: "The machine around this one gives a fifth of its CPUs to others: nothing here can mend it",
        keys: &[("when", "system.steal_pct > 20"), ("for", "5m"), ("clear", "5")],
    },
    DefaultRule {
        name: "oom_kill",
        reason: "Processes were killed for want of memory, the host's or a control group's; told once for those of ten minutes",
        keys: &[("when", "memory.oom_kills > 0"), ("clear_for", "10m"), ("severity", "critical")],
    },
    DefaultRule {
        name: "disk_slow",
        reason: "Half a second for a read or write, for two minutes: a disk that fails, or a bound that somebody set",
        keys: &[
            ("when", "disk.latency_us > 500ms"),
            ("where", "counted = true"),
            ("for", "2m"),
            ("clear", "100ms"),
        ],
    },
];
