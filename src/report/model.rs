//! What a report says, as data: numbers with their units in the names, unknown ones absent (null).
//! Judgement has no place in it yet: verdicts will be added beside the numbers they cite.

use jiff::Zoned;
use serde::{Serialize, Serializer};

use crate::time::Micros;

/// The version of the JSON form. Fields may be added within a version; their meaning stays.
pub const SCHEMA_VERSION: u32 = 1;

/// A report on one host over one range of time.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub schema_version: u32,
    /// The program that made the report.
    pub sysray_version: String,
    pub scope: Scope,
    pub quality: Quality,
    /// In order of time.
    pub alerts: Vec<Alert>,
    /// CPU, memory, disks, filesystems, interfaces, TCP and kernel tables, in that order.
    pub resources: Vec<Resource>,
    pub processes: Processes,
    /// Absent where the recording does not tell.
    pub recorder: Option<RecorderCost>,
}

/// What the report is about.
#[derive(Clone, Debug, Serialize)]
pub struct Scope {
    /// The label under which the host was recorded.
    pub host: String,
    pub inventory: Inventory,
    /// The counted ones: those whose sum counts nothing twice.
    pub disks: Vec<Disk>,
    pub interfaces: Vec<Interface>,
    /// Later than this …
    pub begin: Moment,
    /// … and no later than this.
    pub end: Moment,
    pub length_us: i64,
    /// The zone in which the report tells times.
    pub timezone: String,
}

/// What the host is, as it was last written down.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Inventory {
    pub hostname: Option<String>,
    pub os: Option<String>,
    pub os_version: Option<String>,
    pub kernel: Option<String>,
    pub architecture: Option<String>,
    pub cpu_model: Option<String>,
    pub sockets: Option<i64>,
    pub cores: Option<i64>,
    /// Hardware threads: what the kernel calls CPUs.
    pub threads: Option<i64>,
    pub numa_nodes: Option<i64>,
    pub memory_bytes: Option<i64>,
    pub virtualisation: Option<String>,
    pub container_runtime: Option<String>,
    /// The host's own zone.
    pub timezone: Option<String>,
    pub boot_time: Option<Moment>,
    /// The program that recorded.
    pub recorded_by_sysray_version: Option<String>,
}

/// A disk that counts.
#[derive(Clone, Debug, serde::Deserialize, Serialize)]
pub struct Disk {
    pub device: String,
    pub kind: Option<String>,
    pub model: Option<String>,
    pub rotational: Option<bool>,
    pub size_bytes: Option<i64>,
}

/// An interface that counts.
#[derive(Clone, Debug, serde::Deserialize, Serialize)]
pub struct Interface {
    pub interface: String,
    pub driver: Option<String>,
    pub operstate: Option<String>,
    pub speed_bits_per_s: Option<i64>,
}

/// How far the recording can be trusted.
#[derive(Clone, Debug, Serialize)]
pub struct Quality {
    /// Samples there are.
    pub samples: i64,
    /// The range over the nominal interval; unknown where no interval is.
    pub expected_samples: Option<i64>,
    /// Samples over expected ones, 100 at most.
    pub coverage_pct: Option<f64>,
    /// The median interval.
    pub nominal_interval_us: Option<i64>,
    pub mean_interval_us: Option<f64>,
    pub max_interval_us: Option<i64>,
    /// The time that the samples' intervals cover. A sample after a restart covers the gap before
    /// it with its counters, so this can exceed what `coverage_pct` says.
    pub accounted_us: Option<i64>,
    /// In order of time.
    pub gaps: Vec<Gap>,
    /// Collectors that failed, by name.
    pub failures: Vec<CollectorFailure>,
}

/// A stretch in which samples were due and none was taken.
#[derive(Clone, Debug, Serialize)]
pub struct Gap {
    /// The last sample before it.
    pub begin: Moment,
    /// Where the first interval after it begins.
    pub end: Moment,
    pub length_us: i64,
    /// Samples that were due.
    pub missed_samples: i64,
    /// The noted event that explains it best, as `kind: message`.
    pub cause: Option<String>,
}

/// A collector that failed in the range.
#[derive(Clone, Debug, Serialize)]
pub struct CollectorFailure {
    pub collector: String,
    pub errors: Option<i64>,
    pub first: Moment,
    pub last: Moment,
    pub last_error: Option<String>,
}

/// A rule that was raised, as `sysray alerts` lists it.
#[derive(Clone, Debug, Serialize)]
pub struct Alert {
    pub rule: String,
    /// What is compared with what, such as `filesystem.used_pct > 95 %`.
    pub when: String,
    /// What it held of; empty where there is but one.
    pub name: String,
    /// That by its key columns.
    pub entity: String,
    pub severity: String,
    /// `cleared`; `ended` where the recording did so before; `raised` where it held at the end of the range.
    pub state: String,
    /// Since when it held; it is raised after the time that its rule asks for.
    pub since: Option<Moment>,
    pub raised: Moment,
    pub until: Option<Moment>,
    /// The worst value that was told: of all its time once it is cleared, until then the one it was raised by.
    pub worst: Option<f64>,
    pub message: String,
}

/// One resource by utilisation, saturation and errors.
#[derive(Clone, Debug, Serialize)]
pub struct Resource {
    pub kind: ResourceKind,
    /// Which of its kind: a device, a mount, an interface, a table. Empty where there is but one,
    /// or for what concerns all of them.
    pub name: String,
    /// Tells two of the same name apart: a disk's sequence number, a mount's device, an
    /// interface's index and namespace.
    pub entity: String,
    pub utilisation: Vec<Measure>,
    pub saturation: Vec<Measure>,
    pub errors: Vec<ErrorCount>,
}

/// The kinds of resources, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    Cpu,
    Memory,
    Disk,
    Filesystem,
    Network,
    Tcp,
    KernelTable,
}

/// How one number was distributed over the range. A quantile is a value that occurred, the least
/// one not exceeded in that share of the time; of what stood at an instant, of the samples.
#[derive(Clone, Debug, Serialize)]
pub struct Measure {
    /// The name, and in it the unit of the numbers.
    pub measure: String,
    /// Samples in which it was known.
    pub samples: i64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
    /// When it first was at its highest.
    pub max_at: Moment,
}

/// How often something went wrong.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorCount {
    pub measure: String,
    /// Over the range; null where it is not recorded.
    pub count: Option<i64>,
}

/// The processes that took most, highest first, ten at most of each.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Processes {
    pub by_cpu: Vec<Process>,
    pub by_memory: Vec<Process>,
    pub by_io: Vec<Process>,
}

/// One process over the range. Its identity is the report's host, `pid` and `start_time`.
#[derive(Clone, Debug, Serialize)]
pub struct Process {
    pub pid: i64,
    pub start_time: Option<Moment>,
    pub comm: Option<String>,
    pub cmdline: Option<String>,
    pub username: Option<String>,
    pub is_kernel: Option<bool>,
    pub samples: i64,
    pub first_seen: Moment,
    pub last_seen: Moment,
    pub cpu_seconds: Option<f64>,
    /// Of one CPU, over all the time that is accounted for.
    pub cpu_pct: Option<f64>,
    pub rss_max_bytes: Option<i64>,
    /// Last less first.
    pub rss_growth_bytes: Option<i64>,
    pub read_bytes: Option<i64>,
    pub write_bytes: Option<i64>,
}

/// What the recording cost.
#[derive(Clone, Debug, Serialize)]
pub struct RecorderCost {
    pub cpu_seconds: Option<f64>,
    /// Of one CPU.
    pub cpu_pct: Option<f64>,
    pub rss_max_bytes: Option<i64>,
    pub written_bytes: Option<i64>,
    /// As last seen.
    pub journal_bytes: Option<i64>,
    pub store_bytes: Option<i64>,
    pub skipped_ticks: Option<i64>,
    pub dropped_frames: Option<i64>,
    pub late_max_us: Option<i64>,
}

/// An instant in the report's zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment(pub Zoned);

impl Moment {
    /// The instant as recordings have it.
    pub fn micros(&self) -> Micros {
        Micros(self.0.timestamp().as_microsecond())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0.strftime("%Y-%m-%dT%H:%M:%S%.f%:z"))
    }
}
