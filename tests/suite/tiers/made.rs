//! Recordings made up column by column, for every table that has tiers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use sysray::schema::{Column, Kind, Micros, TABLES, Table, Tier, Type};
use sysray::store::{Done, Folder, Identity, Keep, Moment, PartName, Policy, Writer, maintain};
use tempfile::TempDir;

/// 2026-11-22 14:00:00 UTC, as microseconds.
pub const START: i64 = 1_795_356_000_000_000;
pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;

/// A store into which ticks are written as a recorder would, and nothing is known of most of them.
pub struct Made {
    dir: TempDir,
    pub next: u64,
    processes: i64,
}

impl Made {
    /// Of more processes than a tier keeps.
    pub fn new() -> Made {
        Made::of_processes(70)
    }

    pub fn of_processes(processes: i64) -> Made {
        let dir = TempDir::new().unwrap();
        Identity::read_or_create(&Folder::at(dir.path())).unwrap();
        Made { dir, next: 1, processes }
    }

    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// A part with a tick at each of `times`, and left open.
    pub fn open_part(&mut self, host: &str, times: impl IntoIterator<Item = i64>, every: i64) -> Writer {
        let mut times = times.into_iter().peekable();
        let from = Micros(times.peek().unwrap() - every);
        let name = PartName { host: host.into(), first_seq: self.next, from };
        let mut writer = Writer::begin(&Folder::at(self.root()), &name, "boot").unwrap();
        let mut first = true;
        for ts in times {
            let interval = if first { None } else { Some(every) };
            first = false;
            let tables: Vec<(u32, RecordBatch)> = (0..)
                .zip(&TABLES)
                .filter(|(_, table)| table.at(Tier::Minute).is_some())
                .map(|(id, table)| (id, self.rows(table, host, ts, interval)))
                .filter(|(_, batch)| batch.num_rows() > 0)
                .collect();
            writer
                .append(Moment { seq: self.next, wall: Micros(ts), monotonic: Micros(ts) }, &tables, &[])
                .unwrap();
            self.next += 1;
        }
        writer
    }

    /// How many entities a table has rows of, most of the time.
    fn entities(&self, table: &Table) -> i64 {
        match table.name {
            "process" | "thread" => self.processes,
            "cgroup" => 5,
            _ if table.columns.iter().any(|c| c.kind == Kind::Key) => 3,
            _ => 1,
        }
    }

    /// The rows of the next tick. An entity comes and goes; a table has ticks without any.
    fn rows(&self, table: &'static Table, host: &str, ts: i64, interval: Option<i64>) -> RecordBatch {
        let (own, tick) = (seed(&[table.name, host]), self.next as i64);
        let there = |entity: &i64| !dice(own, &[*entity, ts / (7 * MINUTE)]).is_multiple_of(5);
        let here: Vec<i64> = (0..self.entities(table)).filter(there).collect();
        batch(table, host, (ts, tick, interval), &here)
    }

    pub fn part(&mut self, host: &str, from: i64, to: i64, every: i64) {
        drop(self.open_part(host, (from + every..=to).step_by(every as usize), every));
    }

    pub fn maintain(&self, host: &str, now: i64) -> Done {
        // Nothing grows old here: what is retired is tested elsewhere.
        let years = std::time::Duration::from_secs(10 * 365 * 86_400);
        let keep = Keep { process: years, raw: years, minute: years, hour: years };
        let policy = Policy { keep, ..Policy::default() };
        maintain(&Folder::at(self.root()), host, &policy, Micros(now)).unwrap().unwrap()
    }

    /// The files of a table, as paths from the store.
    pub fn files(&self, table: &str) -> Vec<PathBuf> {
        let mut open = vec![self.root().join(table)];
        let mut found = Vec::new();
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() { open.push(path) } else { found.push(path) }
            }
        }
        found.sort();
        found
    }
}

/// Words as a number, to throw dice with: taken once for many throws.
fn seed(words: &[&str]) -> u64 {
    let mix = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    words.iter().flat_map(|word| word.bytes()).fold(0xcbf2_9ce4_8422_2325, mix)
}

/// A number that looks like none in particular and is always the same.
fn dice(seed: u64, numbers: &[i64]) -> u64 {
    let mix = |state: u64, n: &i64| {
        let state = (state ^ n.cast_unsigned()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state ^ (state >> 29)
    };
    numbers.iter().fold(seed, mix).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 20
}

/// Rows of some entities in a tick.
fn batch(
    table: &'static Table,
    host: &str,
    (ts, tick, interval): (i64, i64, Option<i64>),
    here: &[i64],
) -> RecordBatch {
    let time = |values: Vec<Option<i64>>| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from(values).with_timezone("UTC"))
    };
    let all = here.len();
    let mut columns: Vec<ArrayRef> = vec![
        time(vec![Some(ts); all]),
        Arc::new(Int64Array::from(vec![tick; all])),
        Arc::new(Int64Array::from(vec![interval; all])),
    ];
    for column in table.columns {
        let own = seed(&[table.name, host, column.name]);
        let of = |entity: &i64| value(own, tick, *entity, column);
        let values: Vec<Option<i64>> = here.iter().map(of).collect();
        columns.push(match column.datatype {
            Type::Int64 => Arc::new(Int64Array::from(values)),
            // Eighths add up exactly in any order.
            Type::Float64 => {
                Arc::new(values.iter().map(|v| v.map(|n| n as f64 / 8.0)).collect::<Float64Array>())
            }
            Type::Boolean => Arc::new(values.iter().map(|v| v.map(|n| n % 2 == 0)).collect::<BooleanArray>()),
            Type::Utf8 => {
                Arc::new(values.iter().map(|v| v.map(|n| format!("t{}", n % 40))).collect::<StringArray>())
            }
            Type::Timestamp => time(values),
        });
    }
    RecordBatch::try_new(table.schema(), columns).unwrap()
}

fn value(own: u64, tick: i64, entity: i64, column: &Column) -> Option<i64> {
    if column.kind == Kind::Key {
        return Some(entity + 1);
    }
    let thrown = dice(own, &[tick, entity]);
    // Some entities never tell, some columns are dear to ask for.
    let silent = dice(own, &[entity]).is_multiple_of(9);
    match (silent, thrown % 10) {
        (true, _) | (_, 0) => None,
        (_, 1..=3) => Some(0),
        _ => Some((thrown / 10 % 1_000_000) as i64),
    }
}
