//! `protocol`.

use sysray::collect::ProtocolCollector;

use super::{HOSTS, collect, show};

#[test]
fn protocol_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, ProtocolCollector) {
            Ok(sample) => show(&sample.protocol),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("protocol-{host}"), shown);
    }
}
