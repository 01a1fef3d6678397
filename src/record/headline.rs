//! The `system` row: sums and worst cases of the tick's other rows.

use crate::schema::rows::{Sample, System};

/// Fills in what other tables' rows of the same interval tell; `interval_us` knows a table's own, and `unseen_us` is
/// CPU time that only parents of those tell who used it.
///
/// What no row tells stays as the collector left it, or unknown: an empty table is no zero.
pub fn fill(sample: &mut Sample, unseen_us: i64, interval_us: impl Fn(&str) -> Option<i64>) {
    let mut row = sample.system.pop().unwrap_or_default();
    cpu(&mut row, sample, interval_us("cpu"));
    memory(&mut row, sample);
    disk(&mut row, sample, interval_us("disk"));
    let counted = || sample.network.iter().filter(|n| n.counted == Some(true));
    row.network_rx_bytes = sum(counted().map(|n| n.rx_bytes));
    row.network_tx_bytes = sum(counted().map(|n| n.tx_bytes));
    row.tcp_established = sample.socket.first().and_then(|s| s.tcp_established);
    row.tcp_retransmits = sample.protocol.first().and_then(|p| p.tcp_retransmits);
    row.softnet_dropped = sum(sample.softnet.iter().map(|s| s.dropped));
    row.softnet_squeezed = sum(sample.softnet.iter().map(|s| s.squeezed));
    for pressure in sample.pressure.iter() {
        match &*pressure.resource {
            "cpu" => row.cpu_some_us = pressure.some_us,
            "memory" => (row.memory_some_us, row.memory_full_us) = (pressure.some_us, pressure.full_us),
            "io" => (row.io_some_us, row.io_full_us) = (pressure.some_us, pressure.full_us),
            _ => {}
        }
    }
    // Processes that are read in some ticks only tell more than was busy in this one.
    let intervals = interval_us("cpu").zip(interval_us("process"));
    let is_of_one = intervals.is_none_or(|(cpu, process)| (cpu - process).abs() <= cpu / 10);
    processes(&mut row, sample, unseen_us, is_of_one);
    sample.system.push(row);
}

fn cpu(row: &mut System, sample: &Sample, interval_us: Option<i64>) {
    let Some(cpu) = sample.cpu.first() else { return };
    (row.load1, row.load5, row.load15) = (cpu.load1, cpu.load5, cpu.load15);
    // Reading the file takes a running task: the recorder itself.
    row.runnable = cpu.runnable.map(|n| (n - 1).max(0));
    row.blocked = cpu.blocked;
    (row.context_switches, row.interrupts, row.forks) = (cpu.context_switches, cpu.interrupts, cpu.forks);
    (row.cpu_iowait_us, row.cpu_steal_us) = (cpu.iowait_us, cpu.steal_us);
    let busy = [cpu.user_us, cpu.nice_us, cpu.system_us, cpu.irq_us, cpu.softirq_us];
    row.cpu_busy_us = all(busy);
    let rest = all([cpu.idle_us, cpu.iowait_us, cpu.steal_us]);
    row.cpu_capacity_us = row.cpu_busy_us.zip(rest).map(|(busy, rest)| busy + rest);
    // A system that tells idle time alone: all else of its CPUs' time was busy.
    if let (None, Some(idle), Some(online), Some(us)) =
        (row.cpu_busy_us, cpu.idle_us, cpu.online, interval_us)
    {
        row.cpu_capacity_us = Some(online * us);
        row.cpu_busy_us = Some((online * us - idle).max(0));
    }
}

fn memory(row: &mut System, sample: &Sample) {
    let Some(memory) = sample.memory.first() else { return };
    row.memory_available_bytes = memory.available_bytes;
    row.memory_used_pct = memory.total_bytes.zip(memory.available_bytes).and_then(|(total, available)| {
        (total > 0).then(|| kept(100.0 * (total - available) as f64 / total as f64))
    });
    row.swap_used_bytes =
        memory.swap_total_bytes.zip(memory.swap_free_bytes).map(|(total, free)| total - free);
    (row.swap_in_bytes, row.swap_out_bytes) = (memory.swap_in_bytes, memory.swap_out_bytes);
    row.oom_kills = memory.oom_kills;
}

/// A quotient as good as a 32-bit number: seven digits. Those beyond tell nothing, and would be most of it on disk.
fn kept(quotient: f64) -> f64 {
    f64::from(quotient as f32)
}

fn disk(row: &mut System, sample: &Sample, interval_us: Option<i64>) {
    let counted = || sample.disk.iter().filter(|d| d.counted == Some(true));
    row.disk_read_bytes = sum(counted().map(|d| d.read_bytes));
    row.disk_write_bytes = sum(counted().map(|d| d.write_bytes));
    row.disk_reads = sum(counted().map(|d| d.reads));
    row.disk_writes = sum(counted().map(|d| d.writes));
    let latency = counted().filter_map(|d| {
        let done = d.reads?.checked_add(d.writes?)?;
        (done > 0).then_some((d.read_us? + d.write_us?) as f64 / done as f64)
    });
    row.disk_latency_us = latency.reduce(f64::max).map(kept);
    let longest = counted().filter_map(|d| d.queue_us).max();
    let interval_us = interval_us.filter(|us| *us > 0);
    row.disk_queue_length = longest.zip(interval_us).map(|(queue, us)| kept(queue as f64 / us as f64));
}

fn processes(row: &mut System, sample: &Sample, unseen_us: i64, is_of_one: bool) {
    if sample.process.is_empty() {
        return;
    }
    let in_state =
        |state: &str| sample.process.iter().filter(|p| p.state.as_deref() == Some(state)).count() as i64;
    row.processes = Some(sample.process.len() as i64);
    row.threads = sum(sample.process.iter().map(|p| p.threads));
    let has_states = |told: &str| {
        sample
            .process
            .iter()
            .filter_map(|p| p.state.as_deref())
            .any(|state| told.is_empty() || told.contains(state))
    };
    // Where no state is known at all, none can be counted; and of those that live none where only that of
    // others is.
    row.zombies = has_states("").then(|| in_state("Z"));
    row.uninterruptible = has_states("RSDI").then(|| in_state("D"));
    let ended = sample.process_exit.iter().map(|exit| exit.cpu_us);
    let told = sum(sample.process.iter().map(|p| p.cpu_us).chain(ended));
    row.unattributed_cpu_us =
        row.cpu_busy_us.zip(told).filter(|_| is_of_one).map(|(busy, told)| (busy - told - unseen_us).max(0));
}

/// The sum of what is known; unknown where nothing is.
fn sum(values: impl Iterator<Item = Option<i64>>) -> Option<i64> {
    values.flatten().reduce(|a, b| a.saturating_add(b))
}

/// The sum, unknown where any part is.
fn all<const N: usize>(values: [Option<i64>; N]) -> Option<i64> {
    values.into_iter().sum()
}
