//! What the tiers of an hour of a busy host cost.

use std::hint::black_box;

use criterion::Criterion;
use sysray::schema::rows::Process;
use sysray::schema::{Batch, Micros, Row, Stamp, TABLES};
use sysray::store::{Folder, Identity, Moment, PartName, Policy, Writer, maintain};

/// Making the tiers of an hour of 300 processes, a tick a second.
pub fn tiers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hour of 300 processes");
    group.sample_size(10);
    group.bench_function("tiers", |b| {
        let root = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = Folder::at(root.path());
        record_an_hour(&folder);
        let make = || {
            for tier in ["process_1m", "process_1h"] {
                let _ = std::fs::remove_dir_all(root.path().join(tier));
            }
            maintain(&folder, "bench", &Policy::default(), Micros(2 * HOUR)).expect("the store is sound")
        };
        // The first time seals and merges too.
        make();
        b.iter(|| black_box(make()));
    });
}

const HOUR: i64 = 3_600_000_000;

fn record_an_hour(folder: &Folder) {
    Identity::read_or_create(folder).expect("an empty folder becomes a store");
    let id = TABLES.iter().position(|t| t.name == "process").expect("there is such a table") as u32;
    for part in 0..6 {
        let first = part * 600 + 1;
        let from = Micros((first - 1) * 1_000_000);
        let name = PartName { host: "bench".into(), first_seq: first as u64, from };
        let mut writer = Writer::begin(folder, &name, "boot").expect("a part can be begun");
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
            writer.append(moment, &[(id, rows.finish())], &[]).expect("a frame can be written");
        }
    }
}
