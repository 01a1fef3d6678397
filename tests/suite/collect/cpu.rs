//! `cpu` and `cpu_core`.

use sysray::collect::CpuCollector;

use super::{HOSTS, collect, show};

#[test]
fn cpu_times_of_each_kernel() {
    for host in HOSTS {
        let shown = match collect(host, CpuCollector::default()) {
            Ok(sample) => format!("cpu\n{}\ncpu_core\n{}", show(&sample.cpu), show(&sample.cpu_core)),
            Err(error) => error,
        };
        insta::assert_snapshot!(format!("cpu-{host}"), shown);
    }
}
