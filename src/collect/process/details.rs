//! The smaller files of `/proc/PID`: proc_pid_status(5), proc_pid_io(5) and so on. Pure; reads nothing.

use super::super::parse::{cut, int, ints, pair, pairs};

/// What `status` tells that `stat` does not. Memory in bytes.
#[derive(Debug, Default)]
pub struct Status {
    pub uid: Option<i64>,
    pub gid: Option<i64>,
    pub rss: Option<i64>,
    pub rss_anon: Option<i64>,
    pub rss_file: Option<i64>,
    pub rss_shmem: Option<i64>,
    pub rss_peak: Option<i64>,
    pub swap: Option<i64>,
    pub voluntary_switches: Option<i64>,
    pub involuntary_switches: Option<i64>,
}

/// Reads `status`. Zombies and kernel threads have no lines on memory.
pub fn parse_status(text: &str) -> Status {
    let mut status = Status::default();
    let bytes = |rest: &str| Some(ints(rest).next()?.saturating_mul(1024));
    // Of some sixty lines ten are wanted.
    let wanted =
        |line: &&str| matches!(line.as_bytes().first(), Some(b'U' | b'G' | b'V' | b'R' | b'v' | b'n'));
    for (key, rest) in text.lines().filter(wanted).filter_map(pair) {
        match key {
            // Real, effective, saved, of file system.
            "Uid" => status.uid = ints(rest).nth(1),
            "Gid" => status.gid = ints(rest).nth(1),
            "VmRSS" => status.rss = bytes(rest),
            "RssAnon" => status.rss_anon = bytes(rest),
            "RssFile" => status.rss_file = bytes(rest),
            "RssShmem" => status.rss_shmem = bytes(rest),
            "VmHWM" => status.rss_peak = bytes(rest),
            "VmSwap" => status.swap = bytes(rest),
            "voluntary_ctxt_switches" => status.voluntary_switches = int(rest),
            "nonvoluntary_ctxt_switches" => status.involuntary_switches = int(rest),
            _ => {}
        }
    }
    status
}

/// `io`: characters, calls and bytes, as totals since the process began.
#[derive(Debug, Default)]
pub struct Io {
    pub read_chars: Option<i64>,
    pub write_chars: Option<i64>,
    pub read_calls: Option<i64>,
    pub write_calls: Option<i64>,
    pub read_bytes: Option<i64>,
    pub write_bytes: Option<i64>,
    pub cancelled_write_bytes: Option<i64>,
}

/// Reads `io`.
pub fn parse_io(text: &str) -> Io {
    let mut io = Io::default();
    for (key, rest) in pairs(text) {
        let slot = match key {
            "rchar" => &mut io.read_chars,
            "wchar" => &mut io.write_chars,
            "syscr" => &mut io.read_calls,
            "syscw" => &mut io.write_calls,
            "read_bytes" => &mut io.read_bytes,
            "write_bytes" => &mut io.write_bytes,
            "cancelled_write_bytes" => &mut io.cancelled_write_bytes,
            _ => continue,
        };
        *slot = int(rest);
    }
    io
}

/// `schedstat`: what the scheduler booked for the main thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub ran_ns: i64,
    pub waited_ns: i64,
    /// How often it was put on a CPU: unchanged, it has not run.
    pub slices: i64,
}

/// Reads `schedstat`. All zeros are what a kernel says that does not keep these.
pub fn parse_schedule(text: &str) -> Option<Schedule> {
    let mut numbers = text.split_ascii_whitespace().map(int);
    let mut next = || numbers.next().flatten();
    let schedule = Schedule { ran_ns: next()?, waited_ns: next()?, slices: next()? };
    (schedule != Schedule { ran_ns: 0, waited_ns: 0, slices: 0 }).then_some(schedule)
}

/// The soft limit of open files in `limits`; `None` where there is none.
pub fn parse_open_files_limit(text: &str) -> Option<i64> {
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    int(line.split_ascii_whitespace().next()?)
}

/// The shared pages in `statm`.
pub fn parse_shared_pages(text: &str) -> Option<i64> {
    int(text.split_ascii_whitespace().nth(2)?)
}

/// The proportional size in `smaps_rollup`, in bytes.
pub fn parse_pss(text: &str) -> Option<i64> {
    let (_, rest) = pairs(text).find(|(key, _)| *key == "Pss")?;
    Some(ints(rest).next()?.saturating_mul(1024))
}

/// The inode in what a namespace's link points to: `net:[4026531833]`.
pub fn parse_namespace(link: &str) -> Option<i64> {
    int(link.split_once('[')?.1.strip_suffix(']')?)
}

/// The path in `cgroup` that says most: v2's, or where v2 has everyone in its root, that of the
/// first v1 hierarchy which has not.
pub fn parse_cgroup(text: &str) -> Option<&str> {
    let rank = |controllers: &str| {
        let order = ["", "memory", "cpu", "cpuacct", "pids", "name=systemd"];
        controllers.split(',').filter_map(|own| order.iter().position(|o| *o == own)).min()
    };
    let lines = text.lines().filter_map(|line| {
        let (_, rest) = cut(line, b':')?;
        let (controllers, path) = cut(rest, b':').filter(|(_, path)| path.starts_with('/'))?;
        Some((path == "/", rank(controllers)?, path))
    });
    lines.min().map(|(_, _, path)| path)
}
