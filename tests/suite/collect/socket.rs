//! `socket`.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;

use sysray::collect::{Collector, Host, SocketCollector};
use sysray::schema::Sample;
use sysray::schema::rows::Socket;

use super::{HOSTS, collect, put, show};

#[test]
fn socket_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, SocketCollector::default()) {
            Ok(sample) => show(&sample.socket),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("socket-{host}"), shown);
    }
}

fn tick(collector: &mut SocketCollector, host: &mut Host) -> Socket {
    let mut sample = Sample::default();
    host.now += Duration::from_secs(1);
    collector.collect(host, &mut sample).unwrap();
    sample.socket.remove(0)
}

#[test]
fn states_are_read_every_ten_seconds() {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hosts/old-kernel");
    let (mut collector, mut host) = (SocketCollector::default(), Host::at(&tree));
    let listening: Vec<_> = (0..21).map(|_| tick(&mut collector, &mut host).tcp_listen).collect();
    let known: Vec<usize> = (0..21).filter(|tick| listening[*tick].is_some()).collect();
    assert_eq!(known, [0, 10, 20]);
}

/// A tree with so many sockets, and a text of them in which one listens.
fn many(tree: &Path, sockets: i64) -> Host {
    let counted = format!("sockets: used 30000\nTCP: inuse {sockets} orphan 2 tw 3 alloc 5 mem 3\n");
    put(tree, "proc/net/sockstat", &counted);
    let listening = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n   \
                     0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n";
    put(tree, "proc/net/tcp", listening);
    Host::at(tree)
}

#[test]
fn twenty_thousand_sockets_are_not_printed_as_text() {
    let tree = tempfile::tempdir().unwrap();
    let listening = |sockets| {
        let mut host = many(tree.path(), sockets);
        let mut collector = SocketCollector::default();
        (0..21).filter_map(|_| tick(&mut collector, &mut host).tcp_listen).collect::<Vec<_>>()
    };
    assert_eq!(listening(20_000 - 2 - 3 - 1), [1, 1, 1]);
    assert_eq!(listening(20_000 - 2 - 3), Vec::<i64>::new());
}

/// So many are looked through aside of the tick: what was found comes with a later one.
#[test]
#[cfg(target_os = "linux")]
fn twenty_thousand_sockets_are_looked_through_aside() {
    let tree = tempfile::tempdir().unwrap();
    let (few, most) = (20_000 - 2 - 3 - 1, 20_000 - 2 - 3);
    let told = |sockets| tick(&mut SocketCollector::asking_kernel(), &mut many(tree.path(), sockets));
    assert!(told(few).tcp_listen.is_some(), "within the tick");
    let (mut collector, mut host) = (SocketCollector::asking_kernel(), many(tree.path(), most));
    assert_eq!(tick(&mut collector, &mut host).tcp_listen, None);
    let patience = std::time::Instant::now() + Duration::from_secs(60);
    while tick(&mut collector, &mut host).tcp_listen.is_none() {
        assert!(std::time::Instant::now() < patience, "the answer does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Before Linux 6.0 the unit was 4,096 bytes at some time, and a page at another.
#[test]
fn memory_of_sockets_is_unknown_where_its_unit_is() {
    let tree = tempfile::tempdir().unwrap();
    put(
        tree.path(),
        "proc/net/sockstat",
        "sockets: used 9\nTCP: inuse 4 orphan 0 tw 0 alloc 5 mem 3\nUDP: inuse 1 mem 2\n",
    );
    let memory = |release: &str, page_bytes: i64| {
        put(tree.path(), "proc/sys/kernel/osrelease", release);
        let mut host = Host::at(tree.path());
        host.units.page_bytes = page_bytes;
        let row = tick(&mut SocketCollector::default(), &mut host);
        assert_eq!((row.tcp_in_use, row.udp_in_use), (Some(4), Some(1)));
        (row.tcp_memory_bytes, row.udp_memory_bytes)
    };
    assert_eq!(memory("4.18.0-553.el8\n", 4096), (Some(3 * 4096), Some(2 * 4096)));
    assert_eq!(memory("4.18.0-553.el8.ppc64le\n", 65536), (None, None));
    assert_eq!(memory("6.12.9\n", 65536), (Some(3 * 65536), Some(2 * 65536)));
}

/// The kernel's dump and its text files agree about sockets that this test made.
#[test]
#[cfg(target_os = "linux")]
fn the_kernel_tells_the_same_as_its_files() {
    use std::net::{TcpListener, TcpStream};

    let one_state = |collector: &mut SocketCollector| {
        let row = tick(collector, &mut Host::here());
        (row.tcp_listen, row.tcp_close_wait)
    };
    let before = one_state(&mut SocketCollector::asking_kernel());
    let listeners: Vec<TcpListener> = (0..40).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let left: Vec<TcpStream> = listeners
        .iter()
        .map(|listener| {
            let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            drop(listener.accept().unwrap());
            stream
        })
        .collect();
    let asked = one_state(&mut SocketCollector::asking_kernel());
    let read = one_state(&mut SocketCollector::default());
    drop(left);
    // Other tests and programs may open and close a few meanwhile.
    let near = |a: Option<i64>, b: i64| a.is_some_and(|a| (a - b).abs() <= 15);
    assert!(near(asked.0, before.0.unwrap() + 40), "{before:?} {asked:?}");
    assert!(near(asked.1, before.1.unwrap() + 40), "{before:?} {asked:?}");
    assert!(near(read.0, asked.0.unwrap()) && near(read.1, asked.1.unwrap()), "{asked:?} {read:?}");
}
