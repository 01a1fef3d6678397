//! `network` from `/proc/net/dev`, and from `/sys/class/net` what that does not tell.
//!
//! Traffic is read every tick; what describes an interface seldom: when it is new, when its carrier
//! changed, and now and then, not all of them in the same tick.

use std::collections::HashMap;

use super::interface::{Interface, count};
use super::parse::int;
use super::{Collector, Error, Host};
use crate::schema::rows::Network;
use crate::schema::{Sample, Text};

/// An interface is looked at anew after so many ticks.
const LOOK_EVERY: u64 = 60;

/// Up to so many interfaces, each has its sysfs counters read; above, only counted ones.
const READ_ALL: usize = 32;

/// Reads network interfaces.
#[derive(Default)]
pub struct NetworkCollector {
    known: HashMap<Text, Interface>,
    ticks: u64,
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
        self.ticks += 1;
        let mut looked = false;
        for row in &mut rows {
            let counted = self.known.get(&row.interface).and_then(|known| known.about.counted);
            if read_all || counted == Some(true) {
                read_counters(host, row);
            }
            looked |= self.look(host, row);
        }
        let before = self.known.len();
        self.known.retain(|_, interface| interface.seen == self.ticks);
        if looked || self.known.len() < before {
            count(&mut self.known);
        }
        for row in &mut rows {
            if let Some(interface) = self.known.get(&row.interface) {
                describe(&interface.about, row);
            }
        }
        sample.network.append(&mut rows);
        Ok(())
    }
}

impl NetworkCollector {
    /// Marks the row's interface as seen; whether it had to be looked at anew.
    fn look(&mut self, host: &mut Host, row: &Network) -> bool {
        let fresh = self.known.get(&row.interface).is_some_and(|known| {
            let turn = known.about.interface_index.unwrap_or(0).unsigned_abs();
            !(self.ticks + turn).is_multiple_of(LOOK_EVERY)
                && known.rx_bytes <= row.rx_bytes
                && known.carrier_changes == row.carrier_changes
        });
        if !fresh {
            let counted = self.known.get(&row.interface).and_then(|known| known.about.counted);
            let mut interface = Interface::read(host, &row.interface);
            interface.about.counted = counted;
            self.known.insert(row.interface.clone(), interface);
        }
        if let Some(known) = self.known.get_mut(&row.interface) {
            known.rx_bytes = row.rx_bytes;
            known.carrier_changes = row.carrier_changes;
            known.seen = self.ticks;
        }
        !fresh
    }
}

/// The counters that `/proc/net/dev` does not tell.
fn read_counters(host: &mut Host, row: &mut Network) {
    let mut total = |name: &str| host.sys(&format!("class/net/{}/{name}", row.interface)).ok().and_then(int);
    let (changes, missed) = (total("carrier_changes"), total("statistics/rx_missed_errors"));
    row.rx_nohandler = total("statistics/rx_nohandler");
    (row.carrier_changes, row.rx_missed) = (changes, missed);
}

/// Copies the columns that describe an interface.
fn describe(about: &Network, row: &mut Network) {
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
