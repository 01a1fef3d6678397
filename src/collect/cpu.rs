//! `cpu` and `cpu_core` from `/proc/stat` and `/proc/loadavg`: proc_stat(5), proc_loadavg(5).

use std::collections::HashMap;
use std::time::Duration;

use super::aside::{About, Answer};
use super::kept::Kept;
use super::parse::{float, int, ints, pairs};
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::{Cpu, CpuCore};

/// How often the CPUs are asked for their frequency, aside of the tick: some drivers measure it first.
const FREQUENCY_EVERY: Duration = Duration::from_secs(5);
/// The same where none has answered.
const FREQUENCY_SELDOM: Duration = Duration::from_secs(60);
/// How old an answer may be.
const FREQUENCY_GOOD_FOR: Duration = Duration::from_secs(15);

/// Reads CPU times, run queue and load.
#[derive(Default)]
pub struct CpuCollector {
    frequencies: Answer<HashMap<i64, i64>>,
    /// In hertz, and when they were taken in.
    known: Option<(HashMap<i64, i64>, Duration)>,
    throttles: HashMap<i64, Kept>,
}

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
        self.ask_frequencies(host, &cores);
        let good = |at: Duration| host.now.saturating_sub(at) <= FREQUENCY_GOOD_FOR;
        let known = self.known.as_ref().filter(|(_, at)| good(*at)).map(|(known, _)| known);
        for core in &mut cores {
            core.frequency_hz = known.and_then(|known| known.get(&core.cpu).copied());
            let kept = self.throttles.entry(core.cpu).or_default();
            let number = core.cpu;
            let path = |host: &Host| host.sys_path(&cpu_file(number, "thermal_throttle/core_throttle_count"));
            core.thermal_throttles = host.reread(kept, path).ok().and_then(int);
        }
        sample.cpu.push(cpu);
        sample.cpu_core.append(&mut cores);
        Ok(())
    }
}

impl CpuCollector {
    fn ask_frequencies(&mut self, host: &mut Host, cores: &[CpuCore]) {
        let is_first = self.known.is_none();
        let has_some = self.known.as_ref().is_some_and(|(known, _)| !known.is_empty());
        let every = if has_some { FREQUENCY_EVERY } else { FREQUENCY_SELDOM };
        if self.frequencies.is_due(host.now, every) {
            let numbers: Vec<i64> = cores.iter().map(|core| core.cpu).collect();
            let mut there = host.elsewhere();
            self.frequencies.renew(&host.aside, About::Other, host.now, every, move || {
                let mut of = |cpu: &i64| {
                    let khz = int(there.sys(&cpu_file(*cpu, "cpufreq/scaling_cur_freq")).ok()?)?;
                    // 0 is a driver that has not set it yet, or cannot say.
                    (khz > 0).then(|| (*cpu, khz.saturating_mul(1000)))
                };
                numbers.iter().filter_map(&mut of).collect()
            });
        }
        let patience = if is_first { host.patience } else { Duration::ZERO };
        if let Some(known) = self.frequencies.take(patience) {
            self.known = Some((known, host.now));
        }
    }
}

fn cpu_file(cpu: i64, file: &str) -> String {
    format!("devices/system/cpu/cpu{cpu}/{file}")
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
