//! What panels there are, and which stand on a screen together.

mod lists;
mod questions;

pub use lists::{Column, List};
pub use questions::{Question, SYSTEM, all as all_questions, over, question};

use super::words::{self, Word};

/// A part of the screen about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Panel {
    Overview,
    Cpu,
    Memory,
    Disk,
    Filesystem,
    Network,
    Protocol,
    Listen,
    Pressure,
    Cgroup,
    Process,
    Java,
    Exits,
    Events,
    Recorder,
    Host,
    History,
    Question,
    Logs,
}

impl Panel {
    /// All of them.
    pub const ALL: [Panel; 19] = [
        Panel::Overview,
        Panel::Cpu,
        Panel::Memory,
        Panel::Disk,
        Panel::Filesystem,
        Panel::Network,
        Panel::Protocol,
        Panel::Listen,
        Panel::Pressure,
        Panel::Cgroup,
        Panel::Process,
        Panel::Java,
        Panel::Exits,
        Panel::Events,
        Panel::Recorder,
        Panel::Host,
        Panel::History,
        Panel::Question,
        Panel::Logs,
    ];

    /// The word by which a command names it.
    pub fn name(self) -> &'static str {
        match self {
            Panel::Overview => "overview",
            Panel::Cpu => "cpu",
            Panel::Memory => "memory",
            Panel::Disk => "disk",
            Panel::Filesystem => "filesystem",
            Panel::Network => "network",
            Panel::Protocol => "protocol",
            Panel::Listen => "listen",
            Panel::Pressure => "pressure",
            Panel::Cgroup => "cgroup",
            Panel::Process => "process",
            Panel::Java => "java",
            Panel::Exits => "exits",
            Panel::Events => "events",
            Panel::Recorder => "recorder",
            Panel::Host => "host",
            Panel::History => "history",
            Panel::Question => "sql",
            Panel::Logs => "logs",
        }
    }

    /// Its title.
    pub fn title(self) -> Word {
        match self {
            Panel::Overview => words::PRESET_OVERVIEW,
            Panel::Cpu => words::CPU,
            Panel::Memory => words::MEMORY,
            Panel::Disk => words::DISK,
            Panel::Filesystem => words::FILESYSTEM,
            Panel::Network => words::NETWORK,
            Panel::Protocol => words::PROTOCOL,
            Panel::Listen => words::LISTEN,
            Panel::Pressure => words::PRESSURE,
            Panel::Cgroup => words::CGROUP,
            Panel::Process => words::PROCESS,
            Panel::Java => words::JAVA,
            Panel::Exits => words::EXITS,
            Panel::Events => words::EVENTS,
            Panel::Recorder => words::RECORDER,
            Panel::Host => words::HOST,
            Panel::History => words::HISTORY,
            Panel::Question => words::QUESTION,
            Panel::Logs => words::LOGS,
        }
    }

    /// What has to be asked for it, of the sample at the cursor.
    pub fn questions(self) -> &'static [&'static str] {
        match self {
            Panel::Overview => &["system", "pressure"],
            Panel::Cpu => &["cpu", "core"],
            Panel::Memory => &["memory"],
            Panel::Disk => &["disk"],
            Panel::Filesystem => &["filesystem"],
            Panel::Network => &["network"],
            Panel::Protocol => &["protocol", "socket"],
            Panel::Listen => &["listen"],
            Panel::Pressure => &["pressure"],
            Panel::Cgroup => &["cgroup"],
            Panel::Process | Panel::Java => &["process"],
            Panel::Exits => &["exit"],
            Panel::Recorder => &["recorder"],
            Panel::Host => &["host"],
            Panel::Events | Panel::History | Panel::Question | Panel::Logs => &[],
        }
    }

    /// The tables without which it has nothing to show; none where it does not depend on any.
    pub fn needs(self) -> Vec<&'static str> {
        match self {
            Panel::Overview => vec!["system"],
            Panel::Events => vec!["event"],
            _ => self.questions().iter().filter_map(|name| Some(question(name)?.table)).collect(),
        }
    }

    /// The table behind it.
    pub fn table(self) -> &'static str {
        match self {
            Panel::Overview | Panel::Question | Panel::Logs => "system",
            Panel::Protocol => "protocol",
            Panel::Events => "event",
            Panel::History => "process",
            _ => self.list().map_or(self.name(), |list| list.table),
        }
    }

    /// The rows it lists; `None` where it is no list of a sample's rows.
    pub fn list(self) -> Option<&'static List> {
        lists::of(self)
    }
}

/// Panels that stand on a screen together, the most important first: what has no room is left out.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    pub name: &'static str,
    pub title: Word,
    /// Each with its weight.
    pub panels: &'static [(Panel, u16)],
    /// By what processes are sorted there.
    pub sort: Option<&'static str>,
}

/// The presets by their numbers: 1 to 6, the five expert views 7 to 0, and `g`.
pub const PRESETS: [(u8, Preset); 11] = [
    (
        1,
        preset(
            "overview",
            words::PRESET_OVERVIEW,
            &[(Panel::Overview, 0), (Panel::Process, 3)],
            Some("cpu_pct"),
        ),
    ),
    (
        2,
        preset(
            "io",
            words::PRESET_IO,
            &[(Panel::Disk, 2), (Panel::Process, 3), (Panel::Filesystem, 2)],
            Some("io_bytes_per_s"),
        ),
    ),
    (
        3,
        preset(
            "network",
            words::PRESET_NETWORK,
            &[(Panel::Network, 3), (Panel::Protocol, 3), (Panel::Listen, 2)],
            None,
        ),
    ),
    (4, preset("process", words::PRESET_PROCESS, &[(Panel::Process, 1)], Some("cpu_pct"))),
    (
        5,
        preset(
            "pressure",
            words::PRESET_PRESSURE,
            &[(Panel::Pressure, 1), (Panel::Process, 3), (Panel::Cgroup, 3)],
            Some("run_delay_pct"),
        ),
    ),
    (
        6,
        preset(
            "full",
            words::PRESET_FULL,
            &[
                (Panel::Overview, 0),
                (Panel::Process, 4),
                (Panel::Disk, 2),
                (Panel::Network, 2),
                (Panel::Cgroup, 2),
                (Panel::Filesystem, 2),
            ],
            Some("cpu_pct"),
        ),
    ),
    (
        7,
        preset(
            "pressure+",
            words::PRESET_PRESSURE_PLUS,
            &[(Panel::Pressure, 2), (Panel::Cgroup, 3), (Panel::Memory, 3), (Panel::Process, 3)],
            Some("block_delay_pct"),
        ),
    ),
    (
        8,
        preset(
            "network+",
            words::PRESET_NETWORK_PLUS,
            &[(Panel::Protocol, 4), (Panel::Network, 3), (Panel::Listen, 4)],
            None,
        ),
    ),
    (9, preset("jvm+", words::PRESET_JVM_PLUS, &[(Panel::Java, 3), (Panel::Memory, 2)], Some("cpu_pct"))),
    (
        0,
        preset(
            "disk+",
            words::PRESET_DISK_PLUS,
            &[(Panel::Disk, 3), (Panel::Filesystem, 2), (Panel::Process, 3)],
            Some("block_delay_pct"),
        ),
    ),
    (
        10,
        preset(
            "inventory+",
            words::PRESET_INVENTORY_PLUS,
            &[(Panel::Host, 3), (Panel::Disk, 2), (Panel::Network, 2), (Panel::Filesystem, 2)],
            None,
        ),
    ),
];

const fn preset(
    name: &'static str,
    title: Word,
    panels: &'static [(Panel, u16)],
    sort: Option<&'static str>,
) -> Preset {
    Preset { name, title, panels, sort }
}

/// The preset of a number; the first where there is none.
pub fn preset_of(number: u8) -> &'static Preset {
    PRESETS.iter().find(|(of, _)| *of == number).map_or(&PRESETS[0].1, |(_, preset)| preset)
}
