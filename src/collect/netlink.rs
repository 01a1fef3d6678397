//! Questions to the kernel over netlink(7): what is around them and around the answers. What is asked
//! and said is the business of whoever asks.

use std::time::Duration;

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
};

/// The header of a message, with which it begins.
pub const HEADER_BYTES: usize = 16;
/// A message that tells an error, or that there was none.
pub const ERROR: u16 = 2;
/// The end of a dump.
pub const DONE: u16 = 3;

/// Flags of a question.
pub const REQUEST: u16 = 1;
pub const DUMP: u16 = 0x300;

/// A socket to the kernel.
pub struct Netlink {
    socket: OwnedFd,
}

impl Netlink {
    /// Of a protocol of netlink; `None` is rtnetlink(7).
    pub fn open(protocol: impl Into<Option<Protocol>>) -> Result<Self, Errno> {
        let socket =
            socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, protocol.into())?;
        // The kernel answers at once; something that only looks like one must not hold up the tick.
        set_socket_timeout(&socket, Timeout::Recv, Some(Duration::from_secs(1)))?;
        Ok(Netlink { socket })
    }

    /// Asks something.
    pub fn ask(&self, message: &[u8]) -> Result<(), Errno> {
        let kernel = SocketAddrNetlink::new(0, 0);
        sendto(&self.socket, message, SendFlags::empty(), &kernel).map(|_| ())
    }

    /// The next part of an answer. One that does not fit is cut off there.
    pub fn receive<'a>(&self, buffer: &'a mut [u8]) -> Result<&'a [u8], Errno> {
        let (read, _) = recv(&self.socket, &mut *buffer, RecvFlags::empty())?;
        Ok(&buffer[..read.min(buffer.len())])
    }

    /// The socket itself.
    pub fn socket(&self) -> &OwnedFd {
        &self.socket
    }
}

/// A question of a kind: its header, to be followed by what is asked.
pub fn question(kind: u16, flags: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + body.len());
    bytes.extend_from_slice(&((HEADER_BYTES + body.len()) as u32).to_ne_bytes());
    bytes.extend_from_slice(&kind.to_ne_bytes());
    bytes.extend_from_slice(&flags.to_ne_bytes());
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(body);
    bytes
}

/// The messages in some bytes, each with its kind. One that is cut off ends them with `None`.
pub fn messages(bytes: &[u8]) -> impl Iterator<Item = Option<(u16, &[u8])>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let header = rest.get(..HEADER_BYTES)?;
        let length = u32::from_ne_bytes(header[..4].try_into().ok()?) as usize;
        let kind = u16::from_ne_bytes([header[4], header[5]]);
        let Some(body) = rest.get(HEADER_BYTES..length) else {
            rest = &[];
            return Some(None);
        };
        // Messages begin at multiples of four.
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(Some((kind, body)))
    })
}

/// An attribute: a length, a kind and what it says, up to a multiple of four.
pub fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = 4 + value.len();
    let mut bytes = Vec::with_capacity(length.next_multiple_of(4));
    bytes.extend_from_slice(&(length as u16).to_ne_bytes());
    bytes.extend_from_slice(&kind.to_ne_bytes());
    bytes.extend_from_slice(value);
    bytes.resize(length.next_multiple_of(4), 0);
    bytes
}

/// The attributes in some bytes, each with its kind; those behind one that is cut off are not there.
pub fn attributes(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    /// Whether it has others in it stands in the highest bits.
    const KIND: u16 = 0x3fff;
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = usize::from(u16::from_ne_bytes(rest.get(..2)?.try_into().ok()?));
        let kind = u16::from_ne_bytes(rest.get(2..4)?.try_into().ok()?) & KIND;
        let value = rest.get(4..length)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}
