//! `pressure`.

use sysray::collect::PressureCollector;

use super::{HOSTS, collect, show};

#[test]
fn pressure_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, PressureCollector) {
            Ok(sample) => show(&sample.pressure),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("pressure-{host}"), shown);
    }
}
