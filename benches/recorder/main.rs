//! What a tick costs, piece by piece: reading the host, and appending a frame. And apart from that,
//! asked for by the word `layout`, how large the segments of a busy host are in one layout or another; by the word
//! `store` it makes a store of one.

mod busy;
mod layout;
mod seal;
mod store;
mod tiers;

use std::hint::black_box;

use criterion::{Criterion, criterion_group};
use sysray::collect::{self, Host};
use sysray::record::Sampler;
use sysray::record::alerts::{Alerts, DEFAULTS, Rule};
use sysray::schema::rows::{Process, Recorder};
use sysray::schema::{Batch, Micros, Row, Sample, Stamp, TABLES};
use sysray::store::{Folder, Identity, Moment, PartName, Writer};
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
    collect::linux(&collect::Settings::default())
}

#[cfg(not(target_os = "linux"))]
fn each_tick() -> Vec<Box<dyn collect::Collector>> {
    collect::portable(&collect::Settings::default())
}

/// The default rules over a tick of this host, and one about each process.
fn alerts(criterion: &mut Criterion) {
    let clock = SystemClock::default();
    let mut sampler = Sampler::new(Host::here(), &clock, each_tick());
    sampler.prime(Recorder::default());
    let rows = sampler.tick(Recorder::default(), false).rows;
    let defaults = DEFAULTS.iter().map(|rule| Rule::read(rule.name, |key| rule.find(key)));
    let busy = Rule::read("busy", |key| (key == "when").then_some("process.cpu_pct > 1000"));
    let rules: Vec<Rule> = defaults.chain([busy]).flatten().collect();
    for (name, rules) in
        [("alerts, defaults", &rules[..rules.len() - 1]), ("alerts, and each process", &rules)]
    {
        let mut alerts = Alerts::new(rules.to_vec(), "bench", "/".into());
        let now = std::time::Duration::from_secs(1);
        criterion.bench_function(name, |b| {
            b.iter(|| alerts.see(Micros(1), now, black_box(&rows), |_| (Some(1_000_000), true)));
        });
    }
}

/// Encoding and appending the rows of 300 processes.
fn frame(criterion: &mut Criterion) {
    let root = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = Folder::at(root.path());
    Identity::read_or_create(&folder).expect("an empty folder becomes a store");
    let name = PartName { host: "bench".into(), first_seq: 1, from: Micros(1) };
    let mut writer = Writer::begin(&folder, &name, "boot").expect("a part can be begun");
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
            writer.append(Moment { seq, wall: Micros(1), monotonic: Micros(1) }, &tables, &[])
        });
    });
}

criterion_group!(benches, collectors, alerts, frame, seal::seal, tiers::tiers);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.first().is_some_and(|word| word == "store") {
        store::make(&words[1..]);
        return;
    }
    if words.iter().any(|word| word == "layout") {
        layout::measure();
        return;
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
