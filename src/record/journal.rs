//! The recorder's side of the journal: which part a frame belongs to, and when one ends.

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;

use crate::collect::Host;
use crate::schema::TABLES;
use crate::store::{self, Moment, PartName, Policy, Writer, bucket};
use crate::time::Micros;

/// A part ends when it has so many rows of `process`.
const PART_ROWS: u64 = 131_072;
/// A part ends when it is so large, or an eighth of what the store may be.
const PART_BYTES: u64 = 16 << 20;

/// The journal of one recording.
pub struct Journal {
    root: PathBuf,
    host: String,
    boot_id: String,
    policy: Policy,
    part: Option<Part>,
    next_seq: u64,
    written_bytes: i64,
}

struct Part {
    writer: Writer,
    from: Micros,
    process_rows: u64,
}

impl Journal {
    /// A journal that goes on behind `last_seq`.
    pub fn new(root: &Path, host: &str, boot_id: &str, policy: Policy, last_seq: u64) -> Self {
        Journal {
            root: root.into(),
            host: host.into(),
            boot_id: boot_id.into(),
            policy,
            part: None,
            next_seq: last_seq + 1,
            written_bytes: 0,
        }
    }

    /// The number of the next frame, which is its tick's.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// Bytes handed to the disk so far.
    pub fn written_bytes(&self) -> i64 {
        self.written_bytes
    }

    /// Size of the part that is being written.
    pub fn part_bytes(&self) -> u64 {
        self.part.as_ref().map_or(0, |part| part.writer.bytes())
    }

    /// Sizes of the parts before that one, and of the segments.
    pub fn sizes_at_rest(&self) -> Result<(u64, u64), store::Error> {
        let (journal, segments) = store::sizes(&self.root, &self.host)?;
        Ok((journal.saturating_sub(self.part_bytes()), segments))
    }

    /// Ends the part if a frame at `ts` no longer belongs to it. True where one ended.
    pub fn turn(&mut self, ts: Micros, clock_stepped: bool) -> Result<bool, store::Error> {
        let limit = self.policy.max_bytes.map_or(PART_BYTES, |max| PART_BYTES.min(max / 8));
        let rotation = self.policy.rotation;
        let over = self.part.as_ref().is_some_and(|part| {
            clock_stepped
                || bucket(part.from) != bucket(ts)
                || rotation.span(part.from) != rotation.span(ts)
                || part.process_rows >= PART_ROWS
                || part.writer.bytes() >= limit
        });
        if over { self.end() } else { Ok(false) }
    }

    /// Whether the next frame begins a part.
    pub fn is_between_parts(&self) -> bool {
        self.part.is_none()
    }

    /// Appends a frame. Its number is used up even where that fails.
    pub fn append(
        &mut self,
        ts: Micros,
        monotonic: Micros,
        tables: &[(u32, RecordBatch)],
    ) -> Result<(), store::Error> {
        let seq = self.next_seq;
        self.next_seq += 1;
        if self.part.is_none() {
            let name = PartName { host: self.host.clone(), first_seq: seq, from: ts };
            let writer = Writer::begin(&self.root, name, &self.boot_id)?;
            self.written_bytes += writer.bytes() as i64;
            self.part = Some(Part { writer, from: ts, process_rows: 0 });
        }
        let Some(part) = &mut self.part else { return Ok(()) };
        self.written_bytes += part.writer.append(Moment { seq, wall: ts, monotonic }, tables)? as i64;
        let is_process = |id: u32| TABLES.get(id as usize).is_some_and(|t| t.name == "process");
        part.process_rows +=
            tables.iter().filter(|(id, _)| is_process(*id)).map(|(_, b)| b.num_rows() as u64).sum::<u64>();
        Ok(())
    }

    /// Ends the part. True where there was one.
    pub fn end(&mut self) -> Result<bool, store::Error> {
        let Some(mut part) = self.part.take() else { return Ok(false) };
        part.writer.sync()?;
        Ok(true)
    }
}

/// The kernel's name for this boot; empty where it has none.
pub fn boot_id(host: &mut Host) -> String {
    let read = host.proc("sys/kernel/random/boot_id");
    read.map(|text| text.trim().to_string()).unwrap_or_default()
}
