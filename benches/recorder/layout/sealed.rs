//! The same rows through the store itself: into a journal, sealed, merged. What comes of this is what
//! users get; everything else here is a trial.

use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use sysray::schema::{Micros, TABLES, table};
use sysray::store::{Folder, Identity, Moment, PartName, Policy, Writer, maintain};

use crate::busy::{BUCKET, Busy};

/// Records an hour of a busy host and says what its sealed and its merged files come to.
pub fn measure() {
    println!("\n## Through the store: an hour");
    println!("\n| table | rows | sealed, bytes a row | a value | merged, bytes a row | a value |");
    println!("|---|---|---|---|---|---|");
    for (name, entities) in [("process", 0), ("cgroup", 60), ("disk", 6), ("system", 1)] {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let root = folder.path();
        Identity::read_or_create(&Folder::at(root)).expect("an empty folder becomes a store");
        let mut busy = Busy::new(300);
        let (mut rows, mut last) = (0, 0);
        for bucket in 0..6 {
            let batch = match entities {
                0 => busy.processes(BUCKET),
                _ => busy.rows(table(name).expect("there is such a table"), entities, BUCKET),
            };
            rows += batch.num_rows();
            last = last.max(*times(&batch).last().expect("a bucket has rows"));
            record(root, name, bucket * BUCKET as u64, &batch);
        }
        let end = Micros(last + 3_600_000_000);
        let policy = Policy { rotation: sysray::store::Rotation::HOUR, ..Policy::default() };
        maintain(&Folder::at(root), "bench", &policy, end).expect("the journal is sound");
        let (sealed, merged) = (sizes(root, name, 0), sizes(root, name, 1));
        let values = table(name).map_or(0, |t| t.columns.len()) + 3;
        let [sealed, merged] = [sealed, merged].map(|bytes| bytes as f64 / rows as f64);
        println!(
            "| {name} | {rows} | {sealed:.2} | {:.3} | {merged:.2} | {:.3} |",
            sealed / values as f64,
            merged / values as f64
        );
    }
}

/// Writes the rows of one part, a frame a tick.
pub fn record(root: &Path, table: &str, before: u64, rows: &RecordBatch) {
    let id = TABLES.iter().position(|t| t.name == table).expect("there is such a table") as u32;
    let ts = times(rows);
    let name = PartName { host: "bench".into(), first_seq: before + 1, from: Micros(ts[0]) };
    let mut part = Writer::begin(&Folder::at(root), &name, "boot").expect("a part can be begun");
    let mut start = 0;
    for (number, run) in ts.chunk_by(|a, b| a == b).enumerate() {
        let moment =
            Moment { seq: before + 1 + number as u64, wall: Micros(run[0]), monotonic: Micros(run[0]) };
        part.append(moment, &[(id, rows.slice(start, run.len()))], &[]).expect("there is room for it");
        start += run.len();
    }
}

fn times(rows: &RecordBatch) -> &[i64] {
    rows.column(0).as_primitive::<TimestampMicrosecondType>().values()
}

/// The bytes of a table's files of one generation.
fn sizes(root: &Path, table: &str, generation: u32) -> u64 {
    let mut folders = vec![root.join(table)];
    let mut bytes = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(&format!(".{generation}.parquet")) {
                bytes += entry.metadata().map_or(0, |file| file.len());
            }
        }
    }
    bytes
}
