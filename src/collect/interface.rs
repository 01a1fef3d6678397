//! What `/sys/class/net` tells of a network interface, and which interfaces a sum may count.
//!
//! Traffic is read elsewhere. An attribute that cannot be read, for whatever reason, is unknown:
//! one odd driver must not cost the others their rows.

use super::Host;
use super::parse::int;
use crate::schema::Text;
use crate::schema::rows::Network;

/// One interface as it was last looked at.
#[derive(Debug, Default)]
pub struct Interface {
    /// The row's columns that describe it, and nothing in the others.
    pub about: Network,
    /// The interface that carries its packets; its own number where there is none such.
    link: Option<i64>,
    /// The kernel's number of its hardware type.
    hardware: Option<i64>,
    /// Whether it stands for a virtual function whose packets pass through the card's own port.
    is_representor: bool,
}

const ETHERNET: i64 = 1;
const INFINIBAND: i64 = 32;
const LOOPBACK: i64 = 772;

impl Interface {
    /// Looks at the interface of that name.
    pub fn read(host: &mut Host, name: &Text) -> Self {
        let mut get = |attribute: &str| {
            let text = host.sys(&format!("class/net/{name}/{attribute}")).ok()?;
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let number = |text: Option<String>| text.as_deref().and_then(int);
        let index = number(get("ifindex"));
        let hardware = number(get("type"));
        let flags = get("flags").and_then(|hex| i64::from_str_radix(hex.trim_start_matches("0x"), 16).ok());
        let port = get("phys_port_name").unwrap_or_default();
        let sort = get("uevent").and_then(|text| devtype(&text).map(str::to_owned));
        let is_tun = get("tun_flags").is_some();
        let mut about = Network {
            interface: name.clone(),
            interface_index: index,
            mac: get("address").filter(|mac| mac.contains(|c| c != '0' && c != ':')).map(Text::from),
            up: flags.map(|flags| flags & 1 == 1),
            carrier: number(get("carrier")).map(|carrier| carrier == 1),
            operstate: get("operstate").map(Text::from),
            duplex: get("duplex").filter(|duplex| duplex != "unknown").map(Text::from),
            mtu: number(get("mtu")),
            speed_bits_per_s: number(get("speed")).and_then(bits_per_s),
            ..Network::default()
        };
        let link = number(get("iflink"));
        let has_device = target(host, name, "device").is_some();
        about.driver = target(host, name, "device/driver");
        about.master = target(host, name, "master");
        about.kind = match sort {
            _ if has_device => Some("physical".into()),
            _ if hardware == Some(LOOPBACK) || &**name == "lo" => Some("loopback".into()),
            Some(word) => Some(word.into()),
            _ if is_tun => Some("tun".into()),
            _ if name.starts_with("veth") => Some("veth".into()),
            _ => index.map(|_| "virtual".into()),
        };
        let is_representor = port.contains("pf") && (port.contains("vf") || port.contains("sf"));
        Interface { about, link, hardware, is_representor }
    }

    fn is(&self, kind: &str) -> bool {
        self.about.kind.as_deref() == Some(kind)
    }
}

/// Works out `counted` for each: what it means stands in `schema/network.toml`.
pub fn count(interfaces: &mut [&mut Interface]) {
    let of_kind = |kind: &'static str| interfaces.iter().filter(move |i| i.is(kind)).map(|i| &i.about);
    let has_physical = of_kind("physical").next().is_some();
    let physical: Vec<i64> = of_kind("physical").filter_map(|about| about.interface_index).collect();
    let masters: Vec<Text> = of_kind("physical").map(|about| about.interface.clone()).collect();
    let bridges: Vec<Text> = of_kind("bridge").map(|about| about.interface.clone()).collect();
    for interface in interfaces {
        let (own, link) = (interface.about.interface_index, interface.link);
        let is_below = |names: &[Text]| interface.about.master.as_ref().is_some_and(|m| names.contains(m));
        let counted = if has_physical {
            let passes_on = link.is_some_and(|link| link != own.unwrap_or(link) && physical.contains(&link));
            interface.is("physical") && !interface.is_representor && !passes_on && !is_below(&masters)
        } else {
            let is_switched = is_below(&bridges) || interface.about.master.as_deref() == Some("ovs-system");
            is_end(interface) && !is_switched
        };
        interface.about.counted = Some(counted);
    }
}

/// Whether an interface without hardware is where packets enter and leave, as `eth0` of a container.
fn is_end(interface: &Interface) -> bool {
    // Devices that sysfs tells apart in no other way than by the name their makers give them.
    const PASSING: [&str; 6] = ["dummy", "ifb", "gretap", "erspan", "cali", "lxc"];
    let name = &interface.about.interface;
    let kind = interface.about.kind.as_deref().unwrap_or("virtual");
    matches!(kind, "virtual" | "macvlan" | "ipvlan")
        && interface.hardware.is_none_or(|hardware| [ETHERNET, INFINIBAND].contains(&hardware))
        && !PASSING.iter().any(|stem| name.starts_with(stem))
}

/// `speed` is in Mbit/s; -1, or the same without its sign, is a driver that does not know.
fn bits_per_s(megabits: i64) -> Option<i64> {
    (1..i64::from(u32::MAX)).contains(&megabits).then(|| megabits * 1_000_000)
}

fn devtype(uevent: &str) -> Option<&str> {
    uevent.lines().find_map(|line| line.strip_prefix("DEVTYPE=")).filter(|word| !word.is_empty())
}

/// The last name of what a link in the interface's folder points to.
fn target(host: &mut Host, name: &str, link: &str) -> Option<Text> {
    host.count_read();
    let target = std::fs::read_link(host.sys_path(&format!("class/net/{name}/{link}"))).ok()?;
    Some(target.file_name()?.to_str()?.into())
}
