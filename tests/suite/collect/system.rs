//! `system`.

use sysray::collect::SystemCollector;

use super::{HOSTS, collect, show};

#[test]
fn system_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, SystemCollector) {
            Ok(sample) => show(&sample.system),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("system-{host}"), shown);
    }
}
