//! `listen`: sockets that wait for connections, from a sock_diag(7) dump of those alone. The kernel keeps them
//! apart from connections, of which there may be many. Those of other network namespaces come with `network`.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::netlink::{Netlink, attributes};
use super::sock_diag::{self, MEMORY, States};
use super::{Collector, Error, Host};
use crate::schema::rows::Listen;
use crate::schema::{Sample, Text};

/// The length of a `struct inet_diag_msg`: linux/inet_diag.h.
const MESSAGE_BYTES: usize = 72;
/// Its family where the address is of IPv6.
const INET6: u8 = 10;
/// The attribute behind it that says the control group.
const CGROUP_ID: u16 = 21;
/// The place in [`MEMORY`] of what was dropped.
const DROPS: usize = 8;
/// How long a kernel that does not answer is left alone.
const RETRY: Duration = Duration::from_secs(30);

/// Asks the running kernel, whatever tree the host is read from.
#[derive(Default)]
pub struct ListenCollector {
    netlink: Option<Netlink>,
    has_answered: bool,
    /// When to ask again where there was no answer.
    due: Duration,
    buffer: Vec<u8>,
    addresses: Addresses,
}

/// Addresses as text, each made once.
pub type Addresses = BTreeMap<IpAddr, Text>;

impl Collector for ListenCollector {
    fn name(&self) -> &'static str {
        "listen"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["listen"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        match self.ask(host) {
            Some(rows) => {
                self.has_answered = true;
                sample.listen.extend(rows);
                sample.listen.append(&mut host.listening);
                Ok(())
            }
            // Rows are missing.
            None if self.has_answered => {
                Err(Error::Parse { path: "sock_diag".into(), what: "no answer".into() })
            }
            // There is no such thing here.
            None => Ok(()),
        }
    }
}

impl ListenCollector {
    /// What the kernel answers; who does not is not asked again for a while.
    fn ask(&mut self, host: &Host) -> Option<Vec<Listen>> {
        if host.now < self.due {
            return None;
        }
        self.due = host.now + RETRY;
        // After an error what is left of the answer would be taken for the next: then there is a new socket.
        let netlink = self.netlink.take().or_else(sock_diag::open)?;
        let (mut rows, addresses) = (Vec::new(), &mut self.addresses);
        let each = |message: &[u8]| rows.extend(parse(message, addresses));
        sock_diag::dump(&netlink, States::LISTEN, MEMORY, &mut self.buffer, each)?;
        (self.netlink, self.due) = (Some(netlink), Duration::ZERO);
        Some(rows)
    }
}

/// A row of an `inet_diag_msg` and the attributes behind it; `None` where it is cut off.
pub fn parse(message: &[u8], addresses: &mut Addresses) -> Option<Listen> {
    let number = |at: usize| Some(u32::from_ne_bytes(message.get(at..at + 4)?.try_into().ok()?));
    let attributes: BTreeMap<u16, &[u8]> = attributes(message.get(MESSAGE_BYTES..)?).collect();
    let address: IpAddr = match message[0] {
        INET6 => Ipv6Addr::from(<[u8; 16]>::try_from(message.get(8..24)?).ok()?).into(),
        _ => Ipv4Addr::from(<[u8; 4]>::try_from(message.get(8..12)?).ok()?).into(),
    };
    let address = addresses.entry(address).or_insert_with(|| address.to_string().into()).clone();
    let cgroup = attributes.get(&CGROUP_ID).and_then(|value| <[u8; 8]>::try_from(*value).ok());
    let memory = attributes.get(&u16::from(MEMORY)).map(|value| value.chunks_exact(4));
    let drops = memory.and_then(|mut numbers| numbers.nth(DROPS)).and_then(|n| <[u8; 4]>::try_from(n).ok());
    Some(Listen {
        protocol: "tcp".into(),
        address,
        port: u16::from_be_bytes([message[4], message[5]]).into(),
        inode: number(68)?.into(),
        netns: None,
        interval_us: None,
        uid: number(64).map(i64::from),
        // 0 is no group: sockets made before there were any.
        cgroup_id: cgroup.map(u64::from_ne_bytes).filter(|id| *id != 0).and_then(|id| id.try_into().ok()),
        queue: number(56).map(i64::from),
        backlog: number(60).map(i64::from),
        drops: drops.map(|n| u32::from_ne_bytes(n).into()),
    })
}
