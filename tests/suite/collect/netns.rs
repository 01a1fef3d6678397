//! Interfaces and sockets of other network namespaces: over composed trees, and on this host in a namespace that
//! the test makes where it may.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, symlink};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sysray::collect::netns::{parse_link, span};
use sysray::collect::{Collector, Host, ListenCollector, NetworkCollector, ProcessCollector};
use sysray::schema::Sample;
use sysray::schema::rows::{Listen, Network, Process};

use super::put;

const OWN: i64 = 4_026_531_833;
const BLUE: i64 = 4_026_532_300;
const RED: i64 = 4_026_532_401;

/// A host with processes in namespaces.
struct Tree {
    folder: tempfile::TempDir,
    collector: NetworkCollector,
    processes: Vec<Process>,
    /// What the monotonic clock says.
    at: Duration,
    /// What the threads that read may be late by at most, which the intervals are longer or shorter by.
    late: Duration,
}

impl Tree {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree {
            folder,
            collector: NetworkCollector::default(),
            processes: vec![],
            at: Duration::ZERO,
            late: Duration::ZERO,
        };
        tree.is_in("self", OWN);
        tree.put("proc/net/dev", "eth0:1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
        tree
    }

    fn put(&self, path: &str, text: &str) {
        put(self.folder.path(), path, text);
    }

    /// The link that says which namespace a process is in.
    fn is_in(&self, process: &str, netns: i64) {
        let link = self.folder.path().join("proc").join(process).join("ns/net");
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&link);
        symlink(format!("net:[{netns}]"), link).unwrap();
    }

    /// A process in a namespace whose one interface has received so much.
    fn process(&mut self, pid: i64, netns: i64, rx_bytes: i64) {
        self.is_in(&pid.to_string(), netns);
        self.received(pid, rx_bytes);
        let (start_ticks, netns) = (Some(pid * 10), Some(netns));
        self.processes.push(Process { pid, start_ticks, netns, ..Process::default() });
    }

    fn received(&self, pid: i64, rx_bytes: i64) {
        self.put(&format!("proc/{pid}/net/dev"), &format!("eth0:{rx_bytes} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"));
    }

    fn ends(&mut self, pid: i64) {
        fs::remove_dir_all(self.folder.path().join(format!("proc/{pid}"))).unwrap();
        self.processes.retain(|process| process.pid != pid);
    }

    /// What a tick after some seconds brings of other namespaces, once it was answered.
    fn after(&mut self, seconds: u64) -> Sample {
        // Who read late stamped what it read with the time of then: no tick lies before that.
        self.at += Duration::from_secs(seconds).max(self.late);
        let began = Instant::now();
        let mut told = self.tick();
        // What is asked aside comes in the tick in which it is there.
        while told.network.len() < 2 && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(2));
            told = self.tick();
        }
        self.late += began.elapsed();
        told
    }

    /// What is told then.
    fn tells(&mut self, seconds: u64) -> Vec<(i64, i64, Option<i64>)> {
        let sample = self.after(seconds);
        self.told(&sample)
    }

    /// Namespace, bytes received, and the interval in seconds, which are one or ten.
    fn told(&self, sample: &Sample) -> Vec<(i64, i64, Option<i64>)> {
        let late_us = self.late.as_micros() as i64;
        let seconds = |us: i64| {
            let off_us = |seconds: &i64| (us - seconds * 1_000_000).abs();
            let likely = [1, 10].into_iter().filter(|seconds| off_us(seconds) <= late_us).min_by_key(off_us);
            likely.unwrap_or((us + 500_000) / 1_000_000)
        };
        let others = sample.network.iter().filter(|row| row.netns.is_some());
        others.map(|row| (row.netns.unwrap(), row.rx_bytes.unwrap(), row.interval_us.map(seconds))).collect()
    }

    fn tick(&mut self) -> Sample {
        let mut host = Host::at(self.folder.path());
        (host.now, host.patience) = (self.at, Duration::from_secs(60));
        let mut sample = Sample::default();
        sample.process.extend(self.processes.iter().cloned());
        self.collector.collect(&mut host, &mut sample).unwrap();
        sample
    }
}

#[test]
fn each_namespace_that_processes_are_in_is_read_once() {
    let mut tree = Tree::new();
    tree.process(1, OWN, 1);
    for (pid, netns, bytes) in [(40, BLUE, 400), (41, BLUE, 400), (50, RED, 500)] {
        tree.process(pid, netns, bytes);
    }
    let id = "4f2a".repeat(16);
    tree.processes[1].container = Some(id.as_str().into());
    let first = tree.after(0);
    assert_eq!(tree.told(&first), [(BLUE, 400, None), (RED, 500, None)]);
    let row = &first.network[1];
    assert_eq!((&*row.interface, row.counted, row.container.as_deref()), ("eth0", Some(false), Some(&*id)));
    // It is counted from the tick before the first that is recorded, then every ten seconds.
    tree.received(40, 420);
    assert_eq!(tree.tells(1), [(BLUE, 420, Some(1)), (RED, 500, Some(1))]);
    tree.received(40, 430);
    tree.at += Duration::from_secs(5);
    let at_rest = tree.tick();
    assert_eq!(tree.told(&at_rest), []);
    assert_eq!(tree.tells(5), [(BLUE, 430, Some(10)), (RED, 500, Some(10))]);
}

#[test]
fn a_namespace_is_the_same_only_while_somebody_stays_in_it() {
    let mut tree = Tree::new();
    tree.process(40, BLUE, 400);
    tree.process(41, BLUE, 400);
    tree.after(0);
    tree.after(1);
    tree.ends(40);
    assert_eq!(tree.tells(10), [(BLUE, 400, Some(10))], "another who was in it speaks for it");
    tree.ends(41);
    tree.process(60, BLUE, 900);
    assert_eq!(tree.tells(10), [(BLUE, 900, None)], "the kernel gives the number to the next one");
}

/// What the table of processes says may be some seconds old.
#[test]
fn a_process_that_has_moved_elsewhere_does_not_speak_for_where_it_was() {
    let mut tree = Tree::new();
    tree.process(40, BLUE, 400);
    tree.process(50, RED, 500);
    tree.is_in("40", RED);
    assert_eq!(tree.tells(0), [(RED, 500, None)]);
}

#[test]
fn where_our_own_namespace_is_not_known_no_other_is() {
    let mut tree = Tree::new();
    fs::remove_dir_all(tree.folder.path().join("proc/self")).unwrap();
    tree.process(40, BLUE, 400);
    assert_eq!(tree.tick().network.len(), 1);
}

#[test]
fn a_namespace_has_the_name_that_is_mounted_on_it() {
    let mut tree = Tree::new();
    tree.put("run/netns/blue", "");
    let inode = fs::metadata(tree.folder.path().join("run/netns/blue")).unwrap().ino() as i64;
    tree.process(40, inode, 400);
    assert_eq!(tree.after(0).network[1].netns_name.as_deref(), Some("blue"));
}

#[test]
fn above_200_namespaces_the_rest_is_left_out_and_that_is_told_once() {
    let mut tree = Tree::new();
    (0..203).for_each(|n| tree.process(1000 + n, BLUE + n, n));
    let first = tree.after(0);
    assert_eq!(tree.told(&first).len(), 200);
    let events: Vec<_> = first.event.iter().map(|event| event.kind.as_deref().unwrap()).collect();
    assert_eq!(events, ["left_out"]);
    // Those that were read are read on, also when one with a smaller number comes.
    tree.process(2000, BLUE - 1, 5);
    let second = tree.after(1);
    assert_eq!((tree.told(&second).len(), tree.told(&second)[0].0, second.event.len()), (200, BLUE, 0));
}

/// With `[collect.listen] interval` above ten seconds.
#[test]
fn sockets_that_are_asked_for_less_often_span_the_time() {
    let row = |netns, interval_us| Listen { netns: Some(netns), interval_us, ..Listen::default() };
    let untaken = [row(BLUE, Some(10)), row(RED, None)];
    let mut rows = [row(BLUE, Some(11)), row(RED, Some(11)), row(RED + 1, Some(11))];
    span(&mut rows, &untaken);
    assert_eq!(rows.map(|row| row.interval_us), [Some(21), None, Some(11)]);
}

/// An `ifinfomsg` of the end of a veth pair that belongs to the interface of number 4.
#[test]
fn what_rtnetlink_says_of_an_interface() {
    let mut message = vec![0; 16];
    message[2..4].copy_from_slice(&1_u16.to_ne_bytes());
    message[4..8].copy_from_slice(&7_u32.to_ne_bytes());
    message[8..12].copy_from_slice(&0x1043_u32.to_ne_bytes());
    let attribute = |kind: u16, value: &[u8]| {
        let mut bytes = (4 + value.len() as u16).to_ne_bytes().to_vec();
        bytes.extend_from_slice(&kind.to_ne_bytes());
        bytes.extend_from_slice(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    };
    for (kind, value) in [
        (3, b"eth0\0".to_vec()),
        (1, vec![2, 0x42, 0xac, 0x11, 0, 9]),
        (4, 1450_u32.to_ne_bytes().to_vec()),
        (10, 4_u32.to_ne_bytes().to_vec()),
        (16, vec![6]),
        (18 | 0x8000, attribute(1, b"veth\0")),
        (33, vec![1]),
    ] {
        message.extend(attribute(kind, &value));
    }
    let expected = Network {
        interface: "eth0".into(),
        interface_index: Some(7),
        kind: Some("veth".into()),
        mac: Some("02:42:ac:11:00:09".into()),
        up: Some(true),
        carrier: Some(true),
        operstate: Some("up".into()),
        mtu: Some(1450),
        counted: Some(false),
        ..Network::default()
    };
    assert_eq!(parse_link(&message), Some((expected, Some(4))));
    assert!((0..16).all(|length| parse_link(&message[..length]).is_none()));
}

const LISTENS: &str = "
import socket, sys
tcp = socket.socket()
tcp.bind(('0.0.0.0', 4711))
tcp.listen(33)
udp = socket.socket(type=socket.SOCK_DGRAM)
udp.bind(('127.0.0.1', 4712))
print('ready', flush=True)
for line in sys.stdin:
    for n in range(5):
        udp.sendto(b'x' * 100, ('127.0.0.1', 4712))
    print('sent', flush=True)
";

/// Somebody in a namespace of its own, with a pair of interfaces across and a socket that listens there.
struct Guest(Child);

impl Guest {
    /// `None` where this user may make no namespace, which is said.
    fn begin() -> Option<Guest> {
        let mut command = Command::new("unshare");
        command.args(["--net", "python3", "-c", LISTENS]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut guest = Guest(command.stderr(Stdio::null()).spawn().ok()?);
        if guest.says() != "ready" {
            eprintln!("skipped: no network namespace may be made here");
            return None;
        }
        let pid = guest.0.id().to_string();
        let inside = ["nsenter", "--net", "--target", &pid, "ip"];
        let enter = |more: &[&str]| run(&[&inside[..], more].concat());
        let made =
            run(&["ip", "link", "add", "sysray-a", "type", "veth", "peer", "name", "eth7", "netns", &pid])
                && run(&["ip", "link", "set", "sysray-a", "up"])
                && enter(&["link", "set", "eth7", "mtu", "1400", "up"])
                && enter(&["link", "set", "lo", "up"]);
        if !made {
            eprintln!("skipped: no interfaces may be made here");
            return None;
        }
        Some(guest)
    }

    /// The next line that it prints.
    fn says(&mut self) -> String {
        let mut line = Vec::new();
        let mut byte = [0];
        let out = self.0.stdout.as_mut().unwrap();
        while out.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap()
    }

    /// Has it send itself five packets.
    fn sends(&mut self) {
        self.0.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
        assert_eq!(self.says(), "sent");
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(words: &[&str]) -> bool {
    Command::new(words[0])
        .args(&words[1..])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[test]
fn a_namespace_of_this_host_is_told_from_inside_and_is_not_held_on_to() {
    let Some(mut guest) = Guest::begin() else { return };
    let link = fs::read_link(format!("/proc/{}/ns/net", guest.0.id())).unwrap();
    let mut host = Host::here();
    host.patience = Duration::from_secs(60);
    // Whoever reads aside stamps what it reads with the time of then, so time goes on between the ticks.
    let began = Instant::now();
    let mut collectors: [Box<dyn Collector>; 3] = [
        Box::new(ProcessCollector::default()),
        Box::new(NetworkCollector::default()),
        Box::new(ListenCollector::default()),
    ];
    let mut tick = |at_s| {
        let mut sample = Sample::default();
        host.now = Duration::from_secs(at_s) + began.elapsed();
        collectors.iter_mut().for_each(|collector| collector.collect(&mut host, &mut sample).unwrap());
        sample
    };
    let of_guest = |netns: Option<i64>| netns.is_some_and(|n| link.to_str().unwrap() == format!("net:[{n}]"));
    let interface = |sample: &Sample, name: &str| {
        sample.network.iter().find(|row| of_guest(row.netns) && &*row.interface == name).cloned()
    };

    let first = tick(100);
    let eth7 = interface(&first, "eth7").unwrap();
    let about = (eth7.kind.as_deref(), eth7.up, eth7.mtu, eth7.counted);
    assert_eq!(about, (Some("veth"), Some(true), Some(1400), Some(false)));
    assert!(eth7.interface_index.is_some() && eth7.interval_us.is_none());
    assert_eq!(interface(&first, "lo").unwrap().kind.as_deref(), Some("loopback"));
    let listening: Vec<_> =
        first.listen.iter().filter(|row| of_guest(row.netns)).map(|row| (row.port, row.backlog)).collect();
    assert_eq!(listening, [(4711, Some(33))]);

    guest.sends();
    // It is asked for in the tick, and there in that or the next.
    let mut ticks = (0..1000).map(|_| {
        std::thread::sleep(Duration::from_millis(5));
        tick(101)
    });
    let lo = ticks.find_map(|sample| interface(&sample, "lo")).unwrap();
    assert_eq!(lo.rx_packets.unwrap() - interface(&first, "lo").unwrap().rx_packets.unwrap(), 5);
    assert!(lo.interval_us.is_some());

    // The pair goes with the namespace, and that with its last process: nothing here keeps it.
    drop(guest);
    crate::cli::wait_until(|| !fs::exists("/sys/class/net/sysray-a").unwrap());
}
