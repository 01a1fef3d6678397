//! Rows of any declared table, column by column, as its kind, unit and name let expect: what only
//! changes when an administrator does something, what wanders, what comes in bursts.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use sysray::schema::{COMMON, Column, Kind, Stamp, Table, Type, finished};

use super::process::container;
use super::random::Random;

const PAGE: i64 = 4096;

/// `entities` rows for each stamp.
pub fn rows(table: &'static Table, entities: usize, stamps: &[Stamp]) -> RecordBatch {
    let each = |of: fn(&Stamp) -> i64| stamps.iter().flat_map(move |s| std::iter::repeat_n(of(s), entities));
    let ts = TimestampMicrosecondArray::from_iter_values(each(|s| s.ts.0)).with_timezone("UTC");
    let tick = Int64Array::from_iter_values(each(|s| s.tick));
    let interval = Int64Array::from_iter_values(each(|s| s.interval_us.unwrap_or_default()));
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(ts), Arc::new(tick), Arc::new(interval)];
    debug_assert_eq!(arrays.len(), COMMON.len());
    // Each stretch of time has figures of its own.
    let since = stamps.first().map_or(0, |stamp| stamp.tick.unsigned_abs());
    for (number, column) in table.columns.iter().enumerate() {
        arrays.push(array(column, since * 1000 + number as u64, entities, stamps.len()));
    }
    finished(table, arrays)
}

fn array(column: &'static Column, number: u64, entities: usize, ticks: usize) -> ArrayRef {
    let mut series: Vec<Series> =
        (0..entities).map(|entity| Series::new(column, entity, entities, number)).collect();
    match column.datatype {
        Type::Utf8 => {
            let texts: Vec<Option<String>> = (0..entities).map(|entity| text(column, entity)).collect();
            Arc::new((0..ticks).flat_map(|_| texts.iter().map(Option::as_deref)).collect::<StringArray>())
        }
        Type::Boolean => {
            let row = |entity: usize| Some(!entity.is_multiple_of(3));
            Arc::new((0..ticks).flat_map(|_| (0..entities).map(row)).collect::<BooleanArray>())
        }
        Type::Float64 => {
            let mut values = Vec::with_capacity(ticks * entities);
            for _ in 0..ticks {
                // The kernel's own means and loads have two places; what we compute has all.
                let places = column.name.starts_with("load") || column.name.contains("_avg");
                let scale = |v: i64| if places { (v % 10_000) as f64 / 100.0 } else { v as f64 / 0.77e9 };
                values.extend(series.iter_mut().map(|one| one.next().map(scale)));
            }
            Arc::new(Float64Array::from(values))
        }
        Type::Int64 | Type::Timestamp => {
            let mut values = Vec::with_capacity(ticks * entities);
            for _ in 0..ticks {
                values.extend(series.iter_mut().map(|one| one.next()));
            }
            match column.datatype {
                Type::Timestamp => Arc::new(TimestampMicrosecondArray::from(values).with_timezone("UTC")),
                _ => Arc::new(Int64Array::from(values)),
            }
        }
    }
}

fn text(column: &Column, entity: usize) -> Option<String> {
    let unit = entity as i64;
    let in_container = entity % 2 == 1;
    match (column.kind, column.name) {
        (Kind::Key, "path") if entity == 0 => Some("/".into()),
        (Kind::Key, "path") if in_container => {
            Some(format!("/kubepods.slice/kubepods-burstable.slice/cri-containerd-{}.scope", container(unit)))
        }
        (Kind::Key, "path") => Some(format!("/system.slice/service-{entity}.service")),
        (Kind::Key, name) => Some(format!("{name}{entity}")),
        (_, "container") => in_container.then(|| container(unit)),
        (_, "runtime") => in_container.then(|| "containerd".into()),
        (_, "error") => None,
        (_, "mac") => Some(format!("52:54:00:{:02x}:{:02x}:{:02x}", unit * 7 % 256, unit * 31 % 256, unit)),
        (_, name) if entity % 4 == 3 => Some(format!("{name}-{entity}")),
        (_, name) => Some(format!("{name} as most have it")),
    }
}

/// One column of one entity over time.
struct Series {
    random: Random,
    value: i64,
    is: Is,
}

#[derive(Clone, Copy)]
enum Is {
    Unknown,
    /// As it is set up.
    Same,
    /// A level: how often it moves, by up to how much, in steps of what.
    Wanders {
        often: f64,
        by: i64,
        step: i64,
    },
    /// What happens: how often, how much of it then, in steps of what.
    Bursts {
        often: f64,
        mean: f64,
        step: i64,
    },
}

/// Words in the names of what is hardly ever another than zero on a sound host.
const RARE: [&str; 30] = [
    "error",
    "drop",
    "fail",
    "overflow",
    "oom",
    "collision",
    "fifo",
    "frame",
    "compressed",
    "carrier",
    "missed",
    "nohandler",
    "retransmit",
    "timeouts",
    "steal",
    "guest",
    "nice",
    "swap",
    "huge",
    "stall",
    "_max_events",
    "_high_events",
    "throttle",
    "reset",
    "attempt",
    "syn_",
    "skipped",
    "no_ports",
    "discard",
    "hardware",
];
/// Of what is set up once.
const SET: [&str; 15] = [
    "_max",
    "_limit",
    "limit_",
    "total",
    "size",
    "period_us",
    "quota",
    "weight",
    "mtu",
    "speed",
    "online",
    "inodes",
    "index",
    "_seq",
    "_id",
];

impl Series {
    fn new(column: &Column, entity: usize, entities: usize, number: u64) -> Self {
        let mut random = Random::new(number * 7919 + entity as u64);
        let name = column.name;
        let rare = RARE.iter().any(|word| name.contains(word));
        let set = SET.iter().any(|word| name.contains(word)) && column.kind != Kind::Counter;
        // Of many entities few do most of the work.
        let activity =
            if entities < 20 || entity.is_multiple_of(7) { 1.0 } else { [0.4, 0.02, 0.05][entity % 3] };
        let is = match column.kind {
            Kind::Key | Kind::Info => Is::Same,
            Kind::Gauge if set && !entity.is_multiple_of(3) && column.nullable && entities > 20 => {
                Is::Unknown
            }
            Kind::Gauge if set || rare => Is::Same,
            Kind::Gauge if name.ends_with("_bytes") => {
                Is::Wanders { often: 0.6 * activity, by: 300, step: PAGE }
            }
            Kind::Gauge if column.datatype == Type::Float64 => {
                Is::Wanders { often: activity, by: 100_000, step: 1 }
            }
            Kind::Gauge => Is::Wanders { often: 0.5 * activity, by: 5, step: 1 },
            Kind::Counter if rare => Is::Bursts { often: 0.004 * activity, mean: 3.0, step: 1 },
            Kind::Counter if name.ends_with("_bytes") => {
                let step = if entities < 20 && name.starts_with(['r', 't']) { 1 } else { PAGE };
                Is::Bursts { often: 0.8 * activity, mean: 200_000.0, step }
            }
            Kind::Counter if name.ends_with("_us") => {
                let mean = 10f64.powf(3.0 + 2.5 * random.share());
                Is::Bursts { often: 0.95 * activity, mean, step: time_step(name, entities) }
            }
            Kind::Counter => {
                Is::Bursts { often: 0.8 * activity, mean: 10f64.powf(0.5 + 3.0 * random.share()), step: 1 }
            }
        };
        let value = match is {
            Is::Same if rare => 0,
            Is::Wanders { step, .. } => random.between(20, 1 << 20) * step,
            // Whose rows they are stays, whatever stretch of time.
            _ if column.kind == Kind::Key => entity as i64,
            _ => random.between(1, 1 << 30),
        };
        Series { random, value, is }
    }

    fn next(&mut self) -> Option<i64> {
        let random = &mut self.random;
        match self.is {
            Is::Unknown => None,
            Is::Same => Some(self.value),
            Is::Wanders { often, by, step } => {
                if random.chance(often) {
                    self.value = (self.value + random.between(-by, by + 1) * step).max(0);
                }
                Some(self.value)
            }
            Is::Bursts { often, mean, step } => {
                let many = if random.chance(often) { random.burst(mean / step as f64 + 1.0) } else { 0 };
                Some(many * step)
            }
        }
    }
}

/// In what the kernel counts: control groups and pressure in microseconds, disks in milliseconds,
/// processors in clock ticks.
fn time_step(name: &str, entities: usize) -> i64 {
    match name {
        "some_us" | "full_us" | "elapsed_us" | "late_us" => 1,
        _ if entities > 20 || name.contains("some") || name.contains("full") => 1,
        "read_us" | "write_us" | "busy_us" | "queue_us" | "flush_us" => 1_000,
        _ => 10_000,
    }
}
