//! TCP sockets from the kernel's sock_diag(7): a dump of those in some states. Whoever wants few leaves out
//! established connections and TIME_WAIT, which other files count, and a busy host answers shortly.
//!
//! Nothing is changed.

use rustix::net::AddressFamily;
use rustix::net::netlink::SOCK_DIAG;

use super::netlink::{DONE, DUMP, ERROR, Netlink, REQUEST, messages, question};
use super::socket::Counts;

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const REQUEST_BYTES: usize = 56;
const BUFFER_BYTES: usize = 32 << 10;

/// An attribute that may be asked for, `INET_DIAG_SKMEMINFO`: memory and drops.
pub const MEMORY: u8 = 7;

/// States of TCP, a bit each (include/net/tcp_states.h).
#[derive(Clone, Copy)]
pub struct States(u32);

impl States {
    /// All but 1 (ESTABLISHED) and 6 (TIME_WAIT).
    const FEW: States = States(0xfff & !(1 << 1) & !(1 << 6));
    /// Sockets that wait for connections.
    pub const LISTEN: States = States(1 << 10);
}

/// How many sockets are in each state, IPv4 and IPv6; `None` where kernel or sandbox refuses.
pub fn tcp_states() -> Option<Counts> {
    let mut counts = Counts::default();
    let count = |message: &[u8]| {
        if let Some(count) = message.get(1).and_then(|state| counts.get_mut(usize::from(*state))) {
            *count += 1;
        }
    };
    dump(&open()?, States::FEW, 0, &mut Vec::new(), count)?;
    Some(counts)
}

/// A socket to ask through.
pub fn open() -> Option<Netlink> {
    Netlink::open(SOCK_DIAG).ok()
}

/// Hands out an `inet_diag_msg` for each TCP socket in one of the states, IPv4 and IPv6, with what attributes
/// the kernel has for all and the one that is asked for. `None` where kernel or sandbox refuses.
pub fn dump(
    netlink: &Netlink,
    states: States,
    attribute: u8,
    buffer: &mut Vec<u8>,
    mut each: impl FnMut(&[u8]),
) -> Option<()> {
    buffer.resize(BUFFER_BYTES, 0);
    for family in [AddressFamily::INET, AddressFamily::INET6] {
        let body = request(family.as_raw() as u8, states, attribute);
        netlink.ask(&question(SOCK_DIAG_BY_FAMILY, REQUEST | DUMP, &body)).ok()?;
        loop {
            match part(netlink.receive(buffer).ok()?, &mut each) {
                Answer::More => {}
                Answer::Done => break,
                Answer::Refused => return None,
            }
        }
    }
    Some(())
}

/// An `inet_diag_req_v2` that asks for TCP sockets.
fn request(family: u8, states: States, attribute: u8) -> [u8; REQUEST_BYTES] {
    const TCP: u8 = 6;
    let mut bytes = [0; REQUEST_BYTES];
    (bytes[0], bytes[1]) = (family, TCP);
    bytes[2] = attribute.checked_sub(1).map_or(0, |bit| 1 << bit);
    bytes[4..8].copy_from_slice(&states.0.to_ne_bytes());
    bytes
}

/// What a part of a dump says about the rest.
enum Answer {
    More,
    Done,
    Refused,
}

/// Hands out the sockets of one part of a dump.
fn part(bytes: &[u8], each: &mut impl FnMut(&[u8])) -> Answer {
    for message in messages(bytes) {
        match message {
            Some((DONE, _)) => return Answer::Done,
            None | Some((ERROR, _)) => return Answer::Refused,
            Some((SOCK_DIAG_BY_FAMILY, body)) => each(body),
            Some(_) => {}
        }
    }
    Answer::More
}
