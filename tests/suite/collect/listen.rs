//! `listen`: what a message of the kernel's says, and what the kernel says of a socket whose queue this test
//! fills.

use std::net::{SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::AsRawFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, listen, socket_with};
use sysray::collect::{Collector, Host, ListenCollector, listen::parse};
use sysray::schema::Sample;
use sysray::schema::rows::Listen;

/// An `inet_diag_msg`, with the attributes SKMEMINFO, of nine numbers, and CGROUP_ID behind it.
fn message(family: u8, address: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 72];
    (bytes[0], bytes[1]) = (family, 10);
    bytes[4..6].copy_from_slice(&8443_u16.to_be_bytes());
    bytes[8..8 + address.len()].copy_from_slice(address);
    for (at, number) in [(56, 7_u32), (60, 511), (64, 33), (68, 4_000_000_000)] {
        bytes[at..at + 4].copy_from_slice(&number.to_ne_bytes());
    }
    let mut attribute = |kind: u16, value: &[u8]| {
        bytes.extend_from_slice(&(4 + value.len() as u16).to_ne_bytes());
        bytes.extend_from_slice(&kind.to_ne_bytes());
        bytes.extend_from_slice(value);
    };
    let memory: Vec<u8> = (11..20_u32).flat_map(u32::to_ne_bytes).collect();
    attribute(7, &memory);
    attribute(21, &345_u64.to_ne_bytes());
    bytes
}

#[test]
fn a_message_of_either_version_is_a_row() {
    let expected = Listen {
        protocol: "tcp".into(),
        address: "10.0.0.7".into(),
        port: 8443,
        inode: 4_000_000_000,
        netns: None,
        interval_us: None,
        uid: Some(33),
        cgroup_id: Some(345),
        queue: Some(7),
        backlog: Some(511),
        drops: Some(19),
    };
    let mut addresses = Default::default();
    assert_eq!(parse(&message(2, &[10, 0, 0, 7]), &mut addresses), Some(expected.clone()));
    let any = Listen { address: "::".into(), ..expected.clone() };
    assert_eq!(parse(&message(10, &[0; 16]), &mut addresses), Some(any));
    // What an older kernel does not tell is unknown, and a message that is cut off is none.
    let whole = message(2, &[10, 0, 0, 7]);
    let plain = Listen { cgroup_id: None, drops: None, ..expected };
    assert_eq!(parse(&whole[..72], &mut addresses), Some(plain));
    assert!((0..72).all(|length| parse(&whole[..length], &mut addresses).is_none()));
}

fn row(port: u16) -> Option<Listen> {
    let mut sample = Sample::default();
    ListenCollector::default().collect(&mut Host::here(), &mut sample).unwrap();
    sample.listen.iter().find(|row| row.port == i64::from(port)).cloned()
}

#[test]
fn a_queue_that_is_full_turns_connections_away_and_that_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listen(&listener, 2).unwrap();
    let address = listener.local_addr().unwrap();
    let std::net::SocketAddr::V4(v4) = address else { panic!("{address}") };
    let link = std::fs::read_link(format!("/proc/self/fd/{}", listener.as_raw_fd())).unwrap();
    let Some(empty) = row(address.port()) else {
        // A sandbox that has no sock_diag: then the doctor says so, and there is nothing to hold against.
        assert!(sysray::collect::doctor::Asked::here().sock_diag == Some(false));
        return;
    };
    assert_eq!((&*empty.address, empty.queue, empty.backlog), ("127.0.0.1", Some(0), Some(2)));
    assert_eq!(link.to_str().unwrap(), format!("socket:[{}]", empty.inode));

    // One more than the backlog fits; the next is turned away.
    let _waiting = [(); 3].map(|()| TcpStream::connect(address).unwrap());
    crate::cli::wait_until(|| row(address.port()).is_some_and(|row| row.queue == Some(3)));
    assert_eq!(row(address.port()).unwrap().drops, Some(0));
    let late = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::NONBLOCK, None).unwrap();
    let _ = connect(&late, &SocketAddrV4::new(*v4.ip(), v4.port()));
    crate::cli::wait_until(|| row(address.port()).is_some_and(|row| row.drops >= Some(1)));
}
