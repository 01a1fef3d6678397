//! A busy host to measure with: made up, the same in every run, and no kinder to the compressor
//! than a real one.

pub mod process;
mod random;
mod table;

use arrow::array::RecordBatch;
use sysray::schema::rows::Process;
use sysray::schema::{Batch, Micros, Row, Stamp, Table};

use process::Processes;
use random::Random;

/// Ticks in a bucket of ten minutes at one a second.
pub const BUCKET: usize = 600;

/// The host, tick after tick.
pub struct Busy {
    processes: Processes,
    random: Random,
    tick: i64,
    start: Micros,
    interval_us: i64,
}

impl Busy {
    /// One with that many processes, from the beginning of a UTC day.
    pub fn new(processes: usize) -> Self {
        let start = Micros(1_795_478_400_000_000);
        Busy {
            processes: Processes::new(processes, start),
            random: Random::new(7),
            tick: 0,
            start,
            interval_us: 1_000_000,
        }
    }

    /// The same, that many seconds later and with so many seconds between ticks. Ticks are counted on from as many,
    /// which are no fewer than any recording of this host had before.
    pub fn at(mut self, second: i64, interval: i64) -> Self {
        self.interval_us = interval * 1_000_000;
        self.tick = second;
        self.start.0 += second * (1_000_000 - self.interval_us);
        self
    }

    /// When the last tick was due.
    pub fn now(&self) -> Micros {
        Micros(self.start.0 + self.tick * self.interval_us)
    }

    /// The rows of `process` of the next ticks, by time.
    pub fn processes(&mut self, ticks: usize) -> RecordBatch {
        let stamps: Vec<Stamp> = (0..ticks).map(|_| self.stamp()).collect();
        self.processes_at(&stamps)
    }

    /// The same of ticks that are stamped already.
    pub fn processes_at(&mut self, stamps: &[Stamp]) -> RecordBatch {
        let mut rows = <Process as Row>::Batch::default();
        for stamp in stamps {
            self.processes.tick(stamp.ts).iter().for_each(|row| rows.push(stamp, row));
        }
        rows.finish()
    }

    /// As many rows of another table a tick as there are `entities`, by time.
    pub fn rows(&mut self, table: &'static Table, entities: usize, ticks: usize) -> RecordBatch {
        let stamps: Vec<Stamp> = (0..ticks).map(|_| self.stamp()).collect();
        table::rows(table, entities, &stamps)
    }

    /// The same of ticks that are stamped already.
    pub fn rows_at(&self, table: &'static Table, entities: usize, stamps: &[Stamp]) -> RecordBatch {
        table::rows(table, entities, stamps)
    }

    /// On the second, but where the host was too busy to be punctual.
    pub fn stamp(&mut self) -> Stamp {
        self.tick += 1;
        let late = if self.random.chance(0.01) { 10_000 + self.random.burst(20_000.0) } else { 0 };
        let jitter = self.random.burst(150.0) - self.random.burst(150.0);
        let interval = self.interval_us + if late > 0 { late } else { jitter };
        Stamp {
            ts: Micros(self.start.0 + self.tick * self.interval_us + late),
            tick: self.tick,
            interval_us: Some(interval),
        }
    }
}
