//! A recording made while a CPU, interfaces, a block device, a process's group and thousands of processes come and
//! go: each is told as it was, and nothing that cannot be is told.
//!
//! What the host does not let a test do is left out, and said.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::Signal;
use tempfile::TempDir;

use super::super::cli::{Sysray, is_recording, wait_until};
use super::host::{Undo, group, one, pass, rest, skip};
use super::possible::impossible;
use super::started::{Started, epoch};

/// Whether a command succeeds; without it, or where it is refused, why not.
fn did(words: &[&str]) -> Result<String, String> {
    let output =
        Command::new(words[0]).args(&words[1..]).output().map_err(|e| format!("{}: {e}", words[0]))?;
    let text = |bytes| String::from_utf8_lossy(bytes).trim().to_string();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// A CPU goes offline for some ticks. When, in seconds since 1970.
fn cpu_goes_and_comes(store: &Path) -> Option<(f64, f64)> {
    let file = "/sys/devices/system/cpu/cpu1/online";
    let back = Undo(|| drop(fs::write(file, "1")));
    let from = epoch();
    if let Err(why) = fs::write(file, "0") {
        skip("a CPU that goes offline", &why);
        return None;
    }
    pass(store);
    drop(back);
    assert_eq!(fs::read_to_string(file).unwrap().trim(), "1", "it is back");
    Some((from, epoch()))
}

/// A pair of interfaces comes, one is renamed, and both go. Whether they might.
fn interfaces_come_and_go(store: &Path) -> bool {
    let names = ["sysrayt0", "sysrayt1", "sysrayt2"];
    let _undo = Undo(|| names.iter().for_each(|name| drop(did(&["ip", "link", "del", name]))));
    if let Err(why) = did(&["ip", "link", "add", names[0], "type", "veth", "peer", "name", names[1]]) {
        skip("interfaces that come and go", &why);
        return false;
    }
    for end in &names[..2] {
        did(&["ip", "link", "set", end, "up"]).unwrap();
    }
    (0..2).for_each(|_| pass(store));
    did(&["ip", "link", "set", names[0], "down"]).unwrap();
    did(&["ip", "link", "set", names[0], "name", names[2]]).unwrap();
    did(&["ip", "link", "set", names[2], "up"]).unwrap();
    (0..2).for_each(|_| pass(store));
    true
}

/// An interface goes and another takes its name, within a tick: five packets or so are the kernel's own of each.
/// Whether it might.
fn interface_is_replaced(store: &Path) -> bool {
    let (name, peer) = ("sysrayt3", "sysrayt4");
    let _undo = Undo(|| drop(did(&["ip", "link", "del", name])));
    let add = ["ip", "link", "add", name, "type", "veth", "peer", "name", peer];
    if let Err(why) = did(&add) {
        skip("an interface that takes the name of another", &why);
        return false;
    }
    did(&["ip", "link", "set", peer, "up"]).unwrap();
    pass(store);
    did(&["ip", "link", "del", name]).unwrap();
    did(&add).unwrap();
    for end in [name, peer] {
        did(&["ip", "link", "set", end, "up"]).unwrap();
    }
    pass(store);
    true
}

/// A group goes and another takes its path, within a tick; a shell burns more in the second than in the first. Its
/// name, where that might be done.
fn group_is_replaced(store: &Path) -> Option<String> {
    let group = group("anew").inspect_err(|why| skip("a group that takes the path of another", why)).ok()?;
    let _undo = Undo(|| drop(fs::remove_dir(&group)));
    let burn = |times: u32| {
        let join = format!(
            "echo $$ > {}/cgroup.procs; i=0; while [ $i -lt {times} ]; do i=$((i+1)); done",
            group.display()
        );
        did(&["sh", "-c", &join]).map(drop)
    };
    pass(store);
    if let Err(why) = burn(1000) {
        skip("a group that takes the path of another", &why);
        return None;
    }
    pass(store);
    wait_until(|| fs::remove_dir(&group).is_ok());
    fs::create_dir(&group).unwrap();
    burn(40_000).unwrap();
    pass(store);
    Some(group.file_name().unwrap().to_string_lossy().into_owned())
}

/// A file of 4 MiB is a device for a while, and is read from it twice. What the device was called.
fn device_comes_and_goes(store: &Path, folder: &Path) -> Option<String> {
    let file = folder.join("disk");
    fs::write(&file, vec![7; 4 << 20]).unwrap();
    let device = match did(&["losetup", "-f", "--show", file.to_str().unwrap()]) {
        Ok(device) => device,
        Err(why) => {
            skip("a device that comes and goes", &why);
            return None;
        }
    };
    let _undo = Undo(|| drop(did(&["losetup", "-d", &device])));
    for _ in 0..2 {
        pass(store);
        let input = format!("if={device}");
        did(&["dd", &input, "of=/dev/null", "bs=1M", "iflag=direct"]).unwrap();
    }
    pass(store);
    Some(device.trim_start_matches("/dev/").to_string())
}

/// Two processes, one that sleeps and one that works, are moved to another group. Their pids, and when.
fn processes_are_moved(sleeper: &Started, worker: &Started, group: &Path) -> Option<f64> {
    for process in [sleeper, worker] {
        if let Err(why) = fs::write(group.join("cgroup.procs"), process.id().to_string()) {
            skip("processes that are moved to another group", &why);
            return None;
        }
    }
    Some(epoch())
}

fn started(program: &str, words: &[&str]) -> Started {
    Started::new(Command::new(program).args(words).stdout(Stdio::null()))
}

const STORM: u32 = 1500;

#[test]
#[ignore = "changes the host's CPUs, interfaces and devices, and takes half a minute"]
fn what_comes_and_goes_is_told_as_it_was_and_nothing_that_cannot_be() {
    let dir = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = dir.path().join("store");
    let mut recorder =
        Sysray::new(&["record", "-i", "250ms", "--budget", "none"]).store(&store).into_command();
    let mut recorder = Started::new(recorder.stdout(Stdio::null()));
    wait_until(|| is_recording(&store));
    let group = group("moved").inspect_err(|why| skip("processes that are moved to another group", why)).ok();
    let (sleeper, worker) = (started("sleep", &["60"]), started("sh", &["-c", "while :; do :; done"]));
    rest(3.0);
    // What is young is read in its second tick whatever happens to it.
    pass(&store);
    let moved = group.as_ref().and_then(|group| processes_are_moved(&sleeper, &worker, group));
    let storm = format!("i=0; while [ $i -lt {STORM} ]; do /bin/true; i=$((i+1)); done");
    let mut storm = started("sh", &["-c", &storm]);
    let off = cpu_goes_and_comes(&store);
    let has_interfaces = interfaces_come_and_go(&store);
    let is_replaced = interface_is_replaced(&store);
    let anew = group_is_replaced(&store);
    let device = device_comes_and_goes(&store, dir.path());
    let storm_is_over = || storm.has_ended();
    wait_until_mut(storm_is_over);
    if let Some(at) = moved {
        rest((at + 11.5 - epoch()).max(0.0));
    }
    pass(&store);
    let (sleeper_pid, worker_pid, storm_pid) = (sleeper.id(), worker.id(), storm.id());
    drop((sleeper, worker));
    if let Some(group) = &group {
        wait_until(|| fs::remove_dir(group).is_ok());
    }
    pass(&store);
    recorder.end(Signal::INT);

    let wrong = impossible(&store);
    assert!(wrong.is_empty(), "{wrong:#?}");

    if let Some((from, to)) = off {
        let within = format!("ts > '@{from:.3}' and ts <= '@{to:.3}'");
        let all = one(&store, "select max(online) from cpu");
        assert_eq!(one(&store, &format!("select min(online) from cpu where {within}")), all - 1.0);
        // The intervals in which it went and came, and no other.
        assert_eq!(one(&store, "select count(*) from cpu where idle_us is null"), 2.0);
        assert_eq!(one(&store, "select count(*) from system where cpu_capacity_us is null"), 2.0);
        // Its row after it came back, and the first of the recording are of that kind.
        assert_eq!(one(&store, "select count(*) from cpu_core where cpu = 1 and user_us is null"), 1.0);
    }
    if has_interfaces {
        let named =
            |name: &str| one(&store, &format!("select count(*) from network where interface = '{name}'"));
        assert!(named("sysrayt0") >= 3.0 && named("sysrayt2") >= 3.0 && named("sysrayt1") >= 8.0);
        let bytes = "select coalesce(max(rx_bytes), 0) from network where interface like 'sysrayt%'";
        assert!(one(&store, bytes) < 100_000.0, "a few packets of the kernel's own");
    }
    // Each of the two is seen first once, as what it is, and never told as the other.
    let two = |table: &str, number: &str, which: &str, counter: &str| {
        let rows = format!("from {table} where {which}");
        assert_eq!(one(&store, &format!("select count(distinct {number}) {rows}")), 2.0, "{which}");
        assert_eq!(one(&store, &format!("select count(*) {rows} and {counter} is null")), 2.0, "{which}");
    };
    if is_replaced {
        two("network", "interface_index", "interface = 'sysrayt3'", "rx_bytes");
    }
    if let Some(anew) = anew {
        two("cgroup", "cgroup_id", &format!("path like '%/{anew}'"), "usage_us");
    }
    if let Some(device) = device {
        let read = format!("select sum(read_bytes) from disk where device = '{device}'");
        let read = one(&store, &read);
        // What it had been read before its first row is not known to be new.
        assert!((8e6..9e6).contains(&read) || (4e6..5e6).contains(&read), "{read}");
    }
    if let Some(at) = moved {
        for (who, pid) in [("a sleeper", sleeper_pid), ("a worker", worker_pid)] {
            // Its group is read every ten seconds, in a tick.
            let rows = format!("select count(*) from process where pid = {pid} and ts > '@{:.3}'", at + 10.3);
            let others = format!("{rows} and coalesce(cgroup, '') not like '%sysray-interop-%'");
            assert!(one(&store, &rows) > 0.0, "{who} is there so late");
            assert_eq!(one(&store, &others), 0.0, "{who} is told in its group by then");
        }
    }
    let refused = one(&store, "select count(*) from event where message like 'no process_exit%'");
    if refused == 0.0 {
        // The kernel tells of every one of them, or that it had no room for some.
        let lost = "select count(*) from event where subject = 'process_exit' and kind = 'lost'";
        let may_lack = one(&store, lost) > 0.0;
        let ended = format!(
            "select coalesce(sum(processes), 0) from process_exit where comm = 'true' and ppid = {storm_pid}"
        );
        let (ended, all) = (one(&store, &ended), f64::from(STORM));
        assert!(ended == all || (ended < all && may_lack), "{ended} of {all} are told");
        let told = format!("select sum(cpu_us) from process where pid = {worker_pid}");
        let rest = format!("from process_exit where pid = {worker_pid}");
        let is_told = one(&store, &format!("select count(*) {rest}")) > 0.0;
        assert!(is_told || may_lack, "the end of the worker is told");
        if is_told {
            let told = one(&store, &told) + one(&store, &format!("select cpu_us {rest}"));
            let life = one(&store, &format!("select life_cpu_us {rest}"));
            assert!((told - life).abs() <= 20_000.0 && life > 1e6, "{told} µs told of {life}");
        }
    }
}

fn wait_until_mut(mut done: impl FnMut() -> bool) {
    let patience = epoch() + 60.0;
    while !done() {
        assert!(epoch() < patience, "it does not come to pass");
        rest(0.05);
    }
}
