//! Asked for by the word `store`: makes a store of a busy host by way of the journal, for whoever wants
//! to ask it something. What is in it is the same whenever it is made.
//!
//!     recorder store FOLDER FROM_S SPAN_S PROCESSES INTERVAL_S sealed|live
//!
//! `sealed` makes segments of all, merged as far as they would be the day after; `live` leaves its rows in the
//! journal, and can be said of a store that is there already.

use std::path::Path;
use std::time::Duration;

use arrow::array::{AsArray, RecordBatch, UInt64Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::Int64Type;
use sysray::schema::{Stamp, TABLES, Table};
use sysray::store::{
    Folder, Identity, Keep, Moment, PART_BYTES, PART_ROWS, PartName, Policy, Writer, maintain,
};

use crate::busy::{BUCKET, Busy};

const HOST: &str = "bench";
/// How many rows a tick the tables have that are about several things. Others of that kind have none.
const ENTITIES: [(&str, usize); 8] = [
    ("cgroup", 60),
    ("cpu_core", 16),
    ("disk", 12),
    ("filesystem", 8),
    ("network", 6),
    ("pressure", 3),
    ("interrupt", 24),
    ("recorder", 12),
];
/// Tables of the whole host, one row a tick.
const SINGLE: [&str; 5] = ["system", "cpu", "memory", "socket", "protocol"];

/// What is to be made.
struct Wanted<'a> {
    root: &'a Path,
    from: i64,
    span: i64,
    processes: usize,
    interval: i64,
    live: bool,
}

/// Makes it, or says what it wants to be told.
pub fn make(words: &[String]) {
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<i64>().ok()).filter(|n| *n >= 0);
    let live = match words.get(5).map(String::as_str) {
        Some("sealed") => Some(false),
        Some("live") => Some(true),
        _ => None,
    };
    let wanted = match (words.first(), number(1), number(2), number(3), number(4).filter(|n| *n > 0), live) {
        (Some(root), Some(from), Some(span), Some(processes), Some(interval), Some(live)) => {
            Wanted { root: Path::new(root), from, span, processes: processes as usize, interval, live }
        }
        _ => {
            eprintln!("store FOLDER FROM_S SPAN_S PROCESSES INTERVAL_S sealed|live");
            std::process::exit(2);
        }
    };
    wanted.make();
}

impl Wanted<'_> {
    fn make(&self) {
        let folder = Folder::at(self.root);
        Identity::read_or_create(&folder).expect("the folder is a store, or becomes one");
        let mut host = Busy::new(self.processes).at(self.from, self.interval);
        let mut left = self.span / self.interval;
        while left > 0 {
            let ticks = left.min(self.ticks_of_a_part());
            left -= ticks;
            self.part(&folder, &mut host, ticks as usize);
            if !self.live {
                // By the time of the host it is never late enough for a day to be merged before it is whole.
                self.maintain(&folder, &host, 0);
            }
        }
        if !self.live {
            let day_after = 2 * 86_400_000_000;
            // What the first merged into hours the second merges into days, and the last removes.
            (0..3).for_each(|_| self.maintain(&folder, &host, day_after));
        }
    }

    /// A part ends at an edge of ten minutes, or when it has too many rows of `process`.
    fn ticks_of_a_part(&self) -> i64 {
        let ticks = (BUCKET as i64 / self.interval).max(1);
        match self.processes {
            0 => ticks,
            // Those that come and go for a moment beside it.
            rows => {
                let most = (PART_ROWS as i64 / (rows as i64 + 10)).max(1);
                // As many parts of one size as a bucket needs.
                (ticks as u64).div_ceil((ticks as u64).div_ceil(most as u64)) as i64
            }
        }
    }

    fn part(&self, folder: &Folder, host: &mut Busy, ticks: usize) {
        let stamps: Vec<Stamp> = (0..ticks).map(|_| host.stamp()).collect();
        let mut tables: Vec<(u32, RecordBatch)> = Vec::new();
        for (id, table) in TABLES.iter().enumerate() {
            let rows = if table.name == "process" && self.processes > 0 {
                host.processes_at(&stamps)
            } else {
                match entities(table) {
                    0 => continue,
                    entities => host.rows_at(table, entities, &stamps),
                }
            };
            tables.push((id as u32, rows));
        }
        let (Some(first), Some(last)) = (stamps.first(), stamps.last()) else { return };
        let begin = |stamp: &Stamp| {
            let name = PartName { host: HOST.into(), first_seq: stamp.tick as u64, from: stamp.ts };
            Writer::begin(folder, &name, "boot").expect("a part can be begun")
        };
        let (mut part, mut bytes) = (begin(first), 0);
        let mut starts = vec![0; tables.len()];
        for stamp in &stamps {
            if bytes as u64 > PART_BYTES {
                part.end().expect("a part can be ended");
                (part, bytes) = (begin(stamp), 0);
            }
            let frame: Vec<(u32, RecordBatch)> = tables
                .iter()
                .zip(&mut starts)
                .map(|((id, rows), start)| (*id, of_tick(rows, stamp.tick, start)))
                .collect();
            let moment = Moment { seq: stamp.tick as u64, wall: stamp.ts, monotonic: stamp.ts };
            bytes += part.append(moment, &frame, &[]).expect("there is room for it");
        }
        part.end().expect("a part can be ended");
        eprintln!("{} frames up to {} written", ticks, last.tick);
    }

    fn maintain(&self, folder: &Folder, host: &Busy, later_us: i64) {
        let long = Duration::from_secs(4_000 * 86_400);
        let keep = Keep { process: long, raw: long, minute: long, hour: long };
        let policy = Policy { keep, ..Policy::default() };
        let mut now = host.now();
        now.0 += later_us;
        maintain(folder, HOST, &policy, now).expect("the store is sound").expect("nobody else maintains it");
    }
}

fn entities(table: &Table) -> usize {
    let several = ENTITIES.iter().find(|(name, _)| *name == table.name).map(|(_, entities)| *entities);
    several.unwrap_or(usize::from(SINGLE.contains(&table.name)))
}

/// The rows of one tick, which begin at `start`.
fn of_tick(rows: &RecordBatch, tick: i64, start: &mut usize) -> RecordBatch {
    let ticks = rows.column(1).as_primitive::<Int64Type>().values();
    let end = *start + ticks[*start..].iter().take_while(|own| **own == tick).count();
    // Taken out, as a slice would bring the text of all ticks along.
    let own = UInt64Array::from_iter_values(*start as u64..end as u64);
    *start = end;
    take_record_batch(rows, &own).expect("the rows are there")
}
