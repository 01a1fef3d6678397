//! What is recorded, by whom, and what of it is left however the recorder ends.

use std::fs;
use std::process::Command;

use arrow::array::AsArray;
use sysray::store::Part;
use tempfile::TempDir;

use super::{Sysray, clear_of_an_edge, files, is_recording, one_line, wait_until};
#[cfg(feature = "desk")]
use super::{number, query, recorded};

#[cfg(feature = "desk")]
#[test]
fn ten_samples_are_ten_rows_and_the_first_question_answers() {
    let dir = recorded(10);
    let busiest = query(dir.path(), "select max(cpu) from system");
    let busiest: f64 = busiest.lines().nth(1).unwrap().parse().unwrap();
    assert!((0.0..=100.0).contains(&busiest), "{busiest}");
    assert_eq!(number(&query(dir.path(), "select count(*) from system")), 10);
    assert_eq!(number(&query(dir.path(), "select count(distinct tick) from process")), 10);
    // The first row is a row of an interval, not of zeros since nothing.
    assert_eq!(
        number(&query(dir.path(), "select count(*) from cpu where cpu is null or idle_us is null")),
        0
    );
}

/// Any child, once it was waited for, has left its page faults with its parent.
#[cfg(target_os = "linux")]
#[test]
fn no_tick_starts_a_program() {
    let dir = TempDir::new().unwrap();
    // At the end of a part the maintenance is started.
    clear_of_an_edge(20);
    let mut recorder = Sysray::new(&["record", "-i", "50ms", "--budget", "none"]).store(dir.path()).start();
    wait_until(|| is_recording(dir.path()));
    std::thread::sleep(std::time::Duration::from_secs(2));
    let process = std::path::PathBuf::from(format!("/proc/{}", recorder.id()));
    let stat = fs::read_to_string(process.join("stat")).unwrap();
    let of_children = stat.rsplit(") ").next().unwrap().split(' ').nth(8).unwrap();
    // A helper thread may end while it is looked at.
    let threads = fs::read_dir(process.join("task")).unwrap().map(|thread| thread.unwrap().path());
    let of_threads: Vec<String> =
        threads.filter_map(|thread| fs::read_to_string(thread.join("children")).ok()).collect();
    assert!(!of_threads.is_empty(), "the kernel tells whose children run");
    let running = of_threads.concat();
    recorder.kill().unwrap();
    recorder.wait().unwrap();
    assert_eq!(
        (of_children, running.as_str()),
        ("0", ""),
        "faults of children that ended, and pids of others"
    );
}

#[cfg(all(feature = "desk", unix))]
#[test]
fn a_recorder_killed_at_any_moment_loses_at_most_the_tick_in_flight() {
    let dir = TempDir::new().unwrap();
    let count = || number(&query(dir.path(), "select count(*) from system"));
    let mut before = 0;
    for ticks in [3, 6, 11] {
        // Over its budget it would read processes less often than the rest.
        let record = ["record", "-i", "50ms", "--budget", "none"];
        let mut recorder = Sysray::new(&record).store(dir.path()).start();
        wait_until(|| is_recording(dir.path()));
        wait_until(|| count() >= before + ticks);
        let seen = count();
        recorder.kill().unwrap();
        recorder.wait().unwrap();
        let left = count();
        assert!(left >= seen, "{seen} ticks could be read before, {left} after");
        let whole = "select count(*) from (select tick from system except select tick from process)";
        assert_eq!(number(&query(dir.path(), whole)), 0, "a tick has all its tables or none");
        let missing = "select max(tick) - min(tick) + 1 - count(distinct tick) from system";
        assert_eq!(number(&query(dir.path(), missing)), 0, "no tick is missing before the last");
        assert_eq!(number(&query(dir.path(), "select count(*) - count(distinct tick) from system")), 0);
        before = left;
    }
    Sysray::new(&["record", "-i", "100ms", "-c", "2"]).store(dir.path()).prints();
    assert_eq!(number(&query(dir.path(), "select count(*) from system")), before + 2);
    let gaps = number(&query(
        dir.path(),
        "select count(*) from event where kind = 'gap' and message like '%no recorder%'",
    ));
    assert_eq!(gaps, 3, "each time it was killed is a gap");
}

/// A recorder that has something to say on the second of twenty samples.
#[cfg(target_os = "linux")]
fn talking(dir: &TempDir, stderr: std::process::Stdio) -> std::process::Child {
    let config = dir.path().join("talking.toml");
    fs::write(&config, "[alert.crowd]\nwhen = \"system.processes > 0\"\nfor = \"100ms\"\nabout = \"some\"\n")
        .unwrap();
    let recorder = Sysray::new(&["record", "-i", "50ms", "-c", "20"]).env("SYSRAY_CONFIG", config);
    recorder.store(&dir.path().join("store")).into_command().stderr(stderr).spawn().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_takes_nothing_holds_up_no_sample() {
    let dir = TempDir::new().unwrap();
    let (_reader, writer) = std::io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    while rustix::io::write(&writer, &[b'.'; 4096]).is_ok() {}
    rustix::io::ioctl_fionbio(&writer, false).unwrap();
    let ended = talking(&dir, writer.into()).wait().unwrap();
    assert!(ended.success());
    assert_eq!(crate::made::ticks(&dir.path().join("store"), "system").unwrap().len(), 20);
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_fails_ends_no_recording() {
    let dir = TempDir::new().unwrap();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    assert!(talking(&dir, full.into()).wait().unwrap().success());
    assert_eq!(crate::made::ticks(&dir.path().join("store"), "system").unwrap().len(), 20);
}

#[cfg(unix)]
#[test]
fn signals_seal_and_end_well() {
    for signal in ["INT", "TERM", "HUP"] {
        let dir = TempDir::new().unwrap();
        let mut recorder = Sysray::new(&["record", "-i", "100ms"]).store(dir.path()).start();
        wait_until(|| is_recording(dir.path()));
        let sent = Command::new("kill").args([&format!("-{signal}"), &recorder.id().to_string()]).status();
        assert!(sent.unwrap().success());
        assert!(recorder.wait().unwrap().success(), "{signal}");
        let left = files(dir.path());
        assert!(left.iter().any(|p| p.extension().is_some_and(|e| e == "parquet")), "{signal}: {left:?}");
        assert!(!left.iter().any(|p| p.extension().is_some_and(|e| e == "part")), "{signal}: {left:?}");
    }
}

#[test]
fn a_second_recorder_is_told_who_records() {
    let dir = TempDir::new().unwrap();
    let mut first = Sysray::new(&["record", "-i", "100ms"]).store(dir.path()).start();
    wait_until(|| is_recording(dir.path()));
    let said = one_line(Sysray::new(&["record", "-c", "1"]).store(dir.path()));
    let pid = format!("pid {}", first.id());
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(said.contains(&pid), "{said}");
}

#[test]
fn the_portable_collectors_record_too() {
    let dir = TempDir::new().unwrap();
    Sysray::new(&["record", "-i", "300ms", "-c", "2", "--collector", "portable"]).store(dir.path()).prints();
    let status = Sysray::new(&["store", "status"]).store(dir.path()).prints();
    for table in ["system", "cpu", "cpu_core", "memory", "process", "network"] {
        assert!(status.contains(&format!(" {table} ")), "{table}: {status}");
    }
}

#[cfg(unix)]
#[test]
fn a_recorder_that_was_stopped_goes_on_and_says_so() {
    let dir = TempDir::new().unwrap();
    let mut recorder = Sysray::new(&["record", "-i", "250ms"]).store(dir.path()).start();
    wait_until(|| is_recording(dir.path()));
    let written =
        || files(dir.path()).iter().filter_map(|path| Some(fs::metadata(path).ok()?.len())).sum::<u64>();
    let writes = || {
        let before = written();
        wait_until(|| written() != before);
    };
    let send = |signal| rustix::process::kill_process(pid(&recorder), signal).unwrap();
    let is_noted = || {
        let part = files(dir.path()).into_iter().find(|path| path.extension().is_some_and(|e| e == "part"));
        part.and_then(|path| Part::parse(&path, fs::read(&path).ok()?).ok()).is_some_and(|part| {
            part.batches("event", |_| true)
                .iter()
                .any(|batch| batch["kind"].as_string::<i32>().iter().any(|kind| kind == Some("gap")))
        })
    };
    // Between two ticks, just after one was written. Where the next one had begun already, that one took long, and
    // nothing is missing.
    for _ in 0..20 {
        (0..3).for_each(|_| writes());
        send(rustix::process::Signal::STOP);
        // Long enough to be told as a gap and not as ticks that were skipped: how long does not matter.
        std::thread::sleep(std::time::Duration::from_millis(1500));
        send(rustix::process::Signal::CONT);
        // What was in hand, and then what tells it.
        (0..3).for_each(|_| writes());
        if is_noted() {
            break;
        }
    }
    assert!(is_noted());
    send(rustix::process::Signal::INT);
    assert!(recorder.wait().unwrap().success());
}

/// What a recording cost is told whole and by its parts, which make it up: also of one that goes on behind another.
#[cfg(all(feature = "desk", target_os = "linux"))]
#[test]
fn what_recording_costs_is_the_sum_of_its_parts() {
    let dir = TempDir::new().unwrap();
    for _ in 0..2 {
        Sysray::new(&["record", "-i", "200ms", "-c", "12"]).store(dir.path()).prints();
    }
    let sum = |what: &str| number(&query(dir.path(), &format!("select {what} from recorder")));
    let whole = sum("sum(cpu_us) filter (where collector = 'recorder')");
    assert_eq!(sum("sum(cpu_us) filter (where collector <> 'recorder')"), whole);
    assert_eq!(sum("count(*) filter (where cpu_us is null)"), 0);
    assert!(whole > 0);
}

/// Files of processes are held open in a part of what the recorder may open; beyond, they are opened each time.
#[cfg(all(feature = "desk", target_os = "linux"))]
#[test]
fn more_processes_than_descriptors_are_recorded_all_the_same() {
    use std::os::unix::process::CommandExt;
    const MAY_OPEN: usize = 160;
    const SLEEPERS: usize = 2 * MAY_OPEN;
    // Half of what is not the recorder's own.
    const HELD: usize = 48;
    let dir = TempDir::new().unwrap();
    let sleepers = format!("for i in $(seq {SLEEPERS}); do sleep 600 & done; echo; wait");
    let mut load = Command::new("sh");
    load.args(["-c", &sleepers]).stdout(std::process::Stdio::piped()).process_group(0);
    let mut load = load.spawn().unwrap();
    std::io::Read::read_exact(load.stdout.as_mut().unwrap(), &mut [0]).unwrap();
    let limited = format!("ulimit -n {MAY_OPEN} && exec \"$0\" \"$@\"");
    let record = ["record", "-i", "100ms", "--budget", "none", "--store"];
    let mut recorder = Command::new("sh");
    recorder.args(["-c", &limited, env!("CARGO_BIN_EXE_sysray")]).args(record).arg(dir.path());
    let mut recorder = super::Started(recorder.env("SYSRAY_CONFIG", "/dev/null").spawn().unwrap());
    let ticks = || number(&query(dir.path(), "select count(*) from system"));
    wait_until(|| is_recording(dir.path()) && ticks() >= 12);
    let held = fs::read_dir(format!("/proc/{}/fd", recorder.id())).unwrap();
    let of_processes = held.filter_map(|fd| fs::read_link(fd.unwrap().path()).ok());
    // Of itself it holds that of a thread.
    let is_theirs = |path: &std::path::PathBuf| path.ends_with("schedstat") && path.components().count() == 4;
    let of_processes = of_processes.filter(is_theirs).count();
    rustix::process::kill_process(pid(&recorder), rustix::process::Signal::INT).unwrap();
    let ended = recorder.wait().unwrap();
    rustix::process::kill_process_group(pid(&load), rustix::process::Signal::TERM).unwrap();
    load.wait().unwrap();
    assert!(ended.success());
    assert!((HELD / 2..=HELD).contains(&of_processes), "{of_processes} are held");
    // Each in each tick but the first, with what only its files tell.
    let told = format!(
        "select count(*) from (select pid from process where ppid = {} and comm = 'sleep' and tick > 1 group by pid \
         having count(cpu_us) = (select count(*) from system where tick > 1) and count(cmdline) > 0)",
        load.id()
    );
    assert_eq!(number(&query(dir.path(), &told)), SLEEPERS as i64);
    let failed = "select count(*) from recorder where errors > 0";
    assert_eq!(number(&query(dir.path(), failed)), 0);
}

#[cfg(unix)]
fn pid(child: &std::process::Child) -> rustix::process::Pid {
    rustix::process::Pid::from_child(child)
}

/// Where `/proc` hides processes, what is recorded of them is for the owner alone.
#[cfg(target_os = "linux")]
#[test]
fn where_processes_are_hidden_nobody_else_reads_the_store() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let store = dir.path().join("store");
    let hide =
        "mount -t proc -o hidepid=2 proc /proc || exit 99; exec \"$0\" record -i 100ms -c 2 --store \"$1\"";
    let program = env!("CARGO_BIN_EXE_sysray");
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", hide, program]).arg(&store).env("SYSRAY_CONFIG", "/dev/null");
    let output = command.output().unwrap();
    if !output.status.success() && !store.exists() {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !rustix::process::geteuid().is_root()
                || ["not permitted", "ermission denied"].iter().any(|word| said.contains(word)),
            "{said}"
        );
        return;
    }
    assert!(output.status.success(), "{output:?}");
    assert!(files(&store).len() > 5);
    for path in
        files(&store).iter().flat_map(|file| file.ancestors().take_while(|path| path.starts_with(&store)))
    {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
    }
}
