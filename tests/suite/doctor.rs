//! What a host does not tell, and why: over captured trees, over a tree made for it, and on this host
//! against what a snapshot by the same user shows.
//!
//! `examine` is the one helper: the findings of a tree, by their names.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use sysray::collect::doctor::{self, Asked, Finding, Report, State};
use sysray::collect::{
    CgroupCollector, Collector, CpuCollector, DiskCollector, HostCollector, InterruptCollector,
    MemoryCollector, NumaCollector, PowerCollector, PressureCollector, ProcessCollector, SensorCollector,
    SoftnetCollector, SystemCollector,
};
use sysray::schema::{Sample, table};

use crate::cli::Sysray;
use crate::collect::{HOSTS, put};

fn examine(root: &Path, asked: &Asked) -> Report {
    let mut host = sysray::collect::Host::at(root);
    host.patience = Duration::from_secs(20);
    let collectors: [Box<dyn Collector>; 13] = [
        Box::new(ProcessCollector::default()),
        Box::new(CpuCollector::default()),
        Box::new(MemoryCollector),
        Box::new(PressureCollector),
        Box::new(DiskCollector::default()),
        Box::new(CgroupCollector::default()),
        Box::new(InterruptCollector::default()),
        Box::new(NumaCollector::default()),
        Box::new(SoftnetCollector::default()),
        Box::new(SystemCollector),
        Box::new(HostCollector),
        Box::new(PowerCollector::default()),
        Box::new(SensorCollector::default()),
    ];
    let mut rows = Sample::default();
    for mut collector in collectors {
        // A tree may lack what a collector cannot do without: then it has no rows.
        let _ = collector.collect(&mut host, &mut rows);
    }
    doctor::examine(&mut host, &rows, asked)
}

fn tree(host: &str) -> Report {
    examine(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hosts").join(host), &Asked::default())
}

fn finding<'a>(report: &'a Report, what: &str) -> &'a Finding {
    report.findings.iter().find(|finding| finding.what == what).unwrap()
}

#[test]
fn every_column_that_is_named_is_declared() {
    for host in HOSTS {
        let report = tree(host);
        for column in
            report.findings.iter().flat_map(|f| f.unknown.iter().chain(&f.partly)).chain(&report.rest)
        {
            let (name, column) = column.split_once('.').unwrap_or((column, ""));
            let table = table(name).unwrap_or_else(|| panic!("{host}: {name}"));
            assert!(
                column.is_empty() || table.columns.iter().any(|c| c.name == column),
                "{host}: {name}.{column}"
            );
        }
    }
}

#[test]
fn what_is_known_names_no_column_and_what_is_not_says_why() {
    for finding in HOSTS.iter().flat_map(|host| tree(host).findings) {
        let says = !finding.why.is_empty();
        assert_eq!(finding.state != State::Known, says, "{finding:?}");
        assert!(says || (finding.unknown.is_empty() && finding.partly.is_empty()), "{finding:?}");
    }
}

#[test]
fn an_old_kernel_is_told_which_one_would_help() {
    let report = tree("old-kernel");
    for (what, remedy) in [
        ("pressure (PSI)", "CONFIG_PSI"),
        ("sequence numbers of disks", "Linux 5.15"),
        ("discards of disks", "Linux 4.18"),
        ("flushes of disks", "Linux 5.5"),
        ("parts of resident memory", "Linux 4.5"),
        ("memory that is available", "Linux 3.14"),
        ("packets that wait at CPUs", "Linux 5.10"),
        ("packets dropped for fairness (flow limit)", "Linux 3.11"),
        ("pressure and memory events of control groups", "unified_cgroup_hierarchy=1"),
    ] {
        let finding = finding(&report, what);
        assert_eq!(finding.state, State::Unknown, "{finding:?}");
        assert!(finding.remedy.contains(remedy), "{finding:?}");
    }
    assert_eq!(finding(&report, "pressure (PSI)").unknown[0], "pressure");
    assert_eq!(finding(&tree("large"), "pressure (PSI)").state, State::Known);
}

/// A host with two processes, of which one shows its I/O, as `status`, `limits` and mounts say.
fn made(status: &str, hidepid: &str) -> tempfile::TempDir {
    let dir = tempfile::TempDir::new().unwrap();
    let write = |path: &str, text: &str| put(dir.path(), path, text);
    let zeros = "0 ".repeat(30);
    for pid in [10, 11] {
        write(
            &format!("proc/{pid}/stat"),
            &format!("{pid} (sh) S 1 1 1 0 -1 4194304 1 0 0 0 5 5 0 0 20 0 1 0 99 {zeros}\n"),
        );
    }
    write(
        "proc/10/io",
        "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\ncancelled_write_bytes: 0\n",
    );
    write("proc/stat", "cpu  1 2 3 4\ncpu0 1 2 3 4\nbtime 1700000000\n");
    write("proc/sys/kernel/task_delayacct", "0\n");
    write("proc/interrupts", "");
    write("proc/sys/vm/numa_stat", "0\n");
    write("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:  1024 kB\n");
    write("sys/devices/system/node/node0/numastat", "numa_hit 0\nnuma_miss 0\n");
    write("proc/self/io", "rchar: 1\n");
    write("proc/self/status", status);
    write(
        "proc/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n\
         Max open files            1024                 524288               files     \n\
         Max locked memory         8388608              8388608              bytes     \n\
         Max nice priority         0                    0                              \n",
    );
    write("proc/self/mountinfo", &format!("20 1 0:5 / /proc rw - proc proc rw{hidepid}\n"));
    fs::create_dir_all(dir.path().join("proc/self/ns")).unwrap();
    std::os::unix::fs::symlink("pid:[4026532201]", dir.path().join("proc/self/ns/pid")).unwrap();
    dir
}

#[test]
fn what_a_user_may_not_see_names_the_capability_or_the_sysctl() {
    let user = made("Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\n", ",hidepid=invisible");
    let report = examine(
        user.path(),
        &Asked { sock_diag: Some(false), taskstats: Some(true), kernel_log: Some(false), ..Asked::default() },
    );
    for (what, state, told) in [
        ("I/O of processes", State::Partly, "run as root, or with CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE"),
        ("processes of other users", State::Partly, "run as root, or with CAP_SYS_PTRACE"),
        ("processes outside of the container", State::Partly, "--pid=host"),
        ("time that processes waited for I/O", State::Unknown, "sysctl kernel.task_delayacct=1"),
        ("what threads of a process did together", State::Unknown, "CONFIG_SCHED_INFO"),
        ("control groups", State::Unknown, "mount -t cgroup2"),
        ("tracked connections", State::Unknown, "modprobe nf_conntrack"),
        ("TCP states", State::Unknown, "tcp_diag"),
        ("interrupts by source", State::Unknown, "systempaths=unconfined"),
        ("memory of NUMA nodes", State::Unknown, "vm.numa_stat=1"),
        ("descriptors (RLIMIT_NOFILE)", State::Partly, "ulimit -n"),
        ("precedence at the CPU (nice -10)", State::Partly, "CAP_SYS_NICE"),
        ("being ended last (OOM score -900)", State::Partly, "CAP_SYS_RESOURCE"),
        ("locked memory (RLIMIT_MEMLOCK)", State::Partly, "CAP_IPC_LOCK"),
        ("taskstats: process_exit, and what threads did together", State::Partly, "CAP_NET_ADMIN"),
        ("the kernel's log, for events", State::Partly, "CAP_SYSLOG"),
        ("other network namespaces, as of containers", State::Partly, "CAP_SYS_PTRACE"),
    ] {
        let finding = finding(&report, what);
        assert_eq!(finding.state, state, "{finding:?}");
        assert!(finding.remedy.contains(told), "{finding:?}");
    }
    let io = finding(&report, "I/O of processes");
    assert_eq!((io.partly.len(), io.unknown.len()), (7, 0));
    assert!(io.why.ends_with("NULL in 1 of 2 rows"), "{io:?}");
}

#[test]
fn whoever_may_do_all_lacks_nothing_for_want_of_a_right() {
    let root = made("Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n", ",hidepid=2");
    let report = examine(
        root.path(),
        &Asked { sock_diag: Some(true), taskstats: Some(true), kernel_log: Some(true), ..Asked::default() },
    );
    for what in [
        "processes of other users",
        "TCP states",
        "precedence at the CPU (nice -10)",
        "being ended last (OOM score -900)",
        "locked memory (RLIMIT_MEMLOCK)",
        "taskstats: process_exit, and what threads did together",
        "the kernel's log, for events",
        "other network namespaces, as of containers",
    ] {
        assert_eq!(finding(&report, what).state, State::Known, "{what}");
    }
    // A container takes rights away from root: then it is no help to be told to be root.
    let root = made("Uid:\t0\t0\t0\t0\nCapEff:\t0000000000000000\n", "");
    let report = examine(root.path(), &Asked::default());
    let remedy = &finding(&report, "I/O of processes").remedy;
    assert!(remedy.contains("which root lacks here"), "{remedy}");
}

#[test]
fn energy_that_is_for_root_alone_and_sensors_that_refuse_say_so() {
    let user = made("Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\n", "");
    let none = examine(user.path(), &Asked::default());
    for (what, table) in
        [("energy that processors use (RAPL)", "power"), ("temperatures, fans, voltages", "sensor")]
    {
        assert_eq!(finding(&none, what).unknown, [table]);
        assert!(finding(&none, what).remedy.starts_with("nothing in a virtual machine"));
    }
    let zone = user.path().join("sys/class/powercap/intel-rapl:0");
    // Reading a folder fails, for root too.
    fs::create_dir_all(zone.join("energy_uj")).unwrap();
    fs::write(zone.join("name"), "package-0\n").unwrap();
    let chip = user.path().join("sys/class/hwmon/hwmon0");
    fs::create_dir_all(chip.join("temp2_input")).unwrap();
    fs::write(chip.join("name"), "board\n").unwrap();
    fs::write(chip.join("temp1_input"), "30000\n").unwrap();
    let report = examine(user.path(), &Asked::default());
    let energy = finding(&report, "energy that processors use (RAPL)");
    assert_eq!((energy.state, &energy.unknown[..]), (State::Unknown, &["power.energy_uj".to_string()][..]));
    assert!(energy.why.contains("Linux 5.10") && energy.remedy.contains("CAP_DAC_READ_SEARCH"), "{energy:?}");
    let sensors = finding(&report, "temperatures, fans, voltages");
    assert_eq!(
        (sensors.state, &sensors.partly[..]),
        (State::Partly, &["sensor.temperature_celsius".to_string()][..])
    );
    assert!(sensors.why.ends_with("NULL in 1 of 2 rows"), "{sensors:?}");
    assert!(report.rest.contains(&"sensor.fan_rpm".to_string()), "there is no fan");
}

/// Columns that a snapshot shows NULL in each row, by `table.column`; and those of its tables that have a value.
fn snapshot(nobody: bool) -> (Vec<String>, Vec<String>) {
    let command = Sysray::new(&["snapshot", "--format", "json"]);
    let command = if nobody { command.by_nobody() } else { command };
    let tables: BTreeMap<String, Vec<BTreeMap<String, Value>>> =
        serde_json::from_str(&command.prints()).unwrap();
    let (mut without, mut with) = (vec![], vec![]);
    for (name, rows) in &tables {
        // The root of all groups has no limits and no pressure of its own.
        let rows: Vec<_> = rows.iter().filter(|row| name != "cgroup" || row["path"] != "/").collect();
        for column in table(name).unwrap().columns {
            let is_null = rows.iter().all(|row| row[column.name].is_null());
            if is_null { &mut without } else { &mut with }.push(format!("{name}.{}", column.name));
        }
    }
    (without, with)
}

#[test]
fn what_it_calls_null_is_null_in_a_snapshot_and_the_rest_is_not() {
    for nobody in [false, true] {
        let command = Sysray::new(&["doctor", "--format", "json"]);
        let command = if nobody { command.by_nobody() } else { command };
        let report: Value = serde_json::from_str(&command.store(Path::new("/nowhere")).prints()).unwrap();
        let texts = |list: &Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_string()).collect()
        };
        let findings = report["findings"].as_array().unwrap();
        let named = |list: &str| -> Vec<String> { findings.iter().flat_map(|f| texts(&f[list])).collect() };
        let lacking = [named("null_columns"), texts(&report["null_for_no_reason_above"])].concat();
        // What comes and goes with what the host does at this moment, and what is read in some ticks only.
        let comes_and_goes = |column: &String| {
            ["process.wchan", "system.disk_latency", "socket.tcp_", "process_exit.", "listen.netns"]
                .iter()
                .chain(&["network.netns", "network.container"])
                // Unknown where processes were read much sooner or later in one tick than in the other.
                .chain(&["system.unattributed_cpu_us"])
                .any(|name| column.starts_with(name))
        };
        let (without, with) = snapshot(nobody);
        let wrong: Vec<_> = lacking.iter().filter(|c| with.contains(c) && !comes_and_goes(c)).collect();
        assert!(wrong.is_empty(), "by nobody {nobody}: called NULL, and shown: {wrong:?}");
        let own = |c: &&String| c.starts_with("recorder.") || c.starts_with("event.");
        let silent: Vec<_> =
            without.iter().filter(|c| !own(c) && !lacking.contains(c) && !comes_and_goes(c)).collect();
        assert!(silent.is_empty(), "by nobody {nobody}: shown NULL, and not called so: {silent:?}");
        // A snapshot by nobody shows the processes of all, and the I/O of its own.
        if nobody && rustix::process::geteuid().is_root() {
            assert!(named("partly_null_columns").contains(&"process.read_bytes".to_string()));
        }
    }
}
