//! `cpu` and `cpu_core` by sysinfo.
//!
//! It tells no totals of CPU time, only each core's busy share since it was asked before: `idle_us` is the
//! sum of (1 - share) × elapsed, as exact as the share (about a clock tick an interval on macOS, a sample
//! of the performance counters on Windows), and all other modes stay unknown. On Linux time that waited for
//! I/O is in it, which no other system keeps apart.

use std::time::Duration;

use sysinfo::{CpuRefreshKind, MINIMUM_CPU_UPDATE_INTERVAL, System};

use super::told::known;
use crate::collect::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::{Cpu, CpuCore};
use crate::time::Clock;

/// Whether sysinfo tells the clock rate of now: macOS tells the highest that there is, and on Linux what
/// `/proc/cpuinfo` says stands in for what the governor does not tell.
const TELLS_FREQUENCY: bool = !cfg!(any(target_os = "linux", target_os = "macos"));

/// Fills load, online CPUs, clock rates, idle time.
pub struct PortableCpu<C: Clock> {
    clock: C,
    system: System,
    asked: Option<Duration>,
    idle_us: Vec<f64>,
}

impl<C: Clock> PortableCpu<C> {
    /// With the clock that measures how long the shares are about.
    pub fn new(clock: C) -> Self {
        PortableCpu { clock, system: System::new(), asked: None, idle_us: vec![] }
    }

    /// Adds each core's idle time since it was last asked. Asked too soon, sysinfo would tell the
    /// old share once more.
    fn advance(&mut self) {
        let now = self.clock.monotonic();
        let elapsed = self.asked.map(|asked| now.saturating_sub(asked));
        if elapsed.is_some_and(|elapsed| elapsed < MINIMUM_CPU_UPDATE_INTERVAL) {
            return;
        }
        let usage = CpuRefreshKind::nothing().with_cpu_usage();
        self.system.refresh_cpu_specifics(if TELLS_FREQUENCY { usage.with_frequency() } else { usage });
        self.asked = Some(now);
        self.idle_us.resize(self.system.cpus().len(), 0.0);
        let elapsed_us = elapsed.map_or(0.0, |elapsed| elapsed.as_secs_f64() * 1e6);
        for (idle_us, cpu) in self.idle_us.iter_mut().zip(self.system.cpus()) {
            let busy = f64::from(cpu.cpu_usage()).clamp(0.0, 100.0) / 100.0;
            *idle_us += (1.0 - busy) * elapsed_us;
        }
    }
}

impl<C: Clock> Collector for PortableCpu<C> {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "cpu_core"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.advance();
        // Windows keeps no load.
        let load = |value: f64| (!cfg!(windows)).then_some(value);
        let of = System::load_average();
        sample.cpu.push(Cpu {
            online: Some(self.idle_us.len() as i64).filter(|online| *online > 0),
            idle_us: (!self.idle_us.is_empty()).then(|| self.idle_us.iter().sum::<f64>() as i64),
            load1: load(of.one),
            load5: load(of.five),
            load15: load(of.fifteen),
            ..Cpu::default()
        });
        for ((place, idle_us), cpu) in (0..).zip(&self.idle_us).zip(self.system.cpus()) {
            let frequency = known(cpu.frequency()).filter(|_| TELLS_FREQUENCY);
            sample.cpu_core.push(CpuCore {
                cpu: number(cpu.name()).unwrap_or(place),
                frequency_hz: frequency.map(|mhz| mhz.saturating_mul(1_000_000)),
                idle_us: Some(*idle_us as i64),
                ..CpuCore::default()
            });
        }
        Ok(())
    }
}

/// The kernel's number of a CPU, where its name has that: `cpu3`. Others are numbered by their place.
fn number(name: &str) -> Option<i64> {
    name.strip_prefix("cpu")?.parse().ok()
}
