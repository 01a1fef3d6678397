//! `memory`.

use sysray::collect::MemoryCollector;

use super::{HOSTS, collect, show};

#[test]
fn memory_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, MemoryCollector) {
            Ok(sample) => show(&sample.memory),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("memory-{host}"), shown);
    }
}
