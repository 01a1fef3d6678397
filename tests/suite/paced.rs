//! Rows that come in some ticks only, with an interval of their own, and totals that are smaller than before.
//!
//! `intervals` is the one helper: the rows of each tick, by the totals that the kernel tells in all.

use sysray::collect::{Collector, Error, Host};
use sysray::record::Sampler;
use sysray::schema::Sample;
use sysray::schema::rows::{Disk, Event, Network, Recorder};
use sysray::time::SystemClock;

struct Told(std::vec::IntoIter<Sample>);

impl Collector for Told {
    fn name(&self) -> &'static str {
        "network"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["network", "disk"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        *sample = self.0.next().unwrap();
        Ok(())
    }
}

fn intervals(ticks: Vec<Sample>) -> Vec<Sample> {
    let count = ticks.len() - 1;
    let clock = SystemClock::default();
    let mut sampler = Sampler::new(Host::here(), &clock, vec![Box::new(Told(ticks.into_iter()))]);
    sampler.prime(Recorder::default());
    (0..count).map(|_| sampler.tick(Recorder::default(), false).rows).collect()
}

/// The recorder's own interface, and with `other` one of another namespace: its totals and its interval.
fn interfaces(own: i64, other: Option<(i64, Option<i64>)>) -> Sample {
    let eth0 =
        |rx_bytes| Network { interface: "eth0".into(), rx_bytes: Some(rx_bytes), ..Network::default() };
    let mut sample = Sample::default();
    sample.network.push(Network { counted: Some(true), ..eth0(own) });
    let other =
        other.map(|(total, interval_us)| Network { netns: Some(4_026_532_300), interval_us, ..eth0(total) });
    sample.network.extend(other);
    sample
}

#[test]
fn what_is_read_at_a_pace_of_its_own_is_counted_from_when_it_was_read_before() {
    let ten_s = Some(10_000_000);
    let ticks = vec![
        interfaces(100, Some((7000, None))),
        interfaces(130, None),
        interfaces(150, Some((7400, ten_s))),
        interfaces(180, None),
        // Another namespace, to which the kernel has given the number: it has had more than the one before.
        interfaces(190, Some((9000, None))),
        interfaces(200, Some((9001, ten_s))),
    ];
    let told: Vec<Vec<_>> = intervals(ticks)
        .iter()
        .map(|tick| tick.network.iter().map(|row| (row.netns, row.rx_bytes, row.interval_us)).collect())
        .collect();
    let own = |bytes| (None, Some(bytes), None);
    let other = |bytes, interval_us| (Some(4_026_532_300), bytes, interval_us);
    assert_eq!(
        told,
        [
            vec![own(30)],
            vec![own(20), other(Some(400), ten_s)],
            vec![own(30)],
            vec![own(10), other(None, None)],
            vec![own(10), other(Some(1), ten_s)],
        ]
    );
}

/// As what the kernel refuses is told of once, when it is first asked.
#[test]
fn what_the_first_sample_tells_as_an_event_comes_with_the_first_rows_once() {
    let mut first = interfaces(100, None);
    first.event.push(Event::about("standing", Event::WARNING, "process_exit", "refused"));
    let told = intervals(vec![first, interfaces(130, None), interfaces(150, None)]);
    let said = |tick: &Sample| tick.event.iter().map(|event| event.message.clone()).collect::<Vec<_>>();
    assert_eq!(told.iter().map(said).collect::<Vec<_>>(), [vec![Some("refused".into())], vec![]]);
}

#[test]
fn what_passes_other_namespaces_is_not_in_the_headline() {
    let rows =
        intervals(vec![interfaces(100, Some((7000, None))), interfaces(130, Some((9000, Some(10_000_000))))]);
    assert_eq!(rows[0].system[0].network_rx_bytes, Some(30));
}

fn disk(reads: i64, read_us: i64) -> Sample {
    let mut sample = Sample::default();
    let row = Disk { device: "sda".into(), reads: Some(reads), read_us: Some(read_us), ..Disk::default() };
    sample.disk.push(row);
    sample
}

/// Milliseconds in 32 bits wrap each 49.7 days of waiting; a disk that was exchanged begins at 0.
#[test]
fn milliseconds_wrap_unless_the_device_began_anew() {
    let wrap_us = (1 << 32) * 1000;
    let read_us = |before: (i64, i64), now: (i64, i64)| {
        intervals(vec![disk(before.0, before.1), disk(now.0, now.1)])[0].disk[0].read_us
    };
    assert_eq!(read_us((10, wrap_us - 7000), (12, 2000)), Some(9000));
    assert_eq!(read_us((10, 5000), (2, 1000)), None, "fewer reads: it is another disk");
    assert_eq!(read_us((10, 5000), (12, 1000)), None, "nobody waited for 49 days meanwhile");
}
