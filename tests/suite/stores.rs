//! Old data opens for ever: a store of each version that was ever settled, kept in the repository as
//! that version wrote it (`tests/stores`), is read, verified and gone on with by this program.
//!
//! `SYSRAY_STORES=1` writes the newest one anew, which is only ever done before its version is out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Int64Type};
use sysray::schema::{Kind, Micros, TABLES, Table, table};
use sysray::store::{
    Catalog, Folder, Identity, Moment, PartName, Policy, Rotation, Writer, maintain, verify,
};
use sysray::time::Range;
use tempfile::TempDir;

use super::made::{HOUR, SECOND, START};

/// Ticks of its first part, which is sealed, and of its second, which is not.
const TICKS: (u64, u64) = (12, 70);
/// Tables that the first part has: enough to have each kind of segment.
const SEALED: [&str; 4] = ["cpu", "process", "event", "host"];

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/v1")
}

/// The value of a column in a row: anything, but the same each time.
fn column(field: &Field, place: usize, tick: u64, ts: i64, rows: usize) -> ArrayRef {
    let rows: Vec<i64> = (0..rows as i64).collect();
    let instant = |at: i64| TimestampMicrosecondArray::from(vec![at; rows.len()]).with_timezone("UTC");
    let number = |row: &i64| (tick as i64) * 1000 + place as i64 * 10 + row;
    match (field.name().as_str(), field.data_type()) {
        ("ts", _) => Arc::new(instant(ts)),
        ("tick", _) => Arc::new(Int64Array::from(vec![tick as i64; rows.len()])),
        // Keys stay what they are from tick to tick.
        ("pid", _) => Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| 10 + row))),
        ("start_time", _) => Arc::new(instant(START)),
        (_, DataType::Int64) => Arc::new(rows.iter().map(|row| Some(number(row))).collect::<Int64Array>()),
        (_, DataType::Float64) => {
            Arc::new(rows.iter().map(|row| Some(number(row) as f64 / 8.0)).collect::<Float64Array>())
        }
        (_, DataType::Boolean) => {
            Arc::new(rows.iter().map(|row| Some(number(row) % 3 == 0)).collect::<BooleanArray>())
        }
        (_, DataType::Timestamp(..)) => Arc::new(instant(START)),
        _ => Arc::new(rows.iter().map(|row| Some(format!("{}{row}", field.name()))).collect::<StringArray>()),
    }
}

/// How many rows a tick has: two of what there are several of.
fn entities(table: &Table) -> usize {
    1 + usize::from(table.columns.iter().any(|column| column.kind == Kind::Key))
}

fn rows(table: &Table, tick: u64, ts: i64) -> RecordBatch {
    let schema = table.schema();
    let number = entities(table);
    let fields = schema.fields().iter().enumerate();
    let columns = fields.map(|(place, field)| column(field, place, tick, ts, number)).collect();
    RecordBatch::try_new(schema, columns).unwrap()
}

/// Writes the store: a part that became segments and tiers, and one that is still a part.
fn write(root: &Path) {
    let folder = Folder::at(root);
    let mut identity = Identity::read_or_create(&folder).unwrap();
    assert_eq!(identity.label(&folder, "m1", "web1").unwrap(), "web1");
    let part = |first: u64, ticks: u64, from: i64, tables: &dyn Fn(&Table) -> bool| {
        let name = PartName { host: "web1".into(), first_seq: first, from: Micros(from) };
        let mut writer = Writer::begin(&folder, &name, "boot").unwrap();
        for tick in first..first + ticks {
            let ts = from + (tick - first + 1) as i64 * 10 * SECOND;
            let taken = TABLES.iter().enumerate().filter(|(_, table)| tables(table));
            let taken: Vec<_> = taken.map(|(id, table)| (id as u32, rows(table, tick, ts))).collect();
            let moment = Moment { seq: tick, wall: Micros(ts), monotonic: Micros(ts - START) };
            writer.append(moment, &taken, &taken).unwrap();
        }
        writer.end().unwrap();
    };
    part(1, TICKS.0, START, &|table| SEALED.contains(&table.name));
    let policy = Policy { rotation: Rotation::HOUR, ..Policy::default() };
    maintain(&folder, "web1", &policy, Micros(START + HOUR + SECOND)).unwrap();
    part(TICKS.0 + 1, TICKS.1, START + HOUR, &|_| true);
    for lock in ["recorder.lock", "maintain.lock"] {
        let _ = fs::remove_file(root.join(lock));
    }
}

/// A copy to write into.
fn copy(from: &Path) -> TempDir {
    let dir = TempDir::new().unwrap();
    super::made::copy(from, dir.path());
    dir
}

fn ticks(root: &Path, name: &str) -> Vec<i64> {
    let table = table(name).unwrap();
    let catalog = Catalog::open(root).unwrap();
    let selection = catalog.select(table, &Range::ALL).unwrap();
    let mut ticks: Vec<i64> = Vec::new();
    for segment in &selection.segments {
        let file = segment.file.try_clone().unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        for batch in reader.build().unwrap() {
            ticks.extend(batch.unwrap()["tick"].as_primitive::<Int64Type>().values());
        }
    }
    for tail in &selection.tail {
        ticks.extend(tail.batch["tick"].as_primitive::<Int64Type>().values());
    }
    ticks.sort_unstable();
    ticks
}

/// Tables that came after that store was kept.
const LATER: [&str; 10] = [
    "base",
    "interrupt",
    "listen",
    "numa",
    "power",
    "process_exit",
    "sensor",
    "softirq",
    "softnet",
    "thread",
];

#[test]
fn a_store_of_version_1_is_read_verified_and_gone_on_with() {
    let kept = kept();
    if std::env::var_os("SYSRAY_STORES").is_some() {
        let _ = fs::remove_dir_all(&kept);
        write(&kept);
    }
    assert_eq!(Identity::read(&kept).unwrap().format, 1);
    let verified = verify(&kept, true, &mut |_| {}).unwrap();
    let wrong: Vec<String> = verified.findings.iter().map(|finding| format!("{finding:?}")).collect();
    assert_eq!(wrong, Vec::<String>::new());

    let expected = |table: &Table| -> Vec<i64> {
        if LATER.contains(&table.name) {
            return vec![];
        }
        let first = if SEALED.contains(&table.name) { 1 } else { TICKS.0 + 1 };
        (first..=TICKS.0 + TICKS.1).flat_map(|tick| vec![tick as i64; entities(table)]).collect()
    };
    for table in &TABLES {
        assert_eq!(ticks(&kept, table.name), expected(table), "{}", table.name);
    }
    assert_eq!(ticks(&kept, "cpu_1m"), [6, 12]);
    assert_eq!(ticks(&kept, "process_1h"), [12, 12]);

    let going_on = copy(&kept);
    let folder = Folder::at(going_on.path());
    let now = Micros(START + 26 * HOUR);
    for _ in 0..2 {
        maintain(&folder, "web1", &Policy::default(), now).unwrap();
    }
    for table in &TABLES {
        assert_eq!(ticks(going_on.path(), table.name), expected(table), "{}", table.name);
    }
    let verified = verify(going_on.path(), true, &mut |_| {}).unwrap();
    let wrong: Vec<String> = verified.findings.iter().map(|finding| format!("{finding:?}")).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

/// A later program has more columns, and an earlier one had them in another order: both open.
#[test]
fn columns_that_are_missing_added_or_elsewhere_are_no_reason_not_to_read() {
    use parquet::arrow::ArrowWriter;
    let other = copy(&kept());
    let catalog = Catalog::open(other.path()).unwrap();
    let cpu = catalog.segments().iter().find(|name| name.table == "cpu").unwrap().path(other.path());
    let table = table("cpu").unwrap();
    let stored = rows(table, 1, START + 10 * SECOND);
    let mut order: Vec<usize> = (0..stored.num_columns()).rev().collect();
    order.retain(|place| stored.schema().field(*place).name() != "load5");
    let fewer = stored.project(&order).unwrap();
    let mut fields: Vec<Arc<Field>> = fewer.schema().fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new("of_tomorrow", DataType::Int64, true)));
    let mut columns = fewer.columns().to_vec();
    columns.push(Arc::new(Int64Array::from(vec![7])));
    let schema = Arc::new(arrow::datatypes::Schema::new(fields));
    let rows = RecordBatch::try_new(schema.clone(), columns).unwrap();
    let mut writer = ArrowWriter::try_new(fs::File::create(&cpu).unwrap(), schema, None).unwrap();
    writer.write(&rows).unwrap();
    writer.close().unwrap();

    let found = ticks(other.path(), "cpu");
    assert_eq!(found[0], 1);
    // What this program does not know it leaves alone: the file is not merged away.
    maintain(&Folder::at(other.path()), "web1", &Policy::default(), Micros(START + 30 * HOUR)).unwrap();
    maintain(&Folder::at(other.path()), "web1", &Policy::default(), Micros(START + 30 * HOUR)).unwrap();
    assert!(cpu.exists());
    #[cfg(feature = "desk")]
    {
        use sysray::query::{Engine, Options};
        let read = Arc::new(|_: &str| Err("no times here".to_string()));
        let engine = Engine::open(&[other.path().to_path_buf()], Options::new(read)).unwrap();
        let asked = "select count(*), count(load5), sum(tick) from cpu where tick = 1";
        let (_, batches) = engine.run(asked).unwrap();
        let number = |column: usize| batches[0].column(column).as_primitive::<Int64Type>().value(0);
        assert_eq!((number(0), number(1), number(2)), (1, 0, 1));
    }
}
