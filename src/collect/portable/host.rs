//! `host` by sysinfo: what any system tells of itself.

use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use super::told::known;
use crate::collect::{Collector, Error, Host};
use crate::schema::rows::{Host as Row, Sample};
use crate::schema::{Micros, Text};

/// Reads the inventory that every system has. What it cannot know stays unknown.
pub struct PortableHost;

impl Collector for PortableHost {
    fn name(&self) -> &'static str {
        "host"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["host"]
    }

    fn collect(&mut self, _host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let kinds = RefreshKind::nothing()
            .with_cpu(CpuRefreshKind::nothing())
            .with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(kinds);
        let text = |text: Option<String>| text.filter(|t| !t.is_empty()).map(Text::from);
        let brand = system.cpus().first().map(|cpu| cpu.brand().trim().to_string());
        sample.host.push(Row {
            hostname: text(System::host_name()),
            boot_time: known(System::boot_time()).map(|seconds| Micros(seconds.saturating_mul(1_000_000))),
            os: text(System::name()),
            os_version: text(System::os_version()),
            kernel: text(System::kernel_version()),
            architecture: Some(std::env::consts::ARCH.into()),
            cpu_model: text(brand),
            cores: System::physical_core_count().map(|n| n as i64),
            threads: Some(system.cpus().len() as i64).filter(|n| *n > 0),
            memory_bytes: known(system.total_memory()),
            sysray_version: Some(env!("CARGO_PKG_VERSION").into()),
            collector: Some("portable".into()),
            ..Row::default()
        });
        Ok(())
    }
}
