//! CPU time of who works between two ticks of the kernel's clock, or just then: what is charged to whoever runs when a
//! tick strikes is not what was used.

use super::super::host::one;
use super::super::ours;
use super::super::started::epoch;
use super::{Recording, is_near};

const SECONDS: &str = "3";

#[test]
#[ignore = "compares with the running kernel"]
fn cpu_time_is_the_scheduler_s_whatever_the_ticks_say() {
    let mut recording = Recording::start();
    for how in ["hide", "show", "split"] {
        recording.pass();
        let (from, mut load) = (epoch(), recording.load("ticks", &[how, SECONDS]));
        let said = load.says();
        let [length, ran, in_kernel] = [said[0], said[1], said[2]];
        let to = epoch();
        load.comes_to_rest();
        recording.pass();
        let of = format!("from process where pid = {}", load.pid());
        let cpu = one(recording.store(), &format!("select sum(cpu_us) {of}"));
        let halves = ours(recording.store(), &format!("select sum(user_us), sum(system_us) {of}"));
        let within = format!("ts > '@{from:.3}' and ts <= '@{to:.3}'");
        let busy = format!("select coalesce(sum(cpu_busy_us), 0) from system where {within}");
        let busy = one(recording.store(), &busy);
        let ticks = load.ticks_us();
        println!(
            "{how}: ticks of {length} µs; ran {ran} µs, in the kernel {in_kernel}; told {cpu}; its stat {:?}, in rows \
             {halves:?}; all CPUs, by ticks, with all else: {busy}",
            ticks
        );
        assert!(ran > 100_000.0, "it has worked");
        assert!(is_near(cpu, ran, 0.02, 5_000.0), "{how}: {cpu} µs told of {ran}");
        // Of both together the kernel has that too; what it divides is by ticks.
        assert_eq!(halves, ticks, "{how}");
        assert!(is_near(ticks[0] + ticks[1], ran, 0.02, 25_000.0), "{how}: {ticks:?} of {ran}");
    }
    recording.end();
}
