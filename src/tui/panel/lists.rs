//! Panels that list rows: which columns, in which order, and what a row is known by.

use super::Panel;

/// A column of a list.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the answer, which is that of the schema where there is one.
    pub name: &'static str,
    /// What stands above it: what administrators know from other tools.
    pub head: &'static str,
    /// How many characters.
    pub width: u16,
    /// Shown even in the compact form.
    pub is_main: bool,
}

const fn main(name: &'static str, head: &'static str, width: u16) -> Column {
    Column { name, head, width, is_main: true }
}

const fn more(name: &'static str, head: &'static str, width: u16) -> Column {
    Column { name, head, width, is_main: false }
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
        main("pid", "PID", 8),
        main("username", "USER", 10),
        main("state", "S", 1),
        main("cpu_pct", "CPU%", 6),
        more("user_pct", "USR%", 6),
        more("system_pct", "SYS%", 6),
        main("rss_bytes", "RSS", 9),
        main("memory_pct", "MEM%", 5),
        main("read_bytes_per_s", "READ/s", 11),
        main("write_bytes_per_s", "WRITE/s", 11),
        more("run_delay_pct", "RQ%", 5),
        more("block_delay_pct", "IO%", 5),
        more("threads", "THR", 5),
        more("open_files", "FDS", 6),
        more("nice", "NI", 3),
        more("major_faults_per_s", "MAJF/s", 7),
        more("swap_bytes", "SWAP", 9),
        main("comm", "COMMAND", 0),
    ],
};

static JAVA: List = List {
    question: "process",
    table: "process",
    key: &["pid", "start_time"],
    sort: ("cpu_pct", true),
    columns: &[
        main("pid", "PID", 8),
        main("username", "USER", 10),
        main("state", "S", 1),
        main("cpu_pct", "CPU%", 6),
        main("rss_bytes", "RSS", 9),
        main("heap_max", "HEAP MAX", 9),
        more("heap_min", "HEAP MIN", 9),
        more("collector", "GC", 10),
        main("threads", "THR", 5),
        more("open_files", "FDS", 6),
        more("run_delay_pct", "RQ%", 5),
        more("block_delay_pct", "IO%", 5),
        main("role", "ROLE", 0),
    ],
};

static CGROUP: List = List {
    question: "cgroup",
    table: "cgroup",
    key: &["path"],
    sort: ("cpu_pct", true),
    columns: &[
        main("cpu_pct", "CPU%", 6),
        main("throttled_pct", "THR%", 5),
        main("memory_bytes", "MEM", 9),
        main("memory_pct", "MEM%", 5),
        main("read_bytes_per_s", "READ/s", 11),
        main("write_bytes_per_s", "WRITE/s", 11),
        more("pids", "PIDS", 6),
        more("swap_bytes", "SWAP", 9),
        more("cpu_some_pct", "CPU?", 5),
        more("memory_some_pct", "MEM?", 5),
        more("io_some_pct", "IO?", 5),
        more("memory_max_bytes", "LIMIT", 9),
        more("container", "CONTAINER", 14),
        main("path", "CGROUP", 0),
    ],
};

static DISK: List = List {
    question: "disk",
    table: "disk",
    key: &["device"],
    sort: ("busy_pct", true),
    columns: &[
        main("device", "DEVICE", 12),
        more("kind", "KIND", 9),
        main("busy_pct", "BUSY%", 6),
        main("queue_length", "QUEUE", 6),
        main("read_bytes_per_s", "READ/s", 11),
        main("write_bytes_per_s", "WRITE/s", 11),
        main("reads_per_s", "R/s", 7),
        main("writes_per_s", "W/s", 7),
        main("read_latency_us", "R LAT", 8),
        main("write_latency_us", "W LAT", 8),
        more("flush_latency_us", "F LAT", 8),
        more("read_size_bytes", "R SIZE", 9),
        more("write_size_bytes", "W SIZE", 9),
        more("in_flight", "FLY", 4),
        more("size_bytes", "SIZE", 9),
        more("name", "NAME", 14),
        more("parents", "ON", 12),
        more("model", "MODEL", 0),
    ],
};

static FILESYSTEM: List = List {
    question: "filesystem",
    table: "filesystem",
    key: &["mount", "device"],
    sort: ("used_pct", true),
    columns: &[
        main("used_pct", "USED%", 6),
        main("used_bytes", "USED", 9),
        main("available_bytes", "FREE", 9),
        more("total_bytes", "SIZE", 9),
        main("inodes_used_pct", "INODE%", 6),
        more("fstype", "TYPE", 9),
        more("read_only", "RO", 2),
        more("device", "DEVICE", 18),
        main("mount", "MOUNT", 0),
    ],
};

static NETWORK: List = List {
    question: "network",
    table: "network",
    key: &["interface", "netns"],
    sort: ("rx_bytes_per_s", true),
    columns: &[
        main("interface", "INTERFACE", 14),
        main("rx_bytes_per_s", "IN/s", 11),
        main("tx_bytes_per_s", "OUT/s", 11),
        main("rx_packets_per_s", "IN PKT", 7),
        main("tx_packets_per_s", "OUT PKT", 7),
        main("rx_errors_per_s", "IN ERR", 6),
        main("rx_dropped_per_s", "IN DROP", 7),
        more("tx_errors_per_s", "OUT ERR", 7),
        more("tx_dropped_per_s", "OUT DROP", 8),
        more("rx_utilisation_pct", "IN%", 5),
        more("tx_utilisation_pct", "OUT%", 5),
        more("speed_bits_per_s", "SPEED", 10),
        more("operstate", "STATE", 8),
        more("kind", "KIND", 8),
        more("netns_name", "NETNS", 0),
    ],
};

static LISTEN: List = List {
    question: "listen",
    table: "listen",
    key: &["protocol", "address", "port", "netns"],
    sort: ("queue", true),
    columns: &[
        main("protocol", "PROTO", 6),
        main("port", "PORT", 6),
        main("queue", "QUEUE", 6),
        main("backlog", "BACKLOG", 7),
        main("queue_pct", "FULL%", 5),
        main("drops_per_s", "DROPS", 6),
        main("address", "ADDRESS", 0),
    ],
};

static PRESSURE: List = List {
    question: "pressure",
    table: "pressure",
    key: &["resource"],
    sort: ("some_pct", true),
    columns: &[
        main("resource", "RESOURCE", 9),
        main("some_pct", "SOME%", 6),
        main("full_pct", "FULL%", 6),
        main("some_avg10", "SOME 10s", 8),
        more("some_avg60", "60s", 6),
        more("some_avg300", "300s", 6),
        main("full_avg10", "FULL 10s", 8),
        more("full_avg60", "60s", 6),
        more("full_avg300", "300s", 6),
    ],
};

static EXITS: List = List {
    question: "exit",
    table: "process_exit",
    key: &["pid", "comm"],
    sort: ("life_cpu_us", true),
    columns: &[
        main("pid", "PID", 8),
        main("ppid", "PPID", 8),
        main("exit_code", "CODE", 4),
        main("signal", "SIG", 3),
        main("life_us", "LIVED", 9),
        main("life_cpu_us", "CPU", 9),
        more("rss_peak_bytes", "PEAK RSS", 9),
        more("life_read_bytes", "READ", 9),
        more("life_write_bytes", "WRITTEN", 9),
        more("processes", "N", 5),
        main("comm", "COMMAND", 0),
    ],
};

static RECORDER: List = List {
    question: "recorder",
    table: "recorder",
    key: &["collector"],
    sort: ("elapsed_us", true),
    columns: &[
        main("collector", "COLLECTOR", 16),
        main("elapsed_us", "TOOK", 9),
        main("rows", "ROWS", 6),
        more("read_calls", "READS", 6),
        main("errors", "ERR", 3),
        main("cpu_us", "CPU", 9),
        main("cpu_pct", "CPU%", 5),
        main("rss_bytes", "RSS", 9),
        more("store_bytes", "STORE", 9),
        more("skipped_ticks", "SKIP", 4),
        more("late_us", "LATE", 8),
        main("error", "ERROR", 0),
    ],
};
