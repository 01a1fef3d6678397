//! What no file tells: the kernel is asked itself.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use rustix::net::netlink::{GENERIC, SocketAddrNetlink};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with};

use crate::collect::sock_diag;
use crate::collect::taskstats::Taskstats;

/// The answers; `None` where nobody was asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// Whether sock_diag lists sockets.
    pub sock_diag: Option<bool>,
    /// Whether the kernel has taskstats, and netlink leads there.
    pub taskstats: Option<bool>,
    /// Of what version they are, where we may ask.
    pub taskstats_version: Option<u16>,
    /// Whether `/dev/kmsg` can be opened for reading.
    pub kernel_log: Option<bool>,
}

impl Asked {
    /// Asks the machine this runs on.
    pub fn here() -> Asked {
        let flags = rustix::fs::OFlags::NONBLOCK.bits() as i32;
        let log = OpenOptions::new().read(true).custom_flags(flags).open("/dev/kmsg");
        Asked {
            sock_diag: Some(sock_diag::tcp_states().is_some()),
            taskstats: Some(has_taskstats().unwrap_or(false)),
            taskstats_version: Taskstats::open().and_then(|mut open| open.version()),
            kernel_log: Some(log.is_ok()),
        }
    }
}

/// Whether generic netlink knows the family TASKSTATS: netlink(7), linux/genetlink.h.
fn has_taskstats() -> Option<bool> {
    let (domain, kind, flags) = (AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC);
    let socket = socket_with(domain, kind, flags, Some(GENERIC)).ok()?;
    set_socket_timeout(&socket, Timeout::Recv, Some(Duration::from_secs(1))).ok()?;
    sendto(&socket, &family_request(), SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).ok()?;
    let mut answer = [0; 4096];
    let (length, _) = recv(&socket, &mut answer[..], RecvFlags::empty()).ok()?;
    let kind = answer.get(4..6).filter(|_| length >= 16).map(|b| u16::from_ne_bytes([b[0], b[1]]));
    kind.map(|kind| kind == CONTROL)
}

/// The family that tells of families. An error has another number.
const CONTROL: u16 = 16;

/// A netlink header, a generic one, and the name as an attribute.
fn family_request() -> [u8; 36] {
    const REQUEST: u16 = 1;
    const GET_FAMILY: u8 = 3;
    const FAMILY_NAME: u16 = 2;
    let name = b"TASKSTATS\0";
    let mut bytes = [0; 36];
    bytes[..4].copy_from_slice(&36_u32.to_ne_bytes());
    bytes[4..6].copy_from_slice(&CONTROL.to_ne_bytes());
    bytes[6..8].copy_from_slice(&REQUEST.to_ne_bytes());
    (bytes[16], bytes[17]) = (GET_FAMILY, 1);
    bytes[20..22].copy_from_slice(&(4 + name.len() as u16).to_ne_bytes());
    bytes[22..24].copy_from_slice(&FAMILY_NAME.to_ne_bytes());
    bytes[24..34].copy_from_slice(name);
    bytes
}
