//! What the headline says on systems that tell little, as those of the portable collectors do.

use std::path::Path;
use std::sync::atomic::AtomicI64;

use sysray::collect::{Collector, Error, Host};
use sysray::record::Sampler;
use sysray::schema::rows::{Cpu, Process, Sample};

use super::{SECOND, START, TestClock};

/// A host that tells of its CPUs nothing but how idle they were, as the portable collectors do.
struct IdleOnly(i64);

impl Collector for IdleOnly {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.0 += 1_500_000;
        sample.cpu.push(Cpu { idle_us: Some(self.0), online: Some(2), ..Cpu::default() });
        Ok(())
    }
}

#[test]
fn a_system_that_tells_idle_time_alone_still_has_a_headline() {
    let clock = TestClock { wall: AtomicI64::new(START), monotonic: AtomicI64::new(0) };
    let mut sampler = Sampler::new(Host::at(Path::new("/")), &clock, vec![Box::new(IdleOnly(0))]);
    sampler.prime(Default::default());
    clock.pass(SECOND, SECOND);
    let tick = sampler.tick(Default::default(), false);
    let row = &tick.rows.system[0];
    assert_eq!((row.cpu_busy_us, row.cpu_capacity_us), (Some(500_000), Some(2 * SECOND)));
}

/// A host that tells the state of a process that has ended, and of none that lives.
struct EndedOnly;

impl Collector for EndedOnly {
    fn name(&self) -> &'static str {
        "process"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["process"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        sample.process.push(Process { pid: 1, ..Process::default() });
        sample.process.push(Process { pid: 2, state: Some("Z".into()), ..Process::default() });
        Ok(())
    }
}

// That none waits uninterruptibly was told of systems that never say who does.
#[test]
fn of_a_system_that_tells_only_who_has_ended_nobody_knows_how_many_wait() {
    let clock = TestClock { wall: AtomicI64::new(START), monotonic: AtomicI64::new(0) };
    let mut sampler = Sampler::new(Host::at(Path::new("/")), &clock, vec![Box::new(EndedOnly)]);
    let row = sampler.tick(Default::default(), false).rows.system[0].clone();
    assert_eq!((row.zombies, row.uninterruptible), (Some(1), None));
}
