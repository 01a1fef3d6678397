//! What of processes is hidden, and by what.

use super::rights::{DAC_READ_SEARCH, NET_ADMIN, SYS_PTRACE};
use super::{Asking, Finding, known, partly, unknown};
use crate::collect::mount::hidden_processes;
use crate::collect::parse::int;

/// The pid namespace of the host itself: the kernel gives it this inode.
const PID_NAMESPACE_OF_HOST: &str = "pid:[4026531836]";

const IO: [&str; 7] = [
    "process.read_bytes",
    "process.write_bytes",
    "process.cancelled_write_bytes",
    "process.read_chars",
    "process.write_chars",
    "process.read_calls",
    "process.write_calls",
];

const GROUP: [&str; 3] =
    ["process.run_delay_us", "process.voluntary_switches", "process.involuntary_switches"];

pub(super) fn findings(asking: &mut Asking) -> Vec<Finding> {
    vec![
        io(asking),
        asking.columns("programs and namespaces of processes", &["process.exe", "process.netns"], |asking| {
            let way = asking.rights.way_to(&[&SYS_PTRACE]);
            ("/proc/PID/exe and ns are shown to the owner and to those who may trace".into(), way)
        }),
        asking.columns("open files of processes", &["process.open_files"], |asking| {
            let way = asking.rights.way_to(&[&DAC_READ_SEARCH, &SYS_PTRACE]);
            let or = if way.is_empty() { "" } else { "; or " };
            (
                "before Linux 6.2 /proc/PID/fd is shown to the owner alone".into(),
                format!("{way}{or}Linux 6.2"),
            )
        }),
        hidden(asking),
        namespace(asking),
        asking.columns("time that processes waited for I/O", &["process.block_delay_us"], block_delay),
        asking.columns("what threads of a process did together", &GROUP, |asking| {
            let way = asking.rights.way_to(&[&NET_ADMIN]);
            if asking.evidence.is_unknown("process.run_delay_us") {
                let why = "schedstat of processes is missing or all zeros";
                return (why.into(), "a kernel built with CONFIG_SCHED_INFO".into());
            }
            let why = match way.is_empty() {
                true => "a process that gets its second thread is not told of in that tick and the next",
                false => "files tell it of the main thread alone, and others have to be asked for",
            };
            (why.into(), way)
        }),
        threads(asking),
        asking.columns(
            "parts of resident memory",
            &["process.rss_anon_bytes", "process.rss_file_bytes", "process.rss_shmem_bytes"],
            |_| ("/proc/PID/status has no RssAnon line".into(), "Linux 4.5".into()),
        ),
        asking.columns("proportional memory", &["process.pss_bytes"], |_| {
            let why = "it is dear to read, and so only where that is asked for";
            (why.into(), "pss = true in [collect.process] of the configuration".into())
        }),
        asking.columns("names of users", &["process.username"], |_| {
            let why = "/etc/passwd does not name all users; directory services are not asked";
            (why.into(), "a line for each in /etc/passwd".into())
        }),
    ]
}

fn io(asking: &mut Asking) -> Finding {
    asking.columns("I/O of processes", &IO, |asking| {
        let own = asking.host.proc_if_any("self/io").ok().flatten().map(str::to_string);
        match own {
            None if asking.rights.has(&SYS_PTRACE) => (
                "this kernel keeps no /proc/PID/io".into(),
                "a kernel built with CONFIG_TASK_IO_ACCOUNTING".into(),
            ),
            _ if asking.rights.has(&SYS_PTRACE) => (
                "it cannot always be told from that of children that a process has waited for".into(),
                String::new(),
            ),
            _ => (
                "/proc/PID/io is shown to the owner and to those who may trace".into(),
                asking.rights.way_to(&[&DAC_READ_SEARCH, &SYS_PTRACE]),
            ),
        }
    })
}

fn block_delay(asking: &mut Asking) -> (String, String) {
    match asking.host.proc_if_any("sys/kernel/task_delayacct").ok().flatten().and_then(int) {
        Some(1) => (
            "processes of several threads tell it of the first alone, and nothing is booked for those older than its switching on"
                .into(),
            "delayacct in the boot line".into(),
        ),
        Some(_) => ("kernel.task_delayacct is 0".into(), "sysctl kernel.task_delayacct=1".into()),
        None => (
            "there is no kernel.task_delayacct".into(),
            "Linux 5.14 built with CONFIG_TASK_DELAY_ACCT".into(),
        ),
    }
}

/// They are read of those processes alone that were asked for.
fn threads(asking: &mut Asking) -> Finding {
    const WHAT: &str = "threads, each by itself";
    match asking.evidence.has_rows("thread") {
        true => known(WHAT),
        false => unknown(
            WHAT,
            vec!["thread".into()],
            "there are many, and so they are read only of processes that are named",
            "sysray record --threads with their names or pids",
        ),
    }
}

/// Whether /proc hides processes of others as a whole.
fn hidden(asking: &mut Asking) -> Finding {
    const WHAT: &str = "processes of other users";
    let text = asking.host.proc("self/mountinfo").unwrap_or_default();
    match hidden_processes(text) {
        Some(option) if !asking.rights.has(&SYS_PTRACE) => partly(
            WHAT,
            format!("/proc is mounted with hidepid={option}: they have no rows"),
            format!("{}; or a group that its option gid= names", asking.rights.way_to(&[&SYS_PTRACE])),
        ),
        _ => known(WHAT),
    }
}

/// Whether there are processes outside of what /proc shows.
fn namespace(asking: &mut Asking) -> Finding {
    const WHAT: &str = "processes outside of the container";
    let own = std::fs::read_link(asking.host.proc_path("self/ns/pid")).ok();
    match own {
        Some(own) if own.as_os_str() != PID_NAMESPACE_OF_HOST => partly(
            WHAT,
            "this is a pid namespace of its own: only its processes have rows",
            "record on the host, or with its pid namespace (docker run --pid=host)",
        ),
        _ => known(WHAT),
    }
}
