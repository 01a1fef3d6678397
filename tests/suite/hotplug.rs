//! CPUs that go offline and come back: what the host's sums say then, and what becomes of it.

use sysray::schema::rows::{Cpu, Sample};

use super::wrapped::intervals;

/// What `/proc/stat` says of all CPUs, in seconds: how many are online, user, idle and iowait.
fn cpus(online: i64, user: i64, idle: i64, iowait: i64) -> Sample {
    let us = |seconds: i64| Some(seconds * 1_000_000);
    let row = Cpu {
        online: Some(online),
        user_us: us(user),
        nice_us: us(0),
        system_us: us(0),
        idle_us: us(idle),
        iowait_us: us(iowait),
        irq_us: us(0),
        softirq_us: us(0),
        steal_us: us(0),
        ..Cpu::default()
    };
    Sample { cpu: vec![row].into(), ..Sample::default() }
}

/// A Linux 6.18 took one of two CPUs offline, and its sum of idle time rose by 5.4 s in an interval of 0.25 s. When
/// the CPU returned the sum fell by as much, and was held for seconds in which the CPUs idled.
#[test]
fn what_the_cpus_idled_is_unknown_when_one_went_or_came() {
    let told = intervals(
        vec![
            cpus(2, 100, 200, 10),
            cpus(2, 101, 201, 10),
            // One goes: more idle time at once than there was, and less waiting.
            cpus(1, 102, 207, 8),
            cpus(1, 102, 208, 9),
            // It comes back.
            cpus(2, 103, 204, 11),
            cpus(2, 104, 205, 11),
        ],
        |rows| {
            let (cpu, system) = (&rows.cpu[0], rows.system.first().unwrap());
            let seconds = |us: Option<i64>| us.map(|us| us / 1_000_000);
            (
                [cpu.user_us, cpu.idle_us, cpu.iowait_us].map(seconds),
                [system.cpu_busy_us, system.cpu_iowait_us, system.cpu_capacity_us].map(seconds),
            )
        },
    );
    let known = [Some(1), Some(1), Some(0)];
    assert_eq!(told[0], (known, [Some(1), Some(0), Some(2)]));
    assert_eq!(told[1], ([Some(1), None, None], [Some(1), None, None]), "one went");
    assert_eq!(
        told[2],
        ([Some(0), Some(1), Some(1)], [Some(0), Some(1), Some(2)]),
        "and the next interval is known"
    );
    assert_eq!(told[3], ([Some(1), None, None], [Some(1), None, None]), "one came");
    assert_eq!(told[4], (known, [Some(1), Some(0), Some(2)]));
}
