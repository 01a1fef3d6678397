//! Every key of the configuration, declared once.

use std::path::PathBuf;
use std::time::Duration;

use super::key::Kind::{Amount, Count, Path, Switch, Time, Word};
use super::key::Otherwise::{Is, Says};
use super::key::{Declared, Flag, Key, Parse};
use crate::cli::args::{CollectorSet, MaxSize};
use crate::cli::values;
use crate::collect::{Cmdline, Whose};
use crate::record::Sync;
use crate::record::alerts::Which;
use crate::store::{Compression, Rotation};

macro_rules! keys {
    ($($name:ident: $type:ty = [$table:literal] $key:literal $kind:ident $default:expr,
       $parse:expr, $flag:expr, $about:expr;)*) => {
        $(
            pub const $name: Key<$type> = Key {
                parse: $parse,
                declared: &Declared {
                    table: $table,
                    name: $key,
                    kind: $kind,
                    default: $default,
                    flag: $flag,
                    about: $about,
                    check: |text| {
                        let parse: Parse<$type> = $parse;
                        parse(text).map(drop)
                    },
                },
            };
        )*
        /// All keys, in the order of the example file.
        pub const KEYS: &[&Declared] = &[$($name.declared),*];
    };
}

const fn flag(long: &'static str, value_name: &'static str) -> Option<Flag> {
    Some(Flag { long, short: None, value_name })
}

const EVERY_TICK: super::key::Otherwise = Says("every tick", "5s");
const PLATFORM: &str = if cfg!(target_os = "linux") { "linux" } else { "portable" };

keys! {
    STORE: PathBuf = [""] "store" Path
        Says("/var/lib/sysray for root, else $XDG_DATA_HOME/sysray", "/var/lib/sysray"), values::folder,
        flag("store", "DIR"), "The store's folder, for every command";

    INTERVAL: Duration = ["record"] "interval" Time Is("1s"), values::interval,
        Some(Flag { long: "interval", short: Some('i'), value_name: "TIME" }),
        "Time between two samples: 1s, 500ms, 1m; ticks fall on its multiples";
    SYNC: Sync = ["record"] "sync" Time Is("5s"), values::sync, flag("sync", "WHEN"),
        "Make what was recorded outlive a power cut: tick (each sample), 5s (so often), off (when the system does)";
    BUDGET: Option<f64> = ["record"] "budget" Amount Is("1%"), values::budget, flag("budget", "PERCENT"),
        "CPU time the recorder may take, as a share of one CPU: 1%, or none for no bound";
    COLLECTOR: CollectorSet = ["record"] "collector" Word Is(PLATFORM), values::collector,
        flag("collector", "SET"),
        "Where the figures come from: linux (the kernel's own files: everything), portable (what any system tells)";
    THREADS: Vec<Whose> = ["record"] "threads" Word Is("none"), values::threads,
        flag("threads", "COMM|PID,…"),
        "Read each thread too of these processes, by name as process.comm shows it, or by pid: nginx,4711";
    NICE: Option<i32> = ["record"] "nice" Count Is("-10"), values::nice, None,
        "The recorder's nice value, -20 to 19, where it may set it; none leaves it as it was started";
    OOM_SCORE_ADJ: Option<i32> = ["record"] "oom_score_adj" Count Is("-900"), values::oom_score_adj, None,
        "Its OOM score adjustment, -1000 to 1000, where it may set it; none leaves it as it was started";
    LOCK_MEMORY: bool = ["record"] "lock_memory" Switch Is("true"), values::switch, None,
        "Whether it locks its memory, where it may, so that it is not paged out when it is needed most";
    ALERTS: Which = ["record"] "alerts" Word Is("all"), values::alerts, flag("alerts", "WHICH"),
        "Which rules raise alerts: all (the defaults and those of the file), own (those of the file), none";

    ROTATE: Rotation = ["keep"] "rotate" Time Is("daily"), values::rotation, flag("rotate", "SPAN"),
        "Span of a finished file: hourly, daily, or a time such as 15m; never past a UTC day";
    KEEP_FILES: Option<u64> = ["keep"] "keep_files" Count Is("none"), values::keep_files,
        flag("keep-files", "N"), "Keep the newest N such spans; none: all that the other bounds allow";
    KEEP: Duration = ["keep"] "keep" Time Is("14d"), values::span, flag("keep", "TIME"),
        "Keep recorded rows for this time";
    KEEP_PROCESS: Duration = ["keep"] "keep_process" Time Says("as keep where that is given, else 3d", "3d"),
        values::span, flag("keep-process", "TIME"), "Keep recorded rows of processes and threads for this time";
    KEEP_1M: Duration = ["keep"] "keep_1m" Time Is("90d"), values::span, flag("keep-1m", "TIME"),
        "Keep one-minute rows for this time";
    KEEP_1H: Duration = ["keep"] "keep_1h" Time Is("400d"), values::span, flag("keep-1h", "TIME"),
        "Keep one-hour rows for this time";
    MAX_SIZE: MaxSize = ["keep"] "max_size" Amount Says("2GiB or 5 % of the disk, the smaller", "2GiB"),
        values::max_size, flag("max-size", "SIZE"), "Never let the store grow over this size: 500MiB, none";
    MIN_FREE: f64 = ["keep"] "min_free" Amount Is("10%"), values::percent, flag("min-free", "PERCENT"),
        "Give up the oldest rows while less than this share of the disk is free; 0: never";
    COMPRESS: Compression = ["keep"] "compress" Word Is("zstd:3"), values::compression,
        flag("compress", "CODEC"), "Compression of finished files: zstd, zstd:LEVEL (1 to 22), none";

    PROCESS_INTERVAL: Duration = ["collect.process"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of processes";
    IDLE_INTERVAL: Duration = ["collect.process"] "idle_interval" Time Is("10s"), values::interval, None,
        "How often a process that shows no sign of having run is read in full again";
    PSS: bool = ["collect.process"] "pss" Switch Is("false"), values::switch, None,
        "Whether pss_bytes is read, for which the kernel walks all memory of a process";
    CMDLINE: Cmdline = ["collect.process"] "cmdline" Word Is("redacted"), values::cmdline, None,
        "What is kept of a process's arguments: redacted (all, secrets replaced), program (the first), none";
    EXITS: bool = ["collect.process_exit"] "enabled" Switch Is("true"), values::switch, None,
        "Whether the kernel is asked to tell of each process that ends";
    KERNEL_LOG: bool = ["collect.kernel_log"] "enabled" Switch Is("true"), values::switch, None,
        "Whether the kernel's log is read for what becomes an event";
    CPU_INTERVAL: Duration = ["collect.cpu"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of CPU times";
    INTERRUPT_INTERVAL: Duration = ["collect.interrupt"] "interval" Time Is("10s"), values::interval, None,
        "Time between two reads of interrupts and software interrupts by source";
    MEMORY_INTERVAL: Duration = ["collect.memory"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of memory and paging";
    NUMA_INTERVAL: Duration = ["collect.numa"] "interval" Time Is("10s"), values::interval, None,
        "Time between two reads of the memory of NUMA nodes";
    PRESSURE_INTERVAL: Duration = ["collect.pressure"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of pressure";
    DISK_INTERVAL: Duration = ["collect.disk"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of disks";
    FILESYSTEM_INTERVAL: Duration = ["collect.filesystem"] "interval" Time Is("30s"), values::interval, None,
        "Time between two reads of file systems";
    NETWORK_INTERVAL: Duration = ["collect.network"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of network interfaces";
    SOCKET_INTERVAL: Duration = ["collect.socket"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of sockets";
    LISTEN_INTERVAL: Duration = ["collect.listen"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of sockets that wait for connections";
    PROTOCOL_INTERVAL: Duration = ["collect.protocol"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of IP, TCP, UDP and ICMP counters";
    SOFTNET_INTERVAL: Duration = ["collect.softnet"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of how each CPU takes packets in";
    CGROUP_INTERVAL: Duration = ["collect.cgroup"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of control groups";
    CGROUP_LIMITS: Duration = ["collect.cgroup"] "limits_interval" Time Is("60s"), values::interval, None,
        "How often limits of control groups are read";
    CGROUP_STAT: Duration = ["collect.cgroup"] "stat_interval" Time Is("10s"), values::interval, None,
        "How often memory.stat and io.stat of control groups are read";
    SENSOR_INTERVAL: Duration = ["collect.sensor"] "interval" Time Is("10s"), values::interval, None,
        "Time between two reads of temperatures, fans and voltages";
    POWER_INTERVAL: Duration = ["collect.power"] "interval" Time Is("10s"), values::interval, None,
        "Time between two reads of the energy that processors use, and of batteries";
    SYSTEM_INTERVAL: Duration = ["collect.system"] "interval" Time EVERY_TICK, values::interval, None,
        "Time between two reads of load, counts of processes and the like";

    DESK_LANG: String = ["tui"] "lang" Word Says("fr where LANG begins so, else en", "fr"), values::lang, None,
        "The language of the terminal desk: en, fr";
    DESK_THEME: String = ["tui"] "theme" Word Is("dark"), values::theme, None,
        "Its colours: dark, light, high-contrast, mono";
    DESK_KEYS: String = ["tui"] "keys" Word Is("sysray"), values::keys, None,
        "Its keys: sysray, or nmon for nmon's letters";
    DESK_COMPACT: bool = ["tui"] "compact" Switch Is("false"), values::switch, None,
        "Whether its lists begin with their main columns alone";
}

/// The name of the collector whose own interval a key gives.
pub fn collector_of(key: &Declared) -> Option<&'static str> {
    key.table.strip_prefix("collect.").filter(|_| key.name == "interval")
}
