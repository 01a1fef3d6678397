//! `network` from `/proc/net/dev`, and from `/sys/class/net` what that does not tell.
//!
//! Traffic is read every tick; what describes an interface seldom and aside of the tick, since a driver
//! may take its time and the kernel's network lock be held: when it is new, when its carrier changed,
//! and now and then, not all of them in the same tick. Whether another bears its name its number says, which is
//! read within the tick where the kernel had something to say of any device. Interfaces of other network
//! namespaces: `netns`.

use std::collections::HashMap;
use std::time::Duration;

use super::aside::{About, Answer};
use super::interface::{Interface, count};
use super::kept::Kept;
use super::parse::int;
use super::uevent::Uevents;
use super::{Collector, Error, Host};
use crate::schema::rows::Network;
use crate::schema::{Sample, Text};

/// How often an interface is looked at anew.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Up to so many interfaces, each has its sysfs counters read; above, only counted ones.
const READ_ALL: usize = 128;

/// After so many ticks without a packet, the files of what is lost of packets are closed: each costs the kernel some
/// 5 KiB.
const STILL_TICKS: u32 = 3;

/// Reads network interfaces.
#[derive(Default)]
pub struct NetworkCollector {
    known: HashMap<Text, Known>,
    looked: Answer<Vec<Interface>>,
    uevents: Uevents,
    ticks: u64,
    #[cfg(target_os = "linux")]
    others: super::netns::Namespaces,
}

/// What is kept of an interface from tick to tick.
#[derive(Default)]
struct Known {
    /// As it was last looked at; not yet, where it is new.
    interface: Option<Interface>,
    /// The number of what bears its name, as of the kernel's last message: another look is of another.
    index: Option<i64>,
    /// When it is looked at again.
    due: Duration,
    carrier_changes_file: Kept,
    rx_missed_file: Kept,
    rx_nohandler_file: Kept,
    /// As it was told last. A smaller total is another interface under the old name.
    told: Counters,
    /// In how many ticks in a row no packet came.
    still_ticks: u32,
    /// The tick in which it was last seen.
    seen: u64,
}

#[derive(Clone, Copy, Default)]
struct Counters {
    rx_bytes: Option<i64>,
    rx_packets: Option<i64>,
    rx_dropped: Option<i64>,
    rx_missed: Option<i64>,
    rx_nohandler: Option<i64>,
    carrier_changes: Option<i64>,
}

impl Collector for NetworkCollector {
    fn name(&self) -> &'static str {
        "network"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["network"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let path = host.proc_path("net/dev");
        let mut rows = parse_dev(host.proc("net/dev")?);
        if rows.is_empty() {
            return Err(Error::Parse { path, what: "no interfaces".into() });
        }
        let read_all = rows.len() <= READ_ALL;
        let are_others = self.uevents.were_sent(host);
        self.ticks += 1;
        let (mut due, mut is_urgent) = (Vec::new(), false);
        for row in &mut rows {
            let known = self.known.entry(row.interface.clone()).or_default();
            if are_others {
                known.forget_another(host, &row.interface);
            }
            if read_all || known.about().is_some_and(|about| about.counted == Some(true)) {
                known.read_counters(host, row);
            }
            let has_changed = known.has_changed(row);
            if has_changed || host.now >= known.due {
                due.push(row.interface.clone());
                is_urgent |= has_changed;
            }
            known.told = Counters {
                rx_bytes: row.rx_bytes,
                rx_packets: row.rx_packets,
                rx_dropped: row.rx_dropped,
                rx_missed: row.rx_missed,
                rx_nohandler: row.rx_nohandler,
                carrier_changes: row.carrier_changes,
            };
            known.seen = self.ticks;
        }
        let before = self.known.len();
        self.known.retain(|_, known| known.seen == self.ticks);
        if self.look(host, due, is_urgent) || self.known.len() < before {
            let mut looked: Vec<&mut Interface> =
                self.known.values_mut().filter_map(|known| known.interface.as_mut()).collect();
            count(&mut looked);
        }
        for row in &mut rows {
            if let Some(about) = self.known.get(&row.interface).and_then(Known::about) {
                describe(about, row);
            }
        }
        sample.network.append(&mut rows);
        #[cfg(target_os = "linux")]
        {
            let mut others = self.others.look(host, sample);
            sample.network.append(&mut others);
        }
        Ok(())
    }
}

impl NetworkCollector {
    /// Has these looked at, and takes in those that were; whether there were any. What is urgent is waited
    /// for a moment.
    fn look(&mut self, host: &mut Host, due: Vec<Text>, is_urgent: bool) -> bool {
        if !due.is_empty() {
            host.count_reads(due.len() as i64);
            let mut there = host.elsewhere();
            let look = move || due.iter().map(|name| Interface::read(&mut there, name)).collect();
            self.looked.renew(&host.aside, About::Other, host.now, Duration::ZERO, look);
        }
        let patience = if is_urgent { host.patience } else { Duration::ZERO };
        let Some(looked) = self.looked.take(patience) else { return false };
        for mut interface in looked {
            let Some(known) = self.known.get_mut(&interface.about.interface) else { continue };
            if known.index.is_some_and(|index| interface.about.interface_index != Some(index)) {
                continue;
            }
            interface.about.counted = known.about().and_then(|about| about.counted);
            let turn = interface.about.interface_index.unwrap_or(0).unsigned_abs() % 60;
            let first = known.interface.is_none();
            known.due = host.now + if first { LOOK_EVERY * turn as u32 / 60 } else { LOOK_EVERY };
            known.interface = Some(interface);
        }
        true
    }
}

impl Known {
    fn about(&self) -> Option<&Network> {
        self.interface.as_ref().map(|interface| &interface.about)
    }

    /// Forgets all, the files that were kept open too, where another bears its name now: the kernel's files go
    /// with a device, and not with its name.
    fn forget_another(&mut self, host: &mut Host, name: &Text) {
        let Some(index) = host.sys(&format!("class/net/{name}/ifindex")).ok().and_then(int) else { return };
        if self.about().and_then(|about| about.interface_index).is_some_and(|before| before != index) {
            *self = Known::default();
        }
        self.index = Some(index);
    }

    /// Whether it is new, or shows that it may not be what it was.
    fn has_changed(&self, row: &Network) -> bool {
        self.interface.is_none()
            || row.rx_bytes < self.told.rx_bytes
            || row.carrier_changes != self.told.carrier_changes
    }

    /// The counters that `/proc/net/dev` does not tell. What is missed is part of what it calls dropped, and what has
    /// no handler has come in: without either these two are as they were.
    fn read_counters(&mut self, host: &mut Host, row: &mut Network) {
        let told = self.told;
        let is_still = told.rx_missed.is_some()
            && (told.rx_bytes, told.rx_packets, told.rx_dropped)
                == (row.rx_bytes, row.rx_packets, row.rx_dropped);
        let is_due = host.now >= self.due;
        self.still_ticks = if is_still { self.still_ticks.saturating_add(1) } else { 0 };
        let name = &row.interface;
        let mut total = |kept: &mut Kept, file: &str| {
            let path = |host: &Host| host.sys_path(&format!("class/net/{name}/{file}"));
            host.reread(kept, path).ok().and_then(int)
        };
        row.carrier_changes = total(&mut self.carrier_changes_file, "carrier_changes");
        if !is_still || is_due {
            row.rx_missed = total(&mut self.rx_missed_file, "statistics/rx_missed_errors");
            row.rx_nohandler = total(&mut self.rx_nohandler_file, "statistics/rx_nohandler");
            return;
        }
        (row.rx_missed, row.rx_nohandler) = (told.rx_missed, told.rx_nohandler);
        if self.still_ticks >= STILL_TICKS {
            self.rx_missed_file.close();
            self.rx_nohandler_file.close();
        }
    }
}

/// Copies the columns that describe an interface.
pub(super) fn describe(about: &Network, row: &mut Network) {
    row.interface = about.interface.clone();
    row.interface_index = about.interface_index;
    row.kind = about.kind.clone();
    row.driver = about.driver.clone();
    row.mac = about.mac.clone();
    row.up = about.up;
    row.carrier = about.carrier;
    row.operstate = about.operstate.clone();
    row.duplex = about.duplex.clone();
    row.master = about.master.clone();
    row.mtu = about.mtu;
    row.speed_bits_per_s = about.speed_bits_per_s;
    row.counted = about.counted;
}

/// `/proc/net/dev`: an interface a line. Old kernels leave no space between colon and number.
pub fn parse_dev(text: &str) -> Vec<Network> {
    text.lines().filter_map(parse_line).collect()
}

/// A line with all its sixteen numbers; headings and lines cut short are none.
fn parse_line(line: &str) -> Option<Network> {
    let (name, numbers) = line.rsplit_once(':')?;
    let mut numbers = numbers.split_ascii_whitespace().map(int);
    let mut next = || numbers.next().flatten();
    let row = Network {
        interface: name.trim().into(),
        rx_bytes: next(),
        rx_packets: next(),
        rx_errors: next(),
        rx_dropped: next(),
        rx_fifo: next(),
        rx_frame: next(),
        rx_compressed: next(),
        rx_multicast: next(),
        tx_bytes: next(),
        tx_packets: next(),
        tx_errors: next(),
        tx_dropped: next(),
        tx_fifo: next(),
        tx_collisions: next(),
        tx_carrier: next(),
        tx_compressed: next(),
        ..Network::default()
    };
    row.tx_compressed.is_some().then_some(row)
}
