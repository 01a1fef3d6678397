//! `cpu` and `cpu_core` from `/proc/stat` and `/proc/loadavg`: proc_stat(5), proc_loadavg(5).

use super::parse::{float, int, ints, pairs};
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::{Cpu, CpuCore};

/// Reads CPU times, run queue and load.
#[derive(Default)]
pub struct CpuCollector;

impl Collector for CpuCollector {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "cpu_core"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let units = host.units;
        let path = host.proc_path("stat");
        let (mut cpu, mut cores) = parse_stat(host.proc("stat")?, |t| units.ticks_to_us(t));
        if cores.is_empty() && cpu.user_us.is_none() {
            return Err(Error::Parse { path, what: "no cpu line".into() });
        }
        if let Some(text) = host.proc_if_any("loadavg")? {
            [cpu.load1, cpu.load5, cpu.load15] = parse_loadavg(text);
        }
        for core in &mut cores {
            let folder = format!("devices/system/cpu/cpu{}", core.cpu);
            let khz = host.sys_if_any(&format!("{folder}/cpufreq/scaling_cur_freq"))?.and_then(int);
            core.frequency_hz = khz.map(|khz| khz * 1000);
            core.thermal_throttles =
                host.sys_if_any(&format!("{folder}/thermal_throttle/core_throttle_count"))?.and_then(int);
        }
        sample.cpu.push(cpu);
        sample.cpu_core.append(&mut cores);
        Ok(())
    }
}

/// `/proc/stat` as the host's totals and those of each online CPU; `us` turns ticks into microseconds.
pub fn parse_stat(text: &str, us: impl Fn(i64) -> i64) -> (Cpu, Vec<CpuCore>) {
    let mut cpu = Cpu::default();
    let mut cores = Vec::new();
    for (key, rest) in pairs(text) {
        match key {
            "ctxt" => cpu.context_switches = int(rest),
            "intr" => cpu.interrupts = ints(rest).next(),
            "softirq" => cpu.softirqs = ints(rest).next(),
            "processes" => cpu.forks = int(rest),
            "procs_running" => cpu.runnable = int(rest),
            "procs_blocked" => cpu.blocked = int(rest),
            "cpu" => {
                let [user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice] =
                    modes(rest, &us);
                (cpu.user_us, cpu.nice_us, cpu.system_us, cpu.idle_us) = (user, nice, system, idle);
                (cpu.iowait_us, cpu.irq_us, cpu.softirq_us, cpu.steal_us) = (iowait, irq, softirq, steal);
                (cpu.guest_us, cpu.guest_nice_us) = (guest, guest_nice);
            }
            _ => {
                let Some(number) = key.strip_prefix("cpu").and_then(int) else { continue };
                let [
                    user_us,
                    nice_us,
                    system_us,
                    idle_us,
                    iowait_us,
                    irq_us,
                    softirq_us,
                    steal_us,
                    guest_us,
                    guest_nice_us,
                ] = modes(rest, &us);
                cores.push(CpuCore {
                    cpu: number,
                    user_us,
                    nice_us,
                    system_us,
                    idle_us,
                    iowait_us,
                    irq_us,
                    softirq_us,
                    steal_us,
                    guest_us,
                    guest_nice_us,
                    ..CpuCore::default()
                });
            }
        }
    }
    cpu.online = (!cores.is_empty()).then_some(cores.len() as i64);
    (cpu, cores)
}

/// A cpu line's ten modes; those an old kernel has not are unknown.
fn modes(rest: &str, us: &impl Fn(i64) -> i64) -> [Option<i64>; 10] {
    let mut modes = [None; 10];
    for (mode, ticks) in modes.iter_mut().zip(ints(rest)) {
        *mode = Some(us(ticks));
    }
    modes
}

/// `/proc/loadavg`: the load over one, five and fifteen minutes.
pub fn parse_loadavg(text: &str) -> [Option<f64>; 3] {
    let mut loads = text.split_ascii_whitespace().map(float);
    [(); 3].map(|()| loads.next().flatten())
}
