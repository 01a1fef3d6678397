//! What a tick costs, piece by piece: reading the host, and appending a frame; and what an hour's tiers
//! cost.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use sysray::collect::{self, Host};
use sysray::record::Sampler;
use sysray::schema::rows::{Process, Recorder};
use sysray::schema::{Batch, Micros, Row, Sample, Stamp, TABLES};
use sysray::store::{Identity, Moment, PartName, Policy, Writer, maintain};
use sysray::time::SystemClock;

/// Each collector by itself, then a whole round with its deltas.
fn collectors(criterion: &mut Criterion) {
    let mut host = Host::here();
    for mut collector in each_tick() {
        let name = format!("collect {}", collector.name());
        criterion.bench_function(&name, |b| {
            b.iter(|| {
                let mut sample = Sample::default();
                let _ = black_box(collector.collect(&mut host, &mut sample));
                sample
            });
        });
    }
    let clock = SystemClock::default();
    let mut sampler = Sampler::new(Host::here(), &clock, each_tick());
    sampler.prime(Recorder::default());
    criterion.bench_function("tick", |b| b.iter(|| sampler.tick(Recorder::default(), false)));
}

#[cfg(target_os = "linux")]
fn each_tick() -> Vec<Box<dyn collect::Collector>> {
    collect::linux()
}

#[cfg(not(target_os = "linux"))]
fn each_tick() -> Vec<Box<dyn collect::Collector>> {
    collect::portable()
}

/// Encoding and appending the rows of 300 processes.
fn frame(criterion: &mut Criterion) {
    let root = tempfile::tempdir().expect("a temporary folder can be made");
    Identity::read_or_create(root.path()).expect("an empty folder becomes a store");
    let name = PartName { host: "bench".into(), first_seq: 1, from: Micros(1) };
    let mut writer = Writer::begin(root.path(), name, "boot").expect("a part can be begun");
    let stamp = Stamp { ts: Micros(1), tick: 1, interval_us: Some(1_000_000) };
    let mut rows = <Process as Row>::Batch::default();
    for pid in 0..300 {
        let busy = (pid % 7 == 0).then_some(pid * 31);
        rows.push(
            &stamp,
            &Process { pid, comm: Some("worker".into()), cpu_us: busy.or(Some(0)), ..Process::default() },
        );
    }
    let id = TABLES.iter().position(|t| t.name == "process").expect("there is such a table") as u32;
    let tables = [(id, rows.finish())];
    let mut seq = 0;
    criterion.bench_function("frame of 300 processes", |b| {
        b.iter(|| {
            seq += 1;
            writer.append(Moment { seq, wall: Micros(1), monotonic: Micros(1) }, &tables)
        });
    });
}

/// Making the tiers of an hour of 300 processes, a tick a second.
fn tiers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hour of 300 processes");
    group.sample_size(10);
    group.bench_function("tiers", |b| {
        let root = tempfile::tempdir().expect("a temporary folder can be made");
        record_an_hour(root.path());
        let make = || {
            for tier in ["process_1m", "process_1h"] {
                let _ = std::fs::remove_dir_all(root.path().join(tier));
            }
            maintain(root.path(), "bench", &Policy::default(), Micros(2 * HOUR)).expect("the store is sound")
        };
        // The first time seals and merges too.
        make();
        b.iter(|| black_box(make()));
    });
}

const HOUR: i64 = 3_600_000_000;

fn record_an_hour(root: &std::path::Path) {
    Identity::read_or_create(root).expect("an empty folder becomes a store");
    let id = TABLES.iter().position(|t| t.name == "process").expect("there is such a table") as u32;
    for part in 0..6 {
        let first = part * 600 + 1;
        let from = Micros((first - 1) * 1_000_000);
        let name = PartName { host: "bench".into(), first_seq: first as u64, from };
        let mut writer = Writer::begin(root, name, "boot").expect("a part can be begun");
        for tick in first..first + 600 {
            let ts = Micros(tick * 1_000_000);
            let stamp = Stamp { ts, tick, interval_us: Some(1_000_000) };
            let mut rows = <Process as Row>::Batch::default();
            for pid in 0..300 {
                let busy = if pid % 7 == 0 { (pid * 31 + tick * 17) % 100_000 } else { 0 };
                let row = Process {
                    pid,
                    comm: Some("worker".into()),
                    cmdline: Some("/usr/bin/worker --config /etc/worker.toml".into()),
                    rss_bytes: Some(pid * 4_096_000 + tick / 60 * 4096),
                    cpu_us: Some(busy),
                    write_bytes: Some(busy / 100 * 4096),
                    ..Process::default()
                };
                rows.push(&stamp, &row);
            }
            let moment = Moment { seq: tick as u64, wall: ts, monotonic: ts };
            writer.append(moment, &[(id, rows.finish())]).expect("a frame can be written");
        }
    }
}

criterion_group!(benches, collectors, frame, tiers);
criterion_main!(benches);
