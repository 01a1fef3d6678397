//! TCP states from the kernel's sock_diag(7), over netlink(7): a dump that leaves out established
//! connections and TIME_WAIT, which other files count, so that a busy host answers shortly.
//!
//! Nothing is asked about single connections, and nothing is changed.

use std::time::Duration;

use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with};

use super::socket::States;

/// All states but 1 (ESTABLISHED) and 6 (TIME_WAIT), a bit each.
const ASKED: u32 = 0xfff & !(1 << 1) & !(1 << 6);

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const HEADER_BYTES: usize = 16;
const REQUEST_BYTES: usize = HEADER_BYTES + 56;

/// How many sockets are in each state, IPv4 and IPv6; `None` where kernel or sandbox refuses.
pub fn tcp_states() -> Option<States> {
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(SOCK_DIAG)).ok()?;
    // A dump is answered at once; something that only looks like a kernel must not hold up the tick.
    set_socket_timeout(&socket, Timeout::Recv, Some(Duration::from_secs(1))).ok()?;
    let mut states = States::default();
    let mut buffer = vec![0; 32 << 10];
    for family in [AddressFamily::INET, AddressFamily::INET6] {
        let kernel = SocketAddrNetlink::new(0, 0);
        sendto(&socket, &request(family.as_raw() as u8), SendFlags::empty(), &kernel).ok()?;
        loop {
            let (read, _) = recv(&socket, &mut buffer[..], RecvFlags::empty()).ok()?;
            match parse_dump(buffer.get(..read)?, &mut states) {
                Answer::More => {}
                Answer::Done => break,
                Answer::Refused => return None,
            }
        }
    }
    Some(states)
}

/// A netlink header and an `inet_diag_req_v2` that asks for every TCP socket in a state of [`ASKED`].
fn request(family: u8) -> [u8; REQUEST_BYTES] {
    const REQUEST_AND_DUMP: u16 = 0x301;
    const TCP: u8 = 6;
    let mut bytes = [0; REQUEST_BYTES];
    bytes[..4].copy_from_slice(&(REQUEST_BYTES as u32).to_ne_bytes());
    bytes[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes[6..8].copy_from_slice(&REQUEST_AND_DUMP.to_ne_bytes());
    bytes[HEADER_BYTES] = family;
    bytes[HEADER_BYTES + 1] = TCP;
    bytes[HEADER_BYTES + 4..HEADER_BYTES + 8].copy_from_slice(&ASKED.to_ne_bytes());
    bytes
}

/// What a part of a dump says about the rest.
enum Answer {
    More,
    Done,
    Refused,
}

/// Counts the sockets of one part of a dump: netlink messages, each with an `inet_diag_msg` whose
/// second byte is the state.
fn parse_dump(mut bytes: &[u8], states: &mut States) -> Answer {
    const ERROR: u16 = 2;
    const DONE: u16 = 3;
    while let Some((header, _)) = bytes.split_at_checked(HEADER_BYTES) {
        let length = u32::from_ne_bytes([header[0], header[1], header[2], header[3]]) as usize;
        let Some(message) = bytes.get(HEADER_BYTES..length) else { return Answer::Refused };
        match u16::from_ne_bytes([header[4], header[5]]) {
            DONE => return Answer::Done,
            ERROR => return Answer::Refused,
            SOCK_DIAG_BY_FAMILY => {
                if let Some(count) = message.get(1).and_then(|state| states.get_mut(usize::from(*state))) {
                    *count += 1;
                }
            }
            _ => {}
        }
        // Messages begin at multiples of four.
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Answer::More
}
