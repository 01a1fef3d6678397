//! What sealing a part costs: ten minutes of a host where little happens, and of one where much does.

use std::hint::black_box;

use arrow::array::RecordBatch;
use criterion::{BatchSize, Criterion, Throughput};
use sysray::schema::rows::Process;
use sysray::schema::{Batch, Micros, Row, Stamp};
use sysray::store::{Folder, Identity, Policy, maintain};

use crate::busy::{BUCKET, Busy};
use crate::layout::record;

/// Sealing the rows of 300 processes, a tick a second; counted by the row.
pub fn seal(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sealing ten minutes of 300 processes");
    group.sample_size(10);
    for (name, rows) in [("idle", idle()), ("busy", Busy::new(300).processes(BUCKET))] {
        group.throughput(Throughput::Elements(rows.num_rows() as u64));
        let recorded = || {
            let root = tempfile::tempdir().expect("a temporary folder can be made");
            Identity::read_or_create(&Folder::at(root.path())).expect("an empty folder becomes a store");
            record(root.path(), "process", 0, &rows);
            root
        };
        let sealed = |root: tempfile::TempDir| {
            let done = maintain(&Folder::at(root.path()), "bench", &Policy::default(), Micros(0));
            black_box(done.expect("the journal is sound"));
            // Handed out, so that removing it is not measured.
            root
        };
        group.bench_function(name, |b| b.iter_batched(recorded, sealed, BatchSize::PerIteration));
    }
}

/// Of 300 processes one works, and each of ten a little now and then.
fn idle() -> RecordBatch {
    let mut rows = <Process as Row>::Batch::default();
    for tick in 1..=BUCKET as i64 {
        let stamp = Stamp { ts: Micros(tick * 1_000_000), tick, interval_us: Some(1_000_000 + tick % 97) };
        for pid in 0..300 {
            let works = pid == 0 || pid < 11 && (tick + pid) % 7 == 0;
            let cpu_us = if works { 1_000 + (pid * 31 + tick * 17) % 1_000 } else { 0 };
            let row = Process {
                pid,
                comm: Some("worker".into()),
                cmdline: Some(format!("/usr/bin/worker --number {pid}").into()),
                rss_bytes: Some(pid * 4_096_000 + if works { tick / 60 * 4096 } else { 0 }),
                cpu_us: Some(cpu_us),
                voluntary_switches: Some(i64::from(works)),
                ..Process::default()
            };
            rows.push(&stamp, &row);
        }
    }
    rows.finish()
}
