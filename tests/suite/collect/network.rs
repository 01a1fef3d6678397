//! `network`.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use sysray::collect::{Collector, Host, NetworkCollector};
use sysray::schema::Sample;
use sysray::schema::rows::Network;

use super::{HOSTS, collect, put, show};

#[test]
fn network_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, NetworkCollector::default()) {
            Ok(sample) => show(&sample.network),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("network-{host}"), shown);
    }
}

/// A host made of the given files, which later ticks may change.
struct Tree(tempfile::TempDir, std::cell::Cell<u64>);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Tree(tempfile::tempdir().unwrap(), Default::default());
        files.iter().for_each(|(path, text)| tree.write(path, text));
        tree
    }

    fn write(&self, path: &str, text: &str) {
        put(self.0.path(), path, text);
    }

    /// Gives interfaces the bytes they received, and nothing else.
    fn received(&self, interfaces: &[(&str, i64)]) {
        let line = |(name, bytes): &(&str, i64)| format!("{name}:{bytes} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
        self.write("proc/net/dev", &interfaces.iter().map(line).collect::<String>());
    }

    /// A second later.
    fn tick(&self, collector: &mut NetworkCollector) -> Vec<Network> {
        let mut host = Host::at(self.0.path());
        self.1.set(self.1.get() + 1);
        host.now = std::time::Duration::from_secs(self.1.get());
        host.patience = std::time::Duration::from_secs(20);
        let mut sample = Sample::default();
        collector.collect(&mut host, &mut sample).unwrap();
        sample.network.into_iter().collect()
    }
}

/// The names of the interfaces that a sum over rows takes in.
fn counted(rows: &[Network]) -> Vec<&str> {
    rows.iter().filter(|row| row.counted == Some(true)).map(|row| &*row.interface).collect()
}

#[test]
fn name_and_number_may_touch() {
    let tree = Tree::new(&[]);
    tree.received(&[("eth0", 1234567890123)]);
    let rows = tree.tick(&mut NetworkCollector::default());
    assert_eq!(
        show(&rows.into()).split(" rx_packets").next(),
        Some("interface=eth0 counted=true rx_bytes=1234567890123")
    );
}

/// An interface that was removed and made anew between two ticks kept its old index for a minute.
#[test]
fn an_interface_made_anew_is_another() {
    let tree = Tree::new(&[("sys/class/net/eth0/ifindex", "7")]);
    let mut collector = NetworkCollector::default();
    tree.received(&[("eth0", 5000)]);
    assert_eq!(tree.tick(&mut collector)[0].interface_index, Some(7));
    tree.write("sys/class/net/eth0/ifindex", "9");
    tree.received(&[("eth0", 40)]);
    assert_eq!(tree.tick(&mut collector)[0].interface_index, Some(9));
}

/// The one that took its name has received more, and its link changed as often: only its number shows that it is another.
#[test]
fn an_interface_that_took_the_name_of_another_is_another_at_once() {
    let tree = Tree::new(&[("sys/class/net/eth0/ifindex", "7"), ("sys/class/net/eth0/mtu", "1500")]);
    let mut collector = NetworkCollector::default();
    let mut told = |uevent: &str, bytes: i64| {
        tree.write("sys/kernel/uevent_seqnum", uevent);
        tree.received(&[("eth0", bytes)]);
        let row = tree.tick(&mut collector).remove(0);
        (row.interface_index, row.mtu, row.rx_bytes)
    };
    assert_eq!(told("901", 5000), (Some(7), Some(1500), Some(5000)));
    tree.write("sys/class/net/eth0/ifindex", "9");
    tree.write("sys/class/net/eth0/mtu", "9000");
    assert_eq!(told("904", 80_000), (Some(9), Some(9000), Some(80_000)));
    assert_eq!(told("904", 90_000), (Some(9), Some(9000), Some(90_000)));
}

#[test]
fn what_describes_an_interface_is_read_seldom_and_when_its_carrier_changes() {
    let tree = Tree::new(&[
        // By its number its turn comes in the last second of the minute.
        ("sys/class/net/eth0/ifindex", "59"),
        ("sys/class/net/eth0/speed", "1000"),
        ("sys/class/net/eth0/carrier_changes", "1"),
    ]);
    tree.received(&[("eth0", 1)]);
    let mut collector = NetworkCollector::default();
    let mut speed = || tree.tick(&mut collector)[0].speed_bits_per_s;
    assert_eq!(speed(), Some(1_000_000_000));
    tree.write("sys/class/net/eth0/speed", "100");
    assert_eq!(speed(), Some(1_000_000_000));
    tree.write("sys/class/net/eth0/carrier_changes", "3");
    // It is asked aside, so on a busy host the answer may be that of a later tick, long before the minute.
    assert!((0..30).any(|_| speed() == Some(100_000_000)));
    tree.write("sys/class/net/eth0/speed", "10");
    assert_eq!(speed(), Some(100_000_000), "nothing shows that it has changed");
    (0..60).for_each(|_| assert_eq!(speed().map(|_| ()), Some(())));
    // It is asked aside after a minute, and the answer comes when it comes.
    let seen = (0..2000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(5));
        speed() == Some(10_000_000)
    });
    assert!(seen);
}

#[test]
fn above_128_interfaces_only_counted_ones_have_counters_of_sysfs() {
    let tree = Tree::new(&[
        ("sys/class/net/eth0/carrier_changes", "4"),
        ("sys/class/net/veth0/ifindex", "2"),
        ("sys/class/net/veth0/carrier_changes", "4"),
    ]);
    let names: Vec<String> = (0..128).map(|n| format!("veth{n}")).collect();
    let mut interfaces = vec![("eth0", 1)];
    interfaces.extend(names.iter().map(|name| (&**name, 1)));
    tree.received(&interfaces);
    let mut collector = NetworkCollector::default();
    tree.tick(&mut collector);
    let rows = tree.tick(&mut collector);
    assert_eq!((rows[0].carrier_changes, rows[1].carrier_changes), (Some(4), None));
    tree.received(&interfaces[..128]);
    assert_eq!(tree.tick(&mut collector)[1].carrier_changes, Some(4));
}

/// What is lost in the card is part of what is dropped: without a packet the same is told, and not read.
#[test]
fn what_is_lost_of_packets_is_read_when_some_came() {
    let tree = Tree::new(&[("sys/class/net/eth0/ifindex", "7")]);
    let mut collector = NetworkCollector::default();
    let mut told = |packets, missed: &str| {
        tree.write("sys/class/net/eth0/statistics/rx_missed_errors", missed);
        tree.received(&[("eth0", packets)]);
        tree.tick(&mut collector)[0].rx_missed
    };
    assert_eq!(told(10, "1"), Some(1));
    assert_eq!(told(20, "2"), Some(2));
    assert_eq!(told(20, "3"), Some(2));
    assert_eq!(told(30, "4"), Some(4));
    let minute: Vec<_> = (0..61).map(|_| told(30, "5")).collect();
    assert_eq!((minute[0], minute[60]), (Some(4), Some(5)), "and once a minute");
}

/// Links the interface to a device, as hardware has one.
#[cfg(unix)]
fn plug(tree: &Tree, name: &str, files: &[(&str, &str)], master: Option<&str>) {
    let folder = format!("sys/class/net/{name}");
    files.iter().for_each(|(file, text)| tree.write(&format!("{folder}/{file}"), text));
    let link = |link: &str, to: &str| {
        std::os::unix::fs::symlink(to, tree.0.path().join(Path::new(&folder).join(link))).unwrap();
    };
    link("device", "../../devices/some");
    if let Some(master) = master {
        link("master", &format!("../{master}"));
    }
}

/// On Azure the accelerated interface hands its packets to the synthetic one, which counts them too.
#[test]
#[cfg(unix)]
fn a_physical_master_counts_for_its_members() {
    let tree = Tree::new(&[]);
    plug(&tree, "eth0", &[("ifindex", "2"), ("iflink", "2")], None);
    plug(&tree, "enP1s1", &[("ifindex", "3"), ("iflink", "3")], Some("eth0"));
    tree.received(&[("eth0", 1), ("enP1s1", 1)]);
    assert_eq!(counted(&tree.tick(&mut NetworkCollector::default())), ["eth0"]);
}

/// Ports of a switch chip and virtual functions have a device, but their packets pass another port.
#[test]
#[cfg(unix)]
fn ports_behind_a_physical_port_do_not_count() {
    let tree = Tree::new(&[]);
    plug(&tree, "eth0", &[("ifindex", "2"), ("iflink", "2"), ("phys_port_name", "p0")], None);
    plug(&tree, "lan1", &[("ifindex", "3"), ("iflink", "2")], None);
    plug(&tree, "eth0_0", &[("ifindex", "4"), ("iflink", "4"), ("phys_port_name", "pf0vf0")], None);
    tree.received(&[("eth0", 1), ("lan1", 1), ("eth0_0", 1)]);
    assert_eq!(counted(&tree.tick(&mut NetworkCollector::default())), ["eth0"]);
}
