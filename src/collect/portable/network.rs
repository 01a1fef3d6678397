//! `network` by sysinfo.

use sysinfo::{NetworkData, Networks};

use super::told::{known, whole};
use crate::collect::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Network;

/// What sysinfo says where it was told no state that it knows.
const UNTOLD: &str = "other";

/// Fills bytes, packets, errors, and what an interface is.
#[derive(Default)]
pub struct PortableNetwork {
    networks: Networks,
}

impl Collector for PortableNetwork {
    fn name(&self) -> &'static str {
        "network"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["network"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.networks.refresh(true);
        let rows = self.networks.list().iter().map(|(name, data)| row(name, data));
        let mut rows: Vec<Network> = rows.filter(is_interface).collect();
        rows.sort_by(|a, b| a.interface.cmp(&b.interface));
        for row in rows {
            sample.network.push(row);
        }
        Ok(())
    }
}

fn row(name: &str, data: &NetworkData) -> Network {
    let mac = data.mac_address();
    let state = data.operational_state().to_string();
    Network {
        interface: name.into(),
        mac: (!mac.is_unspecified()).then(|| mac.to_string().into()),
        mtu: known(data.mtu()),
        operstate: (state != UNTOLD).then(|| state.into()),
        rx_bytes: Some(whole(data.total_received())),
        rx_packets: Some(whole(data.total_packets_received())),
        rx_errors: Some(whole(data.total_errors_on_received())),
        tx_bytes: Some(whole(data.total_transmitted())),
        tx_packets: Some(whole(data.total_packets_transmitted())),
        tx_errors: Some(whole(data.total_errors_on_transmitted())),
        ..Network::default()
    }
}

/// Whether it is one: on Linux sysinfo takes each name in a folder for one, in which other things stand too,
/// such as `bonding_masters`.
fn is_interface(row: &Network) -> bool {
    row.mtu.is_some() || row.mac.is_some() || row.rx_packets > Some(0) || row.tx_packets > Some(0)
}
