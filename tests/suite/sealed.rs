//! What is sealed and merged is what was recorded, value by value.
//!
//! `recorded` is the one helper: ticks of one table, with all that columns can do.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{DataType, Field, Int64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use sysray::schema::rows::Process;
use sysray::schema::{Batch, COMMON, Kind, Micros, Order, Row, Stamp, TABLES, Table, table};
use sysray::store::{Folder, Identity, Moment, PartName, Policy, Writer, maintain};
use tempfile::TempDir;

use super::made::{HOUR, Made, SECOND, START, files, hourly};

/// Enough rows for several pages, and enough changes for several passes over the part.
const MANY: (i64, i64) = (300, 80);

#[test]
fn every_value_of_a_table_by_entity_is_sealed_as_it_was_recorded() {
    for (name, (entities, ticks)) in [("process", MANY), ("cgroup", (40, 30)), ("network", (3, 700))] {
        let (store, written) = recorded(name, entities, &[ticks]);
        maintain(&Folder::at(store.path()), "web1", &Policy::default(), Micros(START)).unwrap();
        check(name, &read(store.path(), name), &written[0]);
    }
}

#[test]
fn every_value_of_a_table_by_time_is_sealed_as_it_was_recorded() {
    for (name, entities) in [("system", 1), ("cpu_core", 4), ("filesystem", 3), ("event", 1)] {
        let (store, written) = recorded(name, entities, &[90]);
        maintain(&Folder::at(store.path()), "web1", &Policy::default(), Micros(START)).unwrap();
        check(name, &read(store.path(), name), &written[0]);
    }
}

#[test]
fn merging_keeps_every_value() {
    for (name, entities) in [("process", 30), ("cpu_core", 4), ("memory", 1)] {
        let (store, written) = recorded(name, entities, &[40, 1, 60]);
        maintain(&Folder::at(store.path()), "web1", &hourly(), Micros(START + 2 * HOUR)).unwrap();
        // What was merged stays for one cycle.
        maintain(&Folder::at(store.path()), "web1", &hourly(), Micros(START + 2 * HOUR)).unwrap();
        let all = concat_batches(&written[0].schema(), &written).unwrap();
        check(name, &read(store.path(), name), &all);
    }
}

/// A store with parts of one table, of so many ticks each; and the rows of each as they are to lie.
fn recorded(name: &str, entities: i64, parts: &[i64]) -> (TempDir, Vec<RecordBatch>) {
    let dir = TempDir::new().unwrap();
    let folder = Folder::at(dir.path());
    Identity::read_or_create(&folder).unwrap();
    let of = table(name).unwrap();
    let id = TABLES.iter().position(|t| t.name == name).unwrap() as u32;
    let mut written = Vec::new();
    let mut tick = 0;
    for ticks in parts {
        let from = Micros(START + tick * SECOND);
        let name = PartName { host: "web1".into(), first_seq: tick as u64 + 1, from };
        let mut writer = Writer::begin(&folder, &name, "boot").unwrap();
        let mut frames = Vec::new();
        for _ in 0..*ticks {
            tick += 1;
            let rows = rows(of, entities, tick);
            let wall = Micros(START + tick * SECOND);
            let moment = Moment { seq: tick as u64, wall, monotonic: wall };
            writer.append(moment, &[(id, rows.clone())], &[]).unwrap();
            frames.push(rows);
        }
        writer.end().unwrap();
        written.push(sorted(of, &concat_batches(&of.schema(), &frames).unwrap()));
    }
    (dir, written)
}

/// The rows of a tick: entities come and go, and some come back.
fn rows(of: &'static Table, entities: i64, tick: i64) -> RecordBatch {
    let is_there = |entity: &i64| entities == 1 || drawn(&[*entity, tick / 11]) % 8 != 0;
    let there: Vec<i64> = (0..entities).filter(is_there).collect();
    let schema = of.schema();
    let columns = schema.fields().iter().zip(0..).map(|(field, place)| {
        let key = of.column(field.name()).is_some_and(|column| column.kind == Kind::Key);
        column(field, place, key, &there, tick)
    });
    RecordBatch::try_new(schema.clone(), columns.collect()).unwrap()
}

fn column(field: &Field, place: i64, is_key: bool, there: &[i64], tick: i64) -> ArrayRef {
    let numbers: Vec<Option<i64>> = there
        .iter()
        .map(|entity| match (field.name().as_str(), place % 6) {
            ("ts", _) => Some(START + tick * SECOND),
            ("tick", _) => Some(tick),
            _ if is_key => Some(entity * 7),
            // Everybody's interval but one's is the same.
            ("interval_us", _) => Some(SECOND + tick % 5 + i64::from(*entity == 1 && tick == 3)),
            (_, 0) if field.is_nullable() => None,
            (_, 1) => Some(entity * 1000 + place),
            (_, 2) => Some(drawn(&[*entity, place, tick / 7])),
            (_, 3) if field.is_nullable() && drawn(&[*entity, tick]) % 3 == 0 => None,
            (_, 4) => Some(drawn(&[*entity, place, tick]) % 5),
            _ => Some(drawn(&[*entity, place, tick])),
        })
        .collect();
    let float = |n: i64| match n % 11 {
        0 => -0.0,
        1 => f64::NAN,
        _ => n as f64 / 7.0,
    };
    match field.data_type() {
        DataType::Int64 => Arc::new(Int64Array::from(numbers)),
        DataType::Float64 => Arc::new(numbers.iter().map(|n| n.map(float)).collect::<Float64Array>()),
        DataType::Boolean => {
            Arc::new(numbers.iter().map(|n| n.map(|n| n % 2 == 1)).collect::<BooleanArray>())
        }
        DataType::Utf8 => {
            Arc::new(numbers.iter().map(|n| n.map(|n| format!("é{n}"))).collect::<StringArray>())
        }
        _ => Arc::new(TimestampMicrosecondArray::from(numbers).with_timezone("UTC")),
    }
}

/// A number that looks drawn, and is the same in every run.
fn drawn(of: &[i64]) -> i64 {
    let mixed = of.iter().fold(0x9e37_79b9_7f4a_7c15_u64, |all, n| {
        let all = (all ^ *n as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        all ^ (all >> 29)
    });
    (mixed >> 8) as i64
}

fn sorted(of: &Table, rows: &RecordBatch) -> RecordBatch {
    if of.order == Order::Time {
        return rows.clone();
    }
    let keys = of.columns.iter().filter(|c| c.kind == Kind::Key).map(|c| c.name).chain(["ts"]);
    let keys = keys.map(|name| SortColumn { values: rows[name].clone(), options: None });
    let order = lexsort_to_indices(&keys.collect::<Vec<_>>(), None).unwrap();
    take_record_batch(rows, &order).unwrap()
}

/// The rows of a table's segments, file after file.
fn read(root: &Path, name: &str) -> RecordBatch {
    let mut batches = Vec::new();
    for path in files(&root.join(name), ".parquet") {
        let file = File::open(path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        batches.extend(reader.map(Result::unwrap));
    }
    concat_batches(&batches[0].schema(), &batches).unwrap()
}

fn check(name: &str, sealed: &RecordBatch, recorded: &RecordBatch) {
    assert_eq!(sealed.num_rows(), recorded.num_rows(), "{name}");
    for (field, written) in recorded.schema().fields().iter().zip(recorded.columns()) {
        assert!(sealed[field.name().as_str()].as_ref() == written.as_ref(), "{name}.{}", field.name());
    }
}

/// Two rows of one process in a tick: only somebody else can have written them. They were once held against
/// rows of the tick before that it does not have.
#[test]
fn rows_of_one_entity_in_one_tick_are_sealed_as_they_are() {
    let store = Made::new();
    let name = PartName { host: "web1".into(), first_seq: 1, from: Micros(START) };
    let mut writer = Writer::begin(&store.folder(), &name, "boot").unwrap();
    let id = TABLES.iter().position(|t| t.name == "process").unwrap() as u32;
    for (seq, values) in [(1, &[1, 2][..]), (2, &[2, 1, 1, 5, 5, 5]), (3, &[7])] {
        let ts = Micros(START + seq * 10 * SECOND);
        let stamp = Stamp { ts, tick: seq, interval_us: Some(10 * SECOND) };
        let mut batch = <Process as Row>::Batch::default();
        for value in values {
            batch.push(&stamp, &Process { pid: 7, user_us: Some(*value), ..Process::default() });
        }
        let moment = Moment { seq: seq as u64, wall: ts, monotonic: Micros(seq) };
        writer.append(moment, &[(id, batch.finish())], &[]).unwrap();
    }
    drop(writer);
    store.maintain(&hourly(), START + HOUR);
    let file =
        store.files(".parquet").into_iter().find(|f| f.to_string_lossy().contains("/process/")).unwrap();
    let rows = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap().build().unwrap();
    let values: Vec<i64> = rows
        .flat_map(|batch| batch.unwrap()["user_us"].as_primitive::<Int64Type>().values().to_vec())
        .collect();
    assert_eq!(values, [1, 2, 2, 1, 1, 5, 5, 5, 7]);
}

/// A column of truths was left as it was where it stayed: a bit a row, a fifth of a file of idle processes.
#[test]
fn truths_that_stay_take_next_to_nothing() {
    let store = Made::new();
    let name = PartName { host: "web1".into(), first_seq: 1, from: Micros(START) };
    let mut writer = Writer::begin(&store.folder(), &name, "boot").unwrap();
    let id = TABLES.iter().position(|t| t.name == "process").unwrap() as u32;
    for seq in 1..=100 {
        let ts = Micros(START + seq * SECOND);
        let stamp = Stamp { ts, tick: seq, interval_us: Some(SECOND) };
        let mut batch = <Process as Row>::Batch::default();
        for pid in 1..=300 {
            batch.push(&stamp, &Process { pid, is_kernel: Some(false), ..Process::default() });
        }
        let moment = Moment { seq: seq as u64, wall: ts, monotonic: Micros(seq) };
        writer.append(moment, &[(id, batch.finish())], &[]).unwrap();
    }
    drop(writer);
    store.maintain(&hourly(), START + HOUR);
    let footer = footer(store.root(), "process");
    let columns = footer.row_group(0).columns();
    let column = columns.iter().find(|column| column.column_path().string() == "is_kernel").unwrap();
    assert_eq!(column.num_values(), 30_000);
    assert!(column.compressed_size() < 200, "{} bytes", column.compressed_size());
}

/// Statistics of each column were a sixth of what files of a part had beside their rows.
#[test]
fn a_file_of_few_rows_says_of_what_rows_are_looked_up_by_what_they_lie_between() {
    for (name, expected) in [("cpu", &["ts", "tick"][..]), ("cpu_core", &["ts", "tick", "cpu"])] {
        let (store, _) = recorded(name, 2, &[90]);
        maintain(&Folder::at(store.path()), "web1", &Policy::default(), Micros(START)).unwrap();
        let footer = footer(store.path(), name);
        let told = footer.row_group(0).columns().iter().filter(|column| column.statistics().is_some());
        assert_eq!(told.map(|column| column.column_path().string()).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_file_tells_what_its_columns_are_by_their_places() {
    let (store, _) = recorded("process", 2, &[3]);
    maintain(&Folder::at(store.path()), "web1", &Policy::default(), Micros(START)).unwrap();
    let footer = footer(store.path(), "process");
    let facts = footer.file_metadata().key_value_metadata().unwrap();
    let told = facts.iter().find(|fact| fact.key == "sysray.columns").unwrap().value.as_deref().unwrap();
    let names = footer.file_metadata().schema_descr().columns();
    let mut found = 0;
    for line in told.lines() {
        let (what, places) = line.split_once(": ").unwrap();
        for span in places.split(' ') {
            let (first, last) = span.split_once('-').unwrap_or((span, span));
            for place in first.parse::<usize>().unwrap()..=last.parse().unwrap() {
                let known = COMMON.iter().chain(table("process").unwrap().columns);
                let column = known.clone().find(|column| column.name == names[place - 1].name()).unwrap();
                let unit =
                    if column.unit.is_empty() { String::new() } else { format!(" in {}", column.unit) };
                assert_eq!(what, format!("{}{unit}", column.kind.name()), "{}", column.name);
                found += 1;
            }
        }
    }
    assert_eq!(found, names.len());
}

/// What a table's one file says at its end.
fn footer(root: &Path, name: &str) -> ParquetMetaData {
    let path = &files(&root.join(name), ".parquet")[0];
    ParquetMetaDataReader::new().parse_and_finish(&File::open(path).unwrap()).unwrap()
}
