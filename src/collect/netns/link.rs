//! What describes interfaces, from rtnetlink(7): the same that `/sys/class/net` tells, which shows the namespace
//! that it was mounted in and no other. Speed, duplex and driver are not in it.

use std::collections::BTreeMap;

use crate::collect::netlink::{DONE, DUMP, ERROR, Netlink, REQUEST, attributes, messages, question};
use crate::schema::Text;
use crate::schema::rows::Network;

const NEW_LINK: u16 = 16;
const GET_LINK: u16 = 18;
/// The length of a `struct ifinfomsg`.
const MESSAGE_BYTES: usize = 16;
const BUFFER_BYTES: usize = 32 << 10;

/// Attributes: linux/if_link.h.
const ADDRESS: u16 = 1;
const NAME: u16 = 3;
const MTU: u16 = 4;
const MASTER: u16 = 10;
const OPERSTATE: u16 = 16;
const INFO: u16 = 18;
const INFO_KIND: u16 = 1;
const CARRIER: u16 = 33;
const PARENT_DEVICE: u16 = 56;

/// The kernel's number of the loopback's hardware type.
const LOOPBACK: u16 = 772;
/// The flag of an interface that is switched on.
const UP: u32 = 1;

/// All interfaces of the namespace that the calling thread is in.
pub fn links(buffer: &mut Vec<u8>) -> Option<Vec<Network>> {
    buffer.resize(BUFFER_BYTES, 0);
    let netlink = Netlink::open(None).ok()?;
    netlink.ask(&question(GET_LINK, REQUEST | DUMP, &[0; MESSAGE_BYTES])).ok()?;
    let mut found = Vec::new();
    'parts: loop {
        for message in messages(netlink.receive(buffer).ok()?) {
            match message {
                Some((DONE, _)) => break 'parts,
                None | Some((ERROR, _)) => return None,
                Some((NEW_LINK, body)) => found.extend(parse_link(body)),
                Some(_) => {}
            }
        }
    }
    let names: BTreeMap<Option<i64>, Text> =
        found.iter().map(|(link, _)| (link.interface_index, link.interface.clone())).collect();
    let with_master = |(link, master): (Network, Option<i64>)| {
        let master = master.and_then(|index| names.get(&Some(index)).cloned());
        Network { master, ..link }
    };
    Some(found.into_iter().map(with_master).collect())
}

/// An `ifinfomsg` and its attributes as the columns that describe an interface, and the index of what it
/// belongs to; `None` where it is cut off.
pub fn parse_link(message: &[u8]) -> Option<(Network, Option<i64>)> {
    let number = |at: usize| Some(u32::from_ne_bytes(message.get(at..at + 4)?.try_into().ok()?));
    let hardware = u16::from_ne_bytes(message.get(2..4)?.try_into().ok()?);
    let (index, flags) = (number(4)?, number(8)?);
    let told: BTreeMap<u16, &[u8]> = attributes(message.get(MESSAGE_BYTES..)?).collect();
    let whole = |kind: u16| Some(u32::from_ne_bytes(told.get(&kind)?.get(..4)?.try_into().ok()?));
    let small = |kind: u16| told.get(&kind).and_then(|value| value.first()).copied();
    let sort = told.get(&INFO).and_then(|info| {
        let (_, kind) = attributes(info).find(|(kind, _)| *kind == INFO_KIND)?;
        text(kind)
    });
    let kind = match sort {
        _ if told.contains_key(&PARENT_DEVICE) => "physical".into(),
        _ if hardware == LOOPBACK => "loopback".into(),
        Some(sort) => sort,
        None => "virtual".into(),
    };
    let is_up = flags & UP == UP;
    let link = Network {
        interface: text(told.get(&NAME)?)?,
        interface_index: Some(index.into()),
        kind: Some(kind),
        mac: told.get(&ADDRESS).and_then(|bytes| mac(bytes)),
        up: Some(is_up),
        carrier: small(CARRIER).filter(|_| is_up).map(|carrier| carrier == 1),
        operstate: small(OPERSTATE).and_then(|state| OPERSTATES.get(usize::from(state))).map(|&s| s.into()),
        mtu: whole(MTU).map(i64::from),
        counted: Some(false),
        ..Network::default()
    };
    Some((link, whole(MASTER).map(i64::from)))
}

/// The words of `/sys/class/net/NAME/operstate` by the kernel's numbers.
const OPERSTATES: [&str; 7] = ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"];

/// Text that ends with a zero.
fn text(value: &[u8]) -> Option<Text> {
    let text = std::str::from_utf8(value).ok()?.trim_end_matches('\0');
    (!text.is_empty()).then(|| text.into())
}

fn mac(bytes: &[u8]) -> Option<Text> {
    if bytes.iter().all(|byte| *byte == 0) {
        return None;
    }
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(pairs.join(":").into())
}
