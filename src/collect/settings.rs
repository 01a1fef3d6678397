//! How the collectors of a set work: what of it is for the host's owner to choose. It reads nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::schema::rows::Process;

/// What is kept of a process's arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cmdline {
    /// All of them, secrets replaced.
    #[default]
    Redacted,
    /// The program alone.
    Program,
    /// Nothing: they are not even read.
    None,
}

/// A process, or several, that something is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// By its id.
    Pid(i64),
    /// All of that name, exactly as `process.comm` shows it.
    Comm(String),
}

impl Whose {
    /// Whether a row is about one of them.
    pub fn is(&self, row: &Process) -> bool {
        match self {
            Whose::Pid(pid) => row.pid == *pid,
            Whose::Comm(comm) => row.comm.as_deref() == Some(comm),
        }
    }
}

/// How the collectors of a set work: how often each reads, and how often what is dear.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A collector's own interval by its name; one that is not named reads every tick.
    pub intervals: BTreeMap<&'static str, Duration>,
    /// How often a process that shows no sign of having run is read in full again.
    pub idle_process: Duration,
    /// Whether `pss_bytes` is read, for which the kernel walks all memory of a process.
    pub wants_pss: bool,
    /// What is kept of their arguments.
    pub cmdline: Cmdline,
    /// Whose threads are read.
    pub threads: Vec<Whose>,
    /// Whether the kernel is asked to tell of processes that end.
    pub wants_exits: bool,
    /// Whether the kernel's log is read.
    pub wants_kernel_log: bool,
    /// How often limits of control groups are read.
    pub cgroup_limits: Duration,
    /// How often `memory.stat` and `io.stat` of control groups are read; 0: in each tick.
    pub cgroup_stat: Duration,
}

impl Settings {
    /// For rows of one interval: what is read seldom while recording would be unknown in nearly all of them.
    pub fn of_one_interval() -> Settings {
        Settings { cgroup_stat: Duration::ZERO, ..Settings::default() }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            intervals: [("filesystem", 30), ("interrupt", 10), ("numa", 10), ("sensor", 10), ("power", 10)]
                .map(|(collector, seconds)| (collector, Duration::from_secs(seconds)))
                .into(),
            idle_process: Duration::from_secs(10),
            wants_pss: false,
            cmdline: Cmdline::default(),
            threads: Vec::new(),
            wants_exits: true,
            wants_kernel_log: true,
            cgroup_limits: Duration::from_secs(60),
            cgroup_stat: Duration::from_secs(10),
        }
    }
}
