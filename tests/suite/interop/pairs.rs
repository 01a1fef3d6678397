//! What is held against other tools: which column of which tool is which of ours, and how far apart the two may
//! be. `docs/numbers.md` has the same table, with what was measured.

/// How a tool's numbers of a minute become one, and ours with them.
#[derive(Clone, Copy, Debug)]
pub enum How {
    /// A mean by time: what happened in all, by the seconds it took.
    PerSecond,
    /// What one thing is of another, such as milliseconds of requests: each sample of the tool weighs as much as
    /// that column of it says, or as long as it took where there is none.
    By(&'static str, &'static str),
    /// A mean of what stood there at each sample.
    Mean,
    /// Each sample by itself, by what stood around it.
    Each,
}

/// A column of theirs and one of ours.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub column: &'static str,
    /// SQL over the stored columns of our table.
    pub ours: &'static str,
    pub how: How,
    /// In their unit; the greater of both counts.
    pub absolute: f64,
    /// Of their number.
    pub relative: f64,
}

/// A tool, the tables of ours that say the same, and columns.
#[derive(Debug)]
pub struct Held {
    pub tool: &'static str,
    /// Table, what its rows are called by the tool, and which rows count.
    pub tables: &'static [(&'static str, &'static str, &'static str)],
    pub pairs: &'static [Pair],
    /// Why no less is allowed.
    pub why: &'static str,
}

use How::{By, Each, Mean, PerSecond};

const fn pair(column: &'static str, ours: &'static str, how: How, absolute: f64, relative: f64) -> Pair {
    Pair { column, ours, how, absolute, relative }
}

/// All modes of CPUs.
const MODES: &str = "user_us + nice_us + system_us + idle_us + iowait_us + irq_us + softirq_us + steal_us";
const SHARE: How = By(MODES, "");
const MIB: f64 = 1048576.0;
const MEMORY: f64 = 16.0 * MIB;

pub const HELD: &[Held] = &[
    Held {
        tool: "mpstat",
        tables: &[("cpu", "'all'", ""), ("cpu_core", "cast(cpu as varchar)", "")],
        pairs: &[
            pair("usr", "100 * (user_us - guest_us)", SHARE, 0.5, 0.0),
            pair("nice", "100 * (nice_us - guest_nice_us)", SHARE, 0.5, 0.0),
            pair("sys", "100 * system_us", SHARE, 0.5, 0.0),
            pair("iowait", "100 * iowait_us", SHARE, 0.5, 0.0),
            pair("irq", "100 * irq_us", SHARE, 0.5, 0.0),
            pair("soft", "100 * softirq_us", SHARE, 0.5, 0.0),
            pair("steal", "100 * steal_us", SHARE, 0.5, 0.0),
            pair("guest", "100 * guest_us", SHARE, 0.5, 0.0),
            pair("gnice", "100 * guest_nice_us", SHARE, 0.5, 0.0),
            pair("idle", "100 * idle_us", SHARE, 0.5, 0.0),
        ],
        why: "Points. Both read the same clock ticks, of which a second has a hundred; a sample of theirs is a share of about a second, whose lengths differ.",
    },
    Held {
        tool: "iostat",
        tables: &[("disk", "device", "")],
        pairs: &[
            pair("r/s", "reads", PerSecond, 0.1, 0.02),
            pair("rkB/s", "read_bytes / 1024", PerSecond, 4.0, 0.02),
            pair("rrqm/s", "reads_merged", PerSecond, 0.1, 0.02),
            pair("r_await", "read_us / 1000", By("reads", "r/s"), 0.05, 0.03),
            pair("w/s", "writes", PerSecond, 0.1, 0.02),
            pair("wkB/s", "write_bytes / 1024", PerSecond, 4.0, 0.02),
            pair("wrqm/s", "writes_merged", PerSecond, 0.1, 0.02),
            pair("w_await", "write_us / 1000", By("writes", "w/s"), 0.05, 0.03),
            pair("wareq-sz", "write_bytes / 1024", By("writes", "w/s"), 0.1, 0.02),
            pair("d/s", "discards", PerSecond, 0.1, 0.02),
            pair("dkB/s", "discard_bytes / 1024", PerSecond, 4.0, 0.02),
            pair("f/s", "coalesce(flushes, 0)", PerSecond, 0.1, 0.02),
            pair("f_await", "coalesce(flush_us, 0) / 1000", By("coalesce(flushes, 0)", "f/s"), 0.05, 0.03),
            pair("aqu-sz", "queue_us / 1e6", PerSecond, 0.02, 0.03),
            pair("util", "busy_us / 1e4", PerSecond, 0.5, 0.02),
        ],
        why: "A sample of theirs may lie at another place within a burst of writes; waits of theirs have two decimals.",
    },
    Held {
        tool: "pidstat",
        tables: &[("process", "cast(pid as varchar)", "pid in (PIDS)")],
        pairs: &[
            pair("%usr", "user_us / 1e4", PerSecond, 1.0, 0.0),
            pair("%system", "system_us / 1e4", PerSecond, 1.0, 0.0),
            pair("%wait", "run_delay_us / 1e4", PerSecond, 1.0, 0.02),
            pair("%CPU", "cpu_us / 1e4", PerSecond, 1.0, 0.0),
            pair("minflt/s", "minor_faults", PerSecond, 0.5, 0.02),
            pair("majflt/s", "major_faults", PerSecond, 0.1, 0.02),
            pair("VSZ", "virtual_bytes / 1024", Mean, 256.0, 0.02),
            pair("RSS", "rss_bytes / 1024", Mean, 1024.0, 0.02),
            pair("kB_rd/s", "read_bytes / 1024", PerSecond, 4.0, 0.02),
            pair("kB_wr/s", "write_bytes / 1024", PerSecond, 4.0, 0.02),
            pair("kB_ccwr/s", "cancelled_write_bytes / 1024", PerSecond, 4.0, 0.02),
            pair("cswch/s", "voluntary_switches", PerSecond, 1.0, 0.03),
            pair("nvcswch/s", "involuntary_switches", PerSecond, 1.0, 0.03),
        ],
        why: "Points of one CPU. Of each process of the load; theirs are ticks of a hundredth of a second and lengths of an interval in those, our %CPU is the scheduler's clock.",
    },
    Held {
        tool: "sar -n DEV",
        tables: &[("network", "interface", "netns is null")],
        pairs: &[
            pair("rxpck/s", "rx_packets", PerSecond, 0.1, 0.02),
            pair("txpck/s", "tx_packets", PerSecond, 0.1, 0.02),
            pair("rxkB/s", "rx_bytes / 1024", PerSecond, 0.1, 0.02),
            pair("txkB/s", "tx_bytes / 1024", PerSecond, 0.1, 0.02),
            pair("rxcmp/s", "rx_compressed", PerSecond, 0.1, 0.02),
            pair("txcmp/s", "tx_compressed", PerSecond, 0.1, 0.02),
            pair("rxmcst/s", "rx_multicast", PerSecond, 0.1, 0.02),
        ],
        why: "Packets of a second in which the load was let run more or less than in its neighbours.",
    },
    Held {
        tool: "vmstat",
        tables: &[("cpu", "", "")],
        pairs: &[
            pair("r", "greatest(runnable - 1, 0)", Mean, 2.0, 0.0),
            pair("b", "blocked", Mean, 1.0, 0.0),
            pair("in", "interrupts", PerSecond, 5.0, 0.02),
            pair("cs", "context_switches", PerSecond, 5.0, 0.02),
            pair("us", "100 * (user_us + nice_us)", SHARE, 0.75, 0.0),
            pair("sy", "100 * (system_us + irq_us + softirq_us)", SHARE, 0.75, 0.0),
            pair("id", "100 * idle_us", SHARE, 0.75, 0.0),
            pair("wa", "100 * iowait_us", SHARE, 0.75, 0.0),
            pair("st", "100 * steal_us", SHARE, 0.75, 0.0),
        ],
        why: "Whole numbers; shares are rounded one by one. What runs at the moment of a look is other at the next: under this load and beside a compiler 15 tasks, with a standard deviation of 2.5, of which 0.4 are left in common 50 ms later. Two means of 60 looks each are so apart by 2.5 · √(2/60), which is 0.46, and four times that is 1.8. vmstat looks half a second away from the other tools, which all wake at once.",
    },
    Held {
        tool: "vmstat",
        tables: &[("memory", "", "")],
        pairs: &[
            pair("si", "swap_in_bytes / 1024", PerSecond, 4.0, 0.02),
            pair("so", "swap_out_bytes / 1024", PerSecond, 4.0, 0.02),
            pair("bi", "paged_in_bytes / 1024", PerSecond, 4.0, 0.02),
            pair("bo", "paged_out_bytes / 1024", PerSecond, 4.0, 0.02),
        ],
        why: "Blocks as in iostat.",
    },
    Held {
        tool: "vmstat, once",
        tables: &[("memory", "", "")],
        pairs: &[
            pair("swpd", "(swap_total_bytes - swap_free_bytes) / 1024", Each, MEMORY / 1024.0, 0.02),
            pair("free", "free_bytes / 1024", Each, MEMORY / 1024.0, 0.02),
            pair("buff", "buffers_bytes / 1024", Each, MEMORY / 1024.0, 0.02),
            pair("cache", "(cached_bytes + slab_reclaimable_bytes) / 1024", Each, MEMORY / 1024.0, 0.02),
        ],
        why: "KiB, of one that was started for it: that of procps 4.0.2 goes on to tell memory as it was when it began.",
    },
    Held {
        tool: "free",
        tables: &[("memory", "", "")],
        pairs: &[
            pair("Mem total", "total_bytes", Each, 0.0, 0.0),
            pair("Mem used", "total_bytes - available_bytes", Each, MEMORY, 0.02),
            pair("Mem free", "free_bytes", Each, MEMORY, 0.02),
            pair("Mem shared", "shmem_bytes", Each, MEMORY, 0.02),
            pair("Mem buffers", "buffers_bytes", Each, MEMORY, 0.02),
            pair("Mem cache", "cached_bytes + slab_reclaimable_bytes", Each, MEMORY, 0.02),
            pair("Mem available", "available_bytes", Each, MEMORY, 0.02),
            pair("Swap total", "swap_total_bytes", Each, 0.0, 0.0),
            pair("Swap used", "swap_total_bytes - swap_free_bytes", Each, MEMORY, 0.02),
            pair("Swap free", "swap_free_bytes", Each, MEMORY, 0.02),
        ],
        why: "Bytes, at the start, in the middle and at the end. Memory comes and goes between two looks; totals are exact.",
    },
    Held {
        tool: "df",
        tables: &[("filesystem", "mount", "")],
        pairs: &[
            pair("size", "total_bytes", Each, 0.0, 0.0),
            pair("used", "total_bytes - free_bytes", Each, WRITTEN, 0.0),
            pair("avail", "available_bytes", Each, WRITTEN, 0.0),
            pair("itotal", "inodes", Each, 0.0, 0.0),
            pair("iavail", "inodes_free", Each, 64.0, 0.0),
        ],
        why: "Bytes, at the same moments: what the load has open at once may be allocated or not.",
    },
];

/// The files that the load writes over and over.
pub const WRITTEN: f64 = 64.0 * MIB;

/// Of node_exporter all is compared that the schema names for it; these are the bounds, the first that fits.
#[derive(Debug)]
pub struct Family {
    /// What the name begins with.
    pub prefix: &'static str,
    pub absolute: f64,
    pub relative: f64,
    pub why: &'static str,
}

const fn family(prefix: &'static str, absolute: f64, relative: f64, why: &'static str) -> Family {
    Family { prefix, absolute, relative, why }
}

/// Counters by the second, gauges by what stood around each of the two readings.
pub const FAMILIES: &[Family] = &[
    family("node_cpu_seconds_total", 0.005, 0.0, "Half a point of a CPU: clock ticks."),
    family("node_cpu_guest_seconds_total", 0.005, 0.0, "The same."),
    family("node_disk_io_now", 64.0, 0.0, "What is under way at a moment is other at the next."),
    family("node_disk_read_bytes_total", 4096.0, 0.02, "Bytes a second."),
    family("node_disk_written_bytes_total", 4096.0, 0.02, "The same."),
    family("node_disk_", 0.1, 0.02, "Operations a second, and seconds of a second."),
    family("node_filesystem_readonly", 0.0, 0.0, "Yes or no."),
    family("node_filesystem_size_bytes", 0.0, 0.0, "It does not change."),
    family("node_filesystem_files_free", 64.0, 0.0, "Files come and go."),
    family("node_filesystem_files", 0.0, 0.0, "It does not change."),
    family("node_filesystem_", WRITTEN, 0.0, "What the load has open at once."),
    family("node_load", 0.5, 0.02, "The kernel renews it every five seconds."),
    family("node_memory_MemTotal_bytes", 0.0, 0.0, "It does not change."),
    family("node_memory_SwapTotal_bytes", 0.0, 0.0, "The same."),
    family("node_memory_HugePages_", 0.0, 0.0, "Pages; nobody takes any."),
    family("node_memory_numa_numa_", 50.0, 0.02, "Pages a second."),
    family("node_memory_numa_local_node_total", 50.0, 0.02, "The same."),
    family("node_memory_numa_interleave_hit_total", 50.0, 0.02, "The same."),
    family("node_memory_numa_other_node_total", 50.0, 0.02, "The same."),
    family("node_memory_", MEMORY, 0.02, "Memory comes and goes between two looks."),
    family("node_network_", 1.0, 0.02, "Packets a second; bytes and yes or no with them."),
    family(
        "node_procs_",
        16.0,
        0.0,
        "Who runs at a moment, one look 50 ms behind ours: apart by 2.5 · √(2 · 0.6), which is 2.7, and 4.5 times that is 12; and up to four threads of the exporter.",
    ),
    family(
        "node_sockstat_UDP_mem_bytes",
        4.25 * MIB,
        0.0,
        "Each CPU keeps up to net.core.mem_pcpu_rsv pages to itself, 1 MiB too many or too few: of two CPUs at two looks 4 MiB, and what waits in a socket.",
    ),
    family("node_sockstat_TCP_mem_bytes", 4.25 * MIB, 0.0, "The same."),
    family("node_sockstat_", 16.0, 0.02, "The exporter is asked over a socket."),
    family("node_filefd_", 256.0, 0.02, "Open files come and go."),
    family("node_processes_max_threads", 0.0, 0.0, "It does not change."),
    family("node_nf_conntrack_entries_limit", 0.0, 0.0, "It does not change."),
    family("node_nf_conntrack_entries", 16.0, 0.02, "Connections come and go."),
    family("node_boot_time_seconds", 1.0, 0.0, "The kernel derives it from two clocks."),
    family("node_softnet_backlog_len", 64.0, 0.0, "What waits at a moment."),
    family("node_netstat_Tcp_CurrEstab", 8.0, 0.02, "The exporter is asked over a connection."),
    family("node_interrupts_total", 1.0, 0.03, "Interrupts a second."),
    family("node_vmstat_", 5.0, 0.02, "Faults and pages a second."),
    family("node_", 1.0, 0.02, "What is counted, by the second."),
];

/// The rows of the table in `docs/numbers.md`, without what was measured: tool, column, ours, bound.
pub fn rows() -> Vec<String> {
    let mut rows = Vec::new();
    for held in HELD {
        let tables: Vec<String> = held.tables.iter().map(|(table, ..)| format!("`{table}`")).collect();
        for pair in held.pairs {
            let ours = match pair.how {
                By(MODES, _) => format!("{} of all modes", pair.ours),
                By(below, _) => format!("{} by {below}", pair.ours),
                PerSecond => format!("{} a second", pair.ours),
                Mean | Each => pair.ours.to_string(),
            };
            let ours = format!("{}: {ours}", tables.join(", "));
            rows.push(row(held.tool, pair.column, &ours, pair.absolute, pair.relative));
        }
    }
    let all = FAMILIES.iter().map(|f| {
        let name = format!("{}{}", f.prefix, if f.prefix.ends_with('_') { "…" } else { "" });
        row("node_exporter", &name, f.why, f.absolute, f.relative)
    });
    rows.extend(all);
    rows
}

fn row(tool: &str, column: &str, ours: &str, absolute: f64, relative: f64) -> String {
    let absolute = match absolute {
        mib if mib >= MIB => format!("{} MiB", mib / MIB),
        other => other.to_string(),
    };
    let bound = match (absolute.as_str(), relative) {
        (_, 0.0) => absolute,
        (_, share) => format!("{absolute} or {} %", 100.0 * share),
    };
    format!("| {tool} | `{column}` | {ours} | {bound} |")
}

#[test]
fn the_page_on_numbers_has_what_is_held_against_others_and_by_which_bound() {
    let page = include_str!("../../../docs/numbers.md");
    let reasons = HELD.iter().map(|held| format!("- {}: {}", held.tool, held.why));
    let missing: Vec<String> =
        reasons.chain(rows()).filter(|row| !page.lines().any(|line| line.starts_with(row))).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
