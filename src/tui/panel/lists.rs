//! Panels that list rows: which columns, in which order, and what a row is known by.

use super::super::words::{Word, heads};
use super::Panel;

/// A column of a list.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the answer, which is that of the schema where there is one.
    pub name: &'static str,
    /// What stands above it.
    pub head: Word,
    /// How many characters.
    pub width: u16,
    /// Shown even in the compact form.
    pub is_main: bool,
    /// Of the main ones, what gives way before the others.
    pub is_spare: bool,
}

const fn main(name: &'static str, head: Word, width: u16) -> Column {
    Column { name, head, width, is_main: true, is_spare: false }
}

const fn spare(name: &'static str, head: Word, width: u16) -> Column {
    Column { name, head, width, is_main: true, is_spare: true }
}

const fn more(name: &'static str, head: Word, width: u16) -> Column {
    Column { name, head, width, is_main: false, is_spare: false }
}

/// A panel of rows.
#[derive(Debug)]
pub struct List {
    /// The question that has its rows.
    pub question: &'static str,
    /// The table behind it.
    pub table: &'static str,
    pub columns: &'static [Column],
    /// What tells a row from others, at all samples.
    pub key: &'static [&'static str],
    /// By what it is sorted at first, and whether the greatest comes first.
    pub sort: (&'static str, bool),
}

/// The list of a panel.
pub(super) fn of(panel: Panel) -> Option<&'static List> {
    match panel {
        Panel::Process => Some(&PROCESS),
        Panel::Java => Some(&JAVA),
        Panel::Cgroup => Some(&CGROUP),
        Panel::Disk => Some(&DISK),
        Panel::Filesystem => Some(&FILESYSTEM),
        Panel::Network => Some(&NETWORK),
        Panel::Listen => Some(&LISTEN),
        Panel::Pressure => Some(&PRESSURE),
        Panel::Exits => Some(&EXITS),
        Panel::Recorder => Some(&RECORDER),
        _ => None,
    }
}

static PROCESS: List = List {
    question: "process",
    table: "process",
    key: &["pid", "start_time"],
    sort: ("cpu_pct", true),
    columns: &[
        main("pid", heads::PID, 8),
        spare("username", heads::USER, 10),
        main("state", heads::S, 1),
        main("cpu_pct", heads::CPU_PCT, 6),
        more("user_pct", heads::USER_PCT, 6),
        more("system_pct", heads::SYS_PCT, 6),
        main("rss_bytes", heads::RSS, 9),
        spare("memory_pct", heads::MEM_PCT, 5),
        main("read_bytes_per_s", heads::READ_S, 10),
        main("write_bytes_per_s", heads::WRITE_S, 10),
        more("io_bytes_per_s", heads::IO_S, 10),
        more("run_delay_pct", heads::RQ_PCT, 5),
        more("block_delay_pct", heads::IO_PCT, 5),
        more("threads", heads::THR, 5),
        more("open_files", heads::FDS, 6),
        more("nice", heads::NI, 3),
        more("major_faults_per_s", heads::MAJF, 7),
        more("swap_bytes", heads::SWAP, 9),
        main("comm", heads::COMMAND, 0),
    ],
};

static JAVA: List = List {
    question: "process",
    table: "process",
    key: &["pid", "start_time"],
    sort: ("cpu_pct", true),
    columns: &[
        main("pid", heads::PID, 8),
        spare("username", heads::USER, 10),
        main("state", heads::S, 1),
        main("cpu_pct", heads::CPU_PCT, 6),
        main("rss_bytes", heads::RSS, 9),
        main("heap_max", heads::HEAP_MAX, 9),
        more("heap_min", heads::HEAP_MIN, 9),
        more("collector", heads::GC, 10),
        spare("threads", heads::THR, 5),
        more("open_files", heads::FDS, 6),
        more("run_delay_pct", heads::RQ_PCT, 5),
        more("block_delay_pct", heads::IO_PCT, 5),
        main("role", heads::ROLE, 0),
    ],
};

static CGROUP: List = List {
    question: "cgroup",
    table: "cgroup",
    key: &["path"],
    sort: ("cpu_pct", true),
    columns: &[
        main("cpu_pct", heads::CPU_PCT, 6),
        main("throttled_pct", heads::THROTTLED_PCT, 5),
        main("memory_bytes", heads::MEM, 9),
        main("memory_pct", heads::MEM_PCT, 5),
        main("read_bytes_per_s", heads::READ_S, 11),
        main("write_bytes_per_s", heads::WRITE_S, 11),
        more("pids", heads::PIDS, 6),
        more("swap_bytes", heads::SWAP, 9),
        more("cpu_some_pct", heads::CPU_SOME, 5),
        more("memory_some_pct", heads::MEM_SOME, 5),
        more("io_some_pct", heads::IO_SOME, 5),
        more("memory_max_bytes", heads::LIMIT, 9),
        more("container", heads::CONTAINER, 14),
        main("path", heads::CGROUP, 0),
    ],
};

static DISK: List = List {
    question: "disk",
    table: "disk",
    key: &["device"],
    sort: ("busy_pct", true),
    columns: &[
        main("device", heads::DEVICE, 12),
        more("kind", heads::KIND, 9),
        main("busy_pct", heads::BUSY_PCT, 6),
        main("queue_length", heads::QUEUE, 6),
        main("read_bytes_per_s", heads::READ_S, 11),
        main("write_bytes_per_s", heads::WRITE_S, 11),
        main("reads_per_s", heads::READS_S, 7),
        main("writes_per_s", heads::WRITES_S, 7),
        main("read_latency_us", heads::R_LATENCY, 8),
        main("write_latency_us", heads::W_LATENCY, 8),
        more("flush_latency_us", heads::FLUSH_LATENCY, 8),
        more("read_size_bytes", heads::R_SIZE, 9),
        more("write_size_bytes", heads::W_SIZE, 9),
        more("in_flight", heads::FLY, 4),
        more("size_bytes", heads::SIZE, 9),
        more("name", heads::NAME, 14),
        more("parents", heads::ON, 12),
        more("model", heads::MODEL, 0),
    ],
};

static FILESYSTEM: List = List {
    question: "filesystem",
    table: "filesystem",
    key: &["mount", "device"],
    sort: ("used_pct", true),
    columns: &[
        main("used_pct", heads::USED_PCT, 6),
        main("used_bytes", heads::USED, 9),
        main("available_bytes", heads::FREE, 9),
        more("total_bytes", heads::SIZE, 9),
        main("inodes_used_pct", heads::INODE_PCT, 6),
        more("fstype", heads::TYPE, 9),
        more("read_only", heads::RO, 2),
        more("device", heads::DEVICE, 18),
        main("mount", heads::MOUNT, 0),
    ],
};

static NETWORK: List = List {
    question: "network",
    table: "network",
    key: &["interface", "netns"],
    sort: ("rx_bytes_per_s", true),
    columns: &[
        main("interface", heads::INTERFACE, 14),
        main("rx_bytes_per_s", heads::IN, 11),
        main("tx_bytes_per_s", heads::OUT, 11),
        main("rx_packets_per_s", heads::IN_PKT, 7),
        main("tx_packets_per_s", heads::OUT_PKT, 7),
        main("rx_errors_per_s", heads::IN_ERR, 6),
        main("rx_dropped_per_s", heads::IN_DROP, 7),
        more("tx_errors_per_s", heads::OUT_ERR, 7),
        more("tx_dropped_per_s", heads::OUT_DROP, 8),
        more("rx_utilisation_pct", heads::IN_PCT, 5),
        more("tx_utilisation_pct", heads::OUT_PCT, 5),
        more("speed_bits_per_s", heads::SPEED, 11),
        more("operstate", heads::STATE, 8),
        more("kind", heads::KIND, 8),
        more("netns_name", heads::NETNS, 0),
    ],
};

static LISTEN: List = List {
    question: "listen",
    table: "listen",
    key: &["protocol", "address", "port", "netns"],
    sort: ("queue", true),
    columns: &[
        main("protocol", heads::PROTO, 6),
        main("port", heads::PORT, 6),
        main("queue", heads::QUEUE, 6),
        main("backlog", heads::BACKLOG, 7),
        main("queue_pct", heads::QUEUE_PCT, 5),
        main("drops_per_s", heads::DROPS, 6),
        main("address", heads::ADDRESS, 0),
    ],
};

static PRESSURE: List = List {
    question: "pressure",
    table: "pressure",
    key: &["resource"],
    sort: ("some_pct", true),
    columns: &[
        main("resource", heads::RESOURCE, 9),
        main("some_pct", heads::SOME_PCT, 6),
        main("full_pct", heads::FULL_PCT, 6),
        main("some_avg10", heads::AVG10_SOME, 8),
        more("some_avg60", heads::AVG60, 6),
        more("some_avg300", heads::AVG300, 6),
        main("full_avg10", heads::AVG10_FULL, 8),
        more("full_avg60", heads::AVG60, 6),
        more("full_avg300", heads::AVG300, 6),
    ],
};

static EXITS: List = List {
    question: "exit",
    table: "process_exit",
    key: &["pid", "comm"],
    sort: ("life_cpu_us", true),
    columns: &[
        main("pid", heads::PID, 8),
        main("ppid", heads::PPID, 8),
        main("exit_code", heads::CODE, 4),
        main("signal", heads::SIG, 3),
        main("life_us", heads::LIVED, 9),
        main("life_cpu_us", heads::CPU, 9),
        more("rss_peak_bytes", heads::PEAK_RSS, 9),
        more("life_read_bytes", heads::READ, 9),
        more("life_write_bytes", heads::WRITTEN, 9),
        more("processes", heads::N, 5),
        main("comm", heads::COMMAND, 0),
    ],
};

static RECORDER: List = List {
    question: "recorder",
    table: "recorder",
    key: &["collector"],
    sort: ("elapsed_us", true),
    columns: &[
        main("collector", heads::COLLECTOR, 16),
        main("elapsed_us", heads::TOOK, 9),
        main("rows", heads::ROWS, 6),
        more("read_calls", heads::READS, 6),
        main("errors", heads::ERR, 3),
        main("cpu_us", heads::CPU, 9),
        main("cpu_pct", heads::CPU_PCT, 5),
        main("rss_bytes", heads::RSS, 9),
        more("store_bytes", heads::STORE, 9),
        more("skipped_ticks", heads::SKIP, 4),
        more("late_us", heads::LATE, 8),
        main("error", heads::ERROR, 0),
    ],
};
