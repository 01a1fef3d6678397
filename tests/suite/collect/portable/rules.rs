//! The columns that the portable collectors fill on Linux, and how far each may be from what the kernel's
//! own collectors say.
#![allow(clippy::unwrap_used)]

use super::look::{Cell, Cells};

/// How a value is held against the native one.
pub enum How {
    /// The same as before or after.
    Same,
    /// Not below the lesser and not above the greater of both by more than that.
    Within(f64),
    /// Not below and not above what this of the native row was before and after.
    Is(fn(&Cells) -> Option<f64>),
    /// The same text, once this was done to both.
    Alike(fn(&str) -> String),
    /// From one round to the next it grew as this of the native row did, but for that much.
    Grows(fn(&Cells) -> Option<f64>, f64),
}

/// A column, how it is compared, and where it may be unknown though the native row knows.
pub struct Rule {
    pub column: &'static str,
    pub how: How,
    /// Asked of the native row.
    pub may_lack: fn(&Cells) -> bool,
    /// Not every host has such a thing.
    pub is_rare: bool,
    /// It moves up and down: of a process that ran meanwhile neither look says what it was in between.
    pub wants_rest: bool,
}

const MIB: f64 = 1_048_576.0;
const SECOND_US: f64 = 1_000_000.0;
/// Two clock ticks, in which Linux tells CPU time: of two such numbers each may be short of one.
const TICKS_US: f64 = 20_000.0;

fn rule(column: &'static str, how: How) -> Rule {
    Rule { column, how, may_lack: |_| false, is_rare: false, wants_rest: false }
}

fn lacking(column: &'static str, how: How, may_lack: fn(&Cells) -> bool) -> Rule {
    Rule { may_lack, ..rule(column, how) }
}

fn resting(column: &'static str, how: How) -> Rule {
    Rule { wants_rest: true, ..rule(column, how) }
}

fn rare(column: &'static str, how: How) -> Rule {
    Rule { is_rare: true, ..rule(column, how) }
}

/// All of them.
pub fn rules() -> Vec<Rule> {
    use How::{Alike, Grows, Is, Same, Within};
    vec![
        // Whole seconds against hundredths.
        rule("system.uptime_us", Within(SECOND_US)),
        rule("cpu.online", Same),
        // Updated every five seconds, and read to a hundredth.
        rule("cpu.load1", Within(0.005)),
        rule("cpu.load5", Within(0.005)),
        rule("cpu.load15", Within(0.005)),
        rule("cpu.idle_us", Grows(idle, 4.0 * TICKS_US)),
        rule("cpu_core.cpu", Same),
        rule("cpu_core.idle_us", Grows(idle, 2.0 * TICKS_US)),
        rule("memory.total_bytes", Same),
        // What comes and goes while it is read.
        rule("memory.free_bytes", Within(64.0 * MIB)),
        rule("memory.available_bytes", Within(64.0 * MIB)),
        rule("memory.swap_total_bytes", Same),
        rule("memory.swap_free_bytes", Within(MIB)),
        rule("network.interface", Same),
        rare("network.mac", Same),
        rule("network.mtu", Same),
        rule("network.operstate", Same),
        rule("network.rx_bytes", Within(0.0)),
        rule("network.rx_packets", Within(0.0)),
        rule("network.rx_errors", Within(0.0)),
        rule("network.tx_bytes", Within(0.0)),
        rule("network.tx_packets", Within(0.0)),
        rule("network.tx_errors", Within(0.0)),
        rare("disk.device", Same),
        rare("disk.rotational", Same),
        rare("disk.read_bytes", Within(0.0)),
        rare("disk.write_bytes", Within(0.0)),
        rule("filesystem.mount", Same),
        rule("filesystem.device", Same),
        rare("filesystem.disk", Same),
        rule("filesystem.fstype", Same),
        rule("filesystem.read_only", Same),
        rule("filesystem.total_bytes", Same),
        rule("filesystem.available_bytes", Within(64.0 * MIB)),
        rule("process.pid", Same),
        // Both whole seconds of the boot time and of the time since may be one off.
        rule("process.start_time", Within(2.0 * SECOND_US)),
        lacking("process.ppid", Same, |row| row["ppid"] == Cell::Number(0.0)),
        resting("process.comm", Alike(worker)),
        resting("process.cmdline", Alike(squeezed)),
        resting("process.exe", Alike(in_place)),
        lacking("process.username", Same, is_unlisted),
        rule("process.uid", Same),
        rule("process.gid", Same),
        lacking("process.session", Same, |row| row["session"] == Cell::Number(0.0)),
        resting("process.state", Same),
        rule("process.is_kernel", Same),
        resting("process.rss_bytes", Within(MIB)),
        resting("process.virtual_bytes", Within(0.0)),
        resting("process.memory_pct", Within(0.01)),
        Rule { may_lack: has_no_list_of_files, ..resting("process.open_files", Within(0.0)) },
        // sysinfo reads clock ticks, cpu_us is of the scheduler: these drift apart.
        rule("process.cpu_us", Is(ticks)),
        lacking("process.read_bytes", Within(0.0), has_no_io),
        lacking("process.write_bytes", Within(0.0), has_no_io),
        rule("host.hostname", Same),
        // The kernel's own moves by a second.
        rule("host.boot_time", Within(SECOND_US)),
        rule("host.os", Same),
        rule("host.os_version", Same),
        rule("host.kernel", Same),
        rule("host.architecture", Same),
        rule("host.cpu_model", Same),
        rule("host.cores", Same),
        rule("host.threads", Same),
        rule("host.memory_bytes", Same),
        rule("host.sysray_version", Same),
        // The one thing that they are to differ in.
        rule("host.collector", Alike(|_| "a set".into())),
    ]
}

/// Idle time as other systems have it, in which one may wait for I/O.
fn idle(row: &Cells) -> Option<f64> {
    Some(row["idle_us"].number()? + row["iowait_us"].number()?)
}

/// CPU time in clock ticks.
fn ticks(row: &Cells) -> Option<f64> {
    Some(row["user_us"].number()? + row["system_us"].number()?)
}

/// A kernel worker's name without what it worked on.
fn worker(comm: &str) -> String {
    match comm.starts_with("kworker/") {
        true => comm.split(['-', '+']).next().unwrap().into(),
        false => comm.into(),
    }
}

/// A command line without its empty arguments and without blanks at the ends of others, which sysinfo leaves out.
fn squeezed(line: &str) -> String {
    line.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// A program's path without that it was removed, which sysinfo takes off.
fn in_place(path: &str) -> String {
    path.trim_end_matches(" (deleted)").into()
}

/// Whether nothing was read or written, which sysinfo tells like what it may not look at.
fn has_no_io(row: &Cells) -> bool {
    row["read_bytes"] == Cell::Number(0.0) && row["write_bytes"] == Cell::Number(0.0)
}

/// Whether it has no open files, or none that may be listed by whom its program is hidden from: the kernel tells
/// their number all the same, and sysinfo counts the list.
fn has_no_list_of_files(row: &Cells) -> bool {
    row["open_files"] == Cell::Number(0.0) || row["exe"] == Cell::Unknown
}

/// Whether sysinfo leaves that user out: it lists those of `/etc/passwd` that can log in, or look so.
fn is_unlisted(row: &Cells) -> bool {
    let Cell::Word(name) = &row["username"] else { return true };
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
    let fields = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let is_listed = |fields: &Vec<&str>| {
        let [own, _, uid, _, _, _, shell] = fields[..] else { return false };
        own == name && uid.parse::<u32>().is_ok_and(|uid| uid < 65_536) && !shell.ends_with("/false")
    };
    !fields.into_iter().any(|fields| is_listed(&fields))
}
