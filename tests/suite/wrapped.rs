//! What a total that is smaller than before means where it is a number of 32 bits, or a sum of some.
//!
//! `intervals` is the one helper: what was counted from tick to tick, by what the kernel says in all.

use sysray::collect::{Collector, Error, Host};
use sysray::record::Sampler;
use sysray::schema::rows::{Cpu, Disk, Interrupt, Recorder, Sample, Softnet};
use sysray::time::SystemClock;

struct Told(std::vec::IntoIter<Sample>);

impl Collector for Told {
    fn name(&self) -> &'static str {
        "told"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cpu", "softnet", "interrupt", "disk"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        *sample = self.0.next().unwrap();
        Ok(())
    }
}

/// What `counted` sees in the rows of each interval between two ticks.
pub fn intervals<T>(ticks: Vec<Sample>, counted: impl Fn(&Sample) -> T) -> Vec<T> {
    let (count, clock) = (ticks.len() - 1, SystemClock::default());
    let mut sampler = Sampler::new(Host::here(), &clock, vec![Box::new(Told(ticks.into_iter()))]);
    sampler.prime(Recorder::default());
    (0..count).map(|_| counted(&sampler.tick(Recorder::default(), false).rows)).collect()
}

const WHOLE: i64 = 1 << 32;

fn softnet(cpus: &[i64]) -> Sample {
    let row = |(cpu, n): (usize, &i64)| Softnet {
        cpu: cpu as i64,
        dropped: Some(*n),
        squeezed: Some(0),
        ..Softnet::default()
    };
    Sample { softnet: cpus.iter().enumerate().map(row).collect(), ..Sample::default() }
}

#[test]
fn a_wrap_is_counted_over_and_the_headline_adds_up_what_each_cpu_counted() {
    let ticks = [[WHOLE - 10, 5], [WHOLE - 1, 5], [20, 7], [20, WHOLE - 1]];
    let told = intervals(ticks.iter().map(|cpus| softnet(cpus)).collect(), |rows| {
        let system = rows.system.first().unwrap();
        (rows.softnet[0].dropped, rows.softnet[1].dropped, system.softnet_dropped, system.softnet_squeezed)
    });
    let some = |n: i64| Some(n);
    assert_eq!(told[0], (some(9), some(0), some(9), some(0)));
    assert_eq!(told[1], (some(21), some(2), some(23), some(0)));
    assert_eq!(told[2].2, some(WHOLE - 8), "what rises is believed");
}

#[test]
fn a_cpu_that_returns_begins_anew() {
    let told =
        intervals(vec![softnet(&[1, 5]), softnet(&[2]), softnet(&[3, 9]), softnet(&[4, 10])], |rows| {
            let returned = rows.softnet.iter().find(|row| row.cpu == 1).map(|row| row.dropped);
            (returned, rows.system.first().unwrap().softnet_dropped)
        });
    assert_eq!(told, [(None, Some(1)), (Some(None), Some(1)), (Some(Some(1)), Some(2))]);
}

fn interrupt(irq: &str, devices: Option<&str>, cpus: &str, total: i64) -> Sample {
    let row = Interrupt {
        irq: irq.into(),
        devices: devices.map(Into::into),
        cpus: cpus.into(),
        interrupts: Some(total),
        ..Interrupt::default()
    };
    Sample { interrupt: vec![row].into(), ..Sample::default() }
}

fn interrupts(ticks: Vec<Sample>) -> Vec<Option<i64>> {
    intervals(ticks, |rows| rows.interrupt[0].interrupts)
}

#[test]
fn of_a_sum_as_many_parts_may_wrap_as_it_has() {
    let all = 128 * (WHOLE - 10);
    let told = [all, all + 128, all + 256 - 3 * WHOLE, 512];
    let told = told.map(|total| interrupt("LOC", None, "0-127", total)).to_vec();
    assert_eq!(interrupts(told), [Some(128), Some(128), Some(128 * 10 + 256)]);
}

/// The kernel's sum is of 64 bits, and what it sums up are numbers of 32: of 128 CPUs with a thousand ticks a second one
/// of the timer's wraps every nine hours.
#[test]
fn a_wrap_of_one_cpu_s_timer_makes_nothing_of_all_cpus_unknown() {
    let stat = |interrupts: i64, softirqs: i64, user_us: i64| {
        let (interrupts, softirqs, user_us) = (Some(interrupts), Some(softirqs), Some(user_us));
        Sample {
            cpu: vec![Cpu { interrupts, softirqs, user_us, ..Cpu::default() }].into(),
            ..Sample::default()
        }
    };
    let all = 300 * WHOLE;
    let told = vec![stat(all, 50, 1), stat(all - WHOLE + 2500, 90, 8), stat(all - WHOLE + 5000, 90 + 7, 9)];
    let told = intervals(told, |rows| {
        let row = &rows.cpu[0];
        (row.interrupts, row.softirqs, row.user_us, rows.system[0].interrupts)
    });
    let expected = [(2500, 40, 7), (2500, 7, 1)].map(|(a, b, c)| (Some(a), Some(b), Some(c), Some(a)));
    assert_eq!(told, expected);
}

#[test]
fn sums_over_other_cpus_and_of_other_devices_begin_anew() {
    let told = vec![
        interrupt("40", Some("eth0-rx-0"), "0-3", 4_000),
        interrupt("40", Some("eth0-rx-0"), "0-2", 3_000),
        interrupt("40", Some("eth0-rx-0"), "0-3", 9_000),
        interrupt("40", Some("nvme0q1"), "0-3", 9_500),
        interrupt("40", Some("nvme0q1"), "0-3", 9_501),
        // The driver asked for it anew, and the kernel counts from 0.
        interrupt("40", Some("nvme0q1"), "0-3", 12),
        interrupt("40", Some("nvme0q1"), "0-3", 15),
    ];
    assert_eq!(interrupts(told), [None, None, None, Some(1), None, Some(3)]);
}

#[test]
fn milliseconds_wrap_where_32_bits_of_them_do() {
    let disk = |ms: i64| Sample {
        disk: vec![Disk { device: "sda".into(), read_us: Some(ms * 1000), ..Disk::default() }].into(),
        ..Sample::default()
    };
    let told = intervals(vec![disk(WHOLE - 5), disk(7), disk(3)], |rows| rows.disk[0].read_us);
    assert_eq!(told, [Some(12_000), None]);
}
