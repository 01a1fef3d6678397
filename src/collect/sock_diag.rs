//! TCP states from the kernel's sock_diag(7): a dump that leaves out established connections and
//! TIME_WAIT, which other files count, so that a busy host answers shortly.
//!
//! Nothing is asked about single connections, and nothing is changed.

use rustix::net::AddressFamily;
use rustix::net::netlink::SOCK_DIAG;

use super::netlink::{DONE, DUMP, ERROR, Netlink, REQUEST, messages, question};
use super::socket::States;

/// All states but 1 (ESTABLISHED) and 6 (TIME_WAIT), a bit each.
const ASKED: u32 = 0xfff & !(1 << 1) & !(1 << 6);

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const REQUEST_BYTES: usize = 56;

/// How many sockets are in each state, IPv4 and IPv6; `None` where kernel or sandbox refuses.
pub fn tcp_states() -> Option<States> {
    let netlink = Netlink::open(SOCK_DIAG).ok()?;
    let mut states = States::default();
    let mut buffer = vec![0; 32 << 10];
    for family in [AddressFamily::INET, AddressFamily::INET6] {
        let body = request(family.as_raw() as u8);
        netlink.ask(&question(SOCK_DIAG_BY_FAMILY, REQUEST | DUMP, &body)).ok()?;
        loop {
            match count(netlink.receive(&mut buffer).ok()?, &mut states) {
                Answer::More => {}
                Answer::Done => break,
                Answer::Refused => return None,
            }
        }
    }
    Some(states)
}

/// An `inet_diag_req_v2` that asks for every TCP socket in a state of [`ASKED`].
fn request(family: u8) -> [u8; REQUEST_BYTES] {
    const TCP: u8 = 6;
    let mut bytes = [0; REQUEST_BYTES];
    (bytes[0], bytes[1]) = (family, TCP);
    bytes[4..8].copy_from_slice(&ASKED.to_ne_bytes());
    bytes
}

/// What a part of a dump says about the rest.
enum Answer {
    More,
    Done,
    Refused,
}

/// Counts the sockets of one part of a dump: messages, each with an `inet_diag_msg` whose second byte is
/// the state.
fn count(bytes: &[u8], states: &mut States) -> Answer {
    for message in messages(bytes) {
        match message {
            Some((DONE, _)) => return Answer::Done,
            None | Some((ERROR, _)) => return Answer::Refused,
            Some((SOCK_DIAG_BY_FAMILY, body)) => {
                if let Some(count) = body.get(1).and_then(|state| states.get_mut(usize::from(*state))) {
                    *count += 1;
                }
            }
            Some(_) => {}
        }
    }
    Answer::More
}
